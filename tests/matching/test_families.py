"""Which member of a family a requirement is credited to."""

from __future__ import annotations

from builders import make_catalogue, make_criterion
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.matching.concepts import ConceptHit
from cirkular_krav.matching.families import credit
from cirkular_krav.matching.rules import RuleHit

CATALOGUE = make_catalogue(
    [
        make_criterion("GEN-05"),
        make_criterion("GEN-07"),
        make_criterion("GEN-08"),
        make_criterion("MOB-03", specialises=("GEN-05",)),
        make_criterion("IT-02", specialises=("GEN-05",)),
        make_criterion("IT-03", specialises=("GEN-07", "GEN-08")),
    ]
)


def hit(in_text: int = 1) -> RuleHit:
    return RuleHit((), in_text, 0, ConceptHit("thing", 0, 5))


def credited(
    met: dict[str, RuleHit], *applicable: str, catalogue: Catalogue = CATALOGUE
) -> list[tuple[str, bool, bool]]:
    chosen = credit(met, catalogue, {i: catalogue.by_id[i] for i in applicable})
    return [(c.criterion.id, c.borrowed, c.applies) for c in chosen]


def test_a_sentence_that_meets_only_the_generic_rule_is_borrowed_by_the_member_of_the_category() -> None:
    assert credited({"GEN-05": hit()}, "MOB-03") == [("MOB-03", True, True)]


def test_the_members_own_words_are_no_loan_and_count_once_with_the_generic() -> None:
    assert credited({"GEN-05": hit(), "MOB-03": hit()}, "MOB-03") == [("MOB-03", False, True)]


def test_without_a_member_the_generic_criterion_is_credited() -> None:
    assert credited({"GEN-05": hit()}, "GEN-05") == [("GEN-05", False, True)]


def test_a_member_of_another_category_leaves_the_credit_to_the_generic_one_when_its_rule_is_met() -> None:
    assert credited({"IT-02": hit(), "GEN-05": hit()}, "GEN-05") == [("GEN-05", False, True)]


def test_a_member_of_another_category_alone_is_kept_as_not_applicable() -> None:
    assert credited({"IT-02": hit()}, "GEN-05") == [("IT-02", False, False)]


def test_a_member_of_another_category_is_never_credited_to_this_categorys_member() -> None:
    assert credited({"IT-02": hit()}, "MOB-03") == [("IT-02", False, False)]


def test_a_member_that_does_not_apply_speaks_only_for_parents_whose_own_rule_is_met() -> None:
    assert credited({"IT-03": hit(), "GEN-08": hit()}, "GEN-07", "GEN-08") == [("GEN-08", False, True)]


def test_a_generic_criterion_is_overshadowed_by_a_member_credited_through_another_parent() -> None:
    assert credited({"IT-03": hit(), "GEN-08": hit()}, "IT-03", "GEN-08") == [("IT-03", False, True)]
