"""How far long work has come: counts and time left on a terminal, nothing in a pipe."""

from __future__ import annotations

import io
import sys

import pytest

from cirkular_krav.cli import progress as module
from cirkular_krav.cli.progress import Progress, duration
from cirkular_krav.models import LedgerRow
from cirkular_krav.reports.words import load_words


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def shown(terminal: io.StringIO) -> str:
    """Return what stands on the terminal's last line: what was written after the last carriage return."""
    return terminal.getvalue().split("\r")[-1].rstrip()


def row(status: str) -> LedgerRow:
    return LedgerRow(
        path="a", sha256="", format="plain", role="other", status=status, pages=None, characters=0, problems=()
    )  # type: ignore[arg-type]


def test_time_left_is_said_when_enough_is_done_to_know(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    progress = Progress("procurement", "sv")
    clock.now = 4.0
    progress(2, 100, "b")
    assert shown(terminal) == "Upphandling 2 av 100: b"
    clock.now = 30.0
    progress(11, 100, "k")  # ten are done in thirty seconds, ninety are left
    assert shown(terminal) == "ungefär 4 min kvar  Upphandling 11 av 100: k"


def test_a_shorter_line_leaves_nothing_of_the_longer_and_results_get_a_clean_line(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    progress = Progress("reading", "sv")
    progress(1, 3, "ett-mycket-langt-namn.pdf")
    length = len(shown(terminal))
    progress(2, 3, "b")
    assert len(terminal.getvalue().split("\r")[-1]) == length
    progress.clear()
    assert terminal.getvalue().endswith("\r")
    assert shown(terminal) == ""


def test_the_end_says_what_was_read_what_not_and_how_long_it_took(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    progress = Progress("reading", "sv")
    clock.now = 12.34
    progress.close(map(row, ["read", "read", "partial", "refused", "nothing", "skipped"]))
    assert shown(terminal) == ("Klart på 12,3 s. Dokument lästa: 2, delvis lästa: 1, inte lästa: 2, överhoppade: 1.")


def test_nothing_is_written_where_nobody_looks(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    monkeypatch.setattr(sys, "stderr", pipe := io.StringIO())
    progress = Progress("reading", "sv")
    progress(1, 2, "a")
    progress.clear()
    progress.close([row("read")])
    assert pipe.getvalue() == ""


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.04, "0,0 s"), (59.9, "59,9 s"), (61, "1 min"), (3_540, "59 min"), (7_500, "2 h 5 min")]
)
def test_times_are_written_as_people_say_them(seconds: float, said: str) -> None:
    assert duration(seconds, load_words("sv")) == said
