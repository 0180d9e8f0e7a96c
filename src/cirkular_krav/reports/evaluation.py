"""How right the program is, as a table: precision and recall with their counts, and the wrong ones with text."""

from __future__ import annotations

import textwrap

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.models import Evaluation, Rate
from cirkular_krav.reports.words import Words
from cirkular_krav.text import cut

_RATES = ("extraction", "criterion", "family", "obstacles", "near_misses_left_empty")
_MOST_WRONG = 40


def evaluation_text(evaluation: Evaluation, catalogue: Catalogue, words: Words) -> str:  # noqa: ARG001 - one signature for all
    """Return the evaluation as text, with at most the first forty wrong ones."""
    lines = [words("evaluation.title", procurements=evaluation.procurements, labels=evaluation.labels), ""]
    lines += [_rate(words(f"evaluation.{name}"), getattr(evaluation, name), words) for name in _RATES]
    for name in ("kind_macro_f1", "obligation_macro_f1"):
        value = getattr(evaluation, name)
        lines.append(f"{words(f'evaluation.{name}'):<34}{'–' if value is None else words.number(value, 2)}")
    lines += ["", *textwrap.wrap(words("evaluation.note"), 100)]
    if evaluation.wrong:
        lines += ["", words("evaluation.wrong", count=len(evaluation.wrong))]
    for wrong in evaluation.wrong[:_MOST_WRONG]:
        wanted, found = (", ".join(ids) or "–" for ids in (wrong.wanted, wrong.found))
        lines.append(f" – {wrong.procurement}: {wanted} → {found}")
        lines.append(f"   {cut(wrong.text, 110)}")
    return "\n".join(lines) + "\n"


def _rate(name: str, rate: Rate, words: Words) -> str:
    precision, recall = ("–" if share is None else words.number(share, 2) for share in (rate.precision, rate.recall))
    return f"{name:<34}" + words(
        "evaluation.rate", precision=precision, recall=recall, right=rate.right, found=rate.found, wanted=rate.wanted
    )
