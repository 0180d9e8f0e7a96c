"""What must hold of every text, whatever it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cirkular_krav.models import Span
from cirkular_krav.text import clean
from cirkular_krav.understanding import asking
from cirkular_krav.understanding.award import find_award_weight, points_share
from cirkular_krav.understanding.conditions import find_condition
from cirkular_krav.understanding.evidence import find_evidence
from cirkular_krav.understanding.follow_up import find_follow_up
from cirkular_krav.understanding.kind import find_kind
from cirkular_krav.understanding.krav_ids import find_krav_ids, find_krav_level
from cirkular_krav.understanding.labels import find_labels
from cirkular_krav.understanding.number_words import number_value
from cirkular_krav.understanding.obligation import find_obligation, is_requirement
from cirkular_krav.understanding.placeholders import has_placeholder
from cirkular_krav.understanding.polarity import is_negated, negations
from cirkular_krav.understanding.quantities import find_quantities
from cirkular_krav.understanding.references import find_references
from cirkular_krav.understanding.words import Gated, lowered
from cirkular_krav.yamlfile import read_yaml

CASES = Path(__file__).parent / "cases"
SENTENCES = [case["text"] for path in sorted(CASES.glob("*.yaml")) for case in read_yaml(path).data]

# Pieces of tender language in any order, with letters whose lower case has another length, and stray signs.
PIECES = st.lists(
    st.sampled_from(
        [
            "ska",
            "inte",
            "får",
            "ej",
            "minst",
            "högst",
            "fem",
            "(5)",
            "50 000",
            "%",
            "år",
            "kg/m2 BTA",
            "utan",
            "om",
            "vid",
            "[ange]",
        ]
        + [
            "vite",
            "poäng",
            "viktas",
            "15",
            "av totalt 40",
            "leverantören",
            "beställaren",
            "begagnade möbler",
            ",",
            ".",
            ";",
            ":",
        ]
        + [
            "–",
            "(",
            ")",
            "İ",
            "ẞ",
            "…",
            "____",
            "KravID 11185:1",
            "intyg",
            "Svanen",
            "eller likvärdigt",
            "varje år",
            "1/0",
            "0",
        ]
        + ["undantas", "att", "som", "prisavdrag", "kvalitet", "avdrag om"]
    ),
    max_size=40,
).map(" ".join)


@given(PIECES | st.text(max_size=200))
def test_every_function_answers_for_any_text_and_spans_lie_inside_it(raw: str) -> None:
    text = clean(raw)
    for quantity in find_quantities(text):
        assert 0 <= quantity.span.start < quantity.span.end <= len(text)
        assert (quantity.high is not None) == (quantity.direction == "range")
    ends = [0]
    for span in negations(text):
        assert ends[-1] <= span.start < span.end <= len(text)
        ends.append(span.end)
    weight = find_award_weight(text, context=text)
    assert weight is None or weight.share is None or 0 <= weight.share <= 1
    assert find_condition(text) in text
    for find in (
        find_evidence,
        find_labels,
        find_follow_up,
        has_placeholder,
        find_krav_ids,
        find_krav_level,
        find_references,
    ):
        find(text)
    for role in ("contract", "instructions", "other"):
        obligation, _ = find_obligation(text, role=role)
        find_kind(text, role=role, obligation=obligation)
        is_requirement(text, role)


@pytest.mark.parametrize("pattern", [name for name, value in vars(asking).items() if isinstance(value, Gated)])
def test_the_signs_before_a_pattern_never_hide_a_match(pattern: str) -> None:
    gated: Gated = getattr(asking, pattern)
    hidden = [
        text
        for text in SENTENCES
        for form in (text, lowered(text))
        if gated.pattern.search(form) and not gated.search(form)
    ]
    assert hidden == []


def test_lower_case_keeps_every_character_at_its_place() -> None:
    text = "İstanbul ska återta MÖBLER"
    assert len(lowered(text)) == len(text)
    assert lowered(text).endswith("ska återta möbler")


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("fem", 5), ("tjugofem", 25), ("etthundrafemtio", 150), ("femtiotusen", 50_000), ("ett och ett halvt", 1.5),
        ("50 000", 50_000),
        ("1.250", 1250), ("2,5", 2.5), ("0.150", 0.15), ("3/4", 0.75), ("1/0", None), ("sexton", 16), ("sextio", 60),
    ],
)  # fmt: skip
def test_numbers_in_words_and_digits(words: str, value: float | None) -> None:
    assert number_value(words) == value


def test_a_span_that_only_touches_a_negation_is_not_negated() -> None:
    text = "Garanti krävs; begagnade madrasser godtas inte."
    (found,) = negations(text)
    assert not is_negated(text, Span(start=0, end=found.start))
    assert is_negated(text, Span(start=found.start, end=found.start + 1))


def test_points_of_a_total_are_a_share_of_the_points_not_of_the_award() -> None:
    text = "Max 10 poäng av totalt 40 poäng."
    weight = find_award_weight(text)
    assert weight is not None
    assert weight.share is None
    assert re.match(r"10 av 40 poäng", weight.basis)
    assert points_share(text) == 0.25
