"""The closed list of units, as a table: the unit, how many of it one of the words is, and the words.

A number with any other unit is ignored. Months become years, weeks days, minutes hours, tonnes kg, Swedish miles km.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_AREA = r"(?:m2|m²|kvm|kvadratmeter)"
_NO_AIR = r"(?! ?(?:co2|koldioxid|/ ?h\b))"

# (unit, factor, what the words look like); the first that fits holds.
_TABLE: tuple[tuple[str, float, str], ...] = (
    ("kg_per_m2", 1, rf"(?:kg|kilo(?:gram)?) ?(?:/|per) ?(?:{_AREA}(?: ?/? ?(?:bta|bruttoarea|bruttototalarea|loa|boa|atemp))?"
                     r"|bta)(?!\w)(?! ?co2)"),
    ("g_per_portion", 1, r"(?:g|gram) ?(?:/|per) ?(?:serverad |såld |ätande )?(?:portion|gäst|matgäst|måltid|ätande|person|lunch)\w*"),
    ("kg", 1, rf"(?:kg|kilo(?:gram)?)s?\b(?! ?(?:/|per) ?(?:{_AREA}|m3|kubik|h\b|l\b|liter)){_NO_AIR}"),
    ("kg", 1000, rf"tons?\b{_NO_AIR}"),
    ("g", 1, rf"(?:g|gram)s?\b(?! ?(?:/|per) ?(?:k?wh|km|mj|liter|l\b|år|mån|vecka|dag|kvartal)){_NO_AIR}"),
    ("ignored", 1, r"(?:m[23³]?|liter|l)/(?:s|h|min|tim)\b|kg ?co2|[kmgt]b(?:/s|it)?\b|[mgk]?hz\b|tum\b|varv ?(?:/|per) ?min|(?:mg|µg|ppm|mikrogram)\b|[a-z]{1,3}/h\b"),
    ("percent", 1, r"(?:(?:vikts?|vol(?:ym)?|massa?|area)[-. ]{0,2}(?:procent|%)|%(?:-?(?:ig\w*|enheter))?"
                   r"|per ?cent\b|procent(?:enhet(?:er)?|-?ig[ta]?|s)?\b)"),
    ("years", 1 / 12, r"mån(?:ad(?:er(?:na|s\w*)?|s\w*)?)?\b|months?\b"),
    ("years", 1, r"(?:kalender|avtals|verksamhets|drifts)?år(?:en|ig[ta]?|s(?!arb|verk|anst|kurs|model|tid|red|skift|bas|vis|ink|"
                 r"prog|rapp|berät)\w*)?\b|years?\b"),
    ("washes", 1, r"(?:industri|maskin|hushålls|om)?-?(?:tvätt|disk)(?:ar|ningar|cykler|cykel|omgångar|gånger|tillfällen)(?:na)?\b"
                  r"|(?:industrial )?wash(?:es|ings| cycles)\b"),
    ("cycles", 1, r"(?!livs|tvätt|motor|disk)[a-zåäö]{0,20}-?cykler(?:na|s)?\b|ladd(?:nings)?cykel\b|(?:upp- och |ur-? och )?(?:upp|"
                  r"ur)?laddningar\b|(?:öppningar|stängningar|manövrer|manövreringar|slag|tryckningar|knapptryck|uppfällningar|"
                  r"belastningar|sittningar)\b|(?:charge |charging )?cycles\b"),
    ("rubs", 1, r"(?:(?:[a-zåäö]{0,12}nötnings|martindale)-?)?varv\b(?! ?(?:/|per) ?min)|martindale\b|nötningar\b|rubs\b"),
    ("km", 10, r"mil\b"),
    ("km", 1, r"(?:km|kilometers?)\b(?! ?/ ?(?:h|tim))"),
    ("days", 7, r"(?:kalender|arbets)?veck(?:or(?:na|s\w*)?|as?|ors)\b|weeks?\b"),
    ("days", 1, r"(?:arbets|kalender|var|bank|hel|skol|drift)?dag(?:ar(?:na|s\w*)?|s\w*)?\b|dygn(?:et|s\w*)?\b"
                r"|(?:working |business |calendar )?days?\b"),
    ("hours", 1, r"(?:arbets|drifts?|brinn|lys|körs?|kontors)?tim(?:mar(?:na|s\w*)?|mes?)?\b|(?<=\d )h\b|(?<=\d)h\b|hours?\b"),
    ("hours", 1 / 60, r"min(?:ut(?:er(?:na|s\w*)?|s)?)?\b(?!\.? ?\d)|minutes?\b"),
    ("kronor", 1e3, r"(?:tkr|kkr|tsek|ksek)\b"),
    ("kronor", 1e6, r"(?:mkr|mnkr|msek|miljonkronor)\b"),
    ("kronor", 1, r"(?:(?:svenska )?(?:kr|kronor\w{0,3}|krona|sek)\b|:-)"),
    ("points", 1, r"(?:(?<=\d )|(?<=\d))p(?![\w-])|(?:kvalitets|utvärderings|mervärdes)?poäng(?:en|s)?\b|points?\b"),
    ("count", 1, r"(?:st|stk|styck(?:en|s)?)\b(?! ?(?:sid|a4))|(?:gång(?:er)?|ggr|tillfällen|times)\b|dussin\b"),
    ("m2", 1, rf"{_AREA}(?!\w)"),
    ("m3", 1, r"(?:m3|m³|kbm|kubikmeter)(?!\w)"),
    ("um", 1, r"(?:µm|μm|mikrometer|my)\b"),
    ("mm", 1, r"(?:mm|millimeter)(?!\w)"),
    ("mm", 10, r"(?:cm|centimeter)(?!\w)"),
    ("m", 1, r"(?:m|(?:löp)?meter|lpm)(?![\w²³/])"),
    ("liters", 1, r"(?:l|liter)\b"),
    ("liters", 0.01, r"(?:cl|centiliter)\b"),
    ("liters", 0.1, r"(?:dl|deciliter)\b"),
    ("liters", 0.001, r"(?:ml|milliliter)\b"),
    ("lux", 1, r"lux\b"),
    ("db", 1, r"(?:db(?: ?\(?a\)?)?|decibel)(?!\w)"),
    ("kwh", 1, r"(?:kwh|kilowattim\w+)(?!\w)"),
    ("watts", 1000, r"(?:kw|kilowatt)\b"),
    ("watts", 1, r"(?:w|watt)\b"),
    ("degrees", 1, r"°(?: ?c\b)?|º ?c?\b|grader(?:s|na)?\b(?: celsius)?|gradig\w*"),
)  # fmt: skip
_ADJECTIVES = (
    r"(?:hela|fulla|fullständiga|kompletta|ytterligare|sammanhängande|ordinarie|dubbla|industriella|påföljande|extra|första|"
    r"följande|senaste|påbörjade|full|further|additional) "
)
_TIMES = {"tusen": 1e3, "miljon": 1e6, "miljoner": 1e6, "mn": 1e6, "miljard": 1e9, "miljarder": 1e9}
_UNIT = re.compile(
    r"(?: ?\+)?(?: ?[-–]? ?)(?:(?P<times>tusen|miljon(?:er)?|mn|miljard(?:er)?) )?"
    rf"(?:{_ADJECTIVES}){{0,2}}(?P<unit>"
    + "|".join(f"(?P<u{i}>{words})" for i, (_, _, words) in enumerate(_TABLE))
    + ")"
)
_GROUPS = {f"u{i}": (unit, factor) for i, (unit, factor, _) in enumerate(_TABLE)}

# A unit that stands before its number: "Martindale minst 50 000", "Garantitid (år): 7", "Viktprocent: ≥ 30".
_BEFORE = re.compile(
    r"(?:(?P<rubs>martindale(?:varv)?|\(varv\)|nötningsvarv)|(?P<kronor>\bsek|\(kr\)|\(sek\))"
    r"|(?P<years>\(år\)|antal år|tid,? år)|(?P<month>\(mån(?:ader)?\)|antal månader)"
    r"|(?P<percent>\(%\)|\(?(?:vikts?|volym)-? ?(?:%|procent)\)?|procent(?:andel)?|andel i %)"
    r"|(?P<cycles>antal (?:ladd|laddnings)?cykler|\((?:ladd)?cykler\))|(?P<washes>antal tvättar|\(tvättar\))|(?P<kg>\(kg\)|vikt i kg)"
    r"|(?P<km>\(km\))|(?P<kg_per_m2>\(kg/m[2²](?: bta)?\))|(?P<g_per_portion>\(g/portion\))"
    r"|(?P<days>antal (?:arbets)?dagar|\((?:arbets)?dagar\))|(?P<hours>antal timmar|\((?:timmar|tim|h)\))"
    r"|(?P<count>antal \(?st\)?|\(st\)|\(antal\))"
    r"|(?P<grade>(?:färg|ljus|tvätt|gnid|svett|vatten)\w*äkthet|noppbildning|noppning|pilling|skrynkelfrihet|"
    r"\b[a-zåäö]*index|betyg|slätgrad)(?: (?:mot|vid|för|efter|i) (?:\w+|\w+ och \w+))?)"
    r"[ :=|,]*(?:(?:är|om|på|ska|skall|vara|enligt|minst|lägst|högst|max|grad|om|≥|≤|>=|<=|\((?:minst|lägst|högst|"
    r"max)\))[ :=|]*){0,5}$"
)

# What a bare number of them says nothing about the demand: they describe the thing, or the test, unless text limits them.
DESCRIPTIVE = frozenset({"m2", "m3", "um", "mm", "m", "liters", "lux", "db", "kwh", "watts", "degrees"})
DURATIONS = frozenset({"years", "days", "hours"})
WEAR = frozenset({"cycles", "washes", "rubs"})


class Unit(NamedTuple):
    """A unit as it stands after (or before) a number: one of the word is ``factor`` of the unit."""

    name: str
    factor: float
    end: int
    words: str


def unit_after(low: str, position: int) -> Unit | None:
    """Return the unit that stands at the position, right after a number, or none."""
    match = _UNIT.match(low, position)
    if match is None:
        return None
    name, factor = next(_GROUPS[g] for g in _GROUPS if match[g] is not None)
    return Unit(name, factor * _TIMES.get(match["times"] or "", 1.0), match.end(), match["unit"])


def unit_before(before: str) -> Unit | None:
    """Return the unit that the text right before a number ends with, as a form or a table writes it, or none."""
    match = _BEFORE.search(before)
    if match is None:
        return None
    group = next(g for g, found in match.groupdict().items() if found is not None)
    name, factor = ("years", 1 / 12) if group == "month" else (group, 1.0)
    return Unit(name, factor, match.end(), match[group])
