"""Ids of the national criteria service that a requirement cites (``domain.md`` 1.1)."""

from __future__ import annotations

import re

_ID = re.compile(r"(?<![\d.,-])1[01]\d{3}(?::\d{1,2})?(?![\d])")
_NEAR = 60
# Five digits are otherwise postcodes, amounts and article numbers: what makes them an id must stand near.
_CONTEXT = re.compile(
    r"krav-? ?id|(?<!tilldelnings)(?<!utvärderings)(?<!urvals)(?<!kvalificerings)kriteri|(?<![\w-])id ?[: ]|\buhm\b|upphandlingsmyndigheten"
)
_MEASURED = re.compile(r" ?(?:%|kr\b|kronor|sek\b|poäng|cykler|varv|st\b|timmar|kg|km|mil\b|laddcykler|tvättar|procent|[a-zåäö]*cykler)")
_ADDRESS = re.compile(r"(?:gatan|vägen|torget|gränd|box)[ ,]*\d*[ ,]*$|(?:tel|fax)[\wåäö]*[^.;]{0,25}$|(?:art(?:ikel)?\.? ?(?:nr|nummer)?|postadress)\W*$")


def find_krav_ids(text: str) -> tuple[str, ...]:
    """Return the KravID that the text cites, with version where given ("11184:1"), in order and once each.

    Five digits count only within about 60 characters of "KravID", "kriterium", "id:", "UHM" or the agency's name,
    or of another id in the same list.
    """
    if "1" not in text or not (ids := list(_ID.finditer(text))):
        return ()
    low = text.lower()
    context = [(m.start(), m.end()) for m in _CONTEXT.finditer(low)]
    if not context:
        return ()
    found: list[str] = []
    for match in ids:
        near = any(start - _NEAR <= match.end() and match.start() - _NEAR <= end for start, end in context)
        if not near or _MEASURED.match(low, match.end()) or _ADDRESS.search(low[max(0, match.start() - 40) : match.start()]):
            continue
        context.append((match.start(), match.end()))
        if match.group() not in found:
            found.append(match.group())
    return tuple(found)
