"""How long a thousand procurements take into a store, how much memory a worker needs, and a second run with nothing new.

    python tests/benchmarks/bench_store.py [--procurements 1000] [--pages 20] [--workers 2] [--folder KEPT] [--unlike]

Makes the documents (PDF with headings, paragraphs, lists and ruled tables; the sentences come from ``corpus/procurements``
with other numbers and joined in new ways, so that no two files are alike; about half of the requirements come back in
another procurement, as what buyers copy does, and with ``--unlike`` none, so that nothing can be remembered), runs
``cirkular-krav assess --store`` on them twice, and prints seconds, pages a second and core, the memory of each worker
(Linux: the highest of any process while it ran, and how it grew from the first to the last quarter) and the size of
the store. Figures belong to one machine and one hour: the load before and after is printed, so run it several times.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from textwrap import wrap

from reportlab.pdfgen.canvas import Canvas

from cirkular_krav import read_procurement
from cirkular_krav.pipeline import find_procurements

CORPUS = Path(__file__).parents[2] / "corpus" / "procurements"
PAGE = (595, 842)
_NUMBER = re.compile(r"\d+")


def sentences() -> list[str]:
    """Return the running text of the invented procurements, without what is alike in all of them."""
    found: list[str] = []
    for source in find_procurements(CORPUS):
        for document in read_procurement(source).documents:
            found += [b.text for b in document.blocks if b.layer == "body" and 30 < len(b.text) < 400]
    return sorted(set(found))


def varied(chance: random.Random, texts: list[str], *, unlike: bool) -> str:
    text = chance.choice(texts)
    if chance.random() < 0.3:
        first, second = text.split(), chance.choice(texts).split()
        text = " ".join(first[: len(first) // 2 + 1] + second[len(second) // 2 :])
    text = _NUMBER.sub(lambda hit: str(chance.randint(1, 10 ** len(hit.group()[:4]) - 1)), text)
    return f"{text.rstrip('.')} i ärende {chance.randrange(10**12):012}." if unlike else text


class Writer:
    """Lays out one document of so many pages."""

    def __init__(self, path: Path, pages: int, chance: random.Random, texts: list[str], *, unlike: bool) -> None:
        self.canvas = Canvas(str(path), pagesize=PAGE, invariant=1)
        self.chance, self.texts, self.unlike, self.number = chance, texts, unlike, 0
        for page in range(1, pages + 1):
            self.page(page, pages)
        self.canvas.save()

    def page(self, page: int, pages: int) -> None:
        self.line(60, 810, "Påhittad upphandling för mätning", 8)
        self.line(500, 30, f"{page} ({pages})", 8)
        self.y = 780.0
        self.number += 1
        self.line(60, self.y, f"{self.number} {self.chance.choice(self.texts).split('.')[0][:60]}", 14, bold=True)
        self.y -= 26
        if page % 3 == 0:
            self.table()
        while self.y > 90:
            self.paragraph(bullet=self.chance.random() < 0.3)
        self.canvas.showPage()

    def paragraph(self, *, bullet: bool) -> None:
        for n, line in enumerate(wrap(varied(self.chance, self.texts, unlike=self.unlike), 88)):
            self.line(75 if bullet else 60, self.y, ("– " if bullet and not n else "") + line, 10)
            self.y -= 12.5
        self.y -= 7

    def table(self) -> None:
        for row in range(6):
            cells = (
                ("Nr", "Krav", "Svar")
                if not row
                else (f"{self.number}.{row}", varied(self.chance, self.texts, unlike=self.unlike), "Ja/Nej")
            )
            lines = wrap(cells[1], 60)
            height = 8 + 12 * len(lines)
            for x, width, text in zip((60, 110, 430), (50, 320, 90), (cells[:1], lines, cells[2:]), strict=True):
                self.canvas.rect(x, self.y - height, width, height)
                for n, line in enumerate(text):
                    self.line(x + 4, self.y - 12 - 12 * n, line, 10, bold=not row)
            self.y -= height
        self.y -= 20

    def line(self, x: float, y: float, text: str, size: int, *, bold: bool = False) -> None:
        self.canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
        self.canvas.drawString(x, y, text)


def make_one(job: tuple[Path, int, int, list[str], bool]) -> None:
    folder, number, pages, texts, unlike = job
    folder.mkdir(parents=True)
    chance = random.Random(number)
    contract = pages // 3
    Writer(folder / "krav.pdf", pages - contract, chance, texts, unlike=unlike)
    Writer(folder / "avtal.pdf", contract, chance, texts, unlike=unlike)


def make(root: Path, procurements: int, pages: int, *, unlike: bool) -> None:
    texts = sentences()
    jobs = [(root / f"upphandling-{n:05}", n, pages, texts, unlike) for n in range(procurements)]
    jobs = [job for job in jobs if not job[0].exists()]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        list(pool.map(make_one, jobs, chunksize=16))


class Watch(threading.Thread):
    """Notes the memory and processor time of a process and all below it, now and then, where there is ``/proc``.

    What a killed process had used is in nobody's ``os.times``, and those that read documents are killed.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.stopped = pid, threading.Event()
        self.seen: dict[int, tuple[str, list[int]]] = {}
        self.ticks: dict[int, int] = {}

    def run(self) -> None:
        while not self.stopped.wait(0.5):
            for pid in self.family(self.pid):
                try:
                    status = Path(f"/proc/{pid}/status").read_text()
                    command = Path(f"/proc/{pid}/cmdline").read_text()
                    used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
                except OSError:
                    continue
                self.ticks[pid] = sum(map(int, used))
                if hit := re.search(r"VmRSS:\s+(\d+)", status):
                    name = (
                        "worker" if "engine" in command else "reader" if "cirkular_krav.worker" in command else "main"
                    )
                    self.seen.setdefault(pid, (name, []))[1].append(int(hit.group(1)) // 1024)

    def family(self, pid: int) -> Iterator[int]:
        yield pid
        for path in Path(f"/proc/{pid}/task").glob("*/children"):  # a child belongs to the thread that started it
            with suppress(OSError):
                for child in path.read_text().split():
                    yield from self.family(int(child))

    def processor(self) -> float:
        """Return the seconds of processor that all of them had used when last seen."""
        return sum(self.ticks.values()) / os.sysconf("SC_CLK_TCK") if self.ticks else float("nan")

    def told(self) -> Iterator[str]:
        for pid, (name, values) in sorted(self.seen.items()):
            quarter = max(1, len(values) // 4)
            first, last = (
                statistics.median(values[quarter : 2 * quarter] or values),
                statistics.median(values[-quarter:]),
            )
            yield f"  {name:7} {pid}: highest {max(values)} MiB, second quarter {first:.0f}, last quarter {last:.0f}"


def assess(root: Path, store: Path, workers: int) -> tuple[float, Watch]:
    command = [
        sys.executable,
        "-m",
        "cirkular_krav",
        "assess",
        str(root),
        "--store",
        str(store),
        "--workers",
        str(workers),
    ]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    watch = Watch(process.pid)
    watch.start()
    if process.wait() > 1:
        raise SystemExit("the run failed")
    seconds = time.perf_counter() - start
    watch.stopped.set()
    watch.join()
    return seconds, watch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--procurements", type=int, default=1000)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="keep the documents here and use them again")
    parser.add_argument(
        "--unlike", action="store_true", help="no sentence comes back, so that nothing can be remembered"
    )
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = chosen.folder or Path(scratch) / "root"
        make(root, chosen.procurements, chosen.pages, unlike=chosen.unlike)
        store = Path(scratch) / "store.sqlite"
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
        first, watch = assess(root, store, chosen.workers)
        after = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
        pages = chosen.procurements * chosen.pages
        print(f"load before {load:.2f}, after {after:.2f}; {os.cpu_count()} processors, {chosen.workers} workers")
        print(
            f"first run {first:.1f} s, {watch.processor():.1f} s of processor: {1000 * watch.processor() / pages:.1f} ms a page"
        )
        print("\n".join(watch.told()))
        again, _ = assess(root, store, chosen.workers)
        print(f"second run with nothing changed {again:.1f} s, store {store.stat().st_size >> 20} MiB")


if __name__ == "__main__":
    main()
