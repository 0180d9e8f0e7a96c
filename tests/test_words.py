"""The texts a reader sees: complete in both languages, with the same gaps, and Swedish from the command itself."""

from __future__ import annotations

import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import translations
from cirkular_krav.errors import ProblemCode, UsageError
from cirkular_krav.models import DocxPlace, FieldPlace, LinePlace, PdfPlace, Place, Problem, SheetPlace
from cirkular_krav.reports.words import load_words
from cirkular_krav.yamlfile import read_yaml

TEXTS = Path(__file__).parents[1] / "src" / "cirkular_krav" / "reports" / "texts"


def flat(texts: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(texts, dict):
        for key, value in texts.items():
            yield from flat(value, f"{path}.{key}" if path else key)
    elif isinstance(texts, list):
        for i, value in enumerate(texts):
            yield from flat(value, f"{path}.{i}")
    else:
        yield path, str(texts)


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_stands_in_both_languages_with_the_same_gaps() -> None:
    swedish = dict(flat(read_yaml(TEXTS / "sv.yaml").data))
    english = dict(flat(read_yaml(TEXTS / "en.yaml").data))
    assert set(swedish) == set(english)
    assert {key for key in swedish if gaps(swedish[key]) != gaps(english[key])} == set()


@pytest.mark.parametrize("code", list(ProblemCode))
def test_every_problem_has_a_sentence_that_is_not_the_fallback(code: ProblemCode) -> None:
    words = load_words("sv")
    sentence = words.problem(Problem(code=code))
    assert sentence != words("problems.other", code=code)
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (PdfPlace(page=4), "s. 4"),
        (PdfPlace(page=4, end_page=5), "s. 4–5"),
        (DocxPlace(paragraph=12, heading_number="3.1"), "avsnitt 3.1, stycke 12"),
        (DocxPlace(paragraph=12, row=2), "stycke 12, rad 2"),
        (SheetPlace(sheet="Krav", cells="A2:D2"), "bladet Krav, A2:D2"),
        (LinePlace(line=7), "rad 7"),
        (FieldPlace(field="BT-24", lot="LOT-0001"), "fält BT-24, LOT-0001"),
    ],
)
def test_a_place_is_written_as_a_reader_would_look_for_it(place: Place, text: str) -> None:
    assert load_words("sv").place(place) == text


def test_numbers_are_written_in_swedish() -> None:
    words = load_words("sv")
    assert words.number(1234.5, 1) == "1\u00a0234,5"
    assert words.percent(0.333) == "33\u00a0%"
    assert load_words("en").number(1234.5, 1) == "1,234.5"


def test_an_unknown_language_is_a_sentence_that_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="sv"):
        load_words("xx")


def test_the_compiled_translation_is_made_from_the_text_beside_it() -> None:
    text = (translations.FOLDER / "messages.po").read_text(encoding="utf-8")
    assert (translations.FOLDER / "messages.mo").read_bytes() == translations.compile_po(text)
