"""A change over time: found when the documents changed, and laid at the right door when only something else did."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from builders import make_block, make_catalogue, make_criterion, make_document, make_procurement
from cirkular_krav import compare_periods, load_catalogue, render, write_results
from cirkular_krav.baseline_types import Change, Comparison
from cirkular_krav.catalogue_types import AppliesTo, Catalogue, Law, Rule
from cirkular_krav.errors import UsageError
from cirkular_krav.models import Assessment, Match
from cirkular_krav.pipeline import assess_requirements
from cirkular_krav.segment import find_requirements
from test_cli import run

ASKS, SILENT = "Varan ska bestå av återbrukat gods.", "Varan ska levereras på måndagar."


def catalogue_of(words: Sequence[str] = ("återbrukat",), law: tuple[Law, ...] = ()) -> Catalogue:
    categories = AppliesTo(categories=("MOB", "OVR"))
    one = make_criterion("GEN-01", asks_for=(Rule(all_of=("reused",)),), applies_to=categories, law=law)
    others = [
        make_criterion(f"GEN-{i:02d}", asks_for=(Rule(all_of=(f"nothing_{i}",)),), applies_to=categories)
        for i in range(2, 10)
    ]
    return make_catalogue([one, *others], {"reused": {"words": list(words)}})


CATALOGUE = catalogue_of()


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def assessed(text: str, catalogue: Catalogue = CATALOGUE, **facts: Any) -> Assessment:
    sha256 = sha(f"{facts.get('id')}")
    document = make_document(blocks=(make_block(text),), characters=len(text), sha256=sha256)
    known = {"buyer": "Exempelby", "organisation_number": "9999001010", "documents": (document,)}
    procurement = make_procurement(**{**known, **facts})
    return assess_requirements(procurement, find_requirements(procurement), catalogue)


def period(year: str, asking: int, count: int, catalogue: Catalogue = CATALOGUE, **facts: Any) -> list[Assessment]:
    name = "".join(map(str, facts.values()))
    return [
        assessed(ASKS if i < asking else SILENT, catalogue, id=f"{year} {name} {i}", published=f"{year}-05-01", **facts)
        for i in range(count)
    ]


def parts(change: Change) -> dict[str, float | None]:
    return {part.id: part.value for part in change.parts}


def adds_up(change: Change) -> bool:
    assert change.before.value is not None
    assert change.after.value is not None
    return sum(part.value or 0 for part in change.parts) == pytest.approx(change.after.value - change.before.value)


def test_a_change_in_the_documents_is_seen_and_is_the_documents() -> None:
    found = compare_periods(period("2024", 5, 40), period("2026", 30, 40), CATALOGUE)
    assert found.total.difference.seen == "seen"
    assert parts(found.total) == {
        "tool": 0, "catalogue": 0, "law": 0, "mix": 0, "reading": 0, "documents": pytest.approx(0.625),
    }  # fmt: skip
    assert adds_up(found.total)
    assert [change.label for change in found.organisations] == ["Exempelby"]


def test_a_small_change_is_not_seen_and_that_is_said() -> None:
    found = compare_periods(period("2024", 10, 20), period("2026", 12, 20), CATALOGUE)
    assert found.total.difference.seen == "not_seen"
    text = render(found, CATALOGUE)
    assert "det betyder inte att ingen har skett" in text
    (power,) = [one for one in found.power if one.label == "Exempelby"]
    row = next(line for line in text.splitlines() if line.startswith("Exempelby"))
    assert row.endswith(str(power.needed))


def test_where_only_the_catalogue_changed_no_change_is_seen() -> None:
    old, new = catalogue_of(("återtillverkat",)), CATALOGUE
    found = compare_periods(period("2024", 20, 40, old), period("2026", 20, 40), new, before_catalogue=old)
    assert found.total.before.numerator == 0
    assert found.total.difference.value == 0
    assert parts(found.total)["catalogue"] == 0.5
    assert parts(found.total)["documents"] == 0
    assert adds_up(found.total)


def test_without_the_earlier_catalogue_tool_and_catalogue_are_one_part() -> None:
    found = compare_periods(period("2024", 20, 40, catalogue_of(("annat",))), period("2026", 20, 40), CATALOGUE)
    assert parts(found.total)["tool"] is None
    assert parts(found.total)["catalogue"] == 0.5
    assert adds_up(found.total)


def test_where_only_the_law_came_into_force_no_change_is_seen() -> None:
    law = (Law(what_sv="Lag.", from_date="2025-07-01", only=("reused",)),)
    ruler = catalogue_of(law=law)
    found = compare_periods(period("2024", 20, 40, ruler), period("2026", 20, 40, ruler), ruler, before_catalogue=ruler)
    assert (found.total.before.numerator, found.total.after.numerator) == (20, 0)
    assert found.total.difference.value == 0
    assert parts(found.total)["law"] == -0.5
    assert adds_up(found.total)


def test_where_only_the_tool_changed_no_change_is_seen() -> None:
    nothing: tuple[Match, ...] = ()
    blind = [a.model_copy(update={"matches": nothing}) for a in period("2024", 20, 40)]
    found = compare_periods(blind, period("2026", 20, 40), CATALOGUE, before_catalogue=CATALOGUE)
    assert found.total.before.numerator == 0
    assert found.total.difference.value == 0
    assert parts(found.total)["tool"] == 0.5
    assert adds_up(found.total)


def test_where_only_the_mix_changed_no_change_is_seen_on_the_same_mix() -> None:
    def year(name: str, furniture: int, other: int) -> list[Assessment]:
        return [
            *period(name, int(furniture * 0.8), furniture, categories=("MOB",)),
            *period(name, int(other * 0.2), other, categories=("OVR",)),
        ]

    found = compare_periods(year("2024", 10, 50), year("2026", 50, 10), CATALOGUE)
    assert found.total.difference.seen == "seen"
    assert found.total.standardised is not None
    assert found.total.standardised.value == pytest.approx(0)
    assert parts(found.total)["mix"] == pytest.approx(0.4)
    assert adds_up(found.total)


def test_what_could_be_read_better_is_not_taken_for_better_documents() -> None:
    lost = make_document("b.pdf", status="nothing", role="other")
    whole = period("2024", 10, 20)
    halves = [
        assessed(SILENT, id=f"h{i}", published="2024-06-01", documents=(*a.procurement.documents, lost, *documents(2)))
        for i, a in enumerate(period("2024", 0, 20))
    ]
    found = compare_periods([*whole, *halves], period("2026", 20, 40), CATALOGUE)
    assert parts(found.total)["reading"] == pytest.approx(0.25)
    assert parts(found.total)["documents"] == pytest.approx(0)
    assert adds_up(found.total)


def documents(count: int) -> tuple[Any, ...]:
    return tuple(make_document(f"d{i}.txt", role="other") for i in range(count))


def unlike(case: str) -> tuple[list[Assessment], list[Assessment]]:
    before, after = period("2024", 5, 10), period("2026", 5, 10)
    match case:
        case "båda perioderna":
            return before, [*after, *before]
        case "Byt plats":
            return after, before
        case "går in i varandra":
            return [*before, assessed(ASKS, id="late", published="2026-09-01")], after
        case "publiceringsdatum":
            return [assessed(ASKS, id="undated")], after
        case "Ingen organisation":
            return before, period("2026", 5, 10, buyer="Annanby", organisation_number="9999001028")
        case _:
            stripped = [without_blocks(one) for one in period("2024", 5, 10, catalogue_of(("annat",)))]
            return stripped, after


def without_blocks(one: Assessment) -> Assessment:
    emptied = tuple(document.model_copy(update={"blocks": ()}) for document in one.procurement.documents)
    return one.model_copy(update={"procurement": one.procurement.model_copy(update={"documents": emptied})})


@pytest.mark.parametrize(
    "sentence",
    ["båda perioderna", "Byt plats", "går in i varandra", "publiceringsdatum", "Ingen organisation", "Bedöm perioden"],
)
def test_unlike_things_are_refused_with_how_to_make_them_alike(sentence: str) -> None:
    before, after = unlike(sentence)
    with pytest.raises(UsageError, match=sentence):
        compare_periods(before, after, CATALOGUE)


def test_without_the_read_texts_periods_with_one_ruler_are_compared_as_they_are() -> None:
    before = [without_blocks(one) for one in period("2024", 5, 40)]
    found = compare_periods(before, period("2026", 30, 40), CATALOGUE)
    assert found.total.difference.seen == "seen"


def test_without_the_read_texts_another_version_of_the_tool_is_another_ruler() -> None:
    old = [without_blocks(one) for one in period("2024", 5, 40)]
    old = [one.model_copy(update={"versions": one.versions.model_copy(update={"library": "0.0.1"})}) for one in old]
    with pytest.raises(UsageError, match="programversion"):
        compare_periods(old, period("2026", 30, 40), CATALOGUE)


def elsewhere(year: str, asking: int, buyer: int) -> list[Assessment]:
    return period(year, asking, 20, buyer=f"Utby {buyer}", organisation_number="")


def test_the_change_is_set_beside_that_of_organisations_outside() -> None:
    others = [a for i in range(6) for year, asking in (("2024", 4), ("2026", 14)) for a in elsewhere(year, asking, i)]
    found = compare_periods(period("2024", 8, 40), period("2026", 28, 40), CATALOGUE, comparison=others)
    assert found.outside is not None
    assert found.beyond is not None
    assert found.outside.difference.value == pytest.approx(0.5)
    assert found.beyond.value == pytest.approx(0)
    assert found.beyond.seen == "not_seen"
    with pytest.raises(UsageError, match="utanför"):
        compare_periods(period("2024", 8, 40), period("2026", 28, 40), CATALOGUE, comparison=period("2024", 1, 5))


def test_the_command_compares_two_stored_periods_with_the_catalogue_of_each(tmp_path: Path) -> None:
    real = load_catalogue()
    for name, year, asking in (("before", "2024", 1), ("after", "2026", 9)):
        write_results(period(year, asking, 10, real), tmp_path / f"{name}.jsonl", catalogue=real)
    done = run("compare", tmp_path / "before.jsonl", tmp_path / "after.jsonl")
    assert "VAD FÖRÄNDRINGEN BESTÅR AV" in done.stdout, done.stderr
    found = run("compare", tmp_path / "before.jsonl", tmp_path / "after.jsonl", "--json")
    assert Comparison.model_validate_json(found.stdout).total.after.numerator >= 9
    assert "effekt:" in render(Comparison.model_validate_json(found.stdout), real)
