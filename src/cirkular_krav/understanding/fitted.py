"""The fitted models that this package carries: read when first asked for, and replaced for a while by whoever measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Literal

from cirkular_krav.linear import LinearModel, read_model

Name = Literal["asking", "kind", "obligation"]
WEIGHTS = Path(__file__).parent / "weights"

_replaced: dict[str, LinearModel | None] = {}


def model_of(name: Name) -> LinearModel | None:
    """Return a fitted model, or none when it is taken away or not there: then the rules decide alone."""
    return _replaced[name] if name in _replaced else _read(name)


@lru_cache(maxsize=8)
def _read(name: Name) -> LinearModel | None:
    path = WEIGHTS / f"{name}.txt"
    return read_model(path.read_text(encoding="utf-8")) if path.is_file() else None


@contextmanager
def replaced(models: Mapping[str, LinearModel | None]) -> Iterator[None]:
    """Let other models, or none, decide inside the block: those of a fold that has not seen what is measured."""
    before = dict(_replaced)
    _replaced.update(models)
    try:
        yield
    finally:
        _replaced.clear()
        _replaced.update(before)
