"""Swedish numbers in words and digits: "fem", "tjugofem", "ett och ett halvt", "50 000", "2,5", "1/2", "två dussin".

English number words are read too, since documents with English parts give their limits in them. Shares in words
("en tredjedel", "hälften", "var femte", "nio av tio") are of ``SHARE`` and come as percent.
"""

from __future__ import annotations

import re

_UNITS = (
    "noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv", "tretton",
    "fjorton", "femton",
    "sexton", "sjutton", "arton", "nitton",
)  # fmt: skip
_ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TENS = ("tjugo", "trettio", "fyrtio", "femtio", "sextio", "sjuttio", "åttio", "nittio")
_VALUES = {word: i for i, word in enumerate(_UNITS)} | {word: 10 * i for i, word in enumerate(_TENS, 2)}
_VALUES |= {"ett": 1, "hundra": 100, "tusen": 1000, "fyrti": 40, "femti": 50} | {
    w: i for i, w in enumerate(_ENGLISH, 1)
}
_VALUES |= {"fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50}
_PART = "|".join(sorted(_VALUES, key=len, reverse=True))

# Longest first, so that "sextio" is not read as "sex" + "tio".
_WORDS = rf"(?:{_PART}){{1,5}}(?: ?tusen)?"
_DIGITS = r"(?:\d{1,3}(?:[ .]\d{3}){1,4}(?:,\d+)?(?![\d])|\d+(?:[.,]\d+)?)"
_HALF = rf"(?:(?:{_WORDS}|\d+) och (?:en|ett) halvt?|(?:en|ett) halvt?|ett halv(?=år)|\d*½)"
_FRACTION = r"(?:\d+ )?\d{1,2}[/⁄]\d{1,2}"
_DOZENS = rf"(?:{_WORDS}|\d+) (?:dussin|tjog)"
# Looked at first, since most words begin no number and the shapes after it would each try all number words.
_BEGINS = "|".join([r"[\d½]", *sorted({word[:2] for word in _VALUES})])
NUMBER = rf"(?:(?={_BEGINS})(?:{_HALF}|{_FRACTION}|{_DOZENS}|{_DIGITS}|{_WORDS}))"
# A cheap sign that a text without digits may hold a number in words that has a unit.
NUMBER_SIGNS = (
    "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv", "ton", "tjugo", "hundra", "tusen",
    "halv", "hälften", "edel", "ondel", "fjärde", "sjätte", "åttonde", "varannan", "vartannat", "dussin", "tjog", "½",
    "ett år", "en månad", "en vecka", "en dag", "en timme", "ett dygn", "en procent", "ettår", "ett års",
    "ten ", "one ", "three", "four", "five", "seven", "eight", "nine", "twelve", "twenty", "fifty",
)  # fmt: skip
_ONE_PART = re.compile(_PART)
_SHAPES = re.compile(
    r"(?P<mixed>(?:(?P<whole>\d+) )?(?P<top>\d{1,2})[/⁄](?P<bottom>\d{1,2}))|"
    r"(?P<half>(?:(?P<base>\w+) och )?(?:(?:en|ett) )halvt?)|(?P<sign>\d*)½|(?P<dozens>.+) (?P<dozen>dussin|tjog)"
)
_ORDINALS = {
    "andra": 2, "tredje": 3, "fjärde": 4, "femte": 5, "sjätte": 6, "sjunde": 7, "åttonde": 8, "nionde": 9, "tionde": 10,
    "tolfte": 12, "tjugonde": 20, "hundrade": 100,
}  # fmt: skip
# "tredjedel", "femtedel", "tiondel": the ordinal before "del" loses an ending.
_PARTS = {
    "tredje": 3,
    "fjärde": 4,
    "femte": 5,
    "sjätte": 6,
    "sjunde": 7,
    "åtton": 8,
    "åttonde": 8,
    "nion": 9,
    "tion": 10,
}
_SMALL = "en|ett|två|tre|fyra|fem|sex|sju|åtta|nio|tio"
EVERY = rf"(?:vartannat|varannan|var(?:t|je)? (?:{'|'.join(_ORDINALS)}|\d{{1,2}}:(?:e|a)))"
SHARE = re.compile(
    rf"\b(?:(?P<half>hälften\b(?! så)|halva (?!dag|natt|arbets|tim|tid|livsl|avtalst|garanti)(?=[a-zåäö]+(?:en|et|n|t)\b))"
    rf"|(?P<top>{_SMALL}|\d) ?(?P<bottom>{'|'.join(_PARTS)})del(?:ar|en|s)?(?:na)?\b"
    r"|(?P<fraction>(?<![\w/])\d[/⁄]\d{1,2})(?= (?:av|del))"
    rf"|(?P<n>{_SMALL}|\d{{1,3}}) av (?P<m>tre|fyra|fem|sex|sju|åtta|nio|tio|tjugo|hundra|\d{{1,3}})\b(?! ?[%:.,]?\d)"
    rf"(?=[ ,.;)]|$))"
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
    if shape and shape["sign"] is not None:
        return int(shape["sign"] or 0) + 0.5
    if shape and shape["dozens"]:
        dozens = number_value(shape["dozens"])
        return None if dozens is None else dozens * (12 if shape["dozen"] == "dussin" else 20)
    if words[0].isdigit():
        return _digits_value(words)
    return _words_value(words)


def share_value(match: re.Match[str]) -> float | None:
    """Return the percent of a share in words that ``SHARE`` matched, or none when it is no share after all."""
    if match["half"]:
        return 50.0
    if match["fraction"]:
        value = number_value(match["fraction"])
        return None if value is None or value > 1 else 100 * value
    if match["bottom"]:
        top, bottom = number_value(match["top"]), float(_PARTS[match["bottom"]])
    else:
        top, bottom = number_value(match["n"]), number_value(match["m"]) or 0.0
    return 100 * top / bottom if top and bottom >= 2 and top <= bottom else None


def every_value(words: str) -> float | None:
    """Return the n of "var n:te" that ``EVERY`` matched: "vartannat" is 2."""
    if words in ("vartannat", "varannan"):
        return 2.0
    ordinal = words.split()[-1]
    return float(_ORDINALS[ordinal] if ordinal in _ORDINALS else ordinal.split(":")[0]) or None


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
