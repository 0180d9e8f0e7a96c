"""Where the truth is known the intervals hold it; the full runs are in ``benchmarks/bench_baseline.py``."""

from __future__ import annotations

from statistics import mean

import pytest

from simulated_truth import BAD, GOOD, audit_coverage, change_seen, share_coverage


@pytest.mark.parametrize(
    ("copied", "known", "low", "high"), [(0.0, True, 0.92, 0.98), (0.6, True, 0.92, 0.99), (0.6, False, 0, 0.9)]
)
def test_intervals_hold_the_truth_also_where_procurements_are_copied_if_the_templates_are_known(
    copied: float, known: bool, low: float, high: float
) -> None:
    assert low < mean(share_coverage(30, copied=copied, known=known).values()) < high


def test_the_corrected_share_holds_the_truth_that_a_bad_matchers_own_share_misses() -> None:
    found = audit_coverage(60, BAD, 100)
    assert found["too small"] < 0.1
    assert found["covered"] > 0.88
    assert found["raw"] < 0.2


def test_twenty_read_procurements_are_too_few_for_a_bad_matcher_and_that_is_said() -> None:
    assert audit_coverage(20, BAD, 20)["too small"] > 0.9


@pytest.mark.parametrize("changed", ["nothing", "mix", "catalogue"])
def test_compare_sees_no_change_where_only_something_else_changed(changed: str) -> None:
    assert change_seen(40, changed, matcher=GOOD) < 0.15


def test_compare_sees_a_change_of_the_documents() -> None:
    assert change_seen(15, "documents") > 0.8
