"""What finally applies: requirements that answers, amendments and revised documents withdraw or change.

An answer names the requirement by its number ("krav 3.9 utgår"), by the number in the question above it ("kravet
ändras"), or by quoting it. The requirement keeps its text and carries the change; what replaces it is a requirement of
its own, found where the change stands. A change that names no requirement we can find is left as it is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from rapidfuzz import fuzz

from cirkular_krav.models import Block, Change, ChangeStatus, Document, Procurement, Requirement
from cirkular_krav.text import clean, sentences

_TELLS_CHANGES = ("questions", "amendment")
_NUMBER = r"(?P<number>[A-ZÅÄÖ]{0,3}\d+(?:\.\d+)*(?:[a-z]\b)?)"
# "krav 3.14", "krav nr 7", "punkt 4.2", "kravet i avsnitt 3.2.1", "Krav-ID 12", "ska-krav 5".
_NAMED = re.compile(
    rf"\b(?:(?:ska-?|skall-?|bör-?)?krav(?:et|-?id)?|punkt(?:en)?|avsnitt(?:et)?|stycke(?:t)?|p\.)(?: (?:i|under|enligt|med|nr\.?|nummer|"
    rf"punkt(?:en)?|avsnitt(?:et)?))*[ :]+{_NUMBER}",
    re.IGNORECASE,
)
_WITHDRAWN = re.compile(
    r"\b(?:utgår|stryks|har strukits|tas bort|har tagits bort|slopas|har slopats|dras tillbaka|gäller inte längre|upphävs)\b",
    re.IGNORECASE,
)
_REPLACED = re.compile(
    r"\b(?:ändras|har ändrats|ersätts|har ersatts|justeras|har justerats|mildras|skärps|omformuleras|får (?:ny|följande|ändrad) lydelse|"
    r"ny lydelse|(?:ska|skall) (?:i stället )?(?:ha följande lydelse|lyda))\b",
    re.IGNORECASE,
)
_LIMITED = re.compile(r"\b(?:kvarstår|i övrigt gäller|för övriga|gäller fortsatt|oförändra\w+)\b", re.IGNORECASE)
_THE_REQUIREMENT = re.compile(r"\b(?:kravet|villkoret|punkten|skrivningen|formuleringen)\b", re.IGNORECASE)
_QUOTED = re.compile(r"[”\"“»]([^”\"“«»]{15,300})[”\"«]")
_ASIDE = re.compile(
    r"\b(?:inte|ej) (?:\w+ )?(?:ändras|utgår|justeras|ersätts)|\b(?:ändras|utgår|justeras|ersätts|stryks|tas bort) (?:inte|ej)\b|\bvite\w*\b[^.]{0,30}\butgår|\butgår (?:\w+ )?vite",
    re.IGNORECASE,
)
_SAME_TEXT = 88.0
# How many blocks back a question may stand above its answer.
_QUESTION_BLOCKS = 4
_REVISION = re.compile(
    r"[ _.-]*(?:\(?(?:rev(?:iderad|ision|\.)?|version|ver|v|uppdaterad|ny|ändrad)[ _.-]*\d{0,4}(?:[-_.]?\d{2}){0,2}\)?|\d{4}-\d{2}-\d{2})$",
    re.IGNORECASE,
)
_REVISED = re.compile(r"rev|version|ver\b|\bv\d|uppdaterad|\bny\b|ändrad|\d{4}-\d{2}-\d{2}", re.IGNORECASE)
# A revised document holds this part of the earlier one's requirements, or it is another document.
_LEAST_SHARED = 0.5


def apply_changes(requirements: Sequence[Requirement], procurement: Procurement) -> tuple[Requirement, ...]:
    """Return the same requirements, those withdrawn or replaced during the tender period with what did it."""
    changes = {**_superseded(requirements), **_told(requirements, procurement)}
    return tuple(r.model_copy(update={"change": changes[r.id]}) if r.id in changes else r for r in requirements)


def _told(requirements: Sequence[Requirement], procurement: Procurement) -> dict[str, Change]:
    changes: dict[str, Change] = {}
    for document in procurement.documents:
        if document.role in _TELLS_CHANGES:
            others = [r for r in requirements if r.document != document.path]
            own = [r for r in requirements if r.document == document.path]
            for i, block in enumerate(document.blocks):
                for requirement_id, change in _changes_in(document, i, block, others, own):
                    changes[requirement_id] = change
    return changes


def _changes_in(
    document: Document, at: int, block: Block, others: Sequence[Requirement], own: Sequence[Requirement]
) -> Iterator[tuple[str, Change]]:
    if not (_WITHDRAWN.search(block.text) or _REPLACED.search(block.text)) or block.text.rstrip().endswith("?"):
        return
    for sentence in sentences(clean(block.text)):
        status = _status(sentence, block.text)
        if status is None:
            continue
        new = [r for r in own if r.block_ids and r.block_ids[0] == block.id]
        by = "" if status == "withdrawn" else next((r.id for r in new), "")
        for requirement in _meant(sentence, document.blocks, at, others):
            yield (
                requirement.id,
                Change(status=status, by=by, document=document.path, location=block.place, text=clean(block.text)),
            )


def _status(sentence: str, whole: str) -> ChangeStatus | None:
    if _ASIDE.search(sentence):
        return None
    if _REPLACED.search(sentence):
        return "limited" if _LIMITED.search(whole) else "replaced"
    return "withdrawn" if _WITHDRAWN.search(sentence) else None


def _meant(sentence: str, blocks: Sequence[Block], at: int, others: Sequence[Requirement]) -> list[Requirement]:
    """Return the requirements that the sentence means: by number, by quotation, or by the question above it."""
    found = [r for match in _NAMED.finditer(sentence) for r in _numbered(match["number"], others)]
    found = found or [r for match in _QUOTED.finditer(sentence) for r in _quoted(match[1], others)]
    if found or not _THE_REQUIREMENT.search(sentence):
        return found
    for block in reversed(blocks[max(0, at - _QUESTION_BLOCKS) : at + 1]):
        named = [r for match in _NAMED.finditer(block.text) for r in _numbered(match["number"], others)]
        named = named or [r for match in _QUOTED.finditer(block.text) for r in _quoted(match[1], others)]
        if named:
            return named
        if block.kind == "heading":
            break
    return []


def _numbered(number: str, requirements: Sequence[Requirement]) -> list[Requirement]:
    """Return the requirements with the number; else the only one under the heading with it."""
    own = [r for r in requirements if r.number.strip(" .").lower() == number.lower()]
    if own:
        return own
    headed = [
        r for r in requirements if r.heading_path and re.match(rf"{re.escape(number)}(?![.\d])", r.heading_path[-1])
    ]
    return headed if len(headed) == 1 else []


def _quoted(text: str, requirements: Sequence[Requirement]) -> list[Requirement]:
    quoted = clean(text).lower()
    scored = [(fuzz.partial_ratio(quoted, r.text.lower()), r) for r in requirements]
    best = max((score for score, _ in scored), default=0.0)
    return [r for score, r in scored if score == best] if best >= _SAME_TEXT else []


def _superseded(requirements: Sequence[Requirement]) -> dict[str, Change]:
    """A document whose name says that it is revised replaces the one of the same name, where they share their text."""
    by_document: dict[str, list[Requirement]] = defaultdict(list)
    for requirement in requirements:
        by_document[requirement.document].append(requirement)
    versions: dict[str, list[str]] = defaultdict(list)
    for path in by_document:
        versions[_base_name(path)].append(path)
    changes: dict[str, Change] = {}
    for paths in versions.values():
        newest = max(paths, key=_revision_key)
        for path in paths:
            if path == newest or _revision_key(path) == _revision_key(newest):
                continue
            new = {r.text: r for r in by_document[newest]}
            shared = sum(r.text in new for r in by_document[path])
            if shared < _LEAST_SHARED * len(by_document[path]):
                continue
            for requirement in by_document[path]:
                same = new.get(requirement.text)
                changes[requirement.id] = Change(
                    status="replaced" if same else "withdrawn", by=same.id if same else "", document=newest,
                    location=same.location if same else by_document[newest][0].location, text="",
                )  # fmt: skip
    return changes


def _base_name(path: str) -> str:
    name = PurePosixPath(path).stem
    while (shorter := _REVISION.sub("", name)) != name and shorter:
        name = shorter
    return f"{PurePosixPath(path).parent}/{name}".lower()


def _revision_key(path: str) -> tuple[bool, str]:
    name = PurePosixPath(path).stem
    tail = name[len(PurePosixPath(_base_name(path)).name) :]
    return bool(_REVISED.search(tail)), tail.lower()
