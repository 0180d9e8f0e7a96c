"""A fitted linear model as it is written: a head, then one line per feature with its classes and weights.

Apart from ``linear``, which counts with numpy, so that a catalogue is read and a package built without it.
"""

from __future__ import annotations

from typing import NamedTuple

_HEADER = "cirkular-krav, vikter"


class Weights(NamedTuple):
    """The parts of a model: a row holds ``class:weight`` pairs, the weights in whole units of ``unit``."""

    classes: tuple[str, ...]
    intercepts: tuple[float, ...]
    unit: float
    made_of: str
    rows: dict[str, str]


def write_weights(weights: Weights) -> str:
    """Return the model as text that people can read, rows in order of name."""
    head = [
        _HEADER,
        f"av\t{weights.made_of}",
        f"enhet\t{weights.unit:g}",
        "klasser\t" + "\t".join(weights.classes),
        "grund\t" + "\t".join(f"{value:.4f}" for value in weights.intercepts),
    ]
    return "\n".join([*head, *(f"{name}\t{row}" for name, row in sorted(weights.rows.items()))]) + "\n"


def read_weights(text: str) -> Weights:
    """Return what ``write_weights`` wrote; raises ``ValueError`` when the text is no model."""
    lines = text.split("\n")
    if lines[0].strip() != _HEADER or len(lines) < 5:
        raise ValueError("no model")
    made_of, unit, classes, intercepts = (line.rstrip("\r").split("\t")[1:] for line in lines[1:5])
    if len(classes) != len(intercepts):
        raise ValueError("no model")
    rows = dict(line.rstrip("\r").split("\t", 1) for line in lines[5:] if "\t" in line)
    return Weights(tuple(classes), tuple(map(float, intercepts)), float(unit[0]), "\t".join(made_of), rows)
