"""What the files of a report are called: names that every system accepts and that stay the same from time to time."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from cirkular_krav.baseline_types import CriterionShare

INDEX = "index.html"
METHOD = "metod.html"
CHANGE = "forandring.html"
FRAME = "urval.html"
_GREATEST = 3


def slug(text: str) -> str:
    """Return a file name's stem for an id: its letters and digits in ASCII, and a hash where anything was lost."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    if stem and stem == text:
        return stem
    return f"{stem}-{hashlib.sha256(text.encode()).hexdigest()[:6]}".strip("-")


def organisation_file(key: str) -> str:
    """Return the file of an organisation's page."""
    return f"organisation-{slug(key)}.html"


def criterion_file(criterion_id: str) -> str:
    """Return the file of a criterion's page."""
    return f"kriterium-{criterion_id.lower()}.html"


def has_criterion_page(share: CriterionShare) -> bool:
    """Tell whether a criterion has a page: someone asks for it, or it is of the greatest weight and applies."""
    return bool(share.asked.numerator or share.partly or (share.importance == _GREATEST and share.asked.denominator))


def short_file(organisation_key: str, number: int = 1) -> str:
    """Return the file where an organisation's procurements stand in short; ``number`` counts its parts from 1."""
    return f"upphandlingar-{slug(organisation_key)}{f'-{number}' if number > 1 else ''}.html"


def short_anchor(procurement_id: str) -> str:
    """Return where on that page a procurement stands."""
    return f"u-{slug(procurement_id)}"


def procurement_file(procurement_id: str) -> str:
    """Return the file of a procurement's page."""
    return f"upphandling-{slug(procurement_id)}.html"
