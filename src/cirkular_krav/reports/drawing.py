"""One call for every chart: the same figures that the pages show, for a notebook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cirkular_krav.baseline_types import Baseline, Comparison, Group
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import UsageError
from cirkular_krav.frame import FrameReport
from cirkular_krav.models import Assessment
from cirkular_krav.reports.figures import goals_figure, score_figure, strategies_figure
from cirkular_krav.reports.frame_figures import coverage_figure, sample_figure
from cirkular_krav.reports.group_figures import (
    bands_figure,
    branches_figure,
    change_figure,
    group_goals_figure,
    group_strategies_figure,
    headline_figure,
    heat_figure,
)
from cirkular_krav.reports.page import PageWords
from cirkular_krav.reports.parts import Figure
from cirkular_krav.reports.words import load_words

_Draw = Callable[[Any, Catalogue, PageWords], Figure | None]


def _name(t: PageWords) -> Callable[[Group], Any]:
    return lambda group: (
        t.mark(group.label)
        if group.label
        else t("baseline.all_name" if group.by == "all" else "baseline.unknown_organisation")
    )


def _year(t: PageWords) -> Callable[[Group], Any]:
    return lambda group: t.mark(group.key) if group.key else t("baseline.unknown_year")


def _criterion(catalogue: Catalogue, t: PageWords) -> Callable[[str], Any]:
    return lambda criterion_id: (
        t.title(catalogue.by_id[criterion_id]) if criterion_id in catalogue.by_id else t.mark(criterion_id)
    )


_FIGURES: dict[type, dict[str, _Draw]] = {
    Assessment: {"goals": goals_figure, "strategies": strategies_figure, "score": score_figure},
    Baseline: {
        "goals": lambda b, _, t: group_goals_figure(b.total, t),
        "strategies": lambda b, _, t: group_strategies_figure(b.total, t),
        "bands": lambda b, c, t: bands_figure(b.total, c, t),
        "organisations": lambda b, _, t: headline_figure([b.total, *b.responsible], _name(t), t, "responsible"),
        "years": lambda b, _, t: headline_figure(b.years, _year(t), t, "years") if b.years else None,
        "criteria": lambda b, c, t: heat_figure(b.total, b.responsible, _criterion(c, t), _name(t), t),
        "bids": lambda b, _, t: branches_figure(b, t),
    },
    FrameReport: {
        "coverage": lambda f, _, t: coverage_figure(f, t),
        "sample": sample_figure,
    },
    Comparison: {"change": lambda one, _, t: change_figure(one, t)},
}


def chart(
    thing: Assessment | Baseline | Comparison | FrameReport, name: str, catalogue: Catalogue, *, language: str = "sv"
) -> Figure:
    """Return a chart of a result by name, with its table; a notebook shows both, ``.svg`` is the picture alone.

    An assessment has ``goals``, ``strategies`` and ``score``; a baseline ``goals``, ``strategies``, ``bands``,
    ``organisations``, ``years``, ``criteria`` and ``bids``; a comparison ``change``; a frame ``coverage`` and ``sample``. Raises ``UsageError`` for another name, or when
    there is nothing to draw.
    """
    drawings = _FIGURES[type(thing)]
    if name not in drawings:
        raise UsageError(f"Det finns ingen bild som heter {name}. Välj en av: {', '.join(drawings)}.")
    figure = drawings[name](thing, catalogue, PageWords(load_words(language)))
    if figure is None:
        raise UsageError(f"Det finns för lite underlag för bilden {name}.")
    return figure
