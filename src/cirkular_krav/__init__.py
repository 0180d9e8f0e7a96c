"""cirkular-krav: what Swedish tender documents ask for, against a catalogue of circular-economy criteria.

The names below are the library; they are loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cirkular_krav.baseline import build_baseline
    from cirkular_krav.batch import update_store
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.catalogue_types import Catalogue, Criterion, Obstacle
    from cirkular_krav.errors import CirkularKravError
    from cirkular_krav.evaluation import evaluate
    from cirkular_krav.frame import compare_frame
    from cirkular_krav.frame_file import read_frame
    from cirkular_krav.models import Assessment, Baseline, Match, Procurement, ProcurementScore, Requirement
    from cirkular_krav.pipeline import assess, assess_many, match_requirements, read_procurement
    from cirkular_krav.reports import render
    from cirkular_krav.reports.explain import explain
    from cirkular_krav.reports.tables import to_frame
    from cirkular_krav.results import read_results, write_results
    from cirkular_krav.scoring import score_procurement
    from cirkular_krav.sealing import seal, verify_seal
    from cirkular_krav.segment import find_requirements
    from cirkular_krav.store import open_store

_HOME = {
    "Assessment": "models",
    "Baseline": "models",
    "Catalogue": "catalogue_types",
    "CirkularKravError": "errors",
    "Criterion": "catalogue_types",
    "Match": "models",
    "Obstacle": "catalogue_types",
    "Procurement": "models",
    "ProcurementScore": "models",
    "Requirement": "models",
    "assess": "pipeline",
    "assess_many": "pipeline",
    "build_baseline": "baseline",
    "compare_frame": "frame",
    "evaluate": "evaluation",
    "explain": "reports.explain",
    "find_requirements": "segment",
    "load_catalogue": "catalogue",
    "match_requirements": "pipeline",
    "open_store": "store",
    "read_frame": "frame_file",
    "read_procurement": "pipeline",
    "read_results": "results",
    "render": "reports",
    "score_procurement": "scoring",
    "seal": "sealing",
    "to_frame": "reports.tables",
    "update_store": "batch",
    "verify_seal": "sealing",
    "write_results": "results",
}

__all__ = [
    "Assessment", "Baseline", "Catalogue", "CirkularKravError", "Criterion", "Match", "Obstacle", "Procurement",
    "ProcurementScore", "Requirement", "assess", "assess_many", "build_baseline", "compare_frame", "evaluate", "explain",
    "find_requirements",
    "load_catalogue", "match_requirements", "open_store", "read_frame", "read_procurement", "read_results", "render", "score_procurement",
    "seal", "to_frame", "update_store", "verify_seal", "write_results",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"cirkular_krav.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
