"""How right the program is, as tables: every figure with its counts and interval, and the wrong ones with text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.evaluation_types import Evaluation, Rate, ReaderAgreement, Score
from cirkular_krav.reports.words import Words
from cirkular_krav.text import cut

_MOST_WRONG = 40
_WIDTH = 50


def evaluation_text(evaluation: Evaluation, catalogue: Catalogue, words: Words) -> str:  # noqa: ARG001 - one signature for all
    """Return the evaluation as text, with at most the first forty wrong ones."""
    lines = [words("evaluation.title", procurements=evaluation.procurements, labels=evaluation.labels), ""]
    lines += _rates(evaluation.rates, words, "evaluation")
    lines += [_score(words(f"evaluation.{name}"), score, words) for name, score in evaluation.scores.items()]
    lines.append(_score(words("evaluation.false_hits"), evaluation.false_hits_per_1000, words, decimals=1))
    for name in ("by_difficulty", "by_category", "by_role", "baselines"):
        lines += ["", words(f"evaluation.{name}"), *_rates(getattr(evaluation, name), words)]
    lines += ["", *textwrap.wrap(words("evaluation.note"), 100)]
    if evaluation.wrong:
        lines += ["", words("evaluation.wrong", count=len(evaluation.wrong))]
    for wrong in evaluation.wrong[:_MOST_WRONG]:
        wanted, found = (", ".join(ids) or "–" for ids in (wrong.wanted, wrong.found))
        lines.append(f" – {wrong.procurement}: {wanted} → {found}")
        lines.append(f"   {cut(wrong.text, 110)}")
    return "\n".join(lines) + "\n"


def agreement_text(agreement: ReaderAgreement, catalogue: Catalogue, words: Words) -> str:  # noqa: ARG001 - one signature for all
    """Return the agreement of two readers, one line for each thing they labelled."""
    counts = {"procurements": agreement.procurements, "passages": agreement.passages}
    lines = [words("evaluation.agreement.title", **counts), ""]
    for name, kappa in agreement.kappa.items():
        lines.append(f"{words(f'evaluation.agreement.{name}'):<{_WIDTH + 10}}{_figure(kappa, None, words)}")
    return "\n".join([*lines, "", *textwrap.wrap(words("evaluation.agreement.note"), 100)]) + "\n"


def _rates(rates: Mapping[str, Rate], words: Words, keys: str = "") -> Iterator[str]:
    for name, rate in rates.items():
        title = words(f"{keys}.{name}") if keys else f"   {name}"
        precision = _figure(rate.precision, rate.precision_interval, words)
        recall = _figure(rate.recall, rate.recall_interval, words)
        counts = {"right": rate.right, "found": rate.found, "wanted": rate.wanted}
        yield f"{title:<{_WIDTH}}" + words("evaluation.rate", precision=precision, recall=recall, **counts)


def _score(title: str, score: Score, words: Words, decimals: int = 2) -> str:
    return f"{title:<{_WIDTH}}{_figure(score.value, score.interval, words, decimals)}"


def _figure(value: float | None, interval: tuple[float, float] | None, words: Words, decimals: int = 2) -> str:
    if value is None:
        return "–"
    text = words.number(value, decimals)
    return (
        text
        if interval is None
        else f"{text} [{words.number(interval[0], decimals)}–{words.number(interval[1], decimals)}]"
    )
