"""One page of every kind of report, made from the corpus, for the tests of what people read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from builders import ROOT
from cirkular_krav import assess, draw_audit, load_catalogue
from cirkular_krav.baseline import compare_periods
from cirkular_krav.baseline.policies import PolicyTexts
from cirkular_krav.baseline_types import Draw, PolicyStatement
from cirkular_krav.frame_file import FrameRow
from cirkular_krav.models import Assessment, Document, LinePlace, Notice
from cirkular_krav.organisations import find_parties, load_organisations
from cirkular_krav.publish import write_report
from cirkular_krav.reports.catalogue_export import catalogue_page
from cirkular_krav.reports.page import Link
from cirkular_krav.reports.pages.change import change_page
from cirkular_krav.reports.pages.procurement import procurement_page
from cirkular_krav.reports.parts import Labelling
from cirkular_krav.reports.words import load_words

CORPUS = (
    "kontorsstolar-ornsjo", "textilservice-sagdal", "tolktjanster-gransmark", "livsmedel-storalva", "forbrukning-fjallmark",
)  # fmt: skip
COUNT = 45
# Names that nobody can take for a real organisation.
BUYERS = (
    "Påhittade kommunen Abborrträsk", "Påhittade kommunen Björkmyra", "Påhittade kommunen Dimsjö",
    "Påhittade regionen Fjällmark", "Påhittade kommunen Gransele", "Påhittade kommunen Hjortronnäs",
    "Påhittade kommunen Lavskogen", "Påhittade kommunen Myrberget", "Påhittade kommunen Åsele å",
)  # fmt: skip


@lru_cache
def assessed(name: str) -> Assessment:
    """Return the assessment of a procurement of the corpus."""
    return assess(ROOT / "corpus" / "procurements" / name, load_catalogue())


def copies(
    count: int, originals: Sequence[Assessment], years: Sequence[int] = (2024, 2025, 2026), name: str = "p"
) -> list[Assessment]:
    """Return so many procurements with ids, buyers, titles and days of their own, and the contents of the originals."""
    made = []
    for i in range(count):
        original = originals[i % len(originals)]
        buyer = BUYERS[(i * 5 + i // len(BUYERS)) % len(BUYERS)]
        day = f"{years[i % len(years)]}-{1 + i % 12:02d}-{1 + i % 28:02d}"
        changes = {
            "id": f"{name}{i:04d}", "title": f"{original.procurement.title}, nr {i + 1}", "buyer": buyer, "published": day,
            "organisation_number": "", "on_behalf_of": (),
            "bids": float(1 + i % 5), "claims": ("circ-econ",) if i % 7 == 0 else (),
            "documents": told(original.procurement.documents, i),
        }  # fmt: skip
        procurement = original.procurement.model_copy(update=changes)
        ledger = tuple(row.model_copy(update={"sha256": f"{i}-{row.sha256}"}) for row in original.ledger)
        # Some read no obstacle and some one fewer, so that the figures differ.
        stands = original.score.model_copy(update={"with_obstacles": None})
        kept = {"conflicts": (), "obstacles": (), "score": stands} if i % 4 == 0 else {}
        made.append(original.model_copy(update={"procurement": procurement, "ledger": ledger, **kept}))
    return made


def told(documents: Sequence[Document], number: int) -> tuple[Document, ...]:
    """Return the documents with a notice that every other time calls the purchase one for the environment."""
    first, *rest = documents
    codes = (("env-imp",), ("none",), ())[number % 3]
    notice = (first.notice or Notice()).model_copy(update={"strategic_procurement": codes})
    return (first.model_copy(update={"notice": notice}), *rest)


def read_by_people(assessments: Sequence[Assessment], size: int) -> Draw:
    """Return a random sample that is read whole, every hit of it right."""
    draw = draw_audit(assessments, load_catalogue(), size=size)
    read = [
        one.model_copy(update={"hits": tuple(h.model_copy(update={"verdict": "right"}) for h in one.hits), "read_whole": True})
        for one in draw.procurements
    ]  # fmt: skip
    return draw.model_copy(update={"procurements": tuple(read)})


def frame_of(assessments: Sequence[Assessment]) -> list[FrameRow]:
    """Return a list of all there were in which every third was never read, most of them furniture."""
    read = [
        FrameRow(
            frame_id=one.procurement.id, title=one.procurement.title, buyer=one.procurement.buyer,
            cpv=next(iter(one.procurement.cpv), "").replace("-", "")[:8], environmental=(True, None, False)[i % 3],
        )
        for i, one in enumerate(assessments)
    ]  # fmt: skip
    missing = [
        FrameRow(frame_id=f"M{i}", title=f"Möbler, nr {i}", buyer=BUYERS[i % 3], cpv="39130000", database="Påhittad")
        for i in range(len(read) // 2)
    ]
    return [*read, *missing]


def write_sample_report(folder: Path, language: str = "sv") -> dict[str, Path]:
    """Write a report of many procurements with a comparison, and return one page of every kind by name."""
    catalogue = load_catalogue()
    everything = copies(COUNT, [assessed(name) for name in CORPUS])
    labels = (Labelling("kontorsstolar-ornsjo", "upphovspersonen till texten", "2026-11-20", 14),)
    statement = PolicyStatement(
        document="styrdokument/miljöplan.txt", place=LinePlace(line=3), text="Kommunen köper begagnat.", criterion_ids=("GEN-01",)
    )  # fmt: skip
    party = find_parties(everything[0].procurement, load_organisations()).responsible
    policies = [PolicyTexts(party, ("miljöplan.txt",), (statement,))]
    write_report(
        everything, catalogue, folder, labels=labels, policies=policies, frame=frame_of(everything),
        audit=read_by_people(everything, 25), language=language,
    )  # fmt: skip
    # Every text is read anew for a comparison: small ones will do.
    chairs = [assessed("kontorsstolar-ornsjo")]
    comparison = compare_periods(copies(12, chairs, [2024]), copies(12, chairs, [2026], name="q"), catalogue)
    page = change_page(comparison, load_words(language), links=[Link("index.html", "Översikt")])
    (folder / "forandring.html").write_text(page, encoding="utf-8")
    # A report of so many holds its procurements in short; in full they are the same pages as alone.
    for i in (1, 2, 3, 5):
        page = procurement_page(everything[i], catalogue, load_words(language), links=[Link("index.html", "Översikt")])
        (folder / f"upphandling-p{i:04d}.html").write_text(page, encoding="utf-8")
    few = catalogue.model_copy(update={"criteria": catalogue.criteria[:4], "obstacles": catalogue.obstacles[:2]})
    (folder / "catalogue.html").write_text(catalogue_page(few, language=language), encoding="utf-8")
    names = {
        "catalogue": "catalogue", "county": "index", "organisation": "organisation-pahittade-kommunen-abborrtrask*",
        "criterion": "kriterium-mob-01", "change": "forandring", "frame": "urval", "method": "metod", "procurement": "upphandling-p0003",
        "procurement-conflict": "upphandling-p0005", "procurement-unread": "upphandling-p0001",
        "procurement-quiet": "upphandling-p0002", "short": "upphandlingar-pahittade-kommunen-abborrtrask*",
    }  # fmt: skip
    return {name: next(folder.glob(f"{stem}.html")) for name, stem in names.items()}
