"""Whether a quantity is the least, the most or just so: from a cue before it, a cue after it, or what is promised.

A cue before the number holds when only light words stand between ("får inte uppgå till mer än cirka 20"), and "inte"
turns a comparison round. Without a cue, what the text is about decides: a guarantee in bare words ("garanti i fem år")
is at least that long, a time to act ("leveranstid: 10 dagar") at most, and money is what it is.
"""

from __future__ import annotations

import re
from typing import Literal

from cirkular_krav.understanding.units import DURATIONS, WEAR
from cirkular_krav.understanding.words import word_set

Direction = Literal[">=", "<=", "="]

_TOKEN = re.compile(r"(?:min|max|ca|fr\.?o\.?m|t\.?o\.?m)\.|≥|≤|>=|<=|=>|=<|[><]|[.;!?,]|[a-zåäöéü]+|\d+")
_LIGHT = word_set(
    "i på om till av för under inom en ett den det de som totalt cirka ca ca. med vara är var blir har ha uppgå uppgår "
    "motsvara motsvarar motsvarande omfatta omfattar gälla gäller innehålla innehåller bestå består utgöra utgör uppnå "
    "klara klarar tåla tål lämnas finnas garanteras tillhandahållas andel andelen hela sammanlagt of a an the be for at "
    "värde tid tillåtna tillåten sätt ungefär endast bara ytterligare därefter"
)
_LEAST = word_set("minst lägst åtminstone minimum min min. minimalt tidigast ≥ >= => > utöver fr.o.m. from least")
_MOST = word_set("högst max max. maximalt maximum inom senast ≤ <= =< < most within")
# Adjectives whose noun stands between: "minsta godtagbara garantitid är 5 år".
_LEAST_NOUN = ("minsta", "lägsta", "kortaste", "minimal", "minimi")
_MOST_NOUN = ("högsta", "längsta", "största", "max", "takvolym", "takpris", "takbelopp")
_MORE_THAN = word_set("mer fler flera högre längre större äldre senare tyngre tjockare bredare bättre more")
_LESS_THAN = word_set("mindre färre lägre kortare yngre lättare smalare tunnare sämre less fewer")
_OVER = ("överstig", "överskrid")
_UNDER = ("understig", "underskrid")
_NOT = word_set("inte ej icke aldrig ingen inga inget utan not no")
_CLAUSE = word_set("om som när och men eller där vilket samt , . ; ! ?")
_STOP = word_set(". ; ! ? utgår vite")
_MODAL = word_set("ska skall bör måste får kan")
_REACH = 6
_HEAVY = {"limit": 2, "noun": 4, "compare": 0}

_AND_MORE = re.compile(
    r" ?[,(]? ?(?:[\wåäö]+ ){0,2}(?:eller|och|el\.?) (?:mer|fler|flera|längre|högre|däröver|uppåt|äldre|större|över|"
    r"bättre|mera|senare)\b(?! ?\d)"
    r"| (?:som )?(?:minst|lägst) ?(?:[.,;)]|$)| ?\+(?! ?\d)| or (?:more|longer)\b"
)
_AND_LESS = re.compile(
    r" ?[,(]? ?(?:[\wåäö]+ ){0,2}(?:eller|och|el\.?) (?:mindre|färre|kortare|lägre|därunder|under|yngre|nedåt)\b(?! ?\d)"
    r"| (?:(?:som )?(?:mest|längst|högst)|max(?:imalt)?) ?(?:[.,;)]|$)| or (?:less|fewer)\b"
)
_COPULA = re.compile(r"(?:\b(?:vara|är|uppgår? till|motsvarar?|hålla|håller|ytvikt)|[:=]) (?:ca\.? |cirka )?$")
_BEFOREHAND = re.compile(r" (?:före|innan|i förväg)\b")
_REFUSED = re.compile(
    r"[^.;]{0,60}?\b(?:(?:godta(?:s|ge?s)?|accepteras|tillåts|godkänns|antas|beaktas|får|bör|ska|skall|kan) (?:ej|inte|icke)\b|"
    r"är (?:inte|ej) (?:tillåt|godta|godkän)|avvisas\b|underkänns\b|förkastas\b)"
)
_ENDS = re.compile(r"[.;!?](?: |$)")

_MONEY_TALK = re.compile(
    r"\b(?:vite\w*|prisavdrag\w*|rabatt\w*|restvärd\w*|ersätt(?:er|s|ning\w*)\b|påslag\w*|debiter\w*|avdrag\w*|dröjsmål\w*|kontraktssum\w*|"
    r"ordervärde\w*|\w*besparing\w*|bonus\w*|index\w*|extra\b|moms\w*|vikt(?:as|ning)\b|påslag|faktur\w*)"
)
_PROMISED_SHARE = re.compile(
    r"åter[a-zåäö]+|retur(?:fiber|papper|asfalt|plast|material)|förny|ekolog|begagn|renover|rekond|reparer|lagad|\bbestå[rt]?\b|bestående|innehåll|"
    r"utgör|kapacitet|kvar\b|hållbarhet|kompost|skrot|biogas|fossilfri|laddbar|\bel\b|sorter|tidigare|bevara|kravmärk|rättvise|"
    r"svensk|närproduc|utfas|ersatt|bytt|recycl|använ[dt]|bruk|hämta|delbar|utbytbar|tvättbar"
)
_DOWN_TO = re.compile(
    r"\b(?:minska|sänk|reducer|begräns|krymp|ner|ned)\w*\b[^.;,]{0,45}\b(?:till|ned till|ner till)\b[^.;,\d]{0,12}$"
)
_UP_OR_DOWN_BY = re.compile(
    r"\b(?:minska|sänk|reducer|öka|höj|förbättr|effektiviser|förläng)\w*\b[^.;]{0,70}\bmed\b[^.;\d]{0,14}$"
)
_WASTE = re.compile(r"avfall|spill|svinn|rivnings|mängd|utsläpp|deponi|förbruk")
_LOAD = re.compile(
    r"\b(?:bär|bära|tål|tåla|klara|klarar|belast\w*|\w*last|brukarvikt\w*|maxlast|dimensioner\w*|hålla|håller)\b"
)
_REUSED = re.compile(r"återanvänd|återbruk|återvin|användas på plats|tas till ?vara|tillvarata|nyttiggör")
_LASTING = re.compile(
    r"garant|ansvar|reservdel|\bdelar|\b\w*delar\b|tillbehör|livsläng|hållbar|tillhandahåll|tillgäng|\bköpa?s?\b|beställas?\b|lagerhåll|"
    r"\bfinnas?\b|finns|erfarenhet|uppdatering|\bklara|\btål|\bhåll[aes]|\bhåller|support|\bservice|lagra|bevara|dimensioner|levereras|"
    r"försörjning|passa|utbytbar|kompatib|guarant|warrant|available|spare|återköp|i bruk|i drift|i gång|reparera|repareras|underhåll|"
    r"brukstid|nyttjas|räckvidd|fungera|lösa\b|slit|kvar|sammanlagd|verksam|behåll|prestera|tekniskt? liv|i stället för"
)
_TERM = re.compile(
    r"\b(?:\w*avtal(?:et|en|stid\w*)? (?:löper|gäller|omfattar|tecknas|är|ska gälla)|\w*avtalstid\w*|hyrestid\w*|\w*perioden|option\w*|förläng\w*|"
    r"bindningstid\w*|hyrs|uppsägning\w*|avskriv\w*|fyllt|fyller|extra)\b"
)
_LATELY = re.compile(
    r"\b(?:de senaste|senaste|närmast föregående|gångna|de tre senaste|de fem senaste)\b[^.;,\d]{0,12}$"
)
_TO_ACT = re.compile(
    r"leverans|leverera|inställelse|åtgärd|svarstid|svara|avhjälp|lagad|lagas|repar|responstid|respons|ledtid|hanteringstid|"
    r"handläggningstid|utbyte|byte|bytas|bytt|byta\b|framme|hämta|utförd|återställ|uttag|tidsfrist|stillestånd|avbrott|expedier|"
    r"demonter|monter|plockas isär"
)
_TAKES = re.compile(r"\b(?:på|tar|ta) (?:cirka |ca\.? |under )?$")
_AFTER = re.compile(r"\befter (?:[a-zåäö]+ )?$")
_FROM = re.compile(r"\bfrån (?:cirka |ca\.? |dagens |nuvarande )?$")
_AT_A_TIME = re.compile(r" (?:åt gången|i taget|i veckan|i månaden|per vecka|per år)\b")
_WARRANTED = re.compile(r"garant|livsläng")
_RATE = re.compile(
    r"^[^.;,]{0,40}?(?:\bom året\b|\b(?:per|/) ?(?:\w*år|månad|vecka|kvartal|termin|dag|skola|enhet|säsong)\b|årlig\w*\b|i (?:månaden|"
    r"veckan|kvartalet)\b|/ ?(?:år|mån|vecka))"
)


def direction_of(sentence: str, floor: int, after: str, unit: str) -> Direction:
    """Return the direction of a quantity from the lower-case text before it and after it.

    Cues are looked for from ``floor``, where the last quantity ended; what is promised, in all that stands before.
    """
    if _AND_MORE.match(after):
        return ">="
    if _AND_LESS.match(after):
        return "<="
    return cue_before(sentence[floor:], after, unit) or _implied(sentence, after, unit)


def is_limited(before: str, after: str, unit: str) -> bool:
    """Tell whether the words around a quantity limit it or say that the thing is so much."""
    return bool(
        _AND_MORE.match(after) or _AND_LESS.match(after) or _COPULA.search(before) or cue_before(before, after, unit)
    )


def cue_before(before: str, after: str, unit: str) -> Direction | None:
    """Return the direction that the nearest cue before the number gives, or none."""
    words = [match.group() for match in _TOKEN.finditer(before)]
    heavy = 0
    for i in range(len(words) - 1, -1, -1):
        word = words[i]
        if word in _STOP:
            return None
        found = _cue(words, i, unit)
        if found and heavy <= _HEAVY[found[1]]:
            return _turned(words, i, *found, after)
        if word == ",":
            heavy += 1
        elif word not in _LIGHT and not word.isdigit():
            heavy += 3 if word in _MODAL and heavy else 1
        if heavy > max(_HEAVY.values()):
            return None
    return None


def _cue(words: list[str], i: int, unit: str) -> tuple[Direction, str] | None:
    word, last = words[i], words[i - 1] if i else ""
    if word in _LEAST or (word == "med" and last == "och" and i > 1 and words[i - 2] == "från"):
        return ">=", "limit"
    if word in _MOST or (word in ("mest", "längst") and last == "som") or (word == "till" and last == "upp"):
        return "<=", "limit"
    if (word == "till" and last.startswith("begräns")) or (word == "to" and last == "up"):
        return "<=", "limit"
    if word in ("än", "than"):
        return (">=", "compare") if last in _MORE_THAN else ("<=", "compare") if last in _LESS_THAN else None
    if word == "över" or word.startswith(_OVER):
        return ">=", "compare"
    # "under fem år" says how long, not at most; "på under fem minuter" and "ej under fem år" compare.
    if word.startswith(_UNDER) or (
        word == "under" and (unit not in DURATIONS or last in _NOT or (last == "på" and unit != "years"))
    ):
        return "<=", "compare"
    if word.startswith(_LEAST_NOUN):
        return ">=", "noun"
    if word.startswith(_MOST_NOUN) and not word.endswith("poäng"):
        return "<=", "noun"
    return None


def _turned(words: list[str], i: int, direction: Direction, kind: str, after: str) -> Direction:
    """Turn a comparison round where it is denied or what it says is refused; "senast 30 dagar före" is at least 30."""
    opposite: Direction = "<=" if direction == ">=" else ">="
    if kind != "compare":
        turned = (words[i] == "senast" and _BEFOREHAND.match(after)) or (words[i] == "inom" and _forbidden(words, i))
        return opposite if turned else direction
    end = _ENDS.search(after)
    if any(word in _NOT for word in words[i + 1 :]) or _denied(words, i):
        return opposite
    return opposite if _REFUSED.match(after, 0, end.start() if end else len(after)) else direction


def _denied(words: list[str], i: int) -> bool:
    for word in reversed(words[max(0, i - _REACH) : i]):
        if word in _NOT:
            return True
        if word in _CLAUSE:
            return False
    return False


def _forbidden(words: list[str], i: int) -> bool:
    """Tell whether something must not be within the time: "ska inte torka inom två år" lasts two years."""
    reach = words[max(0, i - _REACH) : i]
    return any(word in _NOT and reach[j - 1] in _MODAL for j, word in enumerate(reach) if j)


def _implied(before: str, after: str, unit: str) -> Direction:
    """Return the direction of a bare quantity by what the clause is about."""
    start = max((match.end() for match in _ENDS.finditer(before)), default=0)
    before = before[start:]
    if _FROM.search(before):
        return "="
    end = _ENDS.search(after)
    after = after[: end.start() if end else 70][:70]
    around = f"{before} # {after}"
    if unit in WEAR:
        return ">="
    if unit == "percent":
        return _share(before, around)
    if unit in DURATIONS:
        return _duration(before, after, unit)
    if unit == "count":
        return "<=" if _DOWN_TO.search(before) else ">=" if _RATE.match(after) else "="
    if unit == "g_per_portion" or (unit == "kg_per_m2" and _WASTE.search(around)):
        return "<="
    if unit in ("kg", "kg_per_m2", "km"):
        return (
            ">="
            if _LOAD.search(around) or _REUSED.search(around) or (unit == "km" and _LASTING.search(around))
            else "="
        )
    return ">=" if unit == "grade" else "="


def _share(before: str, around: str) -> Direction:
    if _DOWN_TO.search(before):
        return "<="
    if _UP_OR_DOWN_BY.search(before):
        return ">="
    return ">=" if _PROMISED_SHARE.search(around) and not _MONEY_TALK.search(around) else "="


def _duration(before: str, after: str, unit: str) -> Direction:
    if _LATELY.search(before):
        return "<="
    if _AFTER.search(before):
        return "="
    around = f"{before} # {after}"
    if _TERM.search(before) or _AT_A_TIME.match(after):
        return "="
    if unit != "years" and not _WARRANTED.search(around) and (_TAKES.search(before) or _TO_ACT.search(around)):
        return "<="
    return ">=" if _LASTING.search(around) else "="
