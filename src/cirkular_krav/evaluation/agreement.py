"""How far two readers agree who labelled the same passages without seeing each other's labels.

The second reader's labels lie beside the first's as ``expected/second.yaml``, in the same form; passages are paired by
document, stem and text. Cohen's kappa: 0 is what chance would give, 1 is full agreement.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

from sklearn.metrics import cohen_kappa_score

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import UsageError
from cirkular_krav.evaluation.labels import Expected, ExpectedRequirement, labels_of, read_expected
from cirkular_krav.evaluation.parts import family_of
from cirkular_krav.evaluation_types import ReaderAgreement
from cirkular_krav.pipeline import find_procurements

SECOND = "second.yaml"


def agreement(root: Path | str, catalogue: Catalogue) -> ReaderAgreement:
    """Return the agreement of two readers over all procurements under a folder that both have labelled.

    The program itself is not run. Raises ``UsageError`` when no procurement has a second reader's labels.
    """
    pairs: list[tuple[ExpectedRequirement, ExpectedRequirement]] = []
    procurements = 0
    for source in find_procurements(Path(root)):
        second = labels_of(source).with_name(SECOND)
        if labels_of(source).is_file() and second.is_file():
            procurements += 1
            pairs += _paired(read_expected(labels_of(source)), read_expected(second))
    if not pairs:
        raise UsageError(f"Under {root} finns ingen upphandling med två läsares märkning (expected/{SECOND}).")

    def family(label: ExpectedRequirement) -> str:
        circular = [i for i in label.criteria if _counts(i, catalogue)]
        return family_of(circular[0], catalogue) if circular else "-"

    sure = [(a, b) for a, b in pairs if not (a.doubtful or b.doubtful)]
    scored = [(a, b) for a, b in pairs if "award_criterion" not in (a.kind, b.kind)]
    return ReaderAgreement(
        procurements=procurements,
        passages=len(pairs),
        kappa={
            "requirement": _kappa(pairs, lambda label: str(label.kind != "information")),
            "kind": _kappa(pairs, lambda label: label.kind),
            "obligation": _kappa(scored, lambda label: label.obligation),
            "circular": _kappa(pairs, lambda label: str(family(label) != "-")),
            "family": _kappa(pairs, family),
            "family_sure": _kappa(sure, family),
            "obstacle": _kappa(pairs, lambda label: str(bool(label.obstacles))),
        },
    )


def _counts(criterion_id: str, catalogue: Catalogue) -> bool:
    criterion = catalogue.by_id.get(criterion_id)
    return criterion is None or criterion.counts != "sustainability"


def _paired(first: Expected, second: Expected) -> list[tuple[ExpectedRequirement, ExpectedRequirement]]:
    def key(label: ExpectedRequirement) -> tuple[str, str, str]:
        return label.document, label.stem, label.text

    others: dict[tuple[str, str, str], list[ExpectedRequirement]] = {}
    for label in second.requirements:
        others.setdefault(key(label), []).append(label)
    return [(label, others[key(label)].pop(0)) for label in first.requirements if others.get(key(label))]


def _kappa(
    pairs: list[tuple[ExpectedRequirement, ExpectedRequirement]], value: Callable[[ExpectedRequirement], str]
) -> float | None:
    one, other = [value(a) for a, _ in pairs], [value(b) for _, b in pairs]
    if len(set(one) | set(other)) < 2:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return round(float(cohen_kappa_score(one, other)), 4)
