"""The charts of one procurement: data, words and drawing put together; nothing is computed but the parts of the sum."""

from __future__ import annotations

from markupsafe import Markup

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.models import Assessment, ProcurementScore
from cirkular_krav.reports import charts
from cirkular_krav.reports.page import PageWords
from cirkular_krav.reports.parts import Figure, Sheet

# Shown in this order: from not using up to burning, and last what only supports.
STRATEGY_GROUPS = ("R0-R3", "R4-R7", "R8", "R9", "EN")
GOALS = "ABCDE"


def goals_figure(assessment: Assessment, catalogue: Catalogue, t: PageWords) -> Figure:  # noqa: ARG001 - one signature
    """Return how much of each goal A–E the documents ask for."""
    shares = assessment.score.profiles["goals"]
    rows = [(f"{goal}\u00a0{t.words(f'goal.{goal}')}", shares.get(goal, 0.0)) for goal in GOALS]
    return profile_figure(t, "goals", rows)


def strategies_figure(assessment: Assessment, catalogue: Catalogue, t: PageWords) -> Figure:  # noqa: ARG001
    """Return which strategies of the R-ladder the points rest on."""
    shares = assessment.score.profiles["strategies"]
    rows = [(t.words(f"figures.strategy.{group}"), shares.get(group, 0.0)) for group in STRATEGY_GROUPS]
    return profile_figure(t, "strategies", rows)


def profile_figure(t: PageWords, name: str, rows: list[tuple[str, float]]) -> Figure:
    """Return shares as bars; ``name`` is the key of the texts."""
    bars = [charts.Bar(label, share, t.words.percent(share)) for label, share in rows]
    title = t(f"figures.{name}_title")
    alt = t.plain("figures.alt", title=t.plain(f"figures.{name}_title"), values=in_words(bars))
    columns = (t(f"figures.{name}_column"), t("figures.share"))
    sheet = Sheet(title, columns, [(bar.label, bar.text) for bar in bars], numbers=(1,))
    return Figure(f"bild-{name}", title, t(f"figures.{name}_note"), Markup(charts.profile(bars, alt=alt)), sheet)  # noqa: S704


def in_words(bars: list[charts.Bar]) -> str:
    """Return the values of a chart as a list in words, for the text alternative."""
    return "; ".join(f"{bar.label} {bar.text}" for bar in bars)


def score_figure(assessment: Assessment, catalogue: Catalogue, t: PageWords) -> Figure:
    """Return how the score came about, part by part, as a waterfall whose parts add up to it."""
    score = assessment.score
    steps = _steps(score, t)
    band = next((b for b in catalogue.scoring.bands if b.id == score.band), None)
    text = t.words("figures.of_100", value=score.value)
    total = charts.Bar(t.plain("figures.total"), (score.value or 0) / 100, text)
    title = t("figures.score_title", value=score.value)
    values = in_words([*(charts.Bar(s.label, None, s.text) for s in steps), total])
    alt = t.plain("figures.alt", title=t.plain("figures.score_title", value=score.value), values=values)
    rows: list[tuple[Markup | str, ...]] = [(s.label, s.text, s.note) for s in steps]
    rows.append((t("figures.total"), text, t.title(band) if band else ""))
    columns = (t("figures.part"), t("figures.points"), t("figures.means"))
    note = t("figures.score_note")
    svg = Markup(charts.waterfall(steps, total, alt=alt))  # noqa: S704 - the chart escapes what it writes
    return Figure("bild-poang", title, note, svg, Sheet(title, columns, rows, numbers=(1,)))


def _steps(score: ProcurementScore, t: PageWords) -> list[charts.Step]:
    """Divide the score among its parts; award weight is left out where the sum without it is higher (scoring)."""
    parts = score.sub_scores
    whole = sum(part.weight for part in parts)
    award = next((part for part in parts if part.id == "award_weight"), None)
    rest = sum(part.weight * (part.value or 0.0) for part in parts if part.id != "award_weight")
    with_award = rest + (award.weight * (award.value or 0.0) if award else 0.0)
    without = award is not None and rest / (whole - award.weight) > with_award / whole
    divisor = whole - award.weight if award and without else whole
    steps = []
    for part in parts:
        counts = part.value is not None and not (without and part.id == "award_weight")
        points = part.weight * (part.value or 0.0) / divisor if counts else None
        most = 100 * part.weight / divisor
        text = t.words("figures.points_of", points=t.words.number(points, 1), most=t.words.number(most, 1)) if points is not None else t.words("figures.not_counted")  # fmt: skip
        note = t.words(f"figures.sub_score_note.{part.id}") if counts else t.words("figures.award_note")
        steps.append(charts.Step(t.words(f"sub_score.{part.id}"), points, most, text, note))
    return steps
