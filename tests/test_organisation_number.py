"""Organisation numbers: every spelling of ``domain.md`` 4.6 gives the same ten digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cirkular_krav.organisation_number import (
    format_organisation_number,
    is_valid_organisation_number,
    normalise_organisation_number,
)

REGION = "2321000214"

# The region and the eight municipalities of the county, as in the design.
ORGANISATIONS = [
    "232100-0214", "212000-2452", "212000-2460", "212000-2478", "212000-2486",
    "212000-2494", "212000-2502", "212000-2510", "212000-2528",
]  # fmt: skip


@pytest.mark.parametrize(
    "spelling",
    [
        "232100-0214",
        "2321000214",
        " 232100 - 0214 ",
        "232100–0214",
        "SE2321000214",
        "SE 232100-0214",
        "se232100021401",
        "SE232100021401",
        "SE232100-021401",
        "232100021401",
        "16232100-0214",
        "162321000214",
        "SE16232100021401",
        "Org.nr: 232100-0214",
        "Organisationsnummer 232100-0214",
        "VAT SE232100021401",
    ],
)
def test_every_usual_spelling_becomes_the_same_ten_digits(spelling: str) -> None:
    assert normalise_organisation_number(spelling) == REGION
    assert is_valid_organisation_number(spelling)


@pytest.mark.parametrize(
    "text",
    ["", "EU-PO", "111 222 333", "FI0123456-7", "NO987654321", "DE1234567890", "232100-0214-55", "abc2321000214"],
)
def test_what_is_no_swedish_number_becomes_nothing(text: str) -> None:
    assert normalise_organisation_number(text) == ""
    assert not is_valid_organisation_number(text)


@pytest.mark.parametrize("number", ORGANISATIONS)
def test_the_organisations_of_the_county_have_right_check_digits(number: str) -> None:
    assert is_valid_organisation_number(number)


def test_a_number_that_could_be_cut_at_either_end_is_cut_where_the_check_digit_fits() -> None:
    assert normalise_organisation_number("165560001801") == "5560001801"
    assert normalise_organisation_number("162000000801") == "1620000008"


def test_a_personal_number_is_not_an_organisation_number() -> None:
    assert normalise_organisation_number("811218-9876") == "8112189876"
    assert not is_valid_organisation_number("811218-9876")


def test_ten_zeros_are_not_a_valid_number() -> None:
    assert not is_valid_organisation_number("000000-0000")


def test_a_number_is_printed_with_its_hyphen() -> None:
    assert format_organisation_number("SE232100021401") == "232100-0214"


def test_what_cannot_be_read_as_a_number_is_printed_as_it_stands() -> None:
    assert format_organisation_number("EU-PO") == "EU-PO"


@given(st.integers(min_value=0, max_value=9), st.integers(min_value=0, max_value=9))
def test_one_changed_digit_is_always_noticed(place: int, digit: int) -> None:
    changed = REGION[:place] + str(digit) + REGION[place + 1 :]
    assert is_valid_organisation_number(changed) == (changed == REGION)


@given(st.text(max_size=30))
def test_any_text_gives_ten_digits_or_nothing(text: str) -> None:
    digits = normalise_organisation_number(text)
    assert digits == "" or (len(digits) == 10 and digits.isascii() and digits.isdigit())


@given(st.from_regex(r"[0-9]{6}-?[0-9]{4}", fullmatch=True))
def test_normalising_what_was_printed_gives_the_same_number(text: str) -> None:
    digits = normalise_organisation_number(text)
    assert normalise_organisation_number(format_organisation_number(digits)) == digits
