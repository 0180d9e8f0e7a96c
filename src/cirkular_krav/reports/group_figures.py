"""The charts of many procurements: shares with their intervals, the mix of goals, the spread of scores, a heat map."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from cirkular_krav.baseline_types import Baseline, Comparison, CriterionShare, Group, Share
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.reports import charts
from cirkular_krav.reports.comparison import difference_text
from cirkular_krav.reports.figures import GOALS, STRATEGY_GROUPS, in_words, profile_figure
from cirkular_krav.reports.page import PageWords
from cirkular_krav.reports.parts import Figure, Listed, Sheet
from cirkular_krav.reports.shares import bounds_cell, interval_cell, share_cell, share_text

_MOST_COLUMNS = 10
_MOST_ROWS = 15
_IMPORTANT = 3
_FEWEST_POINTS = 2
Name = Callable[[Group], Markup]


def ticks(t: PageWords) -> list[tuple[float, str]]:
    """Return the scale of shares."""
    return [(place, t.words.percent(place / 100)) for place in (0.0, 50.0, 100.0)]


def point_ticks(t: PageWords) -> list[tuple[float, str]]:
    """Return the scale of scores."""
    return [(place, t.words.number(place)) for place in (0.0, 50.0, 100.0)]


def headline_figure(groups: Sequence[Group], name: Name, t: PageWords, key: str) -> Figure:
    """Return the headline share of each group with its interval and the bounds of what was not read."""
    rows = [headline_range(group, str(name(group).striptags()), t) for group in groups]
    title = t(f"overview.{key}_title")
    alt = t.plain(
        "figures.alt", title=t.plain(f"overview.{key}_title"), values="; ".join(f"{r.label} {r.text}" for r in rows)
    )
    cells = [
        (name(g), share_cell(g.headline, t.words), interval_cell(g.headline, t.words), bounds_cell(g.headline, t.words))
        for g in groups
    ]  # fmt: skip
    columns = (t(f"overview.{key}_column"), t("overview.share"), t("overview.interval"), t("overview.bounds"))
    svg = Markup(charts.intervals(rows, alt=alt, ticks=ticks(t)))  # noqa: S704 - the chart escapes what it writes
    return Figure(f"bild-{key}", title, t(f"overview.{key}_note"), svg, Sheet(title, columns, cells))


def headline_range(group: Group, label: str, t: PageWords) -> charts.Range:
    """Return a group's headline share as a row of a chart."""
    share = group.headline
    known = {"numerator": share.numerator, "denominator": share.denominator}
    text = t.words("overview.of", **known) if share.denominator else t.words("baseline.nothing")
    return charts.Range(label, share.value, text, share.low, share.high, share.bound_low, share.bound_high)


def group_goals_figure(group: Group, t: PageWords) -> Figure:
    """Return how much of each goal A–E the group's procurements ask for on average."""
    rows = [(f"{goal}\u00a0{t.words(f'goal.{goal}')}", group.goals.get(goal, 0.0)) for goal in GOALS]
    return profile_figure(t, "goals", rows)


def group_strategies_figure(group: Group, t: PageWords) -> Figure:
    """Return which strategies the group's points rest on, on average."""
    rows = [(t.words(f"figures.strategy.{key}"), group.strategies.get(key, 0.0)) for key in STRATEGY_GROUPS]
    return profile_figure(t, "strategies", rows)


def scores_figure(groups: Sequence[Group], listed: Sequence[Listed], name: Name, t: PageWords) -> Figure:
    """Return every scored procurement as a stroke, with each group's median and middle half."""
    rows = []
    for group in groups:
        own = [one.assessment.score for one in listed if group.by == "all" or one.party == group.key]
        values = tuple(sorted((s.value or 0) / 100 for s in own if s.status == "scored"))
        spread = group.spread
        known = spread.median is not None and spread.lower_quartile is not None and spread.upper_quartile is not None
        text = t.words.number(spread.median or 0) if known else t.words("overview.few", count=len(values))
        ends = (spread.lower_quartile or 0) / 100, (spread.upper_quartile or 0) / 100
        label = str(name(group).striptags())
        rows.append(
            charts.Spread(label, values, text, (spread.median or 0) / 100, *ends) if known else charts.Spread(label, values, text)
        )  # fmt: skip
    title = t("overview.scores_title")
    alt = t.plain(
        "figures.alt", title=t.plain("overview.scores_title"), values="; ".join(f"{r.label} {r.text}" for r in rows)
    )
    cells = [(name(g), str(g.spread.count), spread_text(g, t)) for g in groups]
    columns = (t("overview.responsible_column"), t("overview.scored"), t("overview.median"))
    svg = Markup(charts.distribution(rows, alt=alt, ticks=point_ticks(t)))  # noqa: S704
    return Figure("bild-spridning", title, t("overview.scores_note"), svg, Sheet(title, columns, cells, (1,)))


def spread_text(group: Group, t: PageWords) -> str:
    """Write the median and quartiles of a group, or that they cannot be told."""
    spread = group.spread
    if spread.median is None or spread.lower_quartile is None or spread.upper_quartile is None:
        return t.words("overview.too_few" if spread.count else "baseline.nothing")
    numbers = {"median": spread.median, "lower": spread.lower_quartile, "upper": spread.upper_quartile}
    return t.words("baseline.spread", **{key: t.words.number(value) for key, value in numbers.items()})


def bands_figure(group: Group, catalogue: Catalogue, t: PageWords) -> Figure:
    """Return how many of the scored procurements lie in each band."""
    bars = []
    above = 0.0  # a band's share is of those that reach it: what reaches the next one lies there
    for band in reversed(catalogue.scoring.bands):
        share = group.bands.get(band.id)
        if share is None:
            continue
        here, above = share.numerator - above, share.numerator
        part = here / share.denominator if share.denominator else 0.0
        text = t.words("overview.of", numerator=t.words.number(here), denominator=t.words.number(share.denominator))
        bars.append(charts.Bar(str(t.title(band).striptags()), part, text))
    title = t("overview.bands_title")
    alt = t.plain("figures.alt", title=t.plain("overview.bands_title"), values=in_words(bars))
    sheet = Sheet(title, (t("method.band"), t("overview.count")), [(bar.label, bar.text) for bar in bars], (1,))
    return Figure("bild-band", title, t("overview.bands_note"), Markup(charts.profile(bars, alt=alt)), sheet)  # noqa: S704


def heat_figure(
    total: Group, groups: Sequence[Group], names: Callable[[str], Markup], name: Name, t: PageWords
) -> Figure:
    """Return the most important criteria against organisations; under five procurements only the counts are told."""
    columns = sorted(groups, key=lambda g: -g.counts.scored)[:_MOST_COLUMNS]
    columns = [group for group in groups if group in columns]
    important = [c for c in total.criteria if c.importance == _IMPORTANT and c.asked.denominator]
    shown = sorted(important, key=lambda c: (-c.asked.denominator, c.criterion_id))[:_MOST_ROWS]
    found = {(g.key, c.criterion_id): c for g in columns for c in g.criteria}
    rows = []
    cells: list[tuple[Markup | str, ...]] = []
    for criterion in sorted(shown, key=lambda c: c.criterion_id):
        own = [found.get((group.key, criterion.criterion_id)) for group in columns]
        rows.append((str(names(criterion.criterion_id).striptags()), [_cell(one) for one in own]))
        cells.append((names(criterion.criterion_id), *(share_text(c.asked, t.words) if c and c.asked.denominator else "–" for c in own)))  # fmt: skip
    title = t("overview.heat_title")
    labels = [str(name(group).striptags()) for group in columns]
    alt = t.plain("overview.heat_alt", criteria=len(rows), organisations=len(labels))
    sheet = Sheet(title, (t("overview.criterion"), *labels), cells)
    note = t("overview.heat_note")
    if len(columns) < len(groups):
        note += " " + t("overview.heat_some", shown=len(columns), total=len(groups))
    return Figure("bild-karta", title, note, Markup(charts.heat_map(rows, labels, alt=alt)), sheet)  # noqa: S704


def _cell(found: CriterionShare | None) -> charts.Cell:
    if found is None or not found.asked.denominator:
        return charts.Cell(None, "–")
    share: Share = found.asked
    if share.value is None:
        return charts.Cell(None, f"{share.numerator:g}/{share.denominator:g}")
    return charts.Cell(share.value, f"{round(100 * share.value)}")


def branches_figure(baseline: Baseline, t: PageWords) -> Figure | None:
    """Return ambition against number of bids by branch; none unless at least two branches know both."""
    known = [(b, b.bids, b.maturity.spread.median) for b in baseline.branches]
    found = [(branch, bids, median) for branch, bids, median in known if bids is not None and median is not None]
    if len(found) < _FEWEST_POINTS:
        return None
    most = max(5.0, max(bids for _, bids, _ in found))
    points = [charts.Point(bids / most, median / 100) for _, bids, median in found]
    cells = [(branch_name(b.division, t), t.words.number(bids, 1), t.words.number(median)) for b, bids, median in found]
    title = t("overview.bids_title")
    alt = t.plain(
        "figures.alt", title=t.plain("overview.bids_title"), values="; ".join(f"{c[0]}: {c[1]}, {c[2]}" for c in cells)
    )
    x_ticks = [(0.0, "0"), (50.0, t.words.number(most / 2, 1)), (100.0, t.words.number(most, 1))]
    svg = charts.scatter(
        points, x_axis=t.plain("overview.bids_axis"), y_axis=t.plain("overview.median_axis"), x_ticks=x_ticks,
        y_ticks=point_ticks(t), alt=alt,
    )  # fmt: skip
    columns = (t("overview.branch"), t("overview.bids_axis"), t("overview.median_axis"))
    sheet = Sheet(title, columns, cells, (1, 2))
    return Figure("bild-anbud", title, t("overview.bids_note"), Markup(svg), sheet)  # noqa: S704


def branch_name(division: str, t: PageWords) -> str:
    """Return the name of a CPV division."""
    key = f"branches.division.{division}"
    return t.words(key) if division and t.words.has(key) else t.words("branches.unknown")


def change_figure(comparison: Comparison, t: PageWords) -> Figure:
    """Return the headline share before and after, for all and each organisation."""
    changes = [comparison.total, *comparison.organisations]
    rows = []
    cells: list[tuple[Markup | str, ...]] = []
    for change in changes:
        label = change.label or t.words("baseline.all_name")
        before, after = change.before, change.after
        short = (
            t.words("change.few")
            if change.difference.value is None
            else t.words("change.points", points=_signed(change.difference.value, t))
        )
        rows.append(charts.Change(label, before.value, after.value, short))
        cells.append((label, share_text(before, t.words), share_text(after, t.words), difference_text(change.difference, t.words)))  # fmt: skip
    title = t("change.figure_title")
    alt = t.plain(
        "figures.alt", title=t.plain("change.figure_title"), values="; ".join(f"{c[0]}: {c[1]} – {c[2]}" for c in cells)
    )
    columns = tuple(t(f"change.columns.{key}") for key in ("name", "before", "after", "difference"))
    names = (t.plain("comparison.before"), t.plain("comparison.after"))
    svg = Markup(charts.before_after(rows, names=names, alt=alt, ticks=ticks(t)))  # noqa: S704
    return Figure("bild-forandring", title, t("change.figure_note"), svg, Sheet(title, columns, cells))


def _signed(share: float, t: PageWords) -> str:
    points = round(share * 100)
    return ("+" if points > 0 else "−" if points < 0 else "±") + t.words.number(abs(points))
