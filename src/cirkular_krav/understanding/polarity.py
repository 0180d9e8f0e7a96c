"""Which stretches of a requirement stand under negation or exclusion.

A demand that is refused is no demand: "begagnade madrasser godtas inte" must not count as wanting used goods. The
scope follows the clause: a refusing predicate ("godtas inte", "utgår", "undantas") takes its whole clause, any other
"inte" takes what follows it up to the next main verb. Double negations ("får inte missgynnas", "inte … utan") and
fixed phrases ("inte minst", "utan kostnad") take nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cirkular_krav.models import Span
from cirkular_krav.text import remembered
from cirkular_krav.understanding.words import holds_one, is_infinitive, last_match, lowered, word_set

_SIGNS = (
    "inte", "ej", "icke", "aldrig", "utan", "undant", "exkl", "inga", "inget", "ingen", "varken", "förbj", "förbud",
    "avvisas", "förkastas", "utgår", "utgått", "stryk", "struk", "slopa", " bort", "bortfaller", "upphävs",
    "bortsett", "frånsett", "undanbe",
)  # fmt: skip

# --- data: what is not a negation ---------------------------------------------------------------

# Right after "inte": fixed phrases, comparisons (they give a quantity its direction) and verbs that turn it around.
_NEUTRAL_AFTER_NOT = re.compile(
    r"[ ,]+(?:minst|bara|endast|enbart|uteslutande|blott|annat\b|heller bara)\b"
    r"|(?: (?!eller\b|och\b)[\wåäö]+){0,4}? (?:(?:överstig|överskrid|understig|underskrid)\w*|"
    r"(?:mer|mindre|fler|färre|längre|kortare|högre|lägre|äldre|yngre|sämre|senare|tidigare|större|tyngre)"
    r"(?: [\wåäö]+){0,3} än)\b"
    r"| längre (?:används|använder|behövs|behöver|brukas|brukar|duger|är i bruk|har användning|har behov)\b"
    r"|(?: [\wåäö]+){0,3}? (?:utesl[uå]\w+|missgynna\w*|diskriminer\w+|(?:för|mot)?hindra\w*|försvåra\w*|motverka\w*|"
    r"neka\w*|"
    r"vägra\w*|avvisa\w*|förkasta\w*|exkludera\w*|undanta\w*|förbj\w+|sakna\w*|upphör\w*|begränsa\w*|inskränk\w*|"
    r"underlåt\w*|"
    r"motsätt\w*|förstör\w*|skada\w*|hinder|äventyra\w*)\b"
    # The verb that turns it round may come after what it is done by: "inte genom sin form eller på annat sätt hindra".
    r"| (?:genom|via|med|medelst|vare sig|på något) (?:(?!som\b|ska\b|skall\b|bör\b|måste\b|får\b)[\wåäö/-]+,? ){1,14}?"
    r"(?:förhindra|hindra|försvåra|omöjliggöra|motverka|utesluta|missgynna|blockera|spärra)\b"
    r"| (?:[\wåäö]+ ){0,3}?(?:så att|på (?:ett )?(?:sådant )?sätt (?:som|så att|att)) (?:[\wåäö]+ ){0,4}?"
    r"(?:för)?(?:hindrar|hindras|svårar|svåras|omöjliggör\w*)\b"
)
_NEUTRAL_AFTER_NO = re.compile(
    r" (?:annat\b|hinder\b|(?:som )?(?:hindrar|utesluter)|(?:särskilda |extra |tillkommande )*(?:kostnad|merkostnad|"
    r"avgift|tilläggskostnad)\w*)"
)
_NEUTRAL_BEFORE_NOT = re.compile(
    r"(?:såvitt|huruvida|oavsett om[^.;]{0,60}? eller|upphör|hindrar|utesluter|begränsar|påverkar|påverkas|fråntar|"
    r"befriar) $"
)
# After the preposition "utan": ways of doing a thing, not things left out.
_NEUTRAL_WITHOUT = re.compile(
    r" (?:att\b|(?:(?:extra|särskil\w+|ytterligare|onödig\w*|oskälig\w*|någ\w+|tillkommande|skälig\w*|användning av|"
    r"föregående|"
    r"skriftlig\w*|(?:beställar|köpar|kommun|region|kund|myndighet)\w*s|större|nämnvärd\w*|annan) ){0,2}"
    r"(?:kostnad|merkostnad|dröjsmål|ersättning|avgift|debitering|specialverktyg|special|verktyg|hjälpmedel|undantag|"
    r"begränsning|"
    r"vederlag|förvarning|uppehåll|hinder|anmärkning|skad|påverkan|inverkan|avbrott|fördröjning|tidsspillan|medgivande|"
    r"godkännande|tillstånd|samtycke|åverkan|risk|tillägg|svårighet|synlig|märkbar|motprestation|moms|förbehåll|"
    r"förkunskap))"
)
_NEUTRAL_EXCEPT = re.compile(r" (?:moms|mervärdes?skatt|frakt)")

# --- the signs ----------------------------------------------------------------------------------

_CUE = re.compile(
    r"(?P<cue_not>\b(?:inte|ej|icke|aldrig)\b)|(?P<no>\b(?:inga|inget|ingen|varken)\b)|(?P<without>\butan\b)"
    r"|(?P<besides>\b(?:med undantag (?:för|av|från)|undantag (?:gäller|görs|är|utgörs av|medges)(?: för)?|exklusive|"
    r"exkl\.?|bortsett från|frånsett)(?= ))"
    r"|(?P<exempt>\bundanta(?:s|get|gna|gen|gits)\b)|(?P<forbid>\bförbju(?:det|den|dna|ds|der)\b|\bförbud mot\b)"
    r"|(?P<reject>\b(?:avvisas|förkastas|underkänns|undanbed(?:e)?s)\b)"
    r"|(?P<drop>\b(?:utgår|utgått|stryks|strukits|struket|slopa[ts]s?|slopats|tas bort|tagits bort|borttag(?:et|en|"
    r"na)|bortfaller|upphävs)\b(?! (?:från|ifrån|ur|med|vite|ersättning)\b))"
)
_MODAL = r"(?:ska|skall|bör|måste|får|kan|kommer att)"
_HARD = re.compile(
    r"[;!?()\[\]•|]| [–—-] |:(?= )|\.(?= +[A-ZÅÄÖ0-9]|$)"
    r"|,? (?:men|(?<!ej )(?<!inte )däremot|medan|varvid|i stället(?! för)|istället(?! för))\b|, dock\b"
    r"| (?:och|samt) (?:ska|skall|bör|måste|får)\b(?! (?:inte|ej|aldrig)\b)|, (?!som|vilk|där|om|när|då|att|vars|"
    r"t\.ex)(?:(?!och |eller |samt )[\wåäö]+ ){1,4}?(?:ska|skall|bör|måste|får)\b"
)
# "Skruvförband ska väljas, limmade fogar tillåts ej": the comma begins a clause when what precedes it has a verb.
_REFUSING_CLAUSE = re.compile(
    r", (?!som|vilk|där|om|när|då|att|vars)(?:(?!och |eller |samt )[\wåäö]+ ){1,4}?(?:accepteras|godtas|godkänns|"
    r"tillåts|medges|omfattas|ingår|undantas|utgår|undanbedes|undanbeds|avvisas|förkastas) ?(?:inte|ej)?\b"
)
_HAS_VERB = re.compile(r"\b(?:ska|skall|bör|måste|får|är|accepteras|önskas|godtas)\b")
_DOCK = re.compile(r"([\wåäö]+) dock (?:ej|inte)\b")
_STAYS_WITH_VERB = word_set("ska skall får bör kan måste är gäller omfattas ingår accepteras godtas har kommer")
_SOFT = re.compile(
    r",? (?:som|vilk\w+|där|eftersom|varför|såvida|innan|därför att|så att)\b|,? när\b|, (?:så|om|då|utan|även)\b"
    r"|\b(?:ska|skall|bör|måste)\b| om (?:det|den|de|detta|dessa|så|inte|leverantören|beställaren|köparen)\b"
    r"| om (?=(?:en|ett|någon|något|[\wåäö]+) (?:[\wåäö-]+ ){0,5}?(?:finns|går|kan)\b)"
)
_SOFT_FOR_PREDICATE = re.compile(r" (?:för|om|när|eftersom|såvida|innan|då|men|utan)\b|, ")
_STOP_WITHOUT = re.compile(
    rf",| så att\b| \b{_MODAL}\b| \b(?:är|har|som|men|samt|finns|ingår)\b| (?:eller|och) (?:i|med|på|av|ska)\b| \w+(?:eras|tas|"
    r"nns|vs)\b"
)
_STOP_BESIDES = re.compile(rf",| {_MODAL}\b| (?:som|gäller|lämnas|omfattas)\b")

# Predicates whose refusal is a refusal of the subject itself.
_REFUSABLE = (
    r"(?:(?:accept|lever|offer|repar|renov|tillåt|efterfråg|erbjud|använd|godkänn|godt|återt|återbruk|återanvänd|"
    r"(?:material)?återvinn|"
    r"köp|sälj|lämn|lagerhåll|tillhandahåll|kräv|ställ|begär|hyr|leas|beakt|räkn|tillgodoräkn|utvärder|poängsätt|"
    r"mont|install|inför|"
    r"tillämp|inkluder|omfatt|utför|genomför|önsk|returner|ta|poängsätt|inräkn|medräkn|bered)\w{0,4}s|förekomma|ingå|"
    r"finnas|utgå|gälla|ske|behövas|bytas)"
)
_PREDICATE_AFTER = re.compile(rf"(?: {_MODAL}\b)?(?: (?!{_MODAL}\b)[\wåäö-]+){{0,3}}? {_REFUSABLE}\b")
_QUALIFIED = re.compile(r" (?:i|med|utan|av|på|mot)\b")
# "Regummerade däck får inte monteras på styraxeln": a place where the thing is refused, not a way of doing it.
_PUT_IN_PLACE = re.compile(r"(?:monteras|användas|installeras|byggas in|förekomma|ingå)$")
_IN_A_STATE = re.compile(r" (?:i|på) (?:[\wåäö]+ ){0,2}?(?:skick|\w*stånd|\w*sätt|\w*vis|\w*grund|\w*bekostnad)\b")
_COPULA_AFTER = re.compile(
    r" (?:längre )?(?:tillåt\w*|acceptab\w*|godkän\w*|aktuell\w*|nödvändig\w*|obligatorisk\w*|önskvär\w*|önska\w*|"
    r"ett (?:ska-?|skall-?)?krav|relevant\w*)\b"
)
_PRESENT_PASSIVE = re.compile(
    r"(?:\w+(?:eras|tas|äns|ävs|nns|ges|dras|kas|nas|åts|vs|ns|ls|ås)|ingår|utgår|gäller|förekommer|omfattar) $"
)
_LEADS_TO_OBJECT = re.compile(r"(?:gäller|omfattar|avser) $")
_PREDICATE_HEAD = re.compile(rf"(?:{_MODAL}|kommer|ska|behöver|behövs|behöva|är|har|dock) $")
_SUBCLAUSE = re.compile(r"\b(?:som|vars|där|om|när|vilka|att|då)\b")
_RESTRICTED = re.compile(r"\b(?:som (?:inte|ej|saknar)|utan|inte uppfyller|ej uppfyller|saknar)\b")
_REFUSED = re.compile(
    r"\b(?:avvisas|förkastas|underkänns|(?:accepteras|godtas|godkänns|tillåts|beaktas) (?:inte|ej)|"
    r"(?:får|ska|kan|kommer) (?:inte|ej)(?: att)? (?:accepteras|godtas|godkännas|användas|levereras|offereras|"
    r"förekomma))"
)
_DEMAND = re.compile(
    r"\b(?:\w*krav\w*|punkt\w*|stycke\w*|villkor\w*|mening\w*|avsnitt\w*|kriteri\w*|text\w*|bestämmelse\w*|rad\w*|"
    r"lydelse\w*|bilaga\w*)\b"
)
_VERB_AFTER_BUT = re.compile(
    r" (?:ska|skall|bör|måste|får|även|också|snarare|i stället|istället|endast|bara|i (?:första|andra) hand)\b|"
    r" \w+(?:as|es|ås)\b"
)


class _Stretch(NamedTuple):
    start: int
    end: int


@remembered
def negations(text: str) -> tuple[Span, ...]:
    """Return the stretches of the text that stand under negation or exclusion, in order, not overlapping."""
    low = lowered(text)
    if not holds_one(low, _SIGNS):
        return ()
    found: list[_Stretch] = []
    for start, end in _clauses(text, low):
        found += _in_clause(low, start, end)
    return tuple(Span(start=s, end=e) for s, e in _merged(low, found))


def is_negated(text: str, span: Span) -> bool:
    """Tell whether any part of the span stands under negation or exclusion."""
    return any(found.start < span.end and span.start < found.end for found in negations(text))


def _clauses(text: str, low: str) -> Iterator[tuple[int, int]]:
    borders = {match.start() for match in _HARD.finditer(text)}
    for match in _DOCK.finditer(low):
        if match[1] not in _STAYS_WITH_VERB:
            borders.add(match.end(1))
    for match in _REFUSING_CLAUSE.finditer(low):
        if _HAS_VERB.search(low, max(0, match.start() - 120), match.start()):
            borders.add(match.start())
    start = 0
    for border in sorted(borders):
        yield start, border
        start = border + 1 if text[border] in ";:!?()[]•|." else border
    yield start, len(text)


def _in_clause(low: str, start: int, end: int) -> list[_Stretch]:
    clause = low[start:end]
    restricted = _RESTRICTED.search(clause)
    refused = _REFUSED.search(clause)
    if restricted and refused and restricted.start() < refused.start():
        return []  # "utan x accepteras inte", "som inte uppfyller y förkastas": x and y are wanted
    out: list[_Stretch] = []
    turned = False  # an "inte" that a following "utan" or verb has turned round
    for cue in _CUE.finditer(low, start, end):
        if turned and cue["without"]:
            continue
        if cue["cue_not"] or cue["no"]:
            stretch, turned = _of_not(low, start, end, cue)
            stretch = None if cue["cue_not"] and _drops_demand(low, start, cue) else stretch
        else:
            if re.search(r"\b(?:inte|ej|aldrig|icke|utan)(?: \w+)? $", low[max(start, cue.start() - 25) : cue.start()]):
                continue
            stretch = _of_other(low, start, end, cue)
        if stretch:
            out += _around_demand(low, stretch, cue)
    return out


# "Uttjänta datorer ska destrueras och får inte säljas vidare": one subject, of which one thing is demanded.
_DEMAND_AND_REFUSAL = re.compile(
    r"(?P<demand>\b(?:ska|skall|måste) (?!inte\b|ej\b|aldrig\b)(?:[\wåäö-]+ ){1,9}?)(?:och|samt) (?:ska|skall|får|kan) $"
)


def _around_demand(low: str, stretch: _Stretch, cue: re.Match[str]) -> list[_Stretch]:
    """Return the stretch without a demand that the same subject also meets."""
    demand = _DEMAND_AND_REFUSAL.search(low, stretch.start, cue.start())
    if demand is None:
        return [stretch]
    return [_Stretch(stretch.start, demand.start()), _Stretch(demand.end("demand"), stretch.end)]


def _drops_demand(low: str, start: int, cue: re.Match[str]) -> bool:
    """ "Krav 4 utgår inte" takes nothing away."""
    head = low[start : cue.start()]
    return head.endswith(("utgår ", "stryks ", "slopas ", "tas bort ")) and _DEMAND.search(head) is not None


# --- "inte", "ej", "inga" -----------------------------------------------------------------------


# How far a negation looks back and ahead, so that a text without full stops costs no more than its length.
_REACH = 400
_BUT = re.compile(r",? utan\b")
_SOFT_AFTER_NO = re.compile(r", (?:som|vilk|där|utan|om)\b| om (?:inte|det)\b")
_NO_DEMAND = re.compile(r" (?:[\wåäö]+ )?(?:(?:ska|skall)-?)?(?:krav|förutsättning|skyldighet)\b(?! att| på)")
# "Lämnas inte rapporten i tid ska vite betalas": the verb stands first, so this is a condition and refuses nothing.
_CONDITION_HEAD = re.compile(
    r" *(?:[\wåäö]+[aåä]s|finns|kan|har|är|får|vill|saknar|uppfyller|klarar|lämnar|levererar|fullgör|följer|utför)"
    rf"(?: (?!{_MODAL}\b)[\wåäö-]+){{0,6}} ?"
)
_MAIN_CLAUSE = re.compile(r"(?: |, )(?:ska|skall|har|får|kan|måste|äger|utgår|betalar|gäller|är) (?!inte\b|ej\b)")
_INVERTED = re.compile(r"(?:vid|i|till|för|under|här|då|det|enligt|på|av)\b")


def _of_not(low: str, start: int, end: int, cue: re.Match[str]) -> tuple[_Stretch | None, bool]:
    """Return what an "inte" or "inga" covers, and whether a following "utan" turns it round."""
    neutral = _NEUTRAL_AFTER_NO if cue["no"] else _NEUTRAL_AFTER_NOT
    head = low[max(start, cue.start() - _REACH) : cue.start()]
    limit = end
    end = min(end, cue.end() + _REACH)
    if neutral.match(low, cue.end(), end) or _NEUTRAL_BEFORE_NOT.search(head):
        return None, True
    if _CONDITION_HEAD.fullmatch(head) and _MAIN_CLAUSE.search(low, cue.end(), end):
        return None, False
    but = _BUT.search(low, cue.end(), end)
    if but:
        opposed = low[but.start()] == "," or _VERB_AFTER_BUT.match(low, but.end(), end)
        return (_Stretch(cue.start(), but.start()), True) if opposed else (None, True)
    if cue["no"]:
        predicate = _NO_DEMAND.match(low, cue.end(), end)
        if predicate and head.rstrip().endswith((" är", " utgör")):
            return _Stretch(start, predicate.end()), False  # "utbytbara batterier är inget krav"
        soft = _SOFT_AFTER_NO.search(low, cue.end(), end)
        return _Stretch(cue.start(), soft.start() if soft else limit), False
    return _of_predicate(low, start, end, cue, head), False


def _of_predicate(low: str, start: int, end: int, cue: re.Match[str], head: str) -> _Stretch:
    forward = _Stretch(cue.start(), _forward_end(low, cue.end(), end))
    if _is_subordinate(head):
        that = head.rfind(" att ")
        if that > max(head.rfind(" som "), head.rfind(" om ")) and _PREDICATE_AFTER.match(low, cue.end(), end):
            return _Stretch(start + that + 5, end)  # "observera att begagnat ej får offereras"
        main = _MAIN_VERB_AFTER_COMMA.search(low, cue.end(), forward.end)
        comma = low.find(",", cue.end(), forward.end) if _ASIDE.search(head) else main.start() if main else -1
        return _Stretch(cue.start(), comma) if comma > 0 else forward
    if _PRESENT_PASSIVE.search(head):
        rest = low[cue.end() : forward.end].strip(" .,")
        if rest and _INVERTED.match(head.lstrip(" ,")):
            return _Stretch(cue.start(), end)  # "vid utvärderingen beaktas ej löften om återtag"
        if re.match(r"(?:heller )?att\b", rest) or (rest and _LEADS_TO_OBJECT.search(head)):
            return _Stretch(cue.start(), end)
        return _Stretch(start, _first(_SOFT_FOR_PREDICATE, low, cue.end(), end))
    copula = _COPULA_AFTER.match(low, cue.end(), end)
    if copula and re.search(r"\b(?:är|vara|blir) $", head):
        if re.match(r" (?:\w+ )?att\b", low[copula.end() : end]):
            return _Stretch(cue.start(), end)
        return _Stretch(start, copula.end())
    predicate = _PREDICATE_AFTER.match(low, cue.end(), end)
    if predicate and _PREDICATE_HEAD.search(head) and not _is_qualified(low, predicate, end):
        return _Stretch(start, max(forward.end, predicate.end()))
    if not low[cue.end() : forward.end].strip(" .,") and not re.search(r"\b(?:är|har) $", head):
        return _Stretch(start, end)  # "Kravet på reservdelar gäller inte."
    return forward


def _is_qualified(low: str, predicate: re.Match[str], end: int) -> bool:
    """Tell whether only a way of doing it is refused: "får inte levereras i skadat skick"."""
    if not _QUALIFIED.match(low, predicate.end(), end):
        return False
    in_place = re.match(r" (?:i|på)\b", low[predicate.end() : end]) and _PUT_IN_PLACE.search(predicate.group())
    return not in_place or _IN_A_STATE.match(low, predicate.end(), end) is not None


# A clause set off by commas ends at the next one: "ska, om den inte behövs, kunna säljas".
_ASIDE = re.compile(r"(?:, (?:som|vilk\w+)|\b(?:om|när|då)) (?:[\wåäö]+ ){0,5}$")


# "Gods som beställaren inte vill ha, tillfaller entreprenören": what follows the comma is the main clause.
_MAIN_VERB_AFTER_COMMA = re.compile(r", (?:tillfaller|tillhör|övergår|blir|får|går|hör)\b")


def _is_subordinate(head: str) -> bool:
    """Tell whether the "inte" stands in a subordinate clause that began in this clause: "möbler som inte …"."""
    last = last_match(_SUBCLAUSE, head)
    if last is None:
        return False
    words = head[last.end() :].split()
    if any(word in ("ska", "skall", "får", "bör", "måste", "kan", "behöver", "är", "gäller") for word in words):
        return False
    return "," not in head[last.end() :] and not any(w.endswith(("eras", "tas")) for w in words)


def _forward_end(low: str, position: int, end: int) -> int:
    first_word = re.compile(r" *[\wåäö]+").match(low, position)
    begin = first_word.end() if first_word else position
    for soft in _SOFT.finditer(low, begin, end):
        is_modal = soft.group() in ("ska", "skall", "bör", "måste")
        that = _THAT.search(low, position, soft.start()) if is_modal else None
        if that and not is_infinitive(that[1]):
            continue  # "krävs inte att möblerna ska vara …", but not "inte går att laga … ska"
        return soft.start()
    return end


_THAT = re.compile(r" att ([\wåäö]+)")


def _first(pattern: re.Pattern[str], low: str, position: int, end: int) -> int:
    match = pattern.search(low, position, end)
    return match.start() if match else end


# "Rivning får påbörjas utan att inventering har utförts" gives leave to do without it.
_PERMITTED = re.compile(r"\bfår (?!inte\b|ej\b)(?:[\wåäö]+ ){0,2}?[\wåäö]{3,}s $")


# --- the other signs ----------------------------------------------------------------------------


def _of_other(low: str, start: int, end: int, cue: re.Match[str]) -> _Stretch | None:
    if cue["without"]:
        if low.startswith(" att ", cue.end()) and _PERMITTED.search(
            low[max(start, cue.start() - _REACH) : cue.start()]
        ):
            return _Stretch(cue.start(), _first(_STOP_WITHOUT, low, cue.end() + 1, end))
        if _NEUTRAL_WITHOUT.match(low, cue.end(), end):
            return None
        return _Stretch(cue.start(), _first(_STOP_WITHOUT, low, cue.end() + 1, end))
    if cue["besides"]:
        if _NEUTRAL_EXCEPT.match(low, cue.end(), end):
            return None
        return _Stretch(cue.start(), _first(_STOP_BESIDES, low, cue.end(), end))
    if cue["exempt"]:
        return _of_exempt(low, start, end, cue)
    if cue["forbid"]:
        if cue.group().endswith("mot") or re.match(r" (?:\w+ )?att\b", low[cue.end() : end]):
            return _Stretch(cue.start(), end)
        return _Stretch(start, end)
    if cue["drop"]:
        return _Stretch(start, end) if _DEMAND.search(low, start, cue.start()) else None
    return _Stretch(start, end)


def _of_exempt(low: str, start: int, end: int, cue: re.Match[str]) -> _Stretch:
    head = low[start : cue.start()].rstrip()
    if not head or head.endswith(","):  # "Undantaget är …", "…, undantaget madrasser"
        return _Stretch(cue.start(), _first(_STOP_BESIDES, low, cue.end(), end))
    if re.match(r" (?:ska|skall|bör|måste|får|är)\b", low[cue.end() : cue.end() + 8]):
        return _Stretch(start, cue.end())  # "engångshandskar undantaget ska …"
    comma = low.rfind(",", start, cue.start())
    return _Stretch(max(start, comma + 1) if " och " not in head else start, end)


def _merged(low: str, found: list[_Stretch]) -> list[_Stretch]:
    out: list[_Stretch] = []
    for start, end in sorted(found):
        while start < end and low[start] in " ,.":
            start += 1
        while end > start and low[end - 1] in " ,.":
            end -= 1
        if out and start <= out[-1].end:
            out[-1] = _Stretch(out[-1].start, max(end, out[-1].end))
        elif end > start:
            out.append(_Stretch(start, end))
    return out
