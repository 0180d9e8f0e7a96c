"""Swedish numbers in words and digits: "fem", "tjugofem", "ett och ett halvt", "50 000", "2,5", "1/2"."""

from __future__ import annotations

import re

_UNITS = (
    "noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv", "tretton",
    "fjorton", "femton",
    "sexton", "sjutton", "arton", "nitton",
)  # fmt: skip
_TENS = ("tjugo", "trettio", "fyrtio", "femtio", "sextio", "sjuttio", "åttio", "nittio")
_VALUES = {word: i for i, word in enumerate(_UNITS)} | {word: 10 * i for i, word in enumerate(_TENS, 2)}
_VALUES |= {"ett": 1, "hundra": 100, "tusen": 1000}
_PART = "|".join(sorted(_VALUES, key=len, reverse=True))

# Longest first, so that "sextio" is not read as "sex" + "tio".
_WORDS = rf"(?:{_PART}){{1,5}}"
_DIGITS = r"(?:\d{1,3}(?:[ .]\d{3}){1,4}(?:,\d+)?(?![\d])|\d+(?:[.,]\d+)?)"
_HALF = rf"(?:(?:{_WORDS}|\d+) och (?:en|ett) halvt?|(?:en|ett) halvt?|ett halv(?=år))"
_FRACTION = r"(?:\d+ )?\d{1,2}[/⁄]\d{1,2}"
NUMBER = rf"(?:{_HALF}|{_FRACTION}|{_DIGITS}|{_WORDS})"
# A cheap sign that a text without digits may hold a number in words that has a unit.
NUMBER_SIGNS = (
    "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv", "ton", "tjugo", "hundra", "tusen",
    "halv", "hälften", "fjärdedel", "ett år", "en månad", "en vecka", "en dag", "en timme", "ett dygn", "en procent",
    "ettår", "ett års",
)  # fmt: skip
_ONE_PART = re.compile(_PART)
_SHAPES = re.compile(
    r"(?P<mixed>(?:(?P<whole>\d+) )?(?P<top>\d{1,2})[/⁄](?P<bottom>\d{1,2}))|"
    r"(?P<half>(?:(?P<base>\w+) och )?(?:(?:en|ett) )halvt?)"
)


def number_value(words: str) -> float | None:
    """Return the value of a stretch that ``NUMBER`` matched, or none when it is no number after all."""
    shape = _SHAPES.fullmatch(words)
    if shape and shape["mixed"]:
        bottom = int(shape["bottom"])
        return (int(shape["whole"] or 0) + int(shape["top"]) / bottom) if bottom else None
    if shape and shape["half"]:
        base = number_value(shape["base"]) if shape["base"] else 0.0
        return None if base is None else base + 0.5
    if words[0].isdigit():
        return _digits_value(words)
    return _words_value(words)


def _digits_value(digits: str) -> float:
    groups = re.fullmatch(r"(\d{1,3})((?:[ .]\d{3})+)(,\d+)?", digits)
    if groups and groups[1] != "0":
        return float(groups[1] + re.sub(r"[ .]", "", groups[2]) + (groups[3] or "").replace(",", "."))
    return float(digits.replace(" ", "").replace(",", "."))


def _words_value(words: str) -> float | None:
    total = current = 0
    for part in _ONE_PART.findall(words):
        value = _VALUES[part]
        if value == 1000:
            total, current = total + max(current, 1) * 1000, 0
        elif value == 100:
            current = max(current, 1) * 100
        else:
            current += value
    return float(total + current)
