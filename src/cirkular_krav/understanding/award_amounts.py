"""Amounts that a weight can be written as: "15 %", "15 av 50 poäng", "tre tiondelar", "2 mkr", "en av tio delar"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cirkular_krav.text import remembered
from cirkular_krav.understanding.number_words import NUMBER, number_value
from cirkular_krav.understanding.words import holds_one, lowered

Unit = Literal["percent", "points", "number", "kronor"]

_DIGITS = r"\d{1,3}(?:[ .]\d{3})+(?:,\d+)?(?!\d)|\d+(?:[.,]\d+)?"
_N = rf"(?:{_DIGITS})"
_UNIT = (
    r"(?P<mille>promille\b|‰)|(?P<percent>%(?:-enheter)?|procent(?:s|en|satsen|enheter(?:na)?)?\b)|"
    r"(?P<points>[a-zåäö-]*(?<!referens)(?<!kredit)(?<!högskole)poäng(?:en)?\b|p\b\.?|points?\b|[a-zåäö]*vikts?enhet(?:er)?\b|ve\b|"
    r"viktdel(?:ar)?\b)|"
    r"(?P<million>(?:miljon(?:er)?|milj\.?|mn)(?: ?(?:kr|kronor|sek))?\b|mn?kr\b|msek\b)|"
    r"(?P<thousand>(?:tusen ?(?:kr|kronor)|t?k?kr(?<!\bkr)|tsek)\b)|"
    r"(?P<kronor>(?:kr\b|kronor\b|sek\b|:-)(?:(?: och)? (?P<ore>\d{1,2}) öre)?)|(?P<coins>öre\b)"
)
_OF = r"(?: ?\([^)]{0,20}\))? ?\(?(?:av|of) (?:totalt |maximalt |max |möjliga |sammanlagt |högst |de |total )*"
_FULL = re.compile(
    rf"(?<![\w.,/:])(?:(?P<low>{_N}) ?(?:%|procent|poäng|p|kr)? ?(?:[–-]|till|och) ?)?(?P<value>{_N}|\b(?!en halv|ett halv){NUMBER})"
    rf"(?: ?(?:{_UNIT}))?(?P<of>{_OF}(?P<total>{_N})(?: (?:möjliga )?[a-zåäö]*poäng\b| ?p\b| delar)?)?"
)
_PARTS = {
    "halv": 2, "tredjedel": 3, "fjärdedel": 4, "kvart": 4, "femtedel": 5, "sjättedel": 6, "sjundedel": 7, "åttondel": 8,
    "niondel": 9, "tiondel": 10, "tolftedel": 12, "femtondel": 15, "tjugondel": 20, "tjugofemtedel": 25, "hundradel": 100,
}  # fmt: skip
# A cheap look before the costly one: what every fraction in words holds.
_FRACTION_SIGNS = ("del", "kvart", "hälft", "halva")
_FRACTION = re.compile(
    rf"\b(?:(?P<top>{NUMBER}) )?(?P<part>{'|'.join(p for p in _PARTS if p != 'halv')})(?:ar|arna|en)?\b|"
    r"\b(?P<half>(?:den (?:andra|ena) )?(?:hälften|halva(?=n?\b)n?|hälft))\b"
)
_OF_ROUND = re.compile(r"(?<![\w/])(?P<top>\d{1,3})/(?P<bottom>10|20|25|50|100|200|1000)(?![\w/])")
_OWN_UNIT = re.compile(
    rf"\b(?:sammanlagt|totalt|tillsammans|omfattar|delar ut|kan få|fördelar?|består av|summa|högst)\b (?:[a-zåäö]+ ){{0,2}}?(?:\d+|{NUMBER}) (?P<noun>[a-zåäö]{{3,}}?)(?:ar|or|er|n)?\b"
)
_KNOWN_THINGS = re.compile(
    r"(?:poäng|procent|kron|kr\b|år|dag|månad|veck|timm|minut|anbud|sid|teck|artik|person|referens|uppdrag|områd|leverant|kriteri|steg|ord|mil|met|kilo|ton|styck|gång|konsult|rum|enhet|språk|fordon|elev|plats|kvadrat|rad)"
)
_NOT_BEFORE = re.compile(
    r"\b(?:minst|över|under|överstig\w+|understig\w+|utöver|än|lägst|åtminstone|färre|fler|mer|mindre|cirka|ca|nummer|nr|fråga|"
    r"bilaga|kapitel|avsnitt|punkt|tabell|formulär|paragraf|kap\.?|minskat?|ökat?)(?: \w+)? ?$"
)
_NOT_AFTER = re.compile(
    r" ?(?:högre|lägre|dyrare|billigare|återvun|begagna|återbruk|eller (?:mer|högre|lägre|mindre)|rekommend|kilo|kg|gram|"
    r"av (?:artik|varu|plast|fordon|inköp|produkt|mängd|bräd|mop|arbet|person|volym|beställ|leverans|försälj|omsätt|materi|vikten))"
)
_RATE = re.compile(r" ?(?:i avdrag )?(?:/ ?\w|per (?!styck sammanlagt)\w|för varje |för vart |à |á |i avdrag per )")
_BARE = re.compile(
    r"(?:\bvikt(?:en|tal|tal\w+)?(?: i [a-zåäö]{1,2}\d{1,3})?(?: är)?|\b(?:vikts?|viktnings)?(?:faktor|koefficient|tal)(?:n|en|et)?(?: är)?|multipliceras med|gånger|×|\btyngd(?:en)?|\bväger|\bviktas|högst|max\w*\.?|upp till|\bkommer|\bkan ge|\bges|\bger|\bfår|poäng(?:en|summan)? (?:är|uppgår till|om)|omfattar)[ :=]*$"
)


_AFTER_BARE = re.compile(r"\s*(?:[.,;)]|$|från|för|på|och|samt|av)")
_NOTHING_AFTER = re.compile(r"\s*[.;]?$")
_ENDS = re.compile(r"\s*(?:[.,;)]|$)")
_REACH = 120


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit and place; ``low`` when it is the top of an interval, ``of`` when it is "10 av 40"."""

    value: float
    unit: Unit
    start: int
    end: int
    low: float | None = None
    of: float | None = None
    is_rate: bool = False
    is_per_cent: bool = False  # written as a per cent, not as a fraction

    @property
    def is_interval(self) -> bool:
        """Tell whether the amount is left open: "10–40 %", but not "0–25 poäng"."""
        return self.low is not None and (self.low > 0 or (self.unit == "percent" and self.is_per_cent))


def own_unit(text: str) -> re.Pattern[str] | None:
    """Return how a chapter writes a unit of its own: "sammanlagt 20 stjärnor", "anbudet kan få tio delar"."""
    low = lowered(text)
    for match in _OWN_UNIT.finditer(low):
        stem = match["noun"]
        if _KNOWN_THINGS.match(stem):
            continue
        counted = re.findall(rf"\b(?:\d+|{NUMBER}) (?:{re.escape(stem)})(?:a|ar|or|er|n)?\b", low)
        if len(counted) > 1:
            return re.compile(rf"(?<=\w )(?:{re.escape(stem)}(?:a|ar|or|er|en|n|na|arna|orna|erna)?)\b", re.IGNORECASE)
    return None


def number(text: str) -> float:
    """Return the value of digits with spaces, points or a comma."""
    return number_value(text.strip().replace("\u00a0", " ")) or 0.0


def find_amounts(text: str, *, bare: bool = False) -> list[Amount]:
    """Return the amounts of a text in order; numbers without a unit only after a word of weight, or anywhere if ``bare``."""
    return [*_amounts_in(text, bare)]


@remembered
def _amounts_in(text: str, bare: bool) -> tuple[Amount, ...]:
    low = lowered(text).replace("\u00a0", " ").replace("\u202f", " ")
    found = [*_fractions(low)]
    for match in _FULL.finditer(low):
        if any(a.start < match.end() and match.start() < a.end for a in found):
            continue
        amount = _amount(match, low, bare=bare)
        if amount and not _is_threshold(low, amount):
            found.append(amount)
    return tuple(sorted(found, key=lambda a: a.start))


def _amount(match: re.Match[str], low: str, *, bare: bool) -> Amount | None:
    value = number_value(match["value"].strip())
    if value is None:
        return None
    unit, factor = _unit_of(match)
    start, end = match.span()
    if unit is None and match["total"] and match[0].rstrip().endswith(("poäng", "p", "delar")):
        unit = "points"
    if unit is None and match["total"] and match["value"][0].isdigit() and _ENDS.match(low, match.end()):
        unit = "points"
    if unit is None:
        after = match.end("value")
        is_said = match["value"][0].isdigit() or _NOTHING_AFTER.match(low, after) is not None
        if not is_said or not (bare or (_AFTER_BARE.match(low, after) and _BARE.search(_near(low, start)))):
            return None
        unit = "number"
    extra = number(match["ore"]) / 100 if match["ore"] else 0.0
    total = number(match["total"]) if match["total"] else None
    if total is not None and (unit not in ("points", "number") or total < value):
        total, end = None, match.start("of")
    lowest = number(match["low"]) if match["low"] else None
    return Amount(
        value * factor + extra, unit, start, end, lowest, total,
        is_rate=_RATE.match(low, end) is not None and unit != "number", is_per_cent=unit == "percent",
    )  # fmt: skip


def _unit_of(match: re.Match[str]) -> tuple[Unit | None, float]:
    if match["mille"]:
        return "percent", 0.1
    if match["percent"]:
        return "percent", 1.0
    if match["points"]:
        return "points", 1.0
    if match["million"]:
        return "kronor", 1e6
    if match["thousand"]:
        return "kronor", 1e3
    if match["coins"]:
        return "kronor", 0.01
    return ("kronor", 1.0) if match["kronor"] else (None, 1.0)


def _fractions(low: str) -> Iterator[Amount]:
    for match in _OF_ROUND.finditer(low):
        if 0 < int(match["top"]) < int(match["bottom"]):
            yield Amount(100 * int(match["top"]) / int(match["bottom"]), "percent", match.start(), match.end())
    for match in _FRACTION.finditer(low) if holds_one(low, _FRACTION_SIGNS) else ():
        top = 1.0 if match["half"] else number_value(match["top"] or "en")
        share = 0.5 if match["half"] else (top or 0.0) / _PARTS[match["part"]]
        if 0 < share < 1:
            yield Amount(100 * share, "percent", match.start(), match.end())


def _is_threshold(low: str, amount: Amount) -> bool:
    """A number that a weight is compared with or that counts things: "minst 30 poäng", "80 % av artiklarna"."""
    return _NOT_BEFORE.search(_near(low, amount.start)) is not None or _NOT_AFTER.match(low, amount.end) is not None


def _near(low: str, at: int) -> str:
    """Return what stands right before a place: enough for the few words that patterns ending there ask for."""
    return low[max(0, at - _REACH) : at]
