"""Text for people from any result; nothing reads a report and no report computes.

Adding a report: one module with one function, and one line in ``_REPORTS``.
"""

from __future__ import annotations

from collections.abc import Callable

from cirkular_krav.baseline_types import Baseline, Comparison
from cirkular_krav.catalogue_types import Catalogue, Criterion, Obstacle
from cirkular_krav.evaluation_types import Calibration, Evaluation, ReaderAgreement
from cirkular_krav.models import Assessment
from cirkular_krav.reports.assessment import assessment_text
from cirkular_krav.reports.baseline import baseline_text
from cirkular_krav.reports.calibration import calibration_text
from cirkular_krav.reports.comparison import comparison_text
from cirkular_krav.reports.criterion import criterion_text
from cirkular_krav.reports.evaluation import agreement_text, evaluation_text
from cirkular_krav.reports.words import load_words

_REPORTS: tuple[tuple[type | tuple[type, ...], Callable[..., str]], ...] = (
    (Assessment, assessment_text),
    (Baseline, baseline_text),
    (Comparison, comparison_text),
    (Evaluation, evaluation_text),
    (ReaderAgreement, agreement_text),
    (Calibration, calibration_text),
    ((Criterion, Obstacle), criterion_text),
)


def render(
    thing: Assessment | Baseline | Comparison | Evaluation | ReaderAgreement | Calibration | Criterion | Obstacle,
    catalogue: Catalogue,
    *,
    language: str = "sv",
) -> str:
    """Return the text of a result for a reader, in Swedish or another language that has texts."""
    words = load_words(language)
    for kind, report in _REPORTS:
        if isinstance(thing, kind):
            return report(thing, catalogue, words)
    raise TypeError(f"no report for {type(thing).__name__}")
