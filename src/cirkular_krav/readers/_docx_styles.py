"""Styles and automatic numbering of Word: what a paragraph is, and the number that Word prints before it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from cirkular_krav.models import BlockKind
from cirkular_krav.readers.xmlsafe import Element

WORD_NAMESPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",  # ISO Strict
)
_PREFIXES = {
    **dict.fromkeys(WORD_NAMESPACES, ""),
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m:",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m:",
    "http://schemas.openxmlformats.org/drawingml/2006/main": "a:",
    "http://purl.oclc.org/ooxml/drawingml/main": "a:",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc:",
}
_HEADING_NAME = re.compile(r"(?:heading|rubrik|överskrift)\s*([1-9])(?![0-9])")
_LOOSE_HEADING = re.compile(r"[a-zåäö -]{0,20}rubrik\b|heading\b")
_NOT_A_HEADING = re.compile(r"tabell|table|figur|bild|sidhuvud|sidfot|toc|inneh")
_CONTENTS_NAME = re.compile(r"toc\b|innehåll|innehll|contents\b|table of figures|figurförteckning|index\b")
_TITLES = {"title": 1, "titel": 1, "subtitle": 2, "underrubrik": 2}
BOLD_LEVEL = 6
_BOLD_HEADING_LENGTH = 80
_CLAUSE_LENGTH = 150
_CLAUSE_WORDS = {".": 5, ";": 5, ":": 3}
# A line that obliges somebody is a requirement, whatever it looks like: headings are not judged later.
_OBLIGES = re.compile(r"\b(?:ska|skall|bör|måste|shall|must)\b", re.IGNORECASE)
_LEVELS = 9
_GAP = re.compile(r"%([1-9])")


@lru_cache(maxsize=4_096)
def key(tag: object) -> str:
    """Return the short name of a tag: ``p`` for Word's own, ``m:t``, ``mc:Choice``; "" for comments."""
    if not isinstance(tag, str):
        return ""
    namespace, _, name = tag[1:].rpartition("}")
    return _PREFIXES.get(namespace, "?:") + name


def value(element: Element, name: str) -> str:
    """Return an attribute in either of Word's namespaces, or ""."""
    for namespace in WORD_NAMESPACES:
        found = element.get(f"{{{namespace}}}{name}")
        if found is not None:
            return str(found)
    return str(element.get(name) or "")


def flag(element: Element) -> bool:
    """Return an on/off property: present means on unless it says otherwise."""
    return value(element, "val").lower() not in ("0", "false", "off", "none")


def child(element: Element | None, name: str) -> Element | None:
    """Return the first child with this short name."""
    if element is not None:
        for item in element:
            if key(item.tag) == name:
                return item
    return None


def number_of(element: Element | None) -> int | None:
    """Return the whole number in ``w:val``, or none."""
    if element is None:
        return None
    text = value(element, "val")
    return int(text) if len(text) < 19 and text.removeprefix("-").isdecimal() else None


@dataclass(slots=True)
class Style:
    """What the reader needs of a style."""

    name: str
    based_on: str = ""
    outline: int | None = None
    numbering: int | None = None
    numbering_level: int | None = None
    hidden: bool | None = None
    bold: bool | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """A style with all that it inherits; ``heading_level`` is 1–9, or 0 for what is no heading."""

    hidden: bool = False
    bold: bool = False
    is_contents: bool = False
    heading_level: int = 0
    numbering: int | None = None
    numbering_level: int | None = None
    identities: tuple[str, ...] = ()


class Styles:
    """The styles of a document, each with what it inherits."""

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, Style] = {}
        self._looks: dict[str, Look] = {}
        self.default = ""
        for element in root if root is not None else ():
            if key(element.tag) == "style":
                self._add(element)

    def _add(self, element: Element) -> None:
        name, based_on = child(element, "name"), child(element, "basedOn")
        style = Style("" if name is None else value(name, "val").lower())
        style.based_on = "" if based_on is None else value(based_on, "val")
        paragraph, run = child(element, "pPr"), child(element, "rPr")
        style.outline = number_of(child(paragraph, "outlineLvl"))
        numbering = child(paragraph, "numPr")
        style.numbering = number_of(child(numbering, "numId"))
        style.numbering_level = number_of(child(numbering, "ilvl"))
        hidden, bold = child(run, "vanish"), child(run, "b")
        style.hidden = None if hidden is None else flag(hidden)
        style.bold = None if bold is None else flag(bold)
        identity = value(element, "styleId")
        self._styles[identity] = style
        if value(element, "type") == "paragraph" and value(element, "default").lower() in ("1", "true", "on"):
            self.default = identity

    def chain(self, identity: str) -> list[tuple[str, Style]]:
        """Return the style and those it is based on, nearest first."""
        found: dict[str, Style] = {}
        identity = identity or self.default
        while identity in self._styles and identity not in found and len(found) < 50:
            found[identity] = self._styles[identity]
            identity = found[identity].based_on
        return list(found.items())

    def of(self, identity: str) -> Look:
        """Return what a style makes of a paragraph or run; unknown styles make nothing of it."""
        look = self._looks.get(identity)
        if look is None:
            look = self._looks[identity] = self._look(identity)
        return look

    def _look(self, identity: str) -> Look:
        chain = self.chain(identity)
        styles = [style for _, style in chain]
        return Look(
            hidden=next((style.hidden for style in styles if style.hidden is not None), False),
            bold=next((style.bold for style in styles if style.bold is not None), False),
            is_contents=bool(styles) and bool(_CONTENTS_NAME.match(styles[0].name)),
            heading_level=_heading_level(styles),
            numbering=next((style.numbering for style in styles if style.numbering is not None), None),
            numbering_level=next((s.numbering_level for s in styles if s.numbering_level is not None), None),
            identities=tuple(identity for identity, _ in chain),
        )


def _heading_level(styles: list[Style]) -> int:
    """Judge by outline level or name, a style's own before what it inherits."""
    for style in styles:
        if style.outline is not None:
            return style.outline + 1 if 0 <= style.outline < _LEVELS else 0
        if named := _HEADING_NAME.match(style.name):
            return int(named.group(1))
        if style.name in _TITLES:
            return _TITLES[style.name]
    own = styles[0].name if styles else ""
    return BOLD_LEVEL if _LOOSE_HEADING.match(own) and not _NOT_A_HEADING.search(own) else 0


def outline_level(outline: int | None) -> int:
    """Return the heading level of a paragraph's own outline level; 0 for body text."""
    return outline + 1 if outline is not None and 0 <= outline < 9 else 0


def heading_or_clause(text: str, number: str, level: int) -> tuple[BlockKind, int]:
    """Tell a heading from a clause: contracts set whole numbered paragraphs in heading styles."""
    end = text.rstrip("])”\"' ")[-1:]
    words = len(text.split())
    is_sentence = words >= _CLAUSE_WORDS.get(end, len(text)) or (words >= 8 and bool(_OBLIGES.search(text)))
    if len(text) <= _CLAUSE_LENGTH and not is_sentence:
        return "heading", 0
    return ("list_item" if number else "paragraph"), level


def looks_like_heading(text: str) -> bool:
    """Tell whether a line that is all bold is a heading: short, not ended as a sentence or a label, obliging nobody."""
    return (
        0 < len(text) < _BOLD_HEADING_LENGTH
        and "\n" not in text
        and text[-1] not in ".,:;!?"
        and any(letter.isalpha() for letter in text)
        and not (len(text.split()) > 5 and _OBLIGES.search(text))
    )


def bold_level(number: str) -> int:
    """Return the rank of a bold line that Word numbers: "2.1.3" is a third level whatever its list says."""
    parts = number.rstrip(".").split(".")
    return min(len(parts), 9) if len(parts) > 1 else BOLD_LEVEL


@dataclass(slots=True)
class Level:
    """One level of a list: how its number is written and when it starts again."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False
    style: str = ""


@dataclass
class _Abstract:
    levels: dict[int, Level] = field(default_factory=dict)
    style_link: str = ""
    counters: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)


@dataclass
class _List:
    abstract: _Abstract
    own_levels: dict[int, Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)
    started: set[int] = field(default_factory=set)

    def level(self, number: int) -> Level:
        return self.own_levels.get(number) or self.abstract.levels.get(number) or Level()


class Numbering:
    """The lists of a document and their counters; ask once for each paragraph, in reading order."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        abstracts: dict[str, _Abstract] = {}
        self._lists: dict[int, _List] = {}
        nums = []
        for element in root if root is not None else ():
            if key(element.tag) == "abstractNum":
                abstracts[value(element, "abstractNumId")] = _abstract(element)
            elif key(element.tag) == "num":
                nums.append(element)
        for element in nums:
            self._add_list(element, abstracts)
        for item in self._lists.values():
            item.abstract = self._linked(item.abstract)

    def _add_list(self, element: Element, abstracts: dict[str, _Abstract]) -> None:
        base, number = child(element, "abstractNumId"), value(element, "numId")
        abstract = abstracts.get("" if base is None else value(base, "val"))
        if abstract is None or not number.isdigit() or len(number) > 9:
            return
        found = self._lists[int(number)] = _List(abstract)
        for override in element:
            where = value(override, "ilvl")
            if key(override.tag) != "lvlOverride" or where not in "012345678" or not where:
                continue
            start, level = number_of(child(override, "startOverride")), child(override, "lvl")
            if start is not None:
                found.starts[int(where)] = start
            if level is not None:
                found.own_levels[int(where)] = _level(level)

    def _linked(self, abstract: _Abstract) -> _Abstract:
        """Follow ``numStyleLink``: the levels are those of the list that the named style uses."""
        for _ in range(5):
            if not abstract.style_link:
                break
            target = self._lists.get(self._styles.of(abstract.style_link).numbering or 0)
            if target is None or target.abstract is abstract:
                break
            abstract = target.abstract
        return abstract

    def next(self, number: int | None, level: int | None, style: str) -> tuple[str, int, bool] | None:
        """Count one paragraph and return its printed number, its level and whether it is a bullet; none if unnumbered.

        ``number`` and ``level`` are the paragraph's own ``numPr``; what it lacks comes from its style.
        """
        look = self._styles.of(style)
        wanted = look.numbering if number is None else number
        found = None if wanted is None else self._lists.get(wanted)
        if found is None:
            return None
        if level is None and number is None:
            levels = found.abstract.levels.items()
            level = next((at for at, item in levels if item.style and item.style in look.identities), None)
        if level is None:
            level = look.numbering_level
        level = min(max(level or 0, 0), _LEVELS - 1)
        _count(found, level)
        shape = found.level(level)
        return _printed(found, level), level, shape.form == "bullet"


def _abstract(element: Element) -> _Abstract:
    found = _Abstract()
    for item in element:
        name = key(item.tag)
        if name == "lvl" and value(item, "ilvl") in tuple("012345678"):
            found.levels[int(value(item, "ilvl"))] = _level(item)
        elif name == "numStyleLink":
            found.style_link = value(item, "val")
    return found


def _level(element: Element) -> Level:
    found = Level()
    for item in element:
        name, text = key(item.tag), value(item, "val")
        if name == "start":
            found.start = number_of(item) or 0
        elif name == "numFmt":
            found.form = text
        elif name == "lvlText":
            found.text = text
        elif name == "lvlRestart":
            found.restart = number_of(item)
        elif name == "isLgl":
            found.legal = flag(item)
        elif name == "pStyle":
            found.style = text
    return found


def _count(found: _List, level: int) -> None:
    counters = found.abstract.counters
    now = counters[level]
    if level in found.starts and level not in found.started:
        counters[level] = found.starts[level]
    else:
        counters[level] = found.level(level).start if now is None else now + 1
    found.started.add(level)
    for deeper in range(level + 1, _LEVELS):
        restart = found.level(deeper).restart
        if restart is None or (restart > 0 and level < restart):
            counters[deeper] = None


def _printed(found: _List, level: int) -> str:
    shape = found.level(level)
    if shape.form == "bullet":
        return shape.text
    counters = found.abstract.counters

    def one(gap: re.Match[str]) -> str:
        at = int(gap.group(1)) - 1
        if at > level:
            return ""
        other, count = found.level(at), counters[at]
        form = "decimal" if shape.legal else other.form
        return _figure(found.starts.get(at, other.start) if count is None else count, form)

    return _GAP.sub(one, shape.text).strip()


def _figure(count: int, form: str) -> str:
    if form == "none":
        return ""
    if form == "decimalZero":
        return f"{count:02d}"
    if form in ("upperLetter", "lowerLetter") and 0 < count < 5_000:
        text = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return text.upper() if form == "upperLetter" else text
    if form in ("upperRoman", "lowerRoman") and 0 < count < 5_000:
        return _roman(count) if form == "upperRoman" else _roman(count).lower()
    return str(count)


def _roman(count: int) -> str:
    text = ""
    for size, sign in (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
        (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ):  # fmt: skip
        text += sign * (count // size)
        count %= size
    return text
