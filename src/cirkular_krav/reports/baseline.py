"""The first baseline for a reader: one row per organisation, as a table of plain text."""

from __future__ import annotations

import textwrap

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.models import Baseline, BaselineRow
from cirkular_krav.reports.words import Words


def baseline_text(baseline: Baseline, catalogue: Catalogue, words: Words) -> str:  # noqa: ARG001 - one signature for all
    """Return the baseline as a table with its explanation."""
    header = [str(name) for name in words.get("baseline.columns")]
    rows = [_cells(row, words) for row in baseline.rows]
    widths = [max(len(_longest_word(header[i])), *(len(row[i]) for row in rows)) for i in range(len(header))]
    lines = [words("baseline.title"), ""]
    lines += _header(header, widths)
    lines += ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    last = baseline.rows[-1].headline
    if last.bound_low is not None and last.bound_high is not None:
        bounds = words("baseline.bounds", low=words.percent(last.bound_low), high=words.percent(last.bound_high))
        lines += ["", bounds]
    for key in ("explanation", "not_measured"):
        lines += ["", *textwrap.wrap(words(f"baseline.{key}"), 100)]
    return "\n".join(lines) + "\n"


def _longest_word(text: str) -> str:
    return max(text.split(), key=len)


def _header(names: list[str], widths: list[int]) -> list[str]:
    wrapped = [textwrap.wrap(name, max(width, 1)) for name, width in zip(names, widths, strict=True)]
    height = max(map(len, wrapped))
    padded = [[""] * (height - len(lines)) + lines for lines in wrapped]
    rows = ["  ".join(padded[i][k].ljust(widths[i]) for i in range(len(names))).rstrip() for k in range(height)]
    return [*rows, "  ".join("-" * width for width in widths)]


def _cells(row: BaselineRow, words: Words) -> list[str]:
    share = row.headline
    unknown = "–"
    interval = unknown
    if share.low is not None and share.high is not None:
        percent = words.percent(share.numerator / share.denominator)
        headline = words("baseline.share", numerator=share.numerator, denominator=share.denominator, percent=percent)
        interval = words("baseline.interval", low=words.percent(share.low), high=words.percent(share.high))
    else:
        headline = words("baseline.counts_only", numerator=share.numerator, denominator=share.denominator)
    name = (
        words("baseline.total")
        if row.organisation == "*"
        else row.organisation or words("baseline.unknown_organisation")
    )
    median = unknown if row.median is None else words.number(row.median)
    counts = [row.procurements, row.scored, row.incomplete, row.not_relevant, row.few_applicable]
    return [name, *map(str, counts), headline, interval, median]
