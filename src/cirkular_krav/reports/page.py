"""What all HTML pages share: one base template, one style sheet, a strict Content-Security-Policy, and their words.

A page is one file that needs no network and no script. Everything is escaped (Jinja's autoescape); the only style is the
one whose hash stands in the policy, so that nothing in a document that a page quotes can run, load or change its looks.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from cirkular_krav.reports.words import SOURCE_LANGUAGE, Words, title_of

_TEMPLATES = Path(__file__).parent / "templates"
# Stands in every page of a report, so that a later report may replace it and nothing else.
REPORT_MARK = '<meta name="generator" content="cirkular-krav report">'

# "95 %" and "1 000" stay on one line.
_TIED = re.compile(r"(?<=\d) (?=%|\d{3}\b)")


class Link(NamedTuple):
    """A way to another page of the report: its file and its name."""

    href: str
    text: Markup | str


class PageWords:
    """The texts of a page's language as safe HTML: values are escaped, and a text that fell back says its language."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.language = words.language

    def __call__(self, key: str, **values: object) -> Markup:
        """Return the text at a key, marked as Swedish when the page's language has no translation of it."""
        text = escape(_TIED.sub("\u00a0", self.words.get(key)))
        return self._in(self.words.language_of(key), text.format(**values) if values else text)

    def counted(self, key: str, count: int, **values: object) -> Markup:
        """Return the text for one (``<key>_one``) or for many of something; the count is written as a number is."""
        return self(f"{key}_one" if count == 1 else key, count=self.words.number(count), **values)

    def measured(self) -> Markup:
        """Say how right the program was where that could be measured."""
        return self._in(self.words.language_of("measured"), escape(self.words.measured()))

    def plain(self, key: str, **values: object) -> str:
        """Return the text without marks, for attributes and titles."""
        return self.words(key, **values)

    def swedish(self, text: str) -> Markup:
        """Return the catalogue's Swedish prose, marked as Swedish on a page in another language."""
        return self.quoted(text, SOURCE_LANGUAGE)

    def quoted(self, text: str, language: str) -> Markup:
        """Return words from a document, marked with their language where the page has another."""
        return self._in(language, escape(text.strip()))

    def mark(self, text: str) -> Markup:
        """Return a text as it is, escaped."""
        return escape(text)

    def title(self, entry: Any) -> Markup:
        """Return the title of a criterion, obstacle, category or band; titles exist in Swedish and English."""
        language = "en" if self.language == "en" else SOURCE_LANGUAGE
        return self._in(language, escape(title_of(entry, self.language)))

    def _in(self, language: str, text: Markup) -> Markup:
        if language == self.language:
            return text
        return Markup('<span lang="{}">{}</span>').format(language, text)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )  # fmt: skip


@lru_cache(maxsize=1)
def _rules() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the style sheet's rules without comments and white space, each group (``@media``) with its rules."""
    style = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", (_TEMPLATES / "style.css").read_text(encoding="utf-8"), flags=re.DOTALL))  # fmt: skip
    style = re.sub(r"(?<=[\w-]): ", ":", style)
    style = re.sub(r" ?([{};,]) ?", r"\1", style).replace(";}", "}").strip()
    groups = re.findall(r"(@media[^{]*)\{((?:[^{}]*\{[^{}]*\})*)\}|([^{}@]+\{[^{}]*\})", style)
    return tuple((media, tuple(re.findall(r"[^{}]+\{[^{}]*\}", inner or alone))) for media, inner, alone in groups)


@lru_cache(maxsize=64)
def _style(used: frozenset[str]) -> str:
    """Return the rules for a page with these classes and ids: the style stands in every page, so only what it needs."""
    parts = []
    for media, rules in _rules():
        kept = "".join(rule for rule in rules if _needed(rule, used))
        parts.append(f"{media}{{{kept}}}" if media and kept else kept)
    return _without_idle_variables("".join(parts))


def _without_idle_variables(style: str) -> str:
    """Return the style without the colours and fonts that no rule left in it asks for."""
    asked = set(re.findall(r"var\((--[\w-]+)", style))
    return re.sub(r"(--[\w-]+):[^;}]*;?", lambda found: found[0] if found[1] in asked else "", style).replace(";}", "}")


def _needed(rule: str, used: frozenset[str]) -> bool:
    selectors = rule.partition("{")[0].split(",")
    return any(set(re.findall(r"[.#]([A-Za-z][\w-]*)", selector)) <= used for selector in selectors)


def _used(page: str) -> frozenset[str]:
    names = re.findall(r'(?:class|id)="([^"]*)"', page)
    return frozenset(name for value in set(names) for name in value.split()) & _names()


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    """Return every class and id that the style sheet speaks of."""
    selectors = " ".join(rule.partition("{")[0] for _, rules in _rules() for rule in rules)
    return frozenset(re.findall(r"[.#]([A-Za-z][\w-]*)", selectors))


def render_page(template: str, words: Words, **values: object) -> str:
    """Return one self-contained page from a template that extends ``base.html``."""
    # Where the style and its hash go; no document can know it.
    slot = secrets.token_hex(16)
    page = _environment().get_template(template)
    text = page.render(t=PageWords(words), words=words, style=f"{slot}-style", style_hash=f"{slot}-hash", **values)
    style = _style(_used(text))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return text.replace(f"{slot}-hash", f"sha256-{digest}", 1).replace(f"{slot}-style", style, 1)
