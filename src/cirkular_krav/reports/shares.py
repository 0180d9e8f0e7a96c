"""Shares and intervals in words: under five there are counts, never per cent."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from cirkular_krav.baseline_types import Share
from cirkular_krav.reports.words import Words

_WIDTH = 100


def wrapped(text: str) -> list[str]:
    """Return a sentence in lines that fit a terminal."""
    return textwrap.wrap(text, _WIDTH, subsequent_indent="   ")


def share_text(share: Share, words: Words) -> str:
    """Write a share with its counts, without the interval; under five only the counts."""
    counts = {"numerator": _count(share.numerator, words), "denominator": _count(share.denominator, words)}
    if share.value is None:
        return words("baseline.counts", **counts)
    return words("baseline.share", percent=words.percent(share.value), **counts)


def share_with_interval(share: Share, words: Words) -> str:
    """Write a share with its counts and its interval."""
    counts = {"numerator": _count(share.numerator, words), "denominator": _count(share.denominator, words)}
    if share.value is None:
        return words("baseline.counts_only", **counts)
    interval = interval_text(share.low, share.high, words)
    return words("baseline.share_interval", percent=words.percent(share.value), interval=interval, **counts)


def interval_text(low: float | None, high: float | None, words: Words) -> str:
    """Write an interval of shares, or that it cannot be said."""
    if low is None or high is None:
        return words("baseline.cannot_say")
    return words("baseline.interval", low=words.number(low * 100), high=words.percent(high))


def interval_cell(share: Share, words: Words) -> str:
    """Write the interval of a share in a table: a dash where nothing was counted, a short word where there are too few."""
    if not share.denominator:
        return words("baseline.nothing")
    return words("overview.too_few") if share.low is None else interval_text(share.low, share.high, words)


def bounds_cell(share: Share, words: Words) -> str:
    """Write what a share may be if all unread were no and if all were yes, or that all was read."""
    if share.bound_low is None or share.bound_high is None:
        return interval_cell(share.model_copy(update={"low": None}), words)
    if share.bound_low == share.bound_high:
        return words("overview.all_read")
    return interval_text(share.bound_low, share.bound_high, words)


def share_cell(share: Share, words: Words) -> str:
    """Write a share with its counts in a table; a dash where nothing was counted."""
    return share_text(share, words) if share.denominator else words("baseline.nothing")


def _count(number: int | float, words: Words) -> str:
    return words.number(number) if float(number).is_integer() else words.number(number, 1)


def say(words: Words, key: str, **values: object) -> list[str]:
    """Return a sentence of the baseline's texts, in lines."""
    return wrapped(words(f"baseline.{key}", **values))


def titled(words: Words, section: str, *parts: Iterable[str]) -> list[str]:
    """Return the lines of a section under its heading."""
    return [words(f"baseline.sections.{section}"), *(line for part in parts for line in part)]
