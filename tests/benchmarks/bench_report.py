"""How large a report of 360 procurements is, and how long it takes to write against building its baseline alone.

The procurements are those of the whole corpus, with ids, buyers and days of their own.

python tests/benchmarks/bench_report.py [COUNT]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from builders import ROOT
from cirkular_krav import build_baseline, load_catalogue, write_report
from reports_samples import assessed, copies


def main(count: int) -> None:
    catalogue = load_catalogue()
    names = sorted(path.parent.name for path in (ROOT / "corpus" / "procurements").glob("*/procurement.yaml"))
    everything = copies(count, [assessed(name) for name in names])
    started = time.perf_counter()
    build_baseline(everything, catalogue)
    baseline = time.perf_counter() - started
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        write_report(everything, catalogue, folder)
        whole = time.perf_counter() - started
        sizes = {path.name: path.stat().st_size for path in Path(folder).glob("*.html")}
    largest = max(sizes, key=lambda name: sizes[name])
    print(f"{count} procurements: {len(sizes)} pages, {sum(sizes.values()) / 1e6:.1f} MB together")
    print(f"largest page: {largest}, {sizes[largest] / 1e6:.2f} MB")
    print(f"writing the report / building the baseline alone: {whole / baseline:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 360)
