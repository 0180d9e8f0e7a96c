"""Deductions from the price, and surcharges: kronor of a stated value, or per cent of the price."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cirkular_krav.understanding.award_amounts import Unit, find_amounts
from cirkular_krav.understanding.award_items import Weighed

_DEDUCTION = re.compile(
    r"\b(?:[a-zåäö]*avdrag\w*|[a-zåäö]*påslag\w*|reducera\w*|reduktion\w*|fiktiv\w*|minskas?|minskat|nedsätt\w*|sänks?|höjs|dras?|räknas (?:[\wåäö]+ ){0,3}(?:av|ned|ner|upp|bort)|"
    r"läggs|rabatt\w*|mervärde\w*|tillägg\w*|bonus\w*)\b",
    re.IGNORECASE,
)
_POINT_WORTH = re.compile(
    r"\b(?:varje|en|ett|1|per) [a-zåäö]*poäng\b[^.;\n]{0,60}?\b(?:motsvarar|ger|är värd[at]?|innebär|minskar|sänker|räknas som)\b[^.;\n]{0,60}?\d[\d ,]* ?(?:%|procent|kr\b|kronor)",
    re.IGNORECASE,
)
_WORTH_PER = re.compile(r"\d[\d ,]* ?(?:%|procent|kr\b|kronor) (?:per|för varje) [a-zåäö]*poäng\b", re.IGNORECASE)
_ADDED_VALUE = re.compile(r"\bmervärde(?!s?skatt)", re.IGNORECASE)
_LOWEST = re.compile(r"\blägsta? [a-zåäö]*(?:pris|summa|kostnad)", re.IGNORECASE)
_PRICE = re.compile(
    r"\b[a-zåäö]*(?:pris(?:et|er|erna)?|summan?|jämförelsetal\w*|anbudet|ersättning\w*|kostnad\w*|arvode\w*)\b",
    re.IGNORECASE,
)
_VALUE = re.compile(
    r"\b(?:[a-zåäö]*takpris\w*|takvolym\w*|takbelopp\w*|takvärde\w*|tak(?:et)?(?= (?:för|på|är|om|i))|uppskatta\w*|beräkna\w*|bedöms|budget\w*|[a-zåäö]*ram(?:en)?|kontrakts?(?:summa|värde)\w*|"
    r"kontraktets (?:\w+ )?värde|avtalsvärde\w*|avtalets värde|[a-zåäö]*värdet?|referenspris\w*|riktpris\w*|avsatt|avsätter|förfogande|anslag\w*|får kosta|kosta|räknar med|ligga (?:kring|på|runt)|får (?:högst|maximalt) (?:vara|uppgå)|maxpris\w*|"
    r"högsta pris|normalpris\w*|jämförelsepris\w* (?:är|sätts)|fiktiv anbudssumma)\b",
    re.IGNORECASE,
)
_NOT_VALUE = re.compile(r"avdrag|påslag|vite|mängd|omsättning|försäkring", re.IGNORECASE)
_NOT_DEDUCTION = re.compile(
    r"\b(?:vite\w*|böter|faktur\w*|omsättning\w*|[a-zåäö]*försäkring\w*|takpris\w*|takvolym\w*|takbelopp\w*|värdet?|(?:kontrakts|avtals|upphandlings|total|tak|order)värdet?|kontraktets värde|budget\w*|[a-zåäö]*ram(?:en)?|"
    r"kontraktss?umman?|anslag\w*|uppskattas|uppskattat|uppskattad|beräknas|avsatt|tröskel\w*|direktupphandling\w*|sekretess|lotta\w*|timme|à-?pris|"
    r"[a-zåäö]*avgift\w*|aktiekapital\w*)\b",
    re.IGNORECASE,
)


def speaks_of_deduction(text: str) -> bool:
    """Tell whether a chapter compares prices after deductions or surcharges."""
    return (
        "avdrag" in text.lower()
        or bool(_ADDED_VALUE.search(text) and _LOWEST.search(text))
        or any(_DEDUCTION.search(line) and _PRICE.search(line) for line in re.split(r"\n|(?<=\.) ", text))
    )


def says_deduction(text: str) -> bool:
    """Tell whether amounts in kronor can be deductions: the chapter has the word for it."""
    return _DEDUCTION.search(text) is not None


def value_of_point(text: str) -> tuple[float, Unit] | None:
    """Return what one point is worth, in kronor or per cent of the price: "varje poäng ger ett avdrag om 10 000 kr"."""
    match = _POINT_WORTH.search(text) or _WORTH_PER.search(text)
    amounts = [a for a in find_amounts(match[0]) if a.unit in ("kronor", "percent")] if match else []
    return (amounts[0].value, amounts[0].unit) if amounts else None


def is_deduction_name(name: str) -> bool:
    """Tell whether an amount in kronor can be a deduction for what the name says, not a value, a fine or a fee."""
    return not _NOT_DEDUCTION.search(name) and not re.match(
        r"^(?:[\wåäö]+ )?[a-zåäö]*(?:pris|summa|kostnad|ersättning)\w*\b", name, re.IGNORECASE
    )


def share_deductions(items: Sequence[Weighed], text: str, whole_text: str) -> None:
    """Kronor are a share of the stated value, per cent of the price are the share themselves."""
    value = (_value(text) or _value(whole_text)) if items else None
    for item in items:
        if item.unit == "percent":
            item.share = round(item.value / 100, 6) if item.value <= 100 else None
            item.reason = "av priset"
        elif item.is_rate:
            item.reason = "avdrag per enhet"
        elif value and item.value < value:
            item.share, item.reason = round(item.value / value, 6), f"av {value:,.0f} kronor".replace(",", " ")
        else:
            item.reason = "avdrag i kronor, värdet anges inte"


def _value(text: str) -> float | None:
    """Return the first stated value of the contract, in kronor and not for one unit."""
    for line in text.split("\n"):
        if not re.search(r"kr|kronor|sek|miljon", line, re.IGNORECASE):
            continue
        for sentence in re.split(r"(?<=[a-zåäö)])\. ", line):
            said = _VALUE.search(sentence)
            if (
                not said
                or _NOT_VALUE.search(sentence[: said.end() + 40])
                or (_ADDED_VALUE.search(sentence) and "värde" in said[0].lower())
            ):
                continue
            kronor = [a for a in find_amounts(sentence) if a.unit == "kronor" and not a.is_rate]
            after = [a for a in kronor if a.start >= said.start()]
            if kronor:
                return (after or kronor)[0].value
    return None
