"""Numbers with unit and direction: "i minst fem (5) år" is ``years >= 5``.

A small grammar: a number (``number_words``), a unit of the closed list after or before it (``units``), and the
direction that the words around give (``directions``). Shares in words are percent ("var femte", "nio av tio"), and
things are counted after a limit ("minst 40 dörrar") or with a rate ("två träffar om året"). Lengths, temperatures, light
and the like count only where the text limits them, and points, being weights, are no quantities.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from cirkular_krav.models import Quantity, Span
from cirkular_krav.understanding.directions import cue_before, direction_of, is_limited
from cirkular_krav.understanding.number_words import (
    EVERY,
    NUMBER,
    NUMBER_SIGNS,
    SHARE,
    every_value,
    number_value,
    share_value,
)
from cirkular_krav.understanding.units import DESCRIPTIVE, Unit, unit_after, unit_before
from cirkular_krav.understanding.words import holds_one, lowered

Direction = Literal[">=", "<=", "=", "range"]

_DIGIT = re.compile(r"\d")
# Numbers that are names: laws, standards, sections, dates, telephones. Their characters are blanked before reading.
_STANDARD = re.compile(
    r"\b(?:(?:SS|EN|ISO|IEC|DIN|ASTM|ANSI|NEN|BS|SIS|TDOK|AFS|SFS|BFS|NFS|RAL|NIST|GS|HVMFS|SKVFS|LIVSFS|"
    r"NCS)[ /:-]{1,3}){1,4}[A-Z]{0,2} ?\d{2,}(?:[-:./]\w+)*"
    r"|\b(?:AB|ABT|ABK|ABA|IP|IK|AMA|AF[BCDG]|EC|EU|EG)[ .-]?\d+(?:[./]\d+)*|\b(?:Krav-?ID|KravID|KRAVID)[ :]*\d+(?::\d+)?"
)
# Every one of them begins with capitals, or has some: most texts cost only this look.
_CAPITALS = re.compile(r"[A-Z][A-Z]")
_MONTHS = "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december"
_NAMES = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{4}:\d+|\b\d{4}/\d{2,}|\b\d{1,2}:\d{2}\b|\b0\d{1,3}[- ]\d[\d ]{4,12}\d|\b\d{6}-\d{4}\b"
    rf"|\d{{1,2}}(?::?e)? (?:{_MONTHS})(?: \d{{4}})?|\b(?:{_MONTHS}) \d{{4}}\b"
    r"|\d+ ?(?:kap\b\.?|§§?)(?: ?\d+ ?§)?(?: \d+ ?(?:st|p)\b\.?)*"
    r"|\b(?:kap(?:\.|itel)?|punkt(?:en)?|avsnitt|bilaga|tabell|figur|steg|fråga|sidan?|sid\.?|s\.|rad|artikel|nivå|klass|"
    r"typ|version|modell|nr\.?|nummer|anbudsområde|delområde|område|del|lot|grupp|våning|plan|byggnad|hus|rum|vecka|år|kl\.?|"
    r"klockan|den|krav|"
    r"telefon|tel\.?|box)\b ?\d+(?:[.:]\d+)*\b(?:-\d+)?(?! ?(?:%|procent|år|månad|kg|kr|poäng|vecko|dag|tim|mm|cm|st\b))"
    r"|\bår (?:ett|två|tre|fyra|fem)\b"
    r"|\d+(?:,\d+)? ?[x×*] ?(?:\d+(?:,\d+)? ?[x×*] ?)?\d+(?:,\d+)?"
)
# "en" and "ett" are articles unless a measure follows.
_AFTER_ONE = frozenset({"years", "days", "hours", "percent", "km", "kg", "kronor"})
_ONE = frozenset({"en", "ett", "one"})

_JOIN = (
    r"(?P<join> ?[–—-] ?| ?\+ ?| till | to | och | eller | respektive | resp\.? |"
    r" (?:och|men|,)? ?(?:dock )?(?:högst|max(?:imalt)?|som mest|upp till) )"
)
_NUMBER = re.compile(
    rf"(?<![\w/])(?<!\d[.,:])(?P<first>{NUMBER})(?: ?\({NUMBER}\))?"
    rf"(?:{_JOIN}(?P<second>{NUMBER})(?: ?\({NUMBER}\))?)?"
)
_EVERY = re.compile(rf"\b(?P<every>{EVERY})(?P<gap> )(?P<thing>[a-zåäö]+)")
_AGE = re.compile(r"(?:\bålder\w*|\båldrar(?:na)?|\bfyllda|\bbarn(?:en)?(?: \w+)?|\belever(?: \w+)?) $")
_BETWEEN = re.compile(r" ?(?:[–—-]|till|och) ?")
_SIGNED = re.compile(r"[-−]$")

# A number of things needs a limit or a rate to be told from the other numbers of a text.
_LIMIT_BEFORE = re.compile(
    r"\b(?:i?minst|lägst|högst|max(?:imalt)?|åtminstone|at least|(?:fler|färre|mer|mindre|flera) än)(?: (?:en|ett) av)? $"
)
_PIECES = ("st", "stk", "styck", "stycken")
# How much of the text around a quantity is looked at.
_BEFORE, _AFTER = 140, 90
_THINGS = re.compile(
    r" (?:olika |nya |liknande |avslutade |egna )?(?!(?:enligt|och|eller|till|i|på|per|x|×|a4\b|[a-zåäö0-9]*-?sid(?:a|or)|tecken|ord)\b|"
    r"av (?!de )|[a-zåäö]+delar?\b)[a-zåäö]{2,}"
)
_MANY = re.compile(r" [a-zåäö-]+(?:or|ar|er|r|n)\b")
_YEARLY_BEFORE = re.compile(r"\b(?:varje (?:år|månad|kvartal|termin|vecka)|årligen|per år) [^.;,\d]{0,30}$")
_RATED = re.compile(
    r"[ a-zåäö-]{2,40}? (?:om året|per (?:kalender|avtals|verksamhets|läs)?(?:år|månad|vecka|kvartal|termin)\b|årligen|i veckan|i månaden)|"
    r" [a-zåäö-]+ ?/ ?år\b"
)
_WASHED = re.compile(r"\b(?:tvätt|disk)[a-zåäö]*\b[^.;]{0,40}$")
_ROUNDS = re.compile(r" omgångar\b[^.;]{0,25}\b(?:disk|tvätt)")


class _Found(NamedTuple):
    value: float
    high: float | None
    unit: str
    start: int
    end: int
    alternatives: bool = False  # "3 eller 5 år": two values of one unit
    interval: bool = False  # "vartannat år"


@lru_cache(maxsize=256)
def find_quantities(text: str) -> tuple[Quantity, ...]:
    """Return every number that has a unit of the closed list, with its direction and place, in order.

    "2–5 år" and "mellan 2 och 5 år" have direction ``range`` with ``high``; "fem (5) år" is one quantity.
    Names (standards, sections, dates, years such as 2026, telephone numbers, KravID) and ages are none.
    """
    low = lowered(text)
    has_digit = _DIGIT.search(low) is not None
    if not has_digit and not holds_one(low, NUMBER_SIGNS):
        return ()
    if has_digit:
        low = _without_names(text, low)
    out: list[Quantity] = []
    floor = 0
    for item in _join_ranges(low, _in_order(_every(low), _shares(low), _numbers(low))):
        around = _Around(low, floor, item)
        floor = item.end
        if item.unit == "points" or (item.unit in DESCRIPTIVE and not around.is_limited()):
            continue
        for value, high in ((item.value, None), (item.high, None)) if item.alternatives else ((item.value, item.high),):
            direction: Direction = "range" if high is not None else around.direction()
            span = Span(start=item.start, end=item.end)
            out.append(Quantity(value=value or 0.0, high=high, unit=item.unit, direction=direction, span=span))
    return tuple(out)


class _Around:
    """The text around a quantity: before it in its sentence, with where the last quantity ended, and after it."""

    def __init__(self, low: str, floor: int, item: _Found) -> None:
        start = max(0, item.start - _BEFORE)
        self.before, self.floor = low[start : item.start], max(0, floor - start)
        self.after = low[item.end : item.end + _AFTER]
        self.words, self.item = low[item.start : item.end], item

    def is_limited(self) -> bool:
        return is_limited(self.before[self.floor :], self.after, self.item.unit)

    def direction(self) -> Literal[">=", "<=", "="]:
        unit = self.item.unit
        cue = self.before[self.floor :]
        if self.item.interval or (unit == "count" and self.words.endswith(_PIECES)):
            return cue_before(cue, self.after, unit) or "="
        if unit == "count" and _YEARLY_BEFORE.search(self.before):
            return cue_before(cue, self.after, unit) or ">="
        return direction_of(self.before, self.floor, self.after, unit)


def _without_names(text: str, low: str) -> str:
    for pattern, source in ((_STANDARD if _CAPITALS.search(text) else None, text), (_NAMES, low)):
        for match in pattern.finditer(source) if pattern else ():
            low = low[: match.start()] + "\0" * (match.end() - match.start()) + low[match.end() :]
    return low


def _in_order(*sources: Iterator[_Found]) -> list[_Found]:
    """Return what was found in order of place; where two overlap, that of the earlier source holds."""
    taken: list[_Found] = []
    for source in sources:
        taken += [f for f in source if not any(f.start < t.end and t.start < f.end for t in taken)]
    return sorted(taken, key=lambda f: f.start)


# --- numbers with units -------------------------------------------------------------------------


def _numbers(low: str) -> Iterator[_Found]:
    floor = position = 0
    while match := _NUMBER.search(low, position):
        unit = unit_after(low, match.end())
        single = False
        if unit is None and match["second"]:  # "2 och 3 stolar à 5 kg": the first number may have its own unit
            unit, single = unit_after(low, match.start("join")), True
        found = _with_unit(low, match, unit, single=single) if unit else _with_unit_before(low, floor, match)
        if found is None and unit is None:
            found = _counted(low, match)
        if found:
            yield found
            floor = position = found.end
        else:
            position = unit.end if unit else match.end("first")


def _with_unit(low: str, match: re.Match[str], unit: Unit, *, single: bool) -> _Found | None:
    name, factor = unit.name, unit.factor
    first = number_value(match["first"])
    second = number_value(match["second"]) if match["second"] and not single else None
    if first is None or _is_not_measured(low, match, name, first):
        return None
    if name == "count" and "g" in unit.words:
        if first == 1:
            return None  # "en gång per år"
        if _WASHED.search(low, 0, match.start()):
            name = "washes"  # "tvättas minst 300 gånger"
    start, end = match.start("first"), unit.end
    if name == "degrees" and _SIGNED.search(low, 0, start):
        first, start = -first, start - 1
    if second is None:
        return _Found(_scaled(first, factor), None, name, start, end)
    join = match["join"].strip()
    if join in ("eller", "respektive", "resp", "resp.", "+") or (join == "och" and not low[:start].endswith("mellan ")):
        return _Found(_scaled(first, factor), _scaled(second, factor), name, start, end, alternatives=True)
    small, large = sorted((first, second))
    return _Found(_scaled(small, factor), _scaled(large, factor), name, start, end)


def _scaled(value: float, factor: float) -> float:
    return round(value * factor, 6)


def _is_not_measured(low: str, match: re.Match[str], name: str, value: float) -> bool:
    words = match["first"]
    if name == "ignored" or (words in _ONE and name not in _AFTER_ONE):
        return True
    if name != "years":
        return False
    is_calendar_year = words.isdigit() and 1900 <= value <= 2100
    return is_calendar_year or bool(_AGE.search(low, max(0, match.start() - 25), match.start()))


def _with_unit_before(low: str, floor: int, match: re.Match[str]) -> _Found | None:
    if not match["first"][0].isdigit():
        return None
    unit = unit_before(low[max(floor, match.start() - 60) : match.start()])
    value = number_value(match["first"])
    if not unit or value is None:
        return None
    return _Found(_scaled(value, unit.factor), None, unit.name, match.start("first"), match.end("first"))


def _counted(low: str, match: re.Match[str]) -> _Found | None:
    """Read "minst 40 av de 64 innerdörrarna" as a count: a limit right before the number, and things right after it.

    "Två träffar om året" needs no limit.
    """
    if match["first"] in _ONE:
        return None
    value = number_value(match["first"])
    start, end = match.start("first"), match.end("first")
    if value is None or value <= 1:
        return None
    second = number_value(match["second"]) if match["second"] else None
    if second and match["join"].strip() in ("och", "–", "-", "—") and _THINGS.match(low, match.end()):
        between = match["join"].strip() != "och" or low[:start].endswith("mellan ")
        if between and second > value and _RATED.match(low, match.end()):
            return _Found(value, second, "count", start, match.end())
    limited = _LIMIT_BEFORE.search(low, 0, start) and _THINGS.match(low, end)
    rated = _MANY.match(low, end) and (_RATED.match(low, end) or _YEARLY_BEFORE.search(low, 0, start))
    if not limited and not rated:
        return None
    name = "washes" if _ROUNDS.match(low, end) else "count"
    return _Found(value, None, name, start, end)


# --- shares and intervals in words --------------------------------------------------------------


def _shares(low: str) -> Iterator[_Found]:
    for match in SHARE.finditer(low):
        share = share_value(match)
        if share is None or (match["m"] and unit_after(low, match.end())):
            continue
        yield _Found(round(share, 2), None, "percent", match.start(), match.end())


def _every(low: str) -> Iterator[_Found]:
    """Read "vartannat år" as an interval and "var femte stol" as a share."""
    for match in _EVERY.finditer(low):
        value = every_value(match["every"])
        if not value:
            continue
        unit = unit_after(low, match.start("thing"))
        if unit is None or unit.name in ("kg", "km"):
            yield _Found(round(100 / value, 2), None, "percent", match.start(), match.end("every"))
        elif unit.name in ("years", "days", "hours"):
            yield _Found(_scaled(value, unit.factor), None, unit.name, match.start(), unit.end, interval=True)


def _join_ranges(low: str, found: list[_Found]) -> list[_Found]:
    """Join "11 % till 30 %" and "mellan 2 år och 5 år" into one range."""
    out: list[_Found] = []
    for item in found:
        last = out[-1] if out else None
        if last and last.unit == item.unit and last.high is None and item.high is None:
            between = low[last.end : item.start]
            said = between.strip() != "och" or low[: last.start].endswith("mellan ")
            if _BETWEEN.fullmatch(between) and said and item.value > last.value:
                out[-1] = _Found(last.value, item.value, item.unit, last.start, item.end)
                continue
        out.append(item)
    return out
