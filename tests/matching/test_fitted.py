"""Terms and wording together: what the fitted model adds, what it holds back, and that it shows why."""

from __future__ import annotations

from functools import cache

import numpy as np

from cirkular_krav import load_catalogue
from cirkular_krav.applicability import applicable_criteria
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.linear import Sums, words_of
from cirkular_krav.matching import Matcher, compile_catalogue, judge, match_one
from cirkular_krav.matching.fitted import Signs, negation_signs
from cirkular_krav.matching.rules import read_requirement
from cirkular_krav.models import Match, Procurement
from cirkular_krav.segment import requirement_from_text


@cache
def matcher(fitted: bool) -> Matcher:
    catalogue = load_catalogue()
    if fitted:
        return compile_catalogue(catalogue)
    fields = {name: getattr(catalogue, name) for name in Catalogue.model_fields}
    return compile_catalogue(Catalogue(**{**fields, "fitted": None}))


def matches(text: str, category: str = "TEX", fitted: bool = True) -> list[Match]:
    ready = matcher(fitted)
    procurement = Procurement(id="p", categories=(category,))
    applicable = {c.id: c for c in applicable_criteria(procurement, ready.catalogue)}
    reading = read_requirement(requirement_from_text(text), ready.finder)
    return match_one(reading, "", ready, applicable, judge(reading, ready))


# No term of the vocabulary knows this way of saying it; that is what the model is for.
UNSEEN = "Kläder som har blivit för slitna tas om hand av leverantören, som river dem till nytt garn."


def test_a_wording_that_no_term_knows_is_found_and_shows_the_words_that_spoke_for_it() -> None:
    assert matches(UNSEEN, fitted=False) == []
    found = matches(UNSEEN)
    assert [m.family for m in found if m.confidence != "low"] == ["GEN-09"]
    (match,) = [m for m in found if m.confidence != "low"]
    assert match.likelihood is not None
    assert match.likelihood >= 0.5
    assert match.evidence
    for item in match.evidence:
        assert item.where == "wording"
        assert item.span is not None
        assert UNSEEN[item.span.start : item.span.end] == item.words


def test_a_doubtful_hit_on_wording_alone_says_that_no_term_supports_it() -> None:
    (match,) = matches("Kartongen ska vara så liten som varan tillåter och plastpåsar runt varje del undviks.", "MOB")
    assert all(item.where == "wording" for item in match.evidence)
    assert (match.family, match.confidence, match.against) == ("GEN-11", "low", ("wording_alone",))


def test_without_a_model_terms_alone_decide_and_nothing_is_said_of_likelihood() -> None:
    (match,) = matches("Trasiga stolar ska i första hand repareras.", fitted=False)
    assert match.likelihood is None
    assert match.confidence != "low"


def test_a_criterion_that_the_model_never_saw_is_left_to_its_terms_though_its_family_is_known() -> None:
    """The judge, who knows GEN-06, talks this hit down; a new criterion of the family must not be judged so."""
    text = "Inom sex månader från avtalsstart ska leverantören kunna laga stolar på plats."
    assert [m for m in matches(text, "OVR") if m.family == "GEN-06" and m.confidence != "low"] == []
    ready = matcher(True)
    assert ready.fitted is not None
    known, ready.fitted.own = ready.fitted.own, {i: at for i, at in ready.fitted.own.items() if i != "GEN-06"}
    try:
        (match,) = [m for m in matches(text, "OVR") if m.family == "GEN-06"]
    finally:
        ready.fitted.own = known
    assert match.likelihood is None
    assert match.confidence != "low"


def test_a_word_that_comes_back_is_shown_once_as_evidence() -> None:
    ready = matcher(True)
    assert ready.fitted is not None
    text = "Plagg lagas, plagg lagas och plagg lagas av leverantören."
    shown = ready.fitted.evidence(read_requirement(requirement_from_text(text), ready.finder), "GEN-06")
    assert len({item.words.lower() for item in shown}) == len(shown) > 0


def test_words_under_a_negation_are_signs_of_their_own() -> None:
    text = "Begagnade stolar godtas inte."
    ready = matcher(True)
    reading = read_requirement(requirement_from_text(text), ready.finder)
    signs = negation_signs(words_of(text), reading.negated)
    assert "¬begagnade" in signs
    assert "¬bega*" in signs


def test_the_judges_only_weigh_signs_that_are_measured() -> None:
    ready = matcher(True)
    assert ready.fitted is not None
    reading = read_requirement(requirement_from_text(UNSEEN), ready.finder)
    families, obstacles = ready.fitted.signs(reading, {}, frozenset({"HIN-01"}), ready.fitted.scores(reading))
    assert families
    assert set(ready.fitted.family_judge.weights) == set(next(iter(families.values())))
    assert set(ready.fitted.obstacle_judge.weights) == set(next(iter(obstacles.values())))


def test_the_judges_see_how_long_a_text_is_and_how_far_an_obstacle_stands_above_the_others() -> None:
    ready = matcher(True)
    assert ready.fitted is not None

    def signs(text: str, scores: Sums) -> tuple[dict[str, Signs], dict[str, Signs]]:
        assert ready.fitted is not None
        reading = read_requirement(requirement_from_text(text), ready.finder)
        return ready.fitted.signs(reading, {}, frozenset({"HIN-01"}), scores)

    short, long = (
        "Varorna ska vara nya.",
        "Varorna ska vara nya, enligt vad som i övrigt anges i bilaga 3 till avtalet.",
    )
    scores = np.full(len(ready.fitted.model.classes), -4.0)
    scores[[*ready.fitted.obstacles.values()]] = -3.0
    alone = scores.copy()
    alone[ready.fitted.obstacles["HIN-01"]] = 2.0
    at_once = alone.copy()
    at_once[ready.fitted.obstacles["HIN-02"]] = 2.0
    _, brief = signs(short, alone)
    _, drawn_out = signs(long, alone)
    assert brief["HIN-01"]["wording"] == drawn_out["HIN-01"]["wording"]
    assert 0 < brief["HIN-01"]["length"] < drawn_out["HIN-01"]["length"]
    assert 0 < brief["HIN-01"]["long_wording"] < drawn_out["HIN-01"]["long_wording"]
    _, crowded = signs(short, at_once)
    assert crowded["HIN-01"]["share"] < 0.1 < 1 < brief["HIN-01"]["share"]
