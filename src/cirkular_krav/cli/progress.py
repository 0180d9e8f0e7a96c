"""How far long work has come, on one line of a terminal; nothing in a pipe, a file or a job."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cirkular_krav.models import LedgerRow
    from cirkular_krav.reports.words import Words

_WIDTH = 100
# Before this, what is left would be a guess.
_SURE_AFTER_SECONDS = 5.0
_SURE_AFTER_STEPS = 2


class Progress:
    """A line that is written over and over: how many of how many, what now, and about how long is left.

    ``key`` is ``reading`` or ``fold`` (told when one is done) or ``procurement`` (told when one is begun).
    """

    def __init__(self, key: str, language: str) -> None:
        self.key = key
        self.language = language
        self.started = time.monotonic()
        self.shown = sys.stderr.isatty()
        self._length = 0

    def __call__(self, done: int, total: int, name: str) -> None:
        """Show how far it has come."""
        if not self.shown:
            return
        words = self._words()
        line = words(f"progress.{self.key}", done=done, total=total, name=name)
        left = self._left(done - (self.key == "procurement"), total)
        if left is not None:
            line = f"{words('progress.left', time=duration(left, words, decimals=0))}  {line}"
        self._write(line[:_WIDTH])

    def clear(self) -> None:
        """Take the line away, so that a result can be printed in its place."""
        if self._length:
            self._write("")
            sys.stderr.write("\r")
            sys.stderr.flush()

    def close(self, ledgers: Iterable[LedgerRow]) -> None:
        """Say in one line what was read, what was not, and how long it took."""
        if not self.shown:
            return
        self.clear()
        words = self._words()
        counts = Counter(row.status for row in ledgers)
        sys.stderr.write(
            words(
                "progress.finished", time=duration(time.monotonic() - self.started, words), read=counts["read"],
                partial=counts["partial"], unread=counts["refused"] + counts["nothing"], skipped=counts["skipped"],
            )
            + "\n"
        )  # fmt: skip

    def _left(self, finished: int, total: int) -> float | None:
        gone = time.monotonic() - self.started
        if finished < _SURE_AFTER_STEPS or gone < _SURE_AFTER_SECONDS or finished >= total:
            return None
        return gone / finished * (total - finished)

    def _write(self, line: str) -> None:
        sys.stderr.write(f"\r{line:<{self._length}}")
        sys.stderr.flush()
        self._length = len(line)

    def _words(self) -> Words:
        from cirkular_krav.reports.words import load_words

        return load_words(self.language)


def duration(seconds: float, words: Words, decimals: int = 1) -> str:
    """Write a time as a person says it: seconds, or minutes, or hours and minutes."""
    if seconds < 60:
        return words("progress.seconds", seconds=words.number(seconds, decimals))
    minutes = round(seconds / 60)
    if minutes < 60:
        return words("progress.minutes", minutes=minutes)
    return words("progress.hours", hours=minutes // 60, minutes=minutes % 60)
