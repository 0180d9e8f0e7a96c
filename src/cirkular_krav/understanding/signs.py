"""What the fitted models see of a sentence besides its words: its form, its place and the headings above it.

Signs are read aloud in the weight files (``heading:krav``, ``part=cell``), so each says in words what it stands for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from cirkular_krav.linear import names_of, words_of
from cirkular_krav.models import Block, DocumentRole
from cirkular_krav.understanding.words import BUYER, SUPPLIER, SUPPLIER_SIGNS, holds_one, lowered

_SUPPLIER_WORD = re.compile(rf"\b{SUPPLIER}\b")
_BUYER_FIRST = re.compile(rf"^\W*(?:den |en )?{BUYER}\b (?!s\b)")
_LENGTHS = (1, 2, 3, 4, 6, 8, 12, 18, 28, 45)
_SPEAKERS = ("ni", "vi", "du", "ert", "er", "era", "vår", "våra")
# How much of a long word stands for the whole: compounds differ, their beginnings and ends return.
_PART_OF_WORD = 6


@lru_cache(maxsize=4_096)
def form_signs(text: str) -> tuple[str, ...]:
    """Return what the sentence looks like: its length, first and last words, sign of punctuation and subject."""
    words = names_of(words_of(text))
    end = text.rstrip()[-1:]
    found = [
        f"length={size_of(len(words))}",
        f"end={end if end and end in '.:;?!,' else 'none'}",
        f"starts={_start_of(text[:1])}",
    ]
    found += [f"word{i}={word}" for i, word in enumerate(words[:3], start=1)]
    if words:
        found.append(f"last={words[-1]}")
    found.append(f"subject={_subject_of(words, text)}")
    return (*found, *(f"has={word}" for word in _SPEAKERS if word in words))


def _start_of(first: str) -> str:
    if first.isdigit():
        return "digit"
    return "lower" if first.islower() else "upper" if first.isupper() else "other"


def _subject_of(words: Sequence[str], text: str) -> str:
    opening = " ".join(words[:4])
    if holds_one(opening, SUPPLIER_SIGNS) and _SUPPLIER_WORD.search(opening):
        return "supplier"
    return "buyer" if _BUYER_FIRST.match(lowered(text)) else "other"


def size_of(count: int) -> int:
    """Return the step of a scale that a number of things falls on."""
    return next((step for step in _LENGTHS if count <= step), 99)


def place_signs(
    role: DocumentRole,
    heading_path: tuple[str, ...],
    *,
    block: Block | None = None,
    document_role: DocumentRole | None = None,
    part: str = "sentence",
    is_first: bool = True,
    is_answered: bool = False,
    context: str = "",
    cell: str = "",
    file: str = "",
) -> list[str]:
    """Return where a text stands; what is not known is as in a paragraph of a document of that role."""
    kind = block.kind if block else "paragraph"
    where = _where_signs(role, document_role or role, part, kind, is_first)
    found = [*where, *heading_signs(heading_path), *_file_signs(file)]
    if is_answered:
        found.append("answered")
    if block and block.number:
        found.append("numbered")
    if block and block.layer != "body":
        found.append(f"layer={block.layer}")
    if block and part in ("cell", "row"):
        found += _cell_signs(block, cell, context)
    elif context:
        words = _words_in(context)
        found += ["stem", *(f"stem:{word}" for word in {*words[:1], *words[-1:]})]
    return found


@lru_cache(maxsize=1_024)
def _where_signs(
    role: DocumentRole, document_role: DocumentRole, part: str, kind: str, is_first: bool
) -> tuple[str, ...]:
    return (
        f"role={role}", f"docrole={document_role}", f"part={part}", f"kind={kind}", f"first={is_first}",
        f"part={part} role={role}",
    )  # fmt: skip


def _cell_signs(block: Block, cell: str, context: str) -> list[str]:
    cells = [text.replace("\n", " ").strip() for text in block.cells]
    column = str(cells.index(cell)) if cell in cells else "?"
    return [f"cells={len(cells)}", f"column={column}", *_table_signs(block.header, context)]


@lru_cache(maxsize=1_024)
def _table_signs(header: tuple[str, ...], own: str) -> tuple[str, ...]:
    found = [f"header:{word}" for word in _words_in(own)] or ["header=none"]
    return (*found, *(f"table:{word}" for name in header for word in _words_in(name)))


@lru_cache(maxsize=1_024)
def heading_signs(path: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of the nearest heading, with the beginnings and ends of long ones, and of those above it."""
    if not path:
        return ("heading=none",)
    found: list[str] = []
    for word in _words_in(path[-1]):
        found.append(f"heading:{word}")
        if len(word) > _PART_OF_WORD:
            found += [f"headstart:{word[:_PART_OF_WORD]}", f"headend:{word[-_PART_OF_WORD:]}"]
    return (*found, *(f"above:{word}" for heading in path[:-1] for word in _words_in(heading)))


@lru_cache(maxsize=1_024)
def _file_signs(file: str) -> tuple[str, ...]:
    name = file.rsplit("/", 1)[-1].rsplit(".", 1)[0].replace("_", " ")
    return tuple(f"file:{word}" for word in _words_in(name) if word != "#")


def _words_in(text: str) -> tuple[str, ...]:
    return names_of(words_of(text))
