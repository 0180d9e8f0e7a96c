"""The smallest objects that will do, for tests of single stages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cirkular_krav.catalogue_types import (
    AppliesTo,
    Catalogue,
    Category,
    Criterion,
    Examples,
    Level,
    Rule,
    ScoringPolicy,
    Vocabulary,
)
from cirkular_krav.models import (
    Block,
    Document,
    Evidence,
    Factors,
    LinePlace,
    Match,
    Procurement,
    Requirement,
)
from cirkular_krav.yamlfile import read_yaml

ROOT = Path(__file__).parents[1]
CRITERIA = ROOT / "criteria"


def scoring_policy() -> ScoringPolicy:
    return ScoringPolicy.model_validate(read_yaml(CRITERIA / "scoring.yaml").data)


def make_criterion(criterion_id: str = "GEN-01", **changes: Any) -> Criterion:
    levels = (
        Level(id="spearhead", ambition="spearhead", quantity={"years": ">= 10"}, basis="judgement", read_on="unknown"),
        Level(id="advanced", ambition="advanced", quantity={"years": ">= 7"}, basis="judgement", read_on="unknown"),
        Level(id="basic", ambition="basic", quantity={"years": ">= 5"}, basis="judgement", read_on="unknown"),
        Level(id="stated", ambition="unquantified", basis="judgement", read_on="unknown"),
    )
    fields: dict[str, Any] = {
        "schema_version": 1, "id": criterion_id, "lifecycle": "stable", "revision": 1, "counts": "circular",
        "strategies": ("R3",), "goals": ("A",), "importance": 3, "title_sv": "Titel", "title_en": "Title",
        "question_sv": "Fråga?", "why_sv": "Därför.", "applies_to": AppliesTo(categories=("MOB",)),
        "asks_for": (Rule(all_of=("thing",)),), "levels": levels, "kinds": ("technical_specification",),
        "examples": Examples(),
    }  # fmt: skip
    return Criterion(**{**fields, **changes})


def make_catalogue(criteria: Sequence[Criterion], concepts: dict[str, Any] | None = None) -> Catalogue:
    names = {concept for c in criteria for rule in c.asks_for for concept in (*rule.all_of, *rule.unless)}
    vocabulary = {name: {"words": [name]} for name in names} | (concepts or {})
    return Catalogue(
        version="test",
        fingerprint=repr((tuple(c.model_dump_json() for c in criteria), sorted(vocabulary.items()))),
        criteria=tuple(criteria),
        obstacles=(),
        vocabulary=Vocabulary.model_validate({"schema_version": 1, "language": "sv", "concepts": vocabulary}),
        categories=(
            Category(id="MOB", title_sv="Möbler", title_en="Furniture", cpv=("391",), relevance="high"),
            Category(id="TJA", title_sv="Tjänster", title_en="Services", cpv=("79",), relevance="none"),
            Category(id="OVR", title_sv="Övrigt", title_en="Other", cpv=("38",), relevance="medium"),
        ),
        scoring=scoring_policy(),
    )


def make_requirement(requirement_id: str = "K1", text: str = "Varan ska hålla.", **changes: Any) -> Requirement:
    fields: dict[str, Any] = {
        "id": requirement_id, "text": text, "raw_text": text, "document": "krav.txt", "location": LinePlace(line=1),
        "block_ids": ("b1",), "kind": "technical_specification", "kind_found_by": "wording", "obligation": "mandatory",
        "obligation_found_by": "wording",
    }  # fmt: skip
    return Requirement(**{**fields, **changes})


def make_match(requirement_id: str = "K1", criterion_id: str = "GEN-01", **changes: Any) -> Match:
    fields: dict[str, Any] = {
        "id": f"{requirement_id}:{criterion_id}", "requirement_id": requirement_id, "criterion_id": criterion_id,
        "family": criterion_id, "level": "basic", "ambition": "basic", "confidence": "high", "counts": "circular",
        "evidence": (Evidence(concept="thing", words="thing", where="text"),),
        "factors": Factors(S=0, O=0, A=0, V=0, F=0), "points": 0.0,
    }  # fmt: skip
    return Match(**{**fields, **changes})


def make_document(path: str = "krav.txt", **changes: Any) -> Document:
    fields: dict[str, Any] = {
        "path": path,
        "sha256": "0" * 64,
        "format": "plain",
        "status": "read",
        "role": "specification",
    }
    return Document(**{**fields, **changes})


def make_procurement(**changes: Any) -> Procurement:
    fields: dict[str, Any] = {"id": "p1", "categories": ("MOB",), "documents": (make_document(),)}
    return Procurement(**{**fields, **changes})


def make_block(text: str, kind: str = "paragraph", block_id: str = "b1", **changes: Any) -> Block:
    fields: dict[str, Any] = {"id": block_id, "kind": kind, "raw_text": text, "text": text, "place": LinePlace(line=1)}
    return Block(**{**fields, **changes})
