"""In a procurement of several kinds of goods, the lot's own kind picks the family member; a cited level is the level."""

from __future__ import annotations

import pytest

from builders import make_block, make_document, make_procurement
from cirkular_krav.catalogue import load_catalogue
from cirkular_krav.models import Lot, Procurement
from cirkular_krav.pipeline import match_requirements
from cirkular_krav.segment import find_requirements, requirement_from_text
from cirkular_krav.understanding.lots import find_lot

TEXT = "Produkterna ska vara begagnade."


def procurement(*headings: str, lots: tuple[Lot, ...] = (), categories: tuple[str, ...] = ("MOB", "IT")) -> Procurement:
    blocks = tuple(
        make_block(TEXT, block_id=f"b{i}", heading_path=(heading,), number=str(i)) for i, heading in enumerate(headings)
    )
    document = make_document("kravspecifikation.txt", role="specification", blocks=blocks)
    return make_procurement(categories=categories, lots=lots, documents=(document,))


def credited(own: Procurement) -> list[str]:
    requirements = find_requirements(own)
    found = match_requirements(requirements, own, load_catalogue())
    reuse = {m.requirement_id: m.criterion_id for m in found.matches if m.family == "GEN-01"}
    return [reuse.get(requirement.id, "") for requirement in requirements]


def test_the_words_of_a_lots_heading_pick_the_member() -> None:
    headings = ("Anbudsområde 1 Kontorsstolar och bord", "Anbudsområde 2 Bärbara datorer")
    assert [i.split("-")[0] for i in credited(procurement(*headings))] == ["MOB", "IT"]


def test_the_codes_of_a_lot_go_before_the_words_of_its_heading() -> None:
    lots = (Lot(id="LOT-0001", cpv=("30213100",)), Lot(id="LOT-0002", cpv=("39110000",)))
    own = procurement("Anbudsområde 1", "Anbudsområde 2", lots=lots)
    assert [i.split("-")[0] for i in credited(own)] == ["IT", "MOB"]


def test_a_lot_of_goods_that_the_procurement_does_not_have_changes_nothing() -> None:
    assert credited(procurement("Anbudsområde 1 Datorer", categories=("MOB", "TEX"))) == credited(
        procurement("Stycke", categories=("MOB", "TEX"))
    )


@pytest.mark.parametrize(
    ("text", "lot"),
    [
        ("För område C ska minst ett uppdrag ha avsett reparation.", "C"),
        ("För del 2 ska du visa ett exempel.", "2"),
        ("I del 2 beskrivs kraven.", ""),
        ("Delar ska finnas i del 3.", ""),
    ],
)
def test_a_sentence_that_begins_with_its_lot_belongs_to_it(text: str, lot: str) -> None:
    assert find_lot((), text) == lot


def test_the_level_word_beside_a_krav_id_is_the_level() -> None:
    own = make_procurement(categories=("MOB",))

    def ambition(text: str) -> str:
        found = match_requirements([requirement_from_text(text)], own, load_catalogue())
        return next(m.ambition for m in found.matches if m.criterion_id == "MOB-02")

    assert ambition("Möblerna ska uppfylla KravID 11477.") == "basic"
    assert ambition("Möblerna ska uppfylla KravID 11477, avancerad nivå.") == "advanced"
    assert ambition("Möblerna ska uppfylla KravID 11477 (spjutspets).") == "spearhead"
