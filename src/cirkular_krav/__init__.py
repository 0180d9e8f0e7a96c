"""cirkular-krav: what Swedish tender documents ask for, against a catalogue of circular-economy criteria.

The names below are the library; they are loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cirkular_krav.baseline import build_baseline, compare_periods, draw_audit
    from cirkular_krav.baseline_types import Baseline, Comparison, Draw
    from cirkular_krav.batch import update_store
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.catalogue_types import Catalogue, Criterion, Obstacle
    from cirkular_krav.commitments import find_commitments
    from cirkular_krav.decisions import read_decisions, write_decisions
    from cirkular_krav.errors import CirkularKravError
    from cirkular_krav.evaluation import evaluate
    from cirkular_krav.evaluation.ratings import compare_ratings
    from cirkular_krav.frame import compare_frame
    from cirkular_krav.frame_file import read_frame
    from cirkular_krav.models import Assessment, Match, Procurement, ProcurementScore, Requirement
    from cirkular_krav.pipeline import assess, assess_many, judge, match_requirements, read_procurement
    from cirkular_krav.publish import write_report
    from cirkular_krav.reports import render
    from cirkular_krav.reports.assessment_workbook import assessment_workbook
    from cirkular_krav.reports.drawing import chart
    from cirkular_krav.reports.explain import explain
    from cirkular_krav.reports.follow_up import follow_up_calendar, follow_up_workbook
    from cirkular_krav.reports.tables import to_frame
    from cirkular_krav.results import read_results, write_results
    from cirkular_krav.review.export import export_audit, export_review
    from cirkular_krav.review.ratings import export_ratings, read_ratings
    from cirkular_krav.review.read_back import read_review
    from cirkular_krav.scoring import score_procurement
    from cirkular_krav.sealing import seal, verify_seal
    from cirkular_krav.segment import find_requirements
    from cirkular_krav.store import open_store

_HOME = {
    "Assessment": "models",
    "Baseline": "baseline_types",
    "Catalogue": "catalogue_types",
    "CirkularKravError": "errors",
    "Comparison": "baseline_types",
    "Criterion": "catalogue_types",
    "Draw": "baseline_types",
    "Match": "models",
    "Obstacle": "catalogue_types",
    "Procurement": "models",
    "ProcurementScore": "models",
    "Requirement": "models",
    "assess": "pipeline",
    "assess_many": "pipeline",
    "assessment_workbook": "reports.assessment_workbook",
    "build_baseline": "baseline",
    "chart": "reports.drawing",
    "compare_frame": "frame",
    "compare_periods": "baseline",
    "compare_ratings": "evaluation.ratings",
    "draw_audit": "baseline",
    "evaluate": "evaluation",
    "explain": "reports.explain",
    "export_audit": "review.export",
    "export_ratings": "review.ratings",
    "export_review": "review.export",
    "find_commitments": "commitments",
    "find_requirements": "segment",
    "follow_up_calendar": "reports.follow_up",
    "follow_up_workbook": "reports.follow_up",
    "judge": "pipeline",
    "load_catalogue": "catalogue",
    "match_requirements": "pipeline",
    "open_store": "store",
    "read_decisions": "decisions",
    "read_frame": "frame_file",
    "read_procurement": "pipeline",
    "read_ratings": "review.ratings",
    "read_results": "results",
    "read_review": "review.read_back",
    "render": "reports",
    "score_procurement": "scoring",
    "seal": "sealing",
    "to_frame": "reports.tables",
    "update_store": "batch",
    "verify_seal": "sealing",
    "write_decisions": "decisions",
    "write_report": "publish",
    "write_results": "results",
}

__all__ = [
    "Assessment", "Baseline", "Catalogue", "CirkularKravError", "Comparison", "Criterion", "Draw", "Match",
    "Obstacle", "Procurement", "ProcurementScore", "Requirement", "assess", "assess_many", "assessment_workbook",
    "build_baseline", "chart", "compare_frame", "compare_periods", "compare_ratings", "draw_audit", "evaluate",
    "explain", "export_audit", "export_ratings", "export_review", "find_commitments", "find_requirements",
    "follow_up_calendar", "follow_up_workbook", "judge", "load_catalogue", "match_requirements", "open_store",
    "read_decisions", "read_frame", "read_procurement", "read_ratings", "read_results", "read_review", "render",
    "score_procurement", "seal", "to_frame", "update_store", "verify_seal", "write_decisions", "write_report",
    "write_results",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"cirkular_krav.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
