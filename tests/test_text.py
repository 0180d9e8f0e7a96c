"""Normalising and splitting Swedish text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cirkular_krav.text import (
    clean,
    cut,
    fingerprint_text,
    has_invisible,
    join_lines,
    remembered,
    sentences,
    tokens,
)


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text())
def test_cleaned_text_can_be_written_anywhere(text: str) -> None:
    clean(text).encode("utf-8")


@given(st.text(alphabet=st.sampled_from("aå \u00a0\u00ad\u200b\u2009\u202e\t\n\x85\ufb01m²\u030aÅ．\U000e0041")))
def test_text_that_needs_no_cleaning_is_the_text_that_cleaning_would_leave(text: str) -> None:
    assert clean(text) == clean(f"\u200b{text}")


def test_an_answer_is_worked_out_once_for_a_text_and_never_kept_for_a_very_long_one() -> None:
    asked: list[str] = []

    @remembered
    def length(text: str, more: int = 0) -> int:
        asked.append(text)
        return len(text) + more

    long = "a" * 100_000
    assert [length("krav"), length("krav"), length("krav", 1), length(long), length(long)] == [
        4,
        4,
        5,
        100_000,
        100_000,
    ]
    assert asked == ["krav", "krav", long, long]


def test_decomposed_letters_ligatures_and_soft_hyphens_become_ordinary_text() -> None:
    assert clean("A\u030aterbruk av \ufb01nish\u00ad\u00e4r\u200b  m²") == "Återbruk av finishär m2"


def test_unpaired_surrogates_and_control_characters_vanish() -> None:
    assert clean("å\ud800terbruk\x00 \ufffe ska") == "å terbruk ska"


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["Möblerna ska vara åter-", "brukade."], "Möblerna ska vara återbrukade."),
        (["miljö-", "och kvalitetskrav"], "miljö- och kvalitetskrav"),
        (["bör-", "eller ska-krav"], "bör- eller ska-krav"),
        (["IT-", "utrustning"], "IT-utrustning"),
        (["enligt Krav-", "ID 11185"], "enligt Krav-ID 11185"),
        (["en 5-", "årig garanti"], "en 5-årig garanti"),
        (["repara\x02", "tion"], "reparation"),
        (["produk\x02ten ska"], "produkten ska"),
        (["drift\x02 och underhåll"], "drift- och underhåll"),
        (["repara\u00ad", "tion"], "reparation"),
        (["en rad", "", "en till"], "en rad en till"),
        (["– punkt -", "nästa"], "– punkt - nästa"),
    ],
)
def test_words_hyphenated_at_line_ends_are_joined_but_never_before_och_and_the_like(
    lines: list[str], joined: str
) -> None:
    assert join_lines(lines) == joined


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Varan ska hålla. Den ska lagas.", ["Varan ska hålla.", "Den ska lagas."]),
        ("T.ex. möbler ska återbrukas enl. bil. 3.", ["T.ex. möbler ska återbrukas enl. bil. 3."]),
        ("1. Varan ska hålla.", ["1. Varan ska hålla."]),
        ("Garanti enligt 9 kap. 2 § LOU ska ges.", ["Garanti enligt 9 kap. 2 § LOU ska ges."]),
        ("Ska den hålla? Ja. Minst 3 år.", ["Ska den hålla?", "Ja.", "Minst 3 år."]),
        ("Varan ska hålla lägst klass B. Den ska lagas.", ["Varan ska hålla lägst klass B.", "Den ska lagas."]),
        ("A. Varan ska hålla.", ["A. Varan ska hålla."]),
        ("Senast kl. 12.00 ska rapport lämnas.", ["Senast kl. 12.00 ska rapport lämnas."]),
    ],
)
def test_abbreviations_and_numbers_do_not_end_a_sentence(text: str, parts: list[str]) -> None:
    assert list(sentences(text)) == parts


def test_tokens_keep_hyphenated_words_whole_and_know_where_they_stand() -> None:
    assert tokens("IT-utrustning, 11184:1") == (("it-utrustning", 0, 13), ("11184:1", 15, 22))


def test_the_fingerprint_of_a_text_survives_a_better_reader() -> None:
    assert fingerprint_text("Varan  ska hålla,\nminst 5 år.") == fingerprint_text("Varan ska hålla minst 5 år")
    assert fingerprint_text("minst 5 år") != fingerprint_text("minst 6 år")


def test_invisible_characters_inside_words_are_noticed_but_not_soft_hyphens() -> None:
    assert has_invisible("sk\u202eall")
    assert not has_invisible("reparat\u00adion")


def test_a_long_text_is_cut_at_a_word_with_an_ellipsis() -> None:
    assert cut("ett två tre fyra", 10) == "ett två…"
    assert cut("ett två", 10) == "ett två"
