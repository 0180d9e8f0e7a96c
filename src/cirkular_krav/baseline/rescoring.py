"""The frozen ruler (design D11): stored procurements judged again by another tool, catalogue or day of law.

An assessment keeps the blocks that were read, so nothing is opened: the requirements are found anew in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.models import Assessment
from cirkular_krav.pipeline import assess_requirements
from cirkular_krav.segment import find_requirements


def has_blocks(assessments: Iterable[Assessment]) -> bool:
    """Tell whether everything that was read is still there to be judged again."""
    return all(
        document.blocks
        for assessment in assessments
        for document in assessment.procurement.documents
        if document.status in ("read", "partial") and document.characters
    )


def judge_again(assessments: Sequence[Assessment], catalogue: Catalogue, *, law_of: str = "") -> list[Assessment]:
    """Return the assessments as this version of the tool makes them with a catalogue.

    ``law_of``: a day; what the law required on that day is then law for all, whenever they were published. The day of
    publication itself stays as it was.
    """
    judged = []
    for assessment in assessments:
        procurement = assessment.procurement
        dated = procurement.model_copy(update={"published": law_of}) if law_of else procurement
        again = assess_requirements(dated, find_requirements(dated), catalogue)
        judged.append(again.model_copy(update={"procurement": procurement}))
    return judged
