"""Which concepts meet in a text: words, endings, compounds, phrases and what undoes them."""

from __future__ import annotations

from typing import Any

import pytest

from cirkular_krav.catalogue import load_catalogue
from cirkular_krav.catalogue_types import Vocabulary
from cirkular_krav.matching.concepts import ConceptFinder, clauses, compile_vocabulary

CONCEPTS: dict[str, Any] = {
    "reused": {"forms": {"återbruka": ["d", "de", "t"]}, "words": ["begagnad", "begagnade"]},
    "furniture": {"parts": ["möbl", "möbel"], "not_words": ["utemöb*"]},
    "repair": {"stems": ["reparera", "lagning"]},
    "take_back": {"phrases": ["ta* tillbaka", "ta* … i retur", "i andra hand"]},
    "goods": {"includes": ["furniture"], "words": ["varan"]},
}


@pytest.fixture(scope="module")
def finder() -> ConceptFinder:
    return compile_vocabulary(Vocabulary.model_validate({"schema_version": 1, "language": "sv", "concepts": CONCEPTS}))


def found(finder: ConceptFinder, text: str) -> list[tuple[str, str]]:
    return [(hit.concept, text[hit.start : hit.end]) for hit in finder.find(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Begagnade stolar", [("reused", "Begagnade")]),
        ("ÅTERBRUKAT", [("reused", "ÅTERBRUKAT")]),
        ("kontorsmöbler", [("furniture", "kontorsmöbler"), ("goods", "kontorsmöbler")]),
        ("skolmöbel-serien", [("furniture", "skolmöbel-serien"), ("goods", "skolmöbel-serien")]),
        ("utemöbler", []),
        ("återbrukas", []),
        ("jordslagning", []),
        ("lagningen", [("repair", "lagningen")]),
        ("tar tillbaka", [("take_back", "tar tillbaka")]),
        ("ska tas i retur", [("take_back", "tas i retur")]),
        ("ta den gamla stolen i retur", [("take_back", "ta den gamla stolen i retur")]),
        ("ta den allra sista stora gamla stolen i retur", []),
        ("inköp i andra hand", [("take_back", "i andra hand")]),
    ],
)
def test_words_endings_compounds_and_phrases_are_found_where_they_stand(
    finder: ConceptFinder, text: str, wanted: list[tuple[str, str]]
) -> None:
    assert found(finder, text) == wanted


def test_a_word_is_looked_up_once_however_often_it_stands(finder: ConceptFinder) -> None:
    finder.find("begagnade begagnade begagnade")
    before = len(finder.known)
    finder.find("begagnade")
    assert len(finder.known) == before


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Möbler ska lagas; madrasser ska bytas.", ["Möbler ska lagas; ", "madrasser ska bytas."]),
        ("Stolar godtas, men bord godtas inte.", ["Stolar godtas, men ", "bord godtas inte."]),
        ("Stolar, bord och hyllor ska lagas.", ["Stolar, bord och hyllor ska lagas."]),
    ],
)
def test_clauses_cover_the_text_and_end_where_the_sentence_turns(text: str, parts: list[str]) -> None:
    assert [text[a:b] for a, b in clauses(text)] == parts


def test_a_finder_of_some_concepts_finds_the_same_of_them_as_the_whole_one() -> None:
    vocabulary = load_catalogue().vocabulary
    chosen = {category.concept for category in load_catalogue().categories if category.concept}
    whole, some = compile_vocabulary(vocabulary), compile_vocabulary(vocabulary, chosen)
    texts = [e.text for c in load_catalogue().criteria for e in (*c.examples.match, *c.examples.no_match)]
    for text in texts:
        assert [h for h in some.find(text) if h.concept in chosen] == [
            h for h in whole.find(text) if h.concept in chosen
        ]


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("i andra hand", "köps i andra hand", True),
        ("i andra hand", "köps i andra, hand", True),
        ("i andra hand", "köps i annan hand", False),
        ("ta* i", "tas i bruk", True),
        ("ta … åter", "ta hand om och åter", True),
        ("ta … åter", "ta ett två tre fyra fem åter", False),
        ("slut* a*", "slutligen allt", True),
        ("till å", "till å", True),
        ("till å", "till ån", False),
        ("ensam", "en ensam", True),
        ("två ord", "två", False),
    ],
)
def test_a_phrase_is_found_whatever_its_next_word_looks_like(phrase: str, text: str, found: bool) -> None:
    concepts = {"c": {"phrases": [phrase]}}
    finder = compile_vocabulary(
        Vocabulary.model_validate({"schema_version": 1, "language": "sv", "concepts": concepts})
    )
    assert bool(finder.find(text)) is found
