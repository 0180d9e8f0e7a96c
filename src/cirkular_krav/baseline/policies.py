"""Policy says, requirements do: an organisation's steering documents set beside what its procurements ask for.

Steering documents lie in a folder ``styrdokument/`` in the organisation's folder (named as the organisation, or with a
``procurement.yaml`` that names the buyer). They are read as policies: a statement is found and quoted, never scored.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cirkular_krav.baseline.cases import Case
from cirkular_krav.baseline.intervals import Answer, share_of
from cirkular_krav.baseline_types import Policy, PolicyGoal, PolicyStatement
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import NothingToDoError
from cirkular_krav.facts import read_facts_file
from cirkular_krav.matching import Matcher, compile_catalogue
from cirkular_krav.matching.rules import read_requirement
from cirkular_krav.models import Block, Document
from cirkular_krav.organisations import Organisations, Party, party_of
from cirkular_krav.pipeline import read_procurement
from cirkular_krav.segment import requirement_from_text

FOLDER = "styrdokument"
GOALS = "ABCDE"
_SPEAKS = ("paragraph", "list_item", "table_row")


@dataclass(frozen=True, slots=True)
class PolicyTexts:
    """What one organisation's steering documents say: the documents read, and the statements found in them."""

    party: Party
    documents: tuple[str, ...]
    statements: tuple[PolicyStatement, ...]


def read_policies(root: Path, catalogue: Catalogue, organisations: Organisations) -> tuple[PolicyTexts, ...]:
    """Read every ``styrdokument/`` folder under a root, in order of organisation; none when there is none."""
    matcher = compile_catalogue(catalogue)
    found: dict[str, PolicyTexts] = {}
    for folder in policy_folders(root):
        party = _owner(folder.parent, organisations)
        try:
            documents = read_procurement(folder, catalogue).documents
        except NothingToDoError:
            continue
        before = found.get(party.key, PolicyTexts(party, (), ()))
        statements = tuple(s for document in documents for s in _statements(document, matcher))
        read = tuple(document.path for document in documents if document.status in ("read", "partial"))
        found[party.key] = replace(
            before, documents=(*before.documents, *read), statements=(*before.statements, *statements)
        )
    return tuple(found[key] for key in sorted(found))


def policy_folders(root: Path) -> list[Path]:
    """Return the folders of steering documents under a root, in order of path."""
    found = []
    for folder, below, _ in os.walk(root):
        found += [Path(folder) / name for name in below if name == FOLDER]
        below[:] = sorted(name for name in below if not name.startswith(".") and name != FOLDER)
    return sorted(found)


def _owner(folder: Path, organisations: Organisations) -> Party:
    facts, _ = read_facts_file(folder)
    name = facts.buyer or folder.resolve().name
    known = organisations.find(name, facts.organisation_number) or organisations.by_id.get(name)
    return party_of(known, name, facts.organisation_number)


def _statements(document: Document, matcher: Matcher) -> Iterator[PolicyStatement]:
    for block in document.blocks:
        criteria = _criteria_of(block, matcher) if block.kind in _SPEAKS and block.layer == "body" else ()
        if criteria:
            yield PolicyStatement(
                document=document.path, place=block.place, text=block.raw_text, criterion_ids=criteria
            )


def _criteria_of(block: Block, matcher: Matcher) -> tuple[str, ...]:
    reading = read_requirement(requirement_from_text(block.text, heading_path=block.heading_path), matcher.finder)
    by_id = matcher.catalogue.by_id
    return tuple(sorted(one for one in matcher.hits(reading) if by_id[one].counts != "sustainability"))


def compare_policies(texts: Iterable[PolicyTexts], cases: Sequence[Case], catalogue: Catalogue) -> tuple[Policy, ...]:
    """Return, per organisation and goal A–E, what its policies say and the share of its procurements that ask for it."""
    return tuple(_policy(one, cases, catalogue) for one in texts)


def _policy(texts: PolicyTexts, cases: Sequence[Case], catalogue: Catalogue) -> Policy:
    own = [case for case in cases if case.status == "scored" and case.responsible.key == texts.party.key]
    goals = []
    for goal in GOALS:
        serving = {criterion.id for criterion in catalogue.criteria if goal in criterion.goals}
        says = tuple(s for s in texts.statements if serving & set(s.criterion_ids))
        asks = share_of(Answer(_asks(case, serving), 1.0, case.cluster) for case in own)
        goals.append(PolicyGoal(goal=goal, says=says, asks=asks))
    return Policy(key=texts.party.key, label=texts.party.label, documents=texts.documents, goals=tuple(goals))


def _asks(case: Case, criteria: set[str]) -> bool:
    return any(value == "asked" and criterion in criteria for criterion, value in case.outcomes.items())
