"""The change between two periods for a reader: the change first, then what it consists of, then who."""

from __future__ import annotations

from cirkular_krav.baseline_types import Change, Comparison, Difference, Part, Period
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.reports.shares import interval_text, share_text, share_with_interval, wrapped
from cirkular_krav.reports.table import table
from cirkular_krav.reports.words import Words


def comparison_text(comparison: Comparison, catalogue: Catalogue, words: Words) -> str:  # noqa: ARG001 - one signature for all
    """Return the comparison as text."""
    total = comparison.total
    lines = [words("comparison.title")]
    for name in ("before", "after"):
        lines += _period(name, getattr(comparison, name), words)
    lines.append("")
    before, after = share_with_interval(total.before, words), share_with_interval(total.after, words)
    lines += _say(words, "as_found", before=before, after=after)
    lines += _say(words, "same_ruler", difference=difference_text(total.difference, words))
    lines += _standardised(total, words)
    lines += _say(words, "power", needed=comparison.power[0].needed, scored=comparison.power[0].scored)
    lines += _parts(total, words)
    lines += _organisations(comparison, words)
    if comparison.outside and comparison.beyond:
        lines += ["", words("comparison.outside_title")]
        theirs = comparison.outside.standardised or comparison.outside.difference
        lines += _say(words, "outside", difference=difference_text(theirs, words))
        lines += _say(words, "beyond", difference=difference_text(comparison.beyond, words))
    return "\n".join([*lines, "", *_say(words, "note")]) + "\n"


def difference_text(difference: Difference, words: Words) -> str:
    """Write a difference with its interval and whether a change is seen."""
    if difference.value is None or difference.low is None or difference.high is None:
        return words("comparison.cannot_say")
    ends = {"points": difference.value, "low": difference.low, "high": difference.high}
    shown = {name: signed(value, words) for name, value in ends.items()}
    return words("comparison.difference", **shown, seen=words(f"comparison.seen.{difference.seen}")).removesuffix(".")


def signed(share: float, words: Words) -> str:
    """Write a difference of shares in percentage points, with its sign and a true minus."""
    points = round(share * 100)
    return ("+" if points > 0 else "−" if points < 0 else "±") + words.number(abs(points))


def _say(words: Words, key: str, **values: object) -> list[str]:
    return wrapped(words(f"comparison.{key}", **values))


def _period(name: str, period: Period, words: Words) -> list[str]:
    window, versions = period.window, period.versions
    lines = _say(
        words, "period", name=words(f"comparison.{name}"), first=window.first, last=window.last, found=period.found,
        scored=period.scored, catalogue=versions.catalogue, scoring=versions.scoring,
    )  # fmt: skip
    return lines + (_say(words, "undated", count=period.left_out) if period.left_out else [])


def _standardised(total: Change, words: Words) -> list[str]:
    if total.standardised is None:
        return _say(words, "no_support", support=words.percent(total.support))
    return _say(words, "standardised", difference=difference_text(total.standardised, words))


def _parts(total: Change, words: Words) -> list[str]:
    if not total.parts:
        return []
    columns = [str(name) for name in words.get("comparison.columns")]
    rows = [_part(part, words) for part in reversed(total.parts)]
    return ["", words("comparison.parts_title"), *table(columns, rows, name_width=50)]


def _part(part: Part, words: Words) -> list[str]:
    value = words("baseline.nothing") if part.value is None else signed(part.value, words)
    return [
        words(f"comparison.part.{part.id}"),
        value,
        words(f"comparison.reason.{part.reason}") if part.reason else "",
    ]


def _organisations(comparison: Comparison, words: Words) -> list[str]:
    rows = []
    needed = {power.key: power.needed for power in comparison.power}
    for change in comparison.organisations:
        difference, adjusted = change.difference, change.standardised
        rows.append([
            change.label or words("baseline.unknown_organisation"),
            share_text(change.before, words),
            share_text(change.after, words),
            words("baseline.nothing") if difference.value is None else signed(difference.value, words),
            _ends(difference, words),
            words("baseline.no_support") if adjusted is None or adjusted.value is None else signed(adjusted.value, words),
            str(needed.get(change.key, "")),
        ])  # fmt: skip
    columns = [str(name) for name in words.get("comparison.organisation_columns")]
    lines = ["", words("comparison.organisations_title"), *table(columns, rows, name_width=28)]
    for name in ("only_before", "only_after"):
        if getattr(comparison, name):
            lines += _say(words, name, names=", ".join(getattr(comparison, name)))
    return lines


def _ends(difference: Difference, words: Words) -> str:
    if difference.low is None or difference.high is None:
        return interval_text(None, None, words)
    return words("comparison.ends", low=signed(difference.low, words), high=signed(difference.high, words))
