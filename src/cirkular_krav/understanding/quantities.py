"""Numbers with unit and direction: "i minst fem (5) år" is ``years >= 5``.

The closed list of units: ``years`` (months become years), ``percent`` (also fractions in words), ``kg_per_m2``, ``kg``
(tonnes become kg), ``g_per_portion``, ``cycles``, ``washes``, ``rubs``, ``km`` (Swedish miles become km), ``days``
(weeks become days), ``hours``, ``kronor``, ``points``, ``count`` (pieces, times, and things after a limit: "minst 40
dörrar"), ``g``, ``m2``, ``degrees``. A number with any other unit is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from cirkular_krav.models import Quantity, Span
from cirkular_krav.understanding.number_words import NUMBER, NUMBER_SIGNS, number_value
from cirkular_krav.understanding.words import lowered

Direction = Literal[">=", "<=", "=", "range"]

_DIGIT = re.compile(r"\d")
# Numbers that are names: laws, standards, sections, dates, telephones. Their characters are blanked before reading.
_STANDARD = re.compile(
    r"\b(?:(?:SS|EN|ISO|IEC|DIN|ASTM|ANSI|NEN|BS|SIS|TDOK|AFS|SFS|BFS|NFS|RAL|"
    r"NCS)[ /:-]{1,3}){1,4}[A-Z]{0,2} ?\d{3,}(?:[-:./]\w+)*"
    r"|\b(?:AB|ABT|ABK|IP|AMA|AF[BCDG])[ .-]?\d+(?:\.\d+)*|\b(?:Krav-?ID|KravID|KRAVID)[ :]*\d+(?::\d+)?"
)
_MONTHS = "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december"
_NAMES = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{4}:\d+|\b\d{1,2}:\d{2}\b|\b0\d{1,3}[- ]\d[\d ]{4,12}\d"
    rf"|\d{{1,2}} (?:{_MONTHS})(?: \d{{4}})?"
    r"|\d+ ?(?:kap\b\.?|§§?)(?: ?\d+ ?§)?(?: \d+ ?(?:st|p)\b\.?)*"
    r"|\b(?:kap(?:\.|itel)?|punkt(?:en)?|avsnitt|bilaga|tabell|figur|steg|fråga|sidan?|sid\.?|rad|artikel|nivå|klass|"
    r"typ|version|nr\.?|nummer|anbudsområde|delområde|område|del|grupp|våning|plan|byggnad|hus|rum|vecka|år|kl\.?|"
    r"klockan|den|"
    r"telefon|tel\.?|box)\b ?\d+(?:[.:]\d+)*\b(?! ?(?:%|procent|år|månad|kg|kr|poäng|vecko|dag|tim))"
)
_ADJECTIVES = (
    r"(?:hela|fulla|fullständiga|kompletta|ytterligare|sammanhängande|ordinarie|dubbla|industriella|påföljande|extra) "
)
_UNIT = re.compile(
    r"(?P<plus> ?\+)?(?: ?[-–]? ?)(?P<times>tusen|miljon(?:er)?|mn|miljard(?:er)?)? ?"
    rf"(?:{_ADJECTIVES}){{0,2}}(?P<unit>"
    r"(?P<kg_per_m2>(?:kg|kilo(?:gram)?) ?(?:/|per) ?(?:(?:m2|kvm|kvadratmeter)(?: ?/? ?(?:bta|bruttoarea|"
    r"bruttototalarea|loa|boa|atemp))?|bta)\b(?! ?co2))"
    r"|(?P<g_per_portion>(?:g|gram) ?(?:/|per) ?(?:serverad |såld )?(?:portion|gäst|matgäst|måltid|ätande|person)\w*)"
    r"|(?P<kg>(?:kg|kilo(?:gram)?)s?\b(?! ?(?:/|per) ?(?:m2|m3|kvm|kubik|kvadrat|h\b|l\b|liter)| ?co2| ?koldioxid))"
    r"|(?P<tonne>tons?\b(?! ?co2| ?koldioxid))"
    r"|(?P<g>(?:g|gram)\b(?! ?(?:/|per) ?))"
    r"|(?P<m2>(?:m2|m²|kvm|kvadratmeter)\b)"
    r"|(?P<percent>(?:vikts?|volym|massa?)-? ?(?:procent|%)|%(?:-?(?:ig\w*|enheter))?|procent(?:enhet(?:er)?|"
    r"-?ig[ta]?|s)?\b)"
    r"|(?P<month>mån(?:ad(?:er(?:na|s\w*)?|s)?)?\b)"
    r"|(?P<years>(?:kalender)?år(?:en|ig[ta]?|s(?!arb|verk|anst|kurs|model|tid|red|skift|bas|vis|ink|prog|rapp|"
    r"berät)\w*)?\b)"
    r"|(?P<washes>(?:industri|maskin|hushålls|om)?-?tvätt(?:ar|ningar|cykler|cykel|omgångar|gånger|"
    r"tillfällen)(?:na)?\b)"
    r"|(?P<cycles>(?!livs|tvätt|motor)[a-zåäö]{0,20}-?cykler(?:na|s)?\b|ladd(?:nings)?cykel\b|(?:ur-? och )?(?:upp|"
    r"ur)?laddningar\b)"
    r"|(?P<rubs>(?:(?:[a-zåäö]{0,12}nötnings|martindale)-?)?varv\b(?! ?(?:/|per) ?min)|martindale\b|nötningar\b)"
    r"|(?P<mile>mil\b)|(?P<km>(?:km|kilometers?)\b(?! ?/ ?(?:h|tim)))"
    r"|(?P<week>veck(?:or(?:na|s\w*)?|as?)\b)"
    r"|(?P<days>(?:arbets|kalender|var|bank|hel)?dag(?:ar(?:na|s\w*)?|s)?\b|dygn(?:et|s)?\b)"
    r"|(?P<hours>(?:arbets)?tim(?:mar(?:na|s\w*)?|mes?)?\b|(?<=\d )h\b|(?<=\d)h\b)"
    r"|(?P<thousand>(?:tkr|kkr|tsek|ksek)\b)|(?P<million>(?:mkr|mnkr|msek)\b)"
    r"|(?P<kronor>(?:kr|kronor\w{0,3}|krona|sek)\b|:-)"
    r"|(?P<points>(?:(?<=\d )|(?<=\d))p(?![\w-])|poäng(?:en|s)?\b)"
    r"|(?P<count>(?:st|stk|styck(?:en)?)\b|(?:gång(?:er)?|ggr)\b(?! ?(?:per|/|om|i) ?))"
    r"|(?P<degrees>° ?c?\b|°|grader(?:s|na)?\b|gradig\w*))"
)
# Group of the pattern → unit and factor.
_FACTORS: dict[str, tuple[str, float]] = {
    "month": ("years", 1 / 12), "tonne": ("kg", 1000.0), "mile": ("km", 10.0), "week": ("days", 7.0),
    "thousand": ("kronor", 1e3), "million": ("kronor", 1e6),
}  # fmt: skip
_TIMES = {"tusen": 1e3, "miljon": 1e6, "miljoner": 1e6, "mn": 1e6, "miljard": 1e9, "miljarder": 1e9}
_DURATIONS = frozenset({"years", "days", "hours"})
# "en" and "ett" are articles unless a measure follows.
_AFTER_ONE = frozenset({"years", "days", "hours", "percent", "points", "km", "kg", "kronor"})
_ONE = frozenset({"en", "ett"})

_JOIN = (
    r"(?P<join> ?[–—-] ?| till | och | eller | respektive | resp\.? |"
    r" (?:och|men|,)? ?(?:dock )?(?:högst|max(?:imalt)?|som mest|upp till) )"
)
_NUMBER = re.compile(
    rf"(?<![\w/])(?<!\d[.,:])(?P<first>{NUMBER})(?: ?\({NUMBER}\))?"
    rf"(?:{_JOIN}(?P<second>{NUMBER})(?: ?\({NUMBER}\))?)?"
)
_FRACTION = re.compile(
    r"\b(?:(?P<half>hälften)\b(?! så)|(?P<top>en|ett|två|tre|fyra|fem) (?P<bottom>tredje|fjärde|femte|sjätte|åttonde|"
    r"tion)del(?:ar|en|s)?\b)"
)
_BOTTOMS = {"tredje": 3, "fjärde": 4, "femte": 5, "sjätte": 6, "åttonde": 8, "tion": 10}
_TOPS = {"en": 1, "ett": 1, "två": 2, "tre": 3, "fyra": 4, "fem": 5}

# A unit that stands before its number: "Martindale minst 50 000", "Garantitid (år): 7", "Maxpoäng: 15".
_BEFORE = re.compile(
    r"(?:(?P<rubs>martindale(?:varv)?|\(varv\)|nötningsvarv)|(?P<points>(?:max(?:imal)?|högsta |full )?poäng)|"
    r"(?P<kronor>\bsek|\(kr\)|\(sek\))"
    r"|(?P<years>\(år\)|antal år|garantitid, år)|(?P<month>\(mån(?:ader)?\)|antal månader)|(?P<percent>\(%\)|"
    r"\(vikt-?%\)|procentandel)"
    r"|(?P<cycles>antal (?:ladd|laddnings)?cykler|\(cykler\))|(?P<washes>antal tvättar|\(tvättar\))|(?P<kg>\(kg\))|"
    r"(?P<km>\(km\))"
    r"|(?P<days>antal dagar|\(dagar\))|(?P<hours>antal timmar|\((?:timmar|tim|h)\))|(?P<count>antal \(?st\)?|\(st\)))"
    r"[ :=|,]*(?:(?:är|om|på|ska|vara|enligt|minst|lägst|högst|max|≥|≤|>=|<=|\((?:minst|lägst|högst|"
    r"max)\))[ :=|]*){0,4}$"
)

_GAP = (
    r"(?:[ :=)\]]+(?:uppgå till|motsvara(?:nde)?|vara|omfatta|gälla|innehålla|bestå av|utgöra|uppnå|klara|tåla|ha|"
    r"lämnas|finnas|"
    r"garanteras|tillhandahållas|i|på|om|till|av|för|under|inom|en|ett|totalt|cirka|ca\.?|med|"
    r"andel(?:en)?)){0,4}[ :=)\]]*$"
)
_OVER = r"(?:överstig\w*|överskrid\w*|(?:mer|fler|högre|längre|större|äldre|senare|tyngre) än|över)"
_UNDER = r"(?:understig\w*|underskrid\w*|(?:mindre|färre|lägre|kortare|yngre|sämre) än|under)"
_NOT = r"\b(?:inte|ej|icke|aldrig|inga?|inget|utan att)\b[^.;]{0,45}?"
_NOT_OVER = re.compile(rf"(?:{_NOT}\b{_OVER}|\b(?:överstig|överskrid)\w* (?:inte|ej|aldrig)){_GAP}")
_NOT_UNDER = re.compile(rf"(?:{_NOT}\b{_UNDER}|\b(?:understig|underskrid)\w* (?:inte|ej|aldrig)){_GAP}")
_AT_LEAST = re.compile(
    r"(?:\b(?:i?minst|lägst|åtminstone|minimum|min\.?|minimi\w*|tidigast|från och med|fr\.?o\.?m\.?|först efter|"
    rf"{_OVER})|≥|>=|=>|>){_GAP}"
)
_AT_MOST = re.compile(
    rf"(?:\b(?:högst|max\w*\.?|som mest|som längst|upp till|inom|senast|begränsa\w* till|tak(?:et)?|{_UNDER})|≤|<=|"
    rf"=<|<){_GAP}"
)
_SMALLEST = re.compile(r"\b(?:minsta|lägsta|kortaste|minimal\w*|minimi\w+) (?:[\wåäö]+[ :]+){0,4}$")
_LARGEST = re.compile(r"\b(?:högsta|längsta|största|maximal\w*|max\w*) (?:[\wåäö]+[ :]+){0,4}$")
_ENDS_UNDER = re.compile(r"\bunder\s*$")
_AND_MORE = re.compile(
    r" ?[,(]? ?(?:[\wåäö]+ ){0,2}(?:eller|och|el\.?) (?:mer|fler|flera|längre|högre|däröver|uppåt|äldre|större|över|"
    r"bättre)\b(?! ?\d)"
    r"| (?:som )?(?:minst|lägst) ?(?:[.,;)]|$)| ?\+"
)
_AND_LESS = re.compile(
    r" ?[,(]? ?(?:[\wåäö]+ ){0,2}(?:eller|och|el\.?) (?:mindre|färre|kortare|lägre|därunder|under|yngre|"
    r"nedåt)\b(?! ?\d)"
    r"| (?:(?:som )?(?:mest|längst|högst)|max(?:imalt)?) ?(?:[.,;)]|$)"
)
_BEFOREHAND = re.compile(r" (?:före|innan)\b")
_AGE = re.compile(r"(?:\bålder\w*|\båldrar(?:na)?|\bfyllda|\bbarn(?:en)?(?: \w+)?|\belever(?: \w+)?) $")
_BETWEEN = re.compile(r" ?(?:[–—-]|till|och) ?")
_STOP = re.compile(r"[.;!?] ")


# A number of things needs a limit to be told from the other numbers of a text, and no unit that is not in the list.
_LIMIT_BEFORE = re.compile(r"\b(?:i?minst|lägst|högst|max(?:imalt)?|åtminstone|(?:fler|färre|mer|mindre) än) $")
_THINGS = re.compile(
    r" (?!(?:mm|cm|dm|m|meter|[gmtk]b|[mg]hz|k?w\w*|watt|volt|v|a|ampere|lux|lumen|lm|db|bar|liter|[mcd]?l|ppm|bit|px|dpi|tum|"
    r"fps|kn|n|m?pa|bta|kg|ton|enligt|och|eller|till|i|på|per|x|×)\b|av (?!de )|[a-zåäö]+delar?\b)[a-zåäö]{2,}"
)
_WASHED = re.compile(r"\btvätt[a-zåäö]*\b[^.;]{0,40}$")


class _Found(NamedTuple):
    value: float
    high: float | None
    unit: str
    start: int
    end: int
    alternatives: bool = False  # "3 eller 5 år": two values of one unit


@lru_cache(maxsize=256)
def find_quantities(text: str) -> tuple[Quantity, ...]:
    """Return every number that has a unit of the closed list, with its direction and place, in order.

    "2–5 år" and "mellan 2 och 5 år" have direction ``range`` with ``high``; "fem (5) år" is one quantity.
    Names (standards, sections, dates, years such as 2026, telephone numbers, KravID) and ages are none.
    """
    low = lowered(text)
    has_digit = _DIGIT.search(low) is not None
    if not has_digit and not any(sign in low for sign in NUMBER_SIGNS):
        return ()
    if has_digit:
        low = _without_names(text, low)
    found = sorted([*_numbers(low), *_fractions(low)], key=lambda f: (f.start, f.end))
    out: list[Quantity] = []
    floor = 0
    for item in _join_ranges(low, found):
        for value, high in ((item.value, None), (item.high, None)) if item.alternatives else ((item.value, item.high),):
            direction: Direction = "range" if high is not None else _direction(low, floor, item)
            span = Span(start=item.start, end=item.end)
            out.append(Quantity(value=value or 0.0, high=high, unit=item.unit, direction=direction, span=span))
        floor = item.end
    return tuple(out)


def _without_names(text: str, low: str) -> str:
    for pattern, source in ((_STANDARD, text), (_NAMES, low)):
        for match in pattern.finditer(source):
            low = low[: match.start()] + "\0" * (match.end() - match.start()) + low[match.end() :]
    return low


def _numbers(low: str) -> Iterator[_Found]:
    floor = position = 0
    while match := _NUMBER.search(low, position):
        unit = _UNIT.match(low, match.end())
        if unit is None and match["second"]:  # "2 och 3 stolar à 5 kg": the first number may have its own unit
            unit = _UNIT.match(low, match.start("join"))
            found = _with_unit(low, match, unit, single=True) if unit else None
        else:
            found = _with_unit(low, match, unit, single=False) if unit else _with_unit_before(low, floor, match)
        if found is None and unit is None:
            found = _counted(low, match)
        if found:
            yield found
            floor = position = found.end
        else:
            position = unit.end() if unit else match.end("first")


def _counted(low: str, match: re.Match[str]) -> _Found | None:
    """Read "minst 40 av de 64 innerdörrarna" as a count: a limit right before the number, and things right after it."""
    value = number_value(match["first"])
    end = match.end("first")
    if (
        value is None
        or value <= 1
        or not _LIMIT_BEFORE.search(low, 0, match.start("first"))
        or not _THINGS.match(low, end)
    ):
        return None
    return _Found(value, None, "count", match.start("first"), end)


def _with_unit(low: str, match: re.Match[str], unit: re.Match[str], *, single: bool) -> _Found | None:
    group = next(g for g in _UNIT_GROUPS if unit[g] is not None)
    name, factor = _FACTORS.get(group, (group, 1.0))
    first = number_value(match["first"])
    second = number_value(match["second"]) if match["second"] and not single else None
    if first is None or _is_not_measured(low, match, name, first):
        return None
    if name == "count" and "g" in unit["unit"] and _WASHED.search(low, 0, match.start()):
        name = "washes"  # "tvättas minst 300 gånger"
    factor *= _TIMES.get(unit["times"] or "", 1.0)
    start, end = match.start("first"), unit.end()
    if name == "degrees" and low[start - 1 : start] in "-−" and start > 0:
        first, start = -first, start - 1
    if second is None:
        return _Found(_scaled(first, factor), None, name, start, end)
    join = match["join"].strip()
    if join in ("eller", "respektive", "resp", "resp.") or (join == "och" and not low[:start].endswith("mellan ")):
        return _Found(_scaled(first, factor), _scaled(second, factor), name, start, end, alternatives=True)
    small, large = sorted((first, second))
    return _Found(_scaled(small, factor), _scaled(large, factor), name, start, end)


def _scaled(value: float, factor: float) -> float:
    return round(value * factor, 6)


def _is_not_measured(low: str, match: re.Match[str], name: str, value: float) -> bool:
    words = match["first"]
    if words in _ONE and name not in _AFTER_ONE:
        return True
    if name != "years":
        return False
    is_calendar_year = words.isdigit() and 1900 <= value <= 2100
    return is_calendar_year or bool(_AGE.search(low, max(0, match.start() - 25), match.start()))


def _with_unit_before(low: str, floor: int, match: re.Match[str]) -> _Found | None:
    before = _BEFORE.search(low[max(floor, match.start() - 60) : match.start()])
    value = number_value(match["first"])
    if not before or value is None or not match["first"][0].isdigit():
        return None
    group = next(g for g, found in before.groupdict().items() if found is not None)
    name, factor = _FACTORS.get(group, (group, 1.0))
    return _Found(_scaled(value, factor), None, name, match.start("first"), match.end("first"))


def _fractions(low: str) -> Iterator[_Found]:
    for match in _FRACTION.finditer(low):
        share = 0.5 if match["half"] else _TOPS[match["top"]] / _BOTTOMS[match["bottom"]]
        yield _Found(round(100 * share, 2), None, "percent", match.start(), match.end())


def _join_ranges(low: str, found: list[_Found]) -> list[_Found]:
    """Join "11 % till 30 %" and "mellan 2 år och 5 år" into one range."""
    out: list[_Found] = []
    for item in found:
        last = out[-1] if out else None
        if last and item.start < last.end:
            continue
        if last and last.unit == item.unit and last.high is None and item.high is None:
            between = low[last.end : item.start]
            said = between.strip() != "och" or low[: last.start].endswith("mellan ")
            if _BETWEEN.fullmatch(between) and said and item.value > last.value:
                out[-1] = _Found(last.value, item.value, item.unit, last.start, item.end)
                continue
        out.append(item)
    return out


def _direction(low: str, floor: int, item: _Found) -> Direction:
    before = low[max(floor, item.start - 75) : item.start]
    for stop in _STOP.finditer(before):
        before = before[stop.end() :] if stop.end() < len(before) else before
    after = low[item.end : item.end + 40]
    if _AND_MORE.match(after) or low[item.start : item.end].count("+"):
        return ">="
    if _AND_LESS.match(after):
        return "<="
    if _NOT_OVER.search(before):
        return "<="
    if _NOT_UNDER.search(before):
        return ">="
    if item.unit in _DURATIONS and _ENDS_UNDER.search(before):
        before = _ENDS_UNDER.sub("", before)  # "under fem år" says how long, not at most
    if _AT_LEAST.search(before) or _SMALLEST.search(before):
        return ">="
    if _AT_MOST.search(before) or _LARGEST.search(before):
        return ">=" if _BEFOREHAND.match(after) else "<="
    return "="


_UNIT_GROUPS = tuple(g for g in _UNIT.groupindex if g not in ("plus", "times", "unit"))
