"""Whether the baseline's intervals hold where the truth is known: coverage over 500 simulated counties.

Run: ``PYTHONPATH=tests python tests/benchmarks/bench_baseline.py [RUNS]``. What is simulated stands in
``tests/simulated_truth.py``. Wanted: intervals that cover the truth in 93–97 % of the runs.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from simulated_truth import (  # noqa: E402 - beside the tests, which use it too
    BAD,
    BOUGHT,
    GOOD,
    YEARS,
    audit_coverage,
    change_seen,
    plain_change_seen,
    share_coverage,
)

PERFECT = (0.995, 0.998)


def main(runs: int) -> None:
    print(
        f"{runs} simulated counties, nine organisations, {YEARS} years; per cent of runs where the interval covers the truth"
    )
    shares = {
        "independent": share_coverage(runs),
        "60 % from templates, known": share_coverage(runs, copied=0.6),
        "60 % from templates, unknown": share_coverage(runs, copied=0.6, known=False),
    }
    print(f"{'shares':<28}{'n':>5}" + "".join(f"{name:>30}" for name in shares))
    for name in [*BOUGHT, "*"]:
        number = YEARS * (sum(BOUGHT[name].values()) if name != "*" else sum(sum(b.values()) for b in BOUGHT.values()))
        print(f"{name:<28}{number:>5}" + "".join(f"{100 * found[name]:>30.1f}" for found in shares.values()))
    print(f"{'all intervals':<33}" + "".join(f"{100 * sum(f.values()) / len(f):>30.1f}" for f in shares.values()))
    print("\naudited share of the county (sensitivity, specificity of the matcher)")
    print(f"{'matcher':<22}{'judged':>7}{'corrected covers':>18}{'said too small':>16}{'raw share covers':>18}")
    for name, matcher in (("nearly always right", PERFECT), ("good", GOOD), ("bad", BAD)):
        for size in (20, 40, 100):
            found = audit_coverage(runs, matcher, size)
            covered, small, raw = (100 * found[key] for key in ("covered", "too small", "raw"))
            print(f"{name:<22}{size:>7}{covered:>18.1f}{small:>16.0f}{raw:>18.1f}")
    print("\ncompare, county: per cent of runs where a change is seen")
    for changed in ("documents", "nothing", "mix", "catalogue", "law", "tool"):
        print(f"  {changed:<12}{100 * change_seen(runs, changed):>6.1f}")
    print(f"  documents, bad matcher {100 * change_seen(runs, 'documents', matcher=BAD):.1f}")
    print(f"  catalogue, by the stored shares alone (what compare avoids) {100 * plain_change_seen(runs):.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
