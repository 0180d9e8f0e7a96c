"""The follow-up of contracts for those who do it: a workbook to work in, and a calendar (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import UsageError
from cirkular_krav.models import Commitment, Occasion
from cirkular_krav.reports.words import Words, load_words, title_of
from cirkular_krav.reports.workbook import Column, Fill, Sheet, Value, write_workbook
from cirkular_krav.text import cut

if TYPE_CHECKING:
    from icalendar import Event

_WIDTHS = {
    "date": 12, "when": 26, "commitment": 60, "kind": 20, "amount": 16, "evidence": 24, "follow_up": 18, "sanction": 34,
    "responsible": 16, "checked": 12, "result": 16, "note": 30, "criterion": 30, "document": 24, "place": 20,
    "title": 30, "procurement": 20,
}  # fmt: skip
_FILL = ("responsible", "checked", "result", "note")
# A fixed stamp: the same commitments give the same bytes, and no calendar takes a new copy for a change.
_STAMP = datetime(2000, 1, 1, tzinfo=UTC)
_RULES: dict[str, dict[str, Any]] = {
    "week": {"freq": "weekly"},
    "month": {"freq": "monthly"},
    "quarter": {"freq": "monthly", "interval": 3},
    "half_year": {"freq": "monthly", "interval": 6},
    "year": {"freq": "yearly"},
}


def follow_up_workbook(commitments: Sequence[Commitment], catalogue: Catalogue, *, language: str = "sv") -> bytes:
    """Return the commitments as a workbook: dated first, with columns for who checked what and how it went."""
    words = load_words(language)
    columns = [
        Column(
            words(f"follow_up_list.columns.{key}"), width, kind="date" if key in ("date", "checked") else "text",
            choices=[str(text) for text in words.get("follow_up_list.results")] if key == "result" else (),
            fill=key in _FILL,
        )
        for key, width in _WIDTHS.items()
    ]  # fmt: skip
    rows = [_row(commitment, catalogue, words) for commitment in commitments]
    sheets = [
        Sheet(words("follow_up_list.sheet"), columns, rows, frozen=3),
        Sheet(words("follow_up_list.about"), _about_columns(words), list(_about(commitments, words)), plain=True),
    ]
    return write_workbook(sheets, words("follow_up_list.title"))


def _row(commitment: Commitment, catalogue: Catalogue, words: Words) -> Sequence[Value]:
    requirement = commitment.requirement
    first = date.fromisoformat(commitment.occasions[0].date) if commitment.occasions else None
    criteria = [
        f"{i} {title_of(catalogue.by_id[i], words.language)}" for i in commitment.criteria if i in catalogue.by_id
    ]
    quotation = "\n".join(part for part in (requirement.text, requirement.support) if part)
    amounts = [requirement.text[q.span.start : q.span.end] for q in requirement.quantities]
    evidence = ", ".join((*requirement.evidence, *requirement.labels)) or words("follow_up_list.not_said")
    return (
        first or words("follow_up_list.no_date"), when(commitment, words), quotation,
        words(f"follow_up_list.kind.{requirement.kind}"), ", ".join(amounts), evidence,
        words(f"follow_up.{requirement.follow_up}"), commitment.sanction or words("follow_up_list.no_sanction"),
        Fill(), Fill(), Fill(), Fill(), "\n".join(criteria or commitment.criteria) or words("follow_up_list.no_criterion"),
        requirement.document, words.place(requirement.location),
        commitment.title, commitment.procurement,
    )  # fmt: skip


def when(commitment: Commitment, words: Words) -> str:
    """Return when something is to be followed up, in the document's own words and what was counted from them."""
    parts = [_counted(occasion, words) for occasion in commitment.occasions]
    counted = {occasion.words for occasion in commitment.occasions}
    rest = [d.words for d in commitment.deadlines if d.words not in counted]
    if commitment.interval and not any(occasion.every for occasion in commitment.occasions):
        rest.append(commitment.interval)
    parts += [words("follow_up_list.uncounted", words=text) for text in rest]
    if not parts and commitment.requirement.follow_up == "on_request":
        return words("follow_up.on_request")
    return "\n".join(parts) or words("follow_up_list.no_time")


def _counted(occasion: Occasion, words: Words) -> str:
    if occasion.basis == "document":
        return words("follow_up_list.from_document", words=occasion.words)
    return words(f"follow_up_list.{'again' if occasion.every else 'from_start'}", words=occasion.words)


def _about_columns(words: Words) -> list[Column]:
    return [Column(words("follow_up_list.title"), 110)]


def _about(commitments: Sequence[Commitment], words: Words) -> Iterator[Sequence[Value]]:
    dated = sum(bool(commitment.occasions) for commitment in commitments)
    values = {"total": len(commitments), "dated": dated, "undated": len(commitments) - dated}
    for line in words.get("follow_up_list.explanation"):
        yield (str(line).format(**values),)


# --- the calendar -------------------------------------------------------------------------------


def follow_up_calendar(
    commitments: Sequence[Commitment], catalogue: Catalogue, *, until: str = "", language: str = "sv"
) -> bytes:
    """Return the dated commitments as an iCalendar file with whole-day events; ids are the same every time.

    What recurs goes on until the day ``until`` (YYYY-MM-DD), or without end. Undated commitments have no event.
    """
    from icalendar import Calendar

    words = load_words(language)
    found = Calendar()
    found.add("prodid", "-//cirkular-krav//SV")
    found.add("version", "2.0")
    found.add("x-wr-calname", words("follow_up_list.title"))
    try:
        last = date.fromisoformat(until) if until else None
    except ValueError:
        raise UsageError(f"”{until}” är inget datum. Skriv sista dagen som 2030-12-31.") from None
    for commitment in commitments:
        for number, occasion in enumerate(commitment.occasions, start=1):
            day = date.fromisoformat(occasion.date)
            if last is None or day <= last:
                found.add_component(_event(commitment, occasion, day, number, last, catalogue, words))
    return bytes(found.to_ical())


def _event(
    commitment: Commitment, occasion: Occasion, day: date, number: int, last: date | None, catalogue: Catalogue, words: Words
) -> Event:  # fmt: skip
    from icalendar import Event as NewEvent

    criterion = catalogue.by_id.get(next(iter(commitment.criteria), ""))
    title = title_of(criterion, words.language) if criterion else words("follow_up_list.no_criterion")
    requirement = commitment.requirement
    event = NewEvent()
    event.add("uid", f"{commitment.id}-{number}@cirkular-krav")
    event.add("dtstamp", _STAMP)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add(
        "summary", words("follow_up_list.event", title=title, procurement=commitment.title or commitment.procurement)
    )
    event.add("description", _description(commitment, occasion, words))
    event.add("location", f"{requirement.document}, {words.place(requirement.location)}")
    if occasion.every:
        rule = dict(_RULES[occasion.every])
        if last:
            rule["until"] = last
        event.add("rrule", rule)
    return event


def _description(commitment: Commitment, occasion: Occasion, words: Words) -> str:
    requirement = commitment.requirement
    parts = [
        words("assessment.quote", quote=cut(requirement.raw_text, 1_000)),
        requirement.support,
        _counted(occasion, words),
        words("follow_up_list.evidence", evidence=", ".join(requirement.evidence)) if requirement.evidence else "",
        words("follow_up_list.sanction", sanction=commitment.sanction) if commitment.sanction else "",
        words("follow_up_list.award") if requirement.kind == "award_criterion" else "",
    ]
    return "\n".join(part for part in parts if part)
