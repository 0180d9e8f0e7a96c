"""The HTML report: one module per kind of page, each a function from results to one self-contained page."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.models import Assessment
from cirkular_krav.reports.page import Link
from cirkular_krav.reports.pages.method import method_page
from cirkular_krav.reports.pages.procurement import procurement_page
from cirkular_krav.reports.words import Words

INDEX = "index.html"
METHOD = "metod.html"


def build_pages(assessments: Sequence[Assessment], catalogue: Catalogue, words: Words) -> Iterator[tuple[str, str]]:
    """Yield each page of the report as file name and HTML; ``index.html`` is where a reader starts."""
    links = [Link(METHOD, words("page.method"))]
    if len(assessments) == 1:
        links.insert(0, Link(INDEX, words("page.procurement")))
        yield INDEX, procurement_page(assessments[0], catalogue, words, links=links)
    yield METHOD, method_page(assessments, catalogue, words, links=links)


def slug(text: str) -> str:
    """Return a file name's stem for an id: its letters and digits in ASCII, and a hash where anything was lost."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    if stem and stem == text:
        return stem
    return f"{stem}-{hashlib.sha256(text.encode()).hexdigest()[:6]}".strip("-")
