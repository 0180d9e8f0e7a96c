"""How a document's status in the coverage ledger follows from its problems: one rule, used by worker and guard."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from cirkular_krav.errors import ProblemCode
from cirkular_krav.models import LedgerStatus, Problem

_SKIPPED = frozenset(
    {
        ProblemCode.LINK, ProblemCode.NOT_A_FILE, ProblemCode.TEMPORARY, ProblemCode.PATH_TOO_LONG,
        ProblemCode.OWN_OUTPUT, ProblemCode.DRAWING,
    }
)  # fmt: skip
_NOTHING = frozenset(
    {ProblemCode.NEEDS_OCR, ProblemCode.NO_TEXT, ProblemCode.UNREADABLE_TEXT, ProblemCode.PAGES_WITHOUT_TEXT}
)


def status_of(problems: Iterable[Problem], has_content: bool, raised: str = "") -> LedgerStatus:
    """Return the status that these problems give a document.

    ``has_content`` tells whether anything was read; ``raised`` is the status a reader asked for when it gave up,
    which counts only if nothing had been read. Text exists if and only if the answer is ``read`` or ``partial``.
    """
    codes = {problem.code for problem in problems if not problem.code.startswith("warn-")}
    if ProblemCode.ENCRYPTED in codes:
        return "refused"
    if has_content:
        return "partial" if codes else "read"
    if raised in ("refused", "nothing", "skipped"):
        return cast(LedgerStatus, raised)
    if codes <= _NOTHING:
        return "nothing"
    return "skipped" if codes <= _SKIPPED else "refused"
