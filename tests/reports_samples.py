"""One page of every kind of report, made from the corpus, for the tests of what people read."""

from __future__ import annotations

from functools import lru_cache

from builders import ROOT
from cirkular_krav import assess, load_catalogue
from cirkular_krav.models import Assessment
from cirkular_krav.reports.catalogue_export import catalogue_page
from cirkular_krav.reports.page import Link
from cirkular_krav.reports.pages.method import method_page
from cirkular_krav.reports.pages.procurement import procurement_page
from cirkular_krav.reports.parts import Labelling
from cirkular_krav.reports.words import load_words

LINKS = (Link("index.html", "Översikt"), Link("metod.html", "Metod"))


@lru_cache
def assessed(name: str) -> Assessment:
    return assess(ROOT / "corpus" / "procurements" / name, load_catalogue())


def sample_pages(language: str = "sv") -> dict[str, str]:
    """Return a page of every kind, by name; the catalogue is cut to a few criteria."""
    catalogue = load_catalogue()
    words = load_words(language)
    few = catalogue.model_copy(update={"criteria": catalogue.criteria[:4], "obstacles": catalogue.obstacles[:2]})
    with_conflicts, unread, quiet = map(
        assessed, ("kontorsstolar-ornsjo", "textilservice-sagdal", "tolktjanster-gransmark")
    )
    labels = (Labelling("kontorsstolar-ornsjo", "upphovspersonen till texten", "2026-11-20", 14),)
    return {
        "catalogue": catalogue_page(few, language=language),
        "procurement": procurement_page(with_conflicts, catalogue, words, links=LINKS),
        "procurement-unread": procurement_page(unread, catalogue, words, links=LINKS),
        "procurement-quiet": procurement_page(quiet, catalogue, words, links=LINKS),
        "method": method_page([with_conflicts, unread], catalogue, words, links=LINKS, labels=labels),
    }
