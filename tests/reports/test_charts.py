"""Charts: every figure is written out, what is unknown is never drawn as zero, and no series is told by colour alone."""

from __future__ import annotations

import re
from collections import Counter
from xml.etree import ElementTree

import pytest

from cirkular_krav import build_baseline, chart, compare_frame, load_catalogue
from cirkular_krav.errors import UsageError
from cirkular_krav.reports import charts
from cirkular_krav.reports.charts import Bar, Cell, Change, Point, Range, Spread, Step
from cirkular_krav.reports.pages.procurement import procurement_page
from cirkular_krav.reports.words import load_words
from reports_samples import assessed, copies, frame_of

TICKS = [(0.0, "0 %"), (100.0, "100 %")]
ALT = "Vad bilden visar, i ord"
EVIL = '<script>&"'

DRAWN = {
    "profile": lambda label: charts.profile([Bar(label, 0.25, "25 %"), Bar("B", None, "okänt")], alt=ALT),
    "intervals": lambda label: charts.intervals([Range(label, 0.5, "5 av 10", 0.2, 0.8, 0.1, 0.9)], alt=ALT, ticks=TICKS),
    "distribution": lambda label: charts.distribution(
        [Spread(label, (0.1, 0.4), "40", 0.25, 0.1, 0.4)], alt=ALT, ticks=TICKS
    ),
    "before_after": lambda label: charts.before_after(
        [Change(label, 0.2, 0.6, "20 till 60 %")], names=("Före", "Efter"), alt=ALT, ticks=TICKS
    ),
    "paired": lambda label: charts.paired(
        [(label, Bar("a", 0.2, "20 %"), Bar("b", 0.4, "40 %"))], names=("Urval", "Ram"), alt=ALT
    ),
    "waterfall": lambda label: charts.waterfall([Step(label, 20, 30, "20 av 30")], Bar("Summa", 0.2, "20"), alt=ALT),
    "heat_map": lambda label: charts.heat_map([(label, [Cell(0.9, "90"), Cell(None, "?")])], ["Ett", "Två"], alt=ALT),
    "scatter": lambda label: charts.scatter(
        [Point(0.5, 0.5)], x_axis=label, y_axis="Y", x_ticks=TICKS, y_ticks=TICKS, alt=ALT
    ),
}  # fmt: skip


def words_in(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_a_chart_is_a_picture_with_words_that_needs_no_style_and_no_id(name: str) -> None:
    svg = DRAWN[name]("Möbler")
    root = ElementTree.fromstring(svg)
    assert (root.get("role"), root.get("aria-label"), root.get("width")) == ("img", ALT, "100%")
    assert root.get("viewBox") is None, "a scaled picture has letters too small to read on a phone"
    assert not re.search(r'\b(style|id)="', svg)
    assert "Möbler" in words_in(svg)


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_words_from_a_document_are_escaped_in_a_chart(name: str) -> None:
    assert any(text.startswith("<script>") for text in words_in(DRAWN[name](EVIL)))


def test_what_is_unknown_has_words_and_no_bar() -> None:
    known, unknown = (charts.profile([Bar("A", value, "text")], alt=ALT) for value in (0.0, None))
    assert known.count("<rect") == 2
    assert unknown.count("<rect") == 0
    assert "text" in words_in(unknown)


def test_bars_are_as_long_as_their_shares() -> None:
    svg = charts.profile([Bar("A", 0.25, "25 %"), Bar("B", 1.0, "100 %")], alt=ALT)
    assert re.findall(r'width="([\d.]+)%" height="14" rx="2" class="s1"', svg) == ["25", "100"]


def test_a_waterfalls_parts_start_where_the_last_ended() -> None:
    steps = [
        Step("A", 30, 30, "30"),
        Step("B", 21.5, 30, "21,5"),
        Step("C", None, 10, "räknas inte"),
        Step("D", 10, 15, "10"),
    ]
    svg = charts.waterfall(steps, Bar("Summa", 0.615, "62"), alt=ALT)
    assert re.findall(r'x="([\d.]+)%?"[^>]*class="s1"', svg) == ["0", "30", "51.5", "0"]


def test_two_series_differ_in_shape_and_not_only_in_colour() -> None:
    before_after = DRAWN["before_after"]("A")
    assert "<circle" in before_after
    assert 'class="l2 open"' in before_after
    assert "stroke-dasharray" in DRAWN["paired"]("A")
    assert {"Före", "Efter"} <= set(words_in(before_after))


def test_a_heat_map_writes_every_figure_and_names_every_column() -> None:
    svg = DRAWN["heat_map"]("Rad")
    assert {"90", "?", "1  Ett", "2  Två"} <= set(words_in(svg))
    assert 'class="cell empty"' in svg


def test_a_long_name_is_broken_into_lines_that_fit_a_phone() -> None:
    svg = charts.profile([Bar("Uppgraderbarhet, modularitet och kompatibilitet i alla led", 0.5, "50 %")], alt=ALT)
    assert max(len(text) for text in words_in(svg)) <= 26


def test_a_word_that_fits_a_line_is_never_broken_to_make_room_for_the_value() -> None:
    svg = charts.profile([Bar("Tilldelningsvikt", None, "räknas inte")], alt=ALT)
    assert words_in(svg)[:3] == ["Tilldelningsvikt", "", "räknas inte"]
    assert re.search(r'<text x="100%" y="33"[^>]*>räknas inte', svg), "the value stands on the line below"


def test_a_notebook_gets_the_charts_that_the_pages_show_with_their_tables() -> None:
    catalogue = load_catalogue()
    assessment = assessed("kontorsstolar-ornsjo")
    page = procurement_page(assessment, catalogue, load_words())
    for name in ("score", "goals", "strategies"):
        figure = chart(assessment, name, catalogue)
        assert str(figure.svg) in page
        assert "<table>" in figure._repr_html_()
    with pytest.raises(UsageError, match="score"):
        chart(assessment, "cake", catalogue)


def test_a_baseline_can_be_drawn_by_name_and_says_when_there_is_too_little() -> None:
    catalogue = load_catalogue()
    baseline = build_baseline(copies(12, [assessed("kontorsstolar-ornsjo")]), catalogue, sensitivity=False)
    for name in ("goals", "strategies", "bands", "organisations", "years", "criteria"):
        assert "<svg" in chart(baseline, name, catalogue).svg
    with pytest.raises(UsageError, match="för lite underlag"):
        chart(baseline, "bids", catalogue)


def test_the_sample_is_drawn_against_the_frame_and_a_frame_of_which_nothing_was_read_is_not() -> None:
    catalogue = load_catalogue()
    everything = copies(12, [assessed("kontorsstolar-ornsjo"), assessed("livsmedel-storalva")])
    rows = frame_of(everything)
    figure = chart(compare_frame(rows, everything, catalogue), "sample", catalogue)
    furniture = next(row for row in figure.sheet.rows if str(row[0]) == "Möbler")
    assert [str(cell) for cell in furniture[1:]] == ["6", "50\xa0%", "12", "67\xa0%"]
    assert {"Bland de lästa", "Bland alla", "67\xa0%"} <= set(words_in(str(figure.svg)))
    assert "<svg" in chart(compare_frame(rows, [], catalogue), "coverage", catalogue).svg
    with pytest.raises(UsageError, match="för lite underlag"):
        chart(compare_frame(rows, [], catalogue), "sample", catalogue)


def test_the_bands_of_a_group_add_up_to_what_was_scored() -> None:
    catalogue = load_catalogue()
    originals = [assessed("kontorsstolar-ornsjo"), assessed("livsmedel-storalva")]
    baseline = build_baseline(copies(12, originals), catalogue, sensitivity=False)
    rows = chart(baseline, "bands", catalogue).sheet.rows
    titles = {band.id: band.title_sv for band in catalogue.scoring.bands}
    reached = Counter(titles[str(original.score.band)] for original in originals)
    wanted = {title: f"{6 * count} av 12" for title, count in reached.items()}
    assert {str(name): str(text) for name, text in rows if not str(text).startswith("0 ")} == wanted
