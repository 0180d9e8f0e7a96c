"""The follow-up of contracts: what was promised and when, from the requirements themselves, and no date guessed."""

from __future__ import annotations

from datetime import date
from functools import cache
from io import BytesIO
from typing import Any

import icalendar
import openpyxl
import pytest

from builders import ROOT
from cirkular_krav import assess, load_catalogue
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.commitments import add_months, find_commitments, starts_of
from cirkular_krav.errors import UsageError
from cirkular_krav.models import Assessment, Change, Commitment
from cirkular_krav.reports.follow_up import follow_up_calendar, follow_up_workbook

PROCUREMENTS = ROOT / "corpus" / "procurements"


@cache
def catalogue() -> Catalogue:
    return load_catalogue()


@cache
def assessed(name: str) -> Assessment:
    return assess(PROCUREMENTS / name, catalogue())


def written(text: str, tmp_path: Any) -> Assessment:
    """Assess a furniture contract of a few invented sentences."""
    folder = tmp_path / "avtal-pahittat"
    (folder / "documents").mkdir(parents=True)
    (folder / "procurement.yaml").write_text("schema_version: 1\ncategories: [MOB]\ntitle: Stolar\n", encoding="utf-8")
    (folder / "documents" / "avtal.txt").write_text(f"5 Uppföljning\n\n{text}\n", encoding="utf-8")
    return assess(folder, catalogue())


def only(commitments: tuple[Commitment, ...], words: str) -> Commitment:
    (found,) = [c for c in commitments if words in c.requirement.text]
    return found


def test_without_a_start_nothing_that_needs_one_gets_a_date_and_the_words_are_kept() -> None:
    found = find_commitments([assessed("mobler-norrsjo")])
    statistics = only(found, "statistik över föregående")
    assert statistics.occasions == ()
    assert [(d.words, d.yearly) for d in statistics.deadlines] == [("senast den 31 januari", "01-31")]
    assert statistics.interval == "årligen"


def test_with_a_start_a_yearly_day_falls_on_the_first_such_day_and_recurs() -> None:
    found = find_commitments([assessed("mobler-norrsjo")], {"mobler-norrsjo": "2027-02-01"})
    (occasion,) = only(found, "statistik över föregående").occasions
    assert (occasion.date, occasion.every, occasion.basis) == ("2028-01-31", "year", "contract_start")


def test_the_sanction_that_stands_under_the_same_heading_goes_with_what_it_sanctions() -> None:
    found = find_commitments([assessed("mobler-norrsjo")])
    assert "vite om 10 000 kronor" in only(found, "statistik över föregående").sanction
    assert not [c for c in found if c.requirement.text.startswith("Lämnas statistiken inte")]


def test_a_date_that_the_document_gives_needs_no_start(tmp_path: Any) -> None:
    text = (
        "Leverantören ska senast den 1 september 2027 lämna en plan för hur överblivna möbler återtas.\n\n"
        "Leverantören ska kvartalsvis redovisa andelen återbrukade möbler.\n\n"
        "Inom sex månader från avtalsstart ska leverantören erbjuda reparation av trasiga stolar på plats.\n"
    )
    found = find_commitments([written(text, tmp_path)])
    plan = only(found, "1 september")
    assert [(o.date, o.basis, o.every) for o in plan.occasions] == [("2027-09-01", "document", "")]
    assert found[0] == plan
    assert only(found, "kvartalsvis").occasions == ()
    started = find_commitments([written(text, tmp_path / "igen")], {"avtal-pahittat": "2027-01-31"})
    assert [(o.date, o.every) for o in only(started, "kvartalsvis").occasions] == [("2027-04-30", "quarter")]
    assert [(o.date, o.every) for o in only(started, "sex månader").occasions] == [("2027-07-31", "")]


def test_wishes_information_and_selection_are_no_promises() -> None:
    found = find_commitments([assessed("mobler-norrsjo"), assessed("livsmedel-storalva")])
    assert {c.requirement.obligation for c in found if c.requirement.kind != "award_criterion"} <= {
        "mandatory", "effort", "disclose"
    }  # fmt: skip
    assert {c.requirement.kind for c in found} <= {"technical_specification", "contract_condition", "award_criterion"}
    keys = [(c.procurement, c.requirement.text) for c in found]
    assert len(keys) == len(set(keys))


def test_what_was_withdrawn_during_the_tender_is_no_promise() -> None:
    one = assessed("mobler-norrsjo")
    statistics = only(find_commitments([one]), "statistik över föregående").requirement
    change = Change(status="withdrawn", document="svar.pdf", location=statistics.location)
    requirements = tuple(
        r.model_copy(update={"change": change}) if r.id == statistics.id else r for r in one.requirements
    )
    left = find_commitments([one.model_copy(update={"requirements": requirements})])
    assert not [c for c in left if c.requirement.id == statistics.id]
    assert left


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [("2027-01-31", 1, "2027-02-28"), ("2027-01-31", 12, "2028-01-31"), ("2028-02-29", 12, "2029-02-28"), ("2027-11-15", 3, "2028-02-15")],
)  # fmt: skip
def test_months_end_where_the_month_does(start: str, months: int, expected: str) -> None:
    assert add_months(date.fromisoformat(start), months).isoformat() == expected


def test_a_start_without_an_id_is_only_for_one_procurement_and_must_be_a_date() -> None:
    both = [assessed("mobler-norrsjo"), assessed("datorer-exempelby")]
    assert starts_of(["2027-01-01"], both[:1]) == {"mobler-norrsjo": "2027-01-01"}
    with pytest.raises(UsageError, match="--start ID=2027-01-01"):
        starts_of(["2027-01-01"], both)
    with pytest.raises(UsageError, match="”i höst” är inget datum"):
        find_commitments(both, {"mobler-norrsjo": "i höst"})
    with pytest.raises(UsageError, match="annan finns inte"):
        find_commitments(both, {"annan": "2027-01-01"})


def test_the_workbook_says_undated_in_words_and_has_dates_that_sort_and_answers_to_choose() -> None:
    found = find_commitments([assessed("mobler-norrsjo")], {"mobler-norrsjo": "2027-02-01"})
    content = follow_up_workbook(found, catalogue())
    assert content == follow_up_workbook(found, catalogue())
    page = openpyxl.load_workbook(BytesIO(content))["Uppföljning"]
    first = [row[0].value for row in page.iter_rows(min_row=2)]
    assert [value.date().isoformat() for value in first if not isinstance(value, str)] == [
        c.occasions[0].date for c in found if c.occasions
    ]
    assert {value for value in first if isinstance(value, str)} == {"datum saknas"}
    (choices,) = page.data_validations.dataValidation
    assert "Delvis uppfyllt" in choices.formula1
    assert page.auto_filter.ref == f"A1:Q{len(found) + 1}"


def test_the_calendar_is_valid_holds_only_what_has_a_date_and_is_the_same_every_time() -> None:
    found = find_commitments([assessed("mobler-norrsjo")], {"mobler-norrsjo": "2027-02-01"})
    content = follow_up_calendar(found, catalogue(), until="2031-01-31")
    assert content == follow_up_calendar(found, catalogue(), until="2031-01-31")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    calendar = icalendar.Calendar.from_ical(content)
    events = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    statistics = only(found, "statistik över föregående")
    event = events[f"{statistics.id}-1@cirkular-krav"]
    assert event.decoded("dtstart") == date(2028, 1, 31)
    assert event["rrule"]["FREQ"] == ["YEARLY"]
    assert event["rrule"]["UNTIL"] == [date(2031, 1, 31)]
    assert "vite om 10 000 kronor" in event["description"]
    assert len(events) == sum(len(c.occasions) for c in found)
    with pytest.raises(UsageError, match="inget datum"):
        follow_up_calendar(found, catalogue(), until="sen")
