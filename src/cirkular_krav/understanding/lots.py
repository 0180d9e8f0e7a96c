"""Which lot a requirement belongs to: from the headings above it, else from how its sentence begins."""

from __future__ import annotations

import re
from functools import lru_cache

_ID = r"([A-ZÅÄÖ]|[A-ZÅÄÖ]?\d[\w.]{0,3})(?!\w)"
_LOT = re.compile(rf"\b(?i:anbudsområde|delområde|delkontrakt|anbudsdel|varugrupp|område)\s+{_ID}")
# "För område C ska minst ett uppdrag ha avsett …", "I del 2 ingår …": a part of a document is never said so.
_BEGINS = re.compile(
    rf"^(?:För|Inom|På|I) (?:anbudsområde|delområde|delkontrakt|anbudsdel|varugrupp|område|del) {_ID} (?:ska|skall|bör|måste)\b"
)


def find_lot(heading_path: tuple[str, ...], text: str = "") -> str:
    """Return the lot that the nearest heading names, else the one that the text begins with, else nothing."""
    named = lot_heading(heading_path)
    if named:
        return named[0]
    begins = _BEGINS.match(text)
    return begins[1] if begins else ""


@lru_cache(maxsize=1_024)
def lot_heading(heading_path: tuple[str, ...]) -> tuple[str, str] | None:
    """Return the lot of the nearest heading that names one, with that heading."""
    return next(((m[1], heading) for heading in reversed(heading_path) if (m := _LOT.search(heading))), None)
