"""Award criteria of a lot with the part of the award that each is worth, as far as the notice says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from lxml import etree

from cirkular_krav.models import AwardFact
from cirkular_krav.readers.notice_xml import find_all, said, text_of, value_of

AWARD = "Tilldelningskriterier"
_KINDS: dict[str, Literal["cost", "price", "quality"]] = {"cost": "cost", "price": "price", "quality": "quality"}
# BT-5421: the exact weight, or the middle of a range; an order of importance (ord-imp) is no share.
_PERCENT = ("per-exa", "per-mid")
_DECIMAL = ("dec-exa", "dec-mid")
_POINTS = ("poi-exa", "poi-mid")
_FORMULA = "TenderingTerms/AwardingTerms/AwardingCriterion/CalculationExpression"
_WEIGHTS = (*_PERCENT, *_DECIMAL, *_POINTS, "ord-imp")


def award_facts(lot: etree._Element, lot_id: str) -> Iterator[AwardFact]:
    """Yield the award criteria of a lot; points are divided by the sum of the lot's points."""
    path = "TenderingTerms/AwardingTerms/AwardingCriterion/SubordinateAwardingCriterion"
    criteria = find_all(lot, path)
    weights = [_weight(criterion) for criterion in criteria]
    points = sum(number for kind, number in weights if kind in _POINTS)
    for criterion, (kind, number) in zip(criteria, weights, strict=True):
        share = _share(kind, number, points)
        if len(criteria) == 1 and not kind and not find_all(lot, _FORMULA):
            share = 1.0  # a criterion that stands alone decides alone
        yield AwardFact(
            name=said(criterion, "Name"),
            description=said(criterion, "Description"),
            kind=_KINDS.get(text_of(criterion, "AwardingCriterionTypeCode"), "unknown"),
            share=share,
            lot=lot_id,
        )


def _weight(criterion: etree._Element) -> tuple[str, float]:
    """Return the kind and the number of a criterion's weight; fixed prices and thresholds are none."""
    for parameter in criterion.iter("{*}AwardCriterionParameter"):
        kind = text_of(parameter, "ParameterCode")
        number = value_of(next(iter(find_all(parameter, "ParameterNumeric")), None))
        if kind in _WEIGHTS and number is not None and number >= 0:
            return kind, number
    return "", 0.0


def _share(kind: str, number: float, points: float) -> float | None:
    if kind in _PERCENT:
        share = number / 100
    elif kind in _DECIMAL:
        share = number
    elif kind in _POINTS and points > 0:
        share = number / points
    else:
        return None
    return share if 0 <= share <= 1 else None
