"""The charts of the frame: how much of what there was has been read, and whether the sample looks like the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.frame import FrameItem, FrameReport
from cirkular_krav.reports import charts
from cirkular_krav.reports.figures import in_words
from cirkular_krav.reports.frame import category_name
from cirkular_krav.reports.page import PageWords
from cirkular_krav.reports.parts import Figure, Sheet

# So many categories are drawn; the table has them all.
_MOST = 12


def sample_figure(report: FrameReport, catalogue: Catalogue, t: PageWords) -> Figure | None:
    """Return each category's part of what was read beside its part of all there was; none when nothing was read."""
    frame = Counter(item.category for item in report.items)
    read = Counter(item.category for item in report.items if item.state == "read")
    if not read:
        return None
    title = t("frame_page.sample_title")
    rows, cells = [], []
    for category, count in sorted(frame.items(), key=lambda pair: (-pair[1], pair[0])):
        name = category_name(category, catalogue, t.words)
        sample, whole = _part(t, "sample", read, category), _part(t, "frame", frame, category)
        rows.append((name, sample, whole))
        cells.append((name, sample.note, sample.text, whole.note, whole.text))
    shown = rows[:_MOST]
    values = "; ".join(f"{name}: {in_words([first, second])}" for name, first, second in shown)
    alt = t.plain("figures.alt", title=t.plain("frame_page.sample_title"), values=values)
    names = (t.plain("frame_page.sample"), t.plain("frame_page.frame"))
    svg = Markup(charts.paired(shown, names=names, alt=alt))  # noqa: S704 - the chart escapes what it writes
    columns = tuple(t(f"frame_page.sample_columns.{c}") for c in ("category", "read", "read_share", "frame", "frame_share"))  # fmt: skip
    note = t("frame_page.sample_note" if len(rows) <= _MOST else "frame_page.sample_note_some", count=_MOST)
    return Figure("bild-urval", title, note, svg, Sheet(title, columns, cells, (1, 2, 3, 4)))


def _part(t: PageWords, key: str, found: Counter[str], category: str) -> charts.Bar:
    share = found[category] / found.total()
    return charts.Bar(t.plain(f"frame_page.{key}"), share, t.words.percent(share), note=t.words.number(found[category]))


def coverage_figure(report: FrameReport, t: PageWords) -> Figure:
    """Return how much of each organisation's procurements has been read."""
    title = t("frame_page.coverage_title")
    bars, cells = [], []
    for name, items in _by_buyer(report.items):
        states = Counter(item.state for item in items)
        text = t.words("overview.of", numerator=states["read"], denominator=len(items))
        bars.append(charts.Bar(name, states["read"] / len(items), text))
        numbers = (len(items), states["read"], states["unread"], states["missing"])
        cells.append((name, *(t.words.number(number) for number in numbers)))
    alt = t.plain("figures.alt", title=t.plain("frame_page.coverage_title"), values=in_words(bars))
    columns = tuple(t(f"frame_page.coverage_columns.{c}") for c in ("organisation", "frame", "read", "unread", "missing"))  # fmt: skip
    svg = Markup(charts.profile(bars, alt=alt))  # noqa: S704 - the chart escapes what it writes
    return Figure(
        "bild-tackning", title, t("frame_page.coverage_note"), svg, Sheet(title, columns, cells, (1, 2, 3, 4))
    )


def _by_buyer(items: Sequence[FrameItem]) -> list[tuple[str, list[FrameItem]]]:
    groups: dict[str, list[FrameItem]] = {}
    for item in items:
        groups.setdefault(item.row.organisation_number or item.row.buyer, []).append(item)
    return sorted((group[0].row.buyer or number, group) for number, group in groups.items())
