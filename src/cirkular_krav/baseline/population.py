"""Which procurements count: each once, inside the window, without those that came to nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from cirkular_krav.baseline.cases import Case, same_template
from cirkular_krav.baseline_types import LeftOut, LeftOutReason, Window
from cirkular_krav.errors import UsageError

# A procurement with the same title and the same texts, this many days later, is the same one published again.
_AGAIN_DAYS = 365


def choose(cases: Sequence[Case], since: str = "", until: str = "") -> tuple[list[Case], list[LeftOut], Window]:
    """Return the cases that count, those that do not with the reason, and the window; all in order of id.

    Of a procurement published several times the last that was not cancelled counts. Raises ``UsageError`` for days
    that are no days.
    """
    for day in (since, until):
        _check_day(day)
    left_out: list[LeftOut] = []
    ordered = sorted(cases, key=lambda case: (case.id, case.published, case.read_share))
    kept = []
    for group in _same_procurement(ordered):
        counted = max(group, key=lambda c: (not c.cancelled, c.published, c.read_share, c.id))
        kept.append(counted)
        left_out += [_left_out(case, "republished", counted.id) for case in group if case is not counted]
    inside = [case for case in kept if _inside(case, since, until)]
    left_out += [_left_out(case, "outside_window") for case in kept if not _inside(case, since, until)]
    counted_cases = [case for case in inside if not case.cancelled]
    left_out += [_left_out(case, "cancelled") for case in inside if case.cancelled]
    days = sorted(case.published for case in counted_cases if case.published)
    window = Window(
        since=since,
        until=until,
        first=days[0] if days else "",
        last=days[-1] if days else "",
        undated=sum(1 for case in counted_cases if not case.published),
    )
    return counted_cases, sorted(left_out, key=lambda one: (one.reason, one.id)), window


def _check_day(day: str) -> None:
    try:
        if day:
            date.fromisoformat(day)
    except ValueError:
        raise UsageError(f"”{day}” är ingen dag. Skriv år-månad-dag, till exempel 2025-08-01.") from None


def _inside(case: Case, since: str, until: str) -> bool:
    if not since and not until:
        return True
    return bool(case.published) and since <= case.published <= (until or "9999")


def _left_out(case: Case, reason: LeftOutReason, counted_as: str = "") -> LeftOut:
    return LeftOut(
        id=case.id, title=case.title, organisation=case.responsible.label, reason=reason, counted_as=counted_as
    )


def _same_procurement(cases: Iterable[Case]) -> list[list[Case]]:
    groups: list[list[Case]] = []
    by_name: dict[tuple[str, str], list[Case]] = {}
    by_title: dict[tuple[str, str], list[list[Case]]] = {}
    for case in cases:
        alike = by_title.setdefault((case.title.casefold(), case.responsible.key), [])
        named = [by_name[name] for name in _names(case) if name in by_name]
        group = next(iter(named), None) or next((group for group in alike if _again(case, group)), None)
        if group is None:
            group = []
            groups.append(group)
        group.append(case)
        if case.title and group not in alike:
            alike.append(group)
        by_name.update({name: group for name in _names(case) if name not in by_name})
    return groups


def _names(case: Case) -> list[tuple[str, str]]:
    """Everything that alone says which procurement it is: its id, the frame's, the one it replaces, the same files."""
    names = [("id", case.id), ("id", case.replaces), ("frame", case.frame_id)]
    names.append(("files", " ".join(sorted(case.documents))))
    return [name for name in names if name[1]]


def _again(case: Case, group: Sequence[Case]) -> bool:
    """Tell whether a case with the same title and organisation as a group is that procurement published again."""
    return any(_near(case.published, other.published) and same_template(case, other) for other in group)


def _near(one: str, other: str) -> bool:
    if not one or not other:
        return True
    return abs((date.fromisoformat(one[:10]) - date.fromisoformat(other[:10])).days) <= _AGAIN_DAYS
