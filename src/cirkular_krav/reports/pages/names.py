"""What the files of a report are called: names that every system accepts and that stay the same from time to time."""

from __future__ import annotations

import hashlib
import re
import unicodedata

INDEX = "index.html"
METHOD = "metod.html"
CHANGE = "forandring.html"


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


def procurement_file(procurement_id: str) -> str:
    """Return the file of a procurement's page."""
    return f"upphandling-{slug(procurement_id)}.html"
