"""Pieces become blocks: what is too long is divided, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from cirkular_krav.errors import ProblemCode
from cirkular_krav.models import Block, LinePlace, Problem
from cirkular_krav.pipeline import read_procurement
from cirkular_krav.readers.assemble import MAX_CHARACTERS, assemble
from cirkular_krav.readers.pieces import Piece
from cirkular_krav.segment import find_requirements

SENTENCE = "Leverantören ska återta möbler som inte längre används. "


def assembled(piece: Piece) -> tuple[list[Block], list[str]]:
    items = list(assemble([piece, Piece("paragraph", "Slut.", LinePlace(line=2))]))
    return [i for i in items if isinstance(i, Block)], [i.code for i in items if isinstance(i, Problem)]


@pytest.mark.parametrize("text", [SENTENCE * 700, "ord " * 9_000, "a" * 25_000])
def test_a_line_without_end_is_divided_and_nothing_of_it_is_lost(text: str) -> None:
    blocks, problems = assembled(Piece("paragraph", text, LinePlace(line=1)))
    assert problems == [ProblemCode.WARN_DIVIDED]
    assert all(len(block.text) <= MAX_CHARACTERS for block in blocks)
    joined = "".join(block.text for block in blocks[:-1])
    assert joined.replace(" ", "") == text.replace(" ", "")
    assert blocks[-1].text == "Slut."


def test_a_division_falls_between_sentences_where_there_are_any() -> None:
    blocks, _ = assembled(Piece("paragraph", SENTENCE * 700, LinePlace(line=1)))
    assert {block.text[-7:] for block in blocks[:-1]} == {"används"[-6:] + "."}


def test_a_row_with_a_chapter_in_its_cells_is_read_as_paragraphs() -> None:
    cells = ("1.1", SENTENCE * 150, f"Svar:\n{SENTENCE * 50}")
    blocks, problems = assembled(Piece("table_row", "", LinePlace(line=1), cells=cells, table=1))
    assert problems == [ProblemCode.WARN_DIVIDED]
    assert {block.kind for block in blocks} == {"paragraph"}
    assert [block.text[:6] for block in blocks] == ["1.1", "Levera", "Svar:", "Levera", "Slut."]


def test_what_is_as_long_as_it_may_be_is_left_as_it_is() -> None:
    blocks, problems = assembled(Piece("paragraph", "a" * MAX_CHARACTERS, LinePlace(line=1)))
    assert len(blocks) == 2
    assert not problems


def test_a_file_of_one_line_is_read_with_a_warning_in_the_ledger(tmp_path: Path) -> None:
    (tmp_path / "krav.txt").write_text(SENTENCE * 2_000, encoding="utf-8")
    procurement = read_procurement(tmp_path)
    (document,) = procurement.documents
    assert document.status == "read"
    assert [problem.code for problem in document.problems] == [ProblemCode.WARN_DIVIDED]
    assert len(find_requirements(procurement)) == 2_000
