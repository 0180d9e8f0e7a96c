"""One ruler in one baseline."""

from __future__ import annotations

from collections.abc import Sequence

from cirkular_krav.errors import UsageError
from cirkular_krav.models import Assessment, Versions


def same_versions(assessments: Sequence[Assessment]) -> Versions:
    """Return the ruler that all assessments were made with; raises ``UsageError`` when there is more than one."""
    first = assessments[0].versions
    for assessment in assessments:
        one = assessment.versions
        if (one.catalogue_fingerprint, one.scoring) != (first.catalogue_fingerprint, first.scoring):
            raise UsageError(
                f"Upphandlingarna är bedömda med olika kataloger eller poängregler ({first.catalogue}, {first.scoring} "
                f"och {one.catalogue}, {one.scoring}), och då går de inte att jämföra. Bedöm alla på nytt med "
                "cirkular-krav assess MAPP --out FIL."
            )
    return first
