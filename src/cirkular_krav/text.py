"""Normalising and splitting Swedish text: pure functions, no state.

Readers call ``clean`` and ``join_lines`` at the border; everything after reads text that has passed them.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar, TypeVarTuple

# pdfium writes a hyphen at a line end as U+0002; other engines leave U+00AD or U+2010.
_LINE_END_HYPHENS = "\x02\u00ad\u2010-"
# "miljö- och", "bör- eller": the hyphen stands for the rest of the next word and is never joined.
_KEEPS_HYPHEN = ("och", "eller", "samt", "respektive", "resp", "till", "alternativt", "/")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
_TOKEN = re.compile(r"[^\W_]+(?:[-–.:/][^\W_]+)*", re.UNICODE)

# Abbreviations after which a full stop does not end the sentence.
_ABBREVIATIONS = frozenset(
    ["bl.a", "t.ex", "d.v.s", "dvs", "m.m", "mm", "o.s.v", "osv", "s.k", "t.o.m", "fr.o.m", "f.d", "p.g.a", "pga", "ca", "kap", "st", "nr", "resp", "exkl", "inkl", "max", "min", "etc", "eg", "jfr", "obs", "tel", "art", "ev", "forts", "sid", "bil", "st.", "enl", "f.n", "fn", "o.d", "o.dyl", "dyl", "e.d", "mfl", "m.fl", "kr", "tkr", "mkr", "avd", "i.e", "e.g", "t.h", "a.a", "kl", "ggr", "alt"]
)  # fmt: skip
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”»)]*\s+(?=[\"“”»(]*[A-ZÅÄÖÉ0-9•])")


_More = TypeVarTuple("_More")
_Answer = TypeVar("_Answer")
# Sentences come back: within a document, from draft to requirement, and in what buyers copy from their templates.
_KEPT = 8_192
_LONGEST_KEPT = 1_000


def remembered(function: Callable[[str, *_More], _Answer]) -> Callable[[str, *_More], _Answer]:
    """Keep the answers of a pure function of a text, the latest so many, and of no text so long that they weigh."""
    kept: Callable[[str, *_More], _Answer] = lru_cache(maxsize=_KEPT)(function)  # type: ignore[assignment]

    @wraps(function)
    def answer(text: str, /, *more: *_More) -> _Answer:
        return kept(text, *more) if len(text) <= _LONGEST_KEPT else function(text, *more)

    return answer


def clean(text: str) -> str:
    """Return text that every output can hold: composed, without control and invisible characters.

    Ligatures and full-width forms are expanded (NFKC), unpaired surrogates become nothing, white space is folded
    to single spaces. Superscript digits would become plain digits in NFKC ("m²" → "m2"), which is what units want.
    """
    if text.isprintable() and unicodedata.is_normalized("NFKC", text) and "  " not in text:
        return text.strip()  # as most text is: nothing below would change it
    text = _CONTROL.sub(" ", text)
    text = _INVISIBLE.sub("", text)
    text = unicodedata.normalize("NFKC", text)
    return _SPACE.sub(" ", text).strip()


def has_invisible(text: str) -> bool:
    """Tell whether the text holds characters that a reader would not see (bidi overrides, zero width, tags)."""
    return any(ch not in "\u00ad\ufeff" for ch in _INVISIBLE.findall(text))


def join_lines(lines: list[str]) -> str:
    """Join the lines of one paragraph, healing words that were hyphenated at line ends.

    A hyphen is kept before a capital letter or digit ("Krav-ID", "IT-\\nutrustning" keeps it too, since what stands
    before it is an abbreviation) and before och/eller/samt; otherwise the word is joined.
    """
    out = ""
    for line in lines:
        line = line.strip(" \t\r\n")
        if not line:
            continue
        out = _join_two(out, line) if out else line
    return heal_hyphens(out)


def heal_hyphens(text: str) -> str:
    """Resolve the U+0002 that pdfium leaves inside running text where a line ended in a hyphen."""
    if "\x02" not in text:
        return text
    parts = text.split("\x02")
    out = parts[0]
    for part in parts[1:]:
        out = _join_two(out + "\x02", part.lstrip())
    return out


def _join_two(left: str, right: str) -> str:
    if left[-1] not in _LINE_END_HYPHENS or len(left) < 2 or not left[-2].isalnum():
        return f"{left} {right}"
    if left[-1] == "\u00ad":
        return left[:-1] + right
    stem = left[:-1]
    first_word = right.split(maxsplit=1)[0].lower().strip(",;.") if right.split() else ""
    if first_word in _KEEPS_HYPHEN:
        return f"{stem}- {right}"
    last_word = re.split(r"[\s(/]", stem)[-1]
    if not right[:1].islower() or last_word.isupper() or last_word[-1:].isdigit() or len(last_word) == 1:  # e-post
        return f"{stem}-{right}"
    return stem + right


def _is_initial(before: str) -> bool:
    """Tell whether a text ends in an initial or a list letter ("A. Krav"), not in a class ("lägst skickklass B.")."""
    letter = before[-2:-1]
    alone = letter.isalpha() and not before[-3:-2].strip("(")
    return alone and (letter.islower() or len(before.split()) <= 3)


@remembered
def sentences(text: str) -> tuple[str, ...]:
    """Split cleaned text into sentences; abbreviations, numbers and list numbers do not end one."""
    out: list[str] = []
    start = 0
    for gap in _SENTENCE_END.finditer(text):
        before = text[start : gap.start()].rstrip()
        last = before.rsplit(maxsplit=1)[-1].rstrip('.!?)"”»').lower().lstrip('("“”') if before else ""
        is_number = bool(re.fullmatch(r"\d+(\.\d+)*", last)) and len(before) <= len(last) + 1
        if before.endswith(".") and (last in _ABBREVIATIONS or is_number or _is_initial(before)):
            continue
        if before:
            out.append(before)
        start = gap.end()
    rest = text[start:].strip()
    if rest:
        out.append(rest)
    return tuple(out)


def divide_long(text: str, limit: int) -> list[str]:
    """Divide a text into parts of at most so many characters: after a sentence, else between words, else anywhere."""
    parts: list[str] = []
    start = 0
    while len(text) - start > limit:
        window = text[start : start + limit]
        ends = [gap.end() for gap in _SENTENCE_END.finditer(window, limit // 2)]
        length = ends[-1] if ends else window.rfind(" ", limit // 2) + 1 or limit
        parts.append(window[:length])
        start += length
    return [*parts, text[start:]]


@lru_cache(maxsize=2_048)
def tokens(text: str) -> tuple[tuple[str, int, int], ...]:
    """Return the lower-cased words of the text as ``(word, start, end)``; hyphenated words stay whole."""
    return tuple([(m[0].lower(), m.start(), m.end()) for m in _TOKEN.finditer(text)])


def fingerprint_text(text: str) -> str:
    """Return the form of a text that ids rest on: lower case, letters and digits only, single spaces.

    A better reader changes punctuation and white space; it must not orphan last year's decisions.
    """
    return " ".join(word for word, _, _ in tokens(clean(text)))


@remembered
def hash_text(text: str) -> str:
    """Return the hash of a text that ids and people's decisions rest on: 12 hexadecimal digits of its fingerprint."""
    return hashlib.sha256(fingerprint_text(text).encode()).hexdigest()[:12]


def cut(text: str, length: int) -> str:
    """Return the text, cut at a word with an ellipsis where it is longer than ``length``."""
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
