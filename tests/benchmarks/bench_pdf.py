"""How fast the PDF reader is against pdfium's bare text and pdfplumber, in the same process and in random order.

    python tests/benchmarks/bench_pdf.py [--rounds 5] [--pages 40] [FILE.pdf …]

Without files: every sound PDF under ``corpus/``. Read the ratios: absolute figures belong to one machine and one hour.
The rows: ``text`` is pdfium's text and nothing else; ``reader`` is our text, paragraphs, headings and grid tables,
without the loss check and without pdfplumber; ``loss check`` and ``fallback`` are those two alone; ``whole read``
is what a user waits for; ``pdfplumber`` is its text and tables.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pdfplumber
import pypdfium2

from cirkular_krav.errors import ReadingError
from cirkular_krav.readers import pdf, pdf_checks
from cirkular_krav.readers.pdf_tables import Plumber
from cirkular_krav.readers.pieces import Limits, Piece

CORPUS = Path(__file__).parents[2] / "corpus"


class NoGuard(pdf_checks.PageGuard):
    """Lets every page through, so that the reading alone is timed."""

    def check(self, index: int) -> pdf_checks.Verdict:
        return pdf_checks.Verdict(shows_text=index < 0)


def bare_text(path: Path, pages: int) -> int:
    document = pypdfium2.PdfDocument(path)
    count = 0
    for number in range(min(pages, len(document))):
        page = document[number]
        text = page.get_textpage()
        count += len(text.get_text_range())
        text.close()
        page.close()
    document.close()
    return count


def reader_alone(path: Path, pages: int) -> int:
    with (
        mock.patch.object(pdf, "PageGuard", NoGuard), mock.patch.object(pdf, "check_syntax", return_value=[]),
        mock.patch.object(Plumber, "tables", return_value=None),
    ):  # fmt: skip
        return whole_read(path, pages)


def whole_read(path: Path, pages: int) -> int:
    try:
        return sum(len(event.text) for event in pdf.read(path, Limits(max_pages=pages)) if isinstance(event, Piece))
    except ReadingError:
        return 0


def loss_check(path: Path, pages: int) -> int:
    source = pdf_checks.open_source(path, Limits())
    guard = pdf_checks.PageGuard(source, Limits())
    found = sum(len(guard.check(number).problems) for number in range(min(pages, source.pages)))
    found += len(pdf_checks.check_syntax(source, guard))
    source.close()
    return found


def fallback(path: Path, pages: int) -> int:
    """The time spent in pdfplumber during a whole read: the read with it minus the read without it."""
    asked = []
    plain = Plumber.tables

    def timed(self: Plumber, *args: object) -> object:
        started = time.perf_counter()
        found = plain(self, *args)  # type: ignore[arg-type]
        asked.append(time.perf_counter() - started)
        return found

    with mock.patch.object(Plumber, "tables", timed):
        whole_read(path, pages)
    return int(sum(asked) * 1e9)


def plumber(path: Path, pages: int) -> int:
    count = 0
    with pdfplumber.open(path) as document:
        for page in document.pages[:pages]:
            count += len(page.extract_text()) + len(page.extract_tables())
            page.close()
    return count


def timed(work: Callable[[Path, int], int], path: Path, pages: int) -> float:
    started = time.perf_counter()
    result = work(path, pages)
    return result / 1e9 if work is fallback else time.perf_counter() - started


ROWS: dict[str, Callable[[Path, int], int]] = {
    "text": bare_text, "reader": reader_alone, "loss check": loss_check, "fallback": fallback,
    "whole read": whole_read, "pdfplumber": plumber,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pages", type=int, default=40, help="pages read per file")
    parser.add_argument("--plumber-rounds", type=int, default=1)
    options = parser.parse_args()
    files = options.files or sorted(path for path in CORPUS.rglob("*.pdf") if "broken" not in path.parts)
    times: dict[tuple[str, Path], list[float]] = {}
    jobs = [
        (name, path) for path in files for name in ROWS
        for _ in range(options.plumber_rounds if name in ("pdfplumber", "fallback") else options.rounds)
    ]  # fmt: skip
    random.shuffle(jobs)
    for path in files:
        bare_text(path, options.pages)  # so that no engine pays for the cold file
    for name, path in jobs:
        times.setdefault((name, path), []).append(timed(ROWS[name], path, options.pages))
    report(files, times, options.pages)


def report(files: list[Path], times: dict[tuple[str, Path], list[float]], most: int) -> None:
    print(f"{'':12} {'ms/page':>9} {'x text':>8} {'pdfplumber/this':>16}")
    counted = {path: min(most, len(pypdfium2.PdfDocument(path))) for path in files}
    pages = sum(counted.values())
    totals = {name: sum(statistics.median(times[name, path]) for path in files) for name in ROWS}
    for name, seconds in totals.items():
        ratio = totals["pdfplumber"] / seconds if seconds else 0.0
        print(f"{name:12} {1000 * seconds / pages:9.2f} {seconds / totals['text']:8.2f} {ratio:16.1f}")
    print(f"{len(files)} files, {pages} pages; the slowest files for the reader, x text:")
    slow = sorted(
        ((statistics.median(times["reader", path]) / statistics.median(times["text", path]), path) for path in files),
        reverse=True, key=lambda pair: pair[0],
    )  # fmt: skip
    for ratio, path in slow[:5]:
        print(f"  {ratio:5.2f}  {path.name}  ({counted[path]} pages)")


if __name__ == "__main__":
    main()
