"""Ids of the national criteria service that a requirement cites (``domain.md`` 1.1)."""

from __future__ import annotations

import re
from typing import cast

from cirkular_krav.models import KravLevel

_ID = re.compile(r"(?<![\d.,-])1[01]\d{3}(?::\d{1,2})?(?![\d])")
_NEAR = 60
# Five digits are otherwise postcodes, amounts and article numbers: what makes them an id must stand near.
_CONTEXT = re.compile(
    r"krav-? ?id|(?<!tilldelnings)(?<!utvärderings)(?<!urvals)(?<!kvalificerings)kriteri|(?<![\w-])id ?[: ]|\buhm\b|"
    r"upphandlingsmyndigheten"
)
_MEASURED = re.compile(
    r" ?(?:%|kr\b|kronor|sek\b|poäng|cykler|varv|st\b|timmar|kg|km|mil\b|laddcykler|tvättar|procent|[a-zåäö]*cykler|"
    r"personer|invånare|elever|anställda|portioner|enheter|m2|kvm)"
)
_ADDRESS = re.compile(
    r"(?:gatan|vägen|torget|gränd|box)[ ,]*\d*[ ,]*$|(?:tel|fax)[\wåäö]*[^.;]{0,25}$|(?:art(?:ikel)?\.? ?(?:nr|"
    r"nummer)?|postadress|dnr|diarie\w*|organisationsn\w*|org\.? ?nr)\W*$"
)


_LEVELS = {
    "basic": r"bas(?:nivån?|krav(?:et)?)?", "advanced": r"avancera(?:d|t|de)(?:nivån?)?", "spearhead": r"spjutspets(?:nivån?|krav(?:et)?)?",
}  # fmt: skip
_LEVEL = re.compile("|".join(rf"(?P<{level}>(?<!på )\b{words}\b)" for level, words in _LEVELS.items()))
_LEVEL_NEAR = 40


def find_krav_level(text: str) -> KravLevel:
    """Return the level that a citation of a KravID says: "11185, avancerad nivå"; nothing where it says none or several."""
    low = text.lower()
    if not find_krav_ids(text):
        return ""
    said: set[str] = set()
    for match in _ID.finditer(text):
        start, end = max(0, match.start() - _LEVEL_NEAR), match.end() + _LEVEL_NEAR
        said |= {m.lastgroup or "" for m in _LEVEL.finditer(low, start, end)}
    return cast("KravLevel", said.pop()) if len(said) == 1 else ""


def find_krav_ids(text: str) -> tuple[str, ...]:
    """Return the KravID that the text cites, with version where given ("11184:1"), in order and once each.

    Five digits count only within about 60 characters of "KravID", "kriterium", "id:", "UHM" or the agency's name,
    or of another id in the same list.
    """
    if "1" not in text or not (ids := list(_ID.finditer(text))):
        return ()
    low = text.lower()
    found: list[str] = []
    listed = -1  # where the last accepted id ended: the next one of the same list leans on it
    for match in ids:
        in_list = 0 <= listed >= match.start() - _NEAR
        near = in_list or _CONTEXT.search(low, max(0, match.start() - _NEAR), match.end() + _NEAR) is not None
        before = low[max(0, match.start() - 40) : match.start()]
        if not near or _MEASURED.match(low, match.end()) or _ADDRESS.search(before):
            continue
        listed = match.end()
        if match.group() not in found:
            found.append(match.group())
    return tuple(found)
