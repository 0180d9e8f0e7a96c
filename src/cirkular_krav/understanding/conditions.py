"""The condition on which a requirement holds: "Om produkten innehåller plast ska …"."""

from __future__ import annotations

import re
from functools import lru_cache

from cirkular_krav.understanding.words import BUYER, SUPPLIER, holds_one, lowered

_OPENERS = (
    r"i (?:de|det) fall(?:et)?(?: att| då| när)?|för det fall(?: att)?|förutsatt att|under förutsättning(?:en)? att|"
    r"såvida|därest|"
    r"så länge|i den mån|i den utsträckning"
)
_MAIN_VERB = (
    r"(?:ska|skall|bör|måste|får|kan|äger|har|är|utgår|gäller|erbjuds|görs|sker|lämnas|ersätts|åtgärdas|"
    r"godtas|accepteras|"
    r"återtas|repareras|ansvarar|åtar)"
)
# The condition first: up to the main verb. "Vid" only here: later in the sentence it tells time or place.
_FIRST = re.compile(rf"(?:^|(?<=[.;:] )|(?<=, ))(?P<opener>om|när|då|vid|efter det att|{_OPENERS}) ")
_FIRST_END = re.compile(rf",(?= )|(?= {_MAIN_VERB}\b)")
# "Är reparation inte möjlig ska …", "Innehåller produkten batteri ska …", "Skulle varan sakna … ska …".
_VERB_FIRST = re.compile(
    r"(?:^|(?<=[.;] ))(?:är|skulle|saknas?|innehåller|upptäcks|uppstår|kan|begär|önskar|uppfyller|finns|brister|"
    r"visar det sig)\b(?=[^?]*$)"
)
_VERB_FIRST_END = re.compile(r",(?= )|(?= (?:ska|skall|bör|måste|får|äger|har|utgår|gäller)\b)")
_BINDS = re.compile(r"\b(?:ska|skall|bör|måste|får|äger|utgår|gäller)\b")
_LATER = re.compile(
    rf"\b(?:{_OPENERS})\b|\bom (?=(?:det|den|de|detta|dessa|denna|så|sådan\w*|{BUYER}|{SUPPLIER}|produkt(?:en|erna)|"
    r"varan?|varorna|möbe?l\w*na|"
    r"service|reparation|fel|brist\w*|inte|ej|någo[nt]|några|part\w*|utrustning\w*|material\w*|batteri\w*|"
    r"emballage\w*)\b)"
    r"|(?<!som )\bnär (?=(?:[\wåäö]+ ){1,4}?(?:understiger|överstiger|är|har|begär|uppnår|nått|upphör|levereras|byts|"
    r"uppstår))"
)
_LATER_END = re.compile(rf"[,.;)]|(?= (?:{'ska|skall|bör|måste'})\b)|$")
# What takes "om" as a preposition: "information om", "avtal om", "vite om 10 000 kr".
_TAKES_OM = re.compile(
    r"(?:\b\w*(?:information|upplysning|uppgift|uppgifter|kunskap|kunskaper|beslut|avtal|avtalet|krav|kravet|frågor|"
    r"fråga|vite|garanti|lag|"
    r"utbildning|dialog|kännedom|överenskommelse|samråd|underrättelse|meddelande|intyg|medvetenhet|reglerna|"
    r"bestämmelser|föreskrifter|"
    r"statistik|rapport|besked|erbjudande|förslag|svar|policy|data|dokumentation|råd|tvist)|enas|handlar|går|sköter|"
    r"avser) $"
)
# Phrases that say "unless otherwise agreed" or "where possible": no condition of their own.
_NO_CONDITION = re.compile(
    r"om (?:inte|inget|ej|icke) annat|om (?:så är |det är )?(?:möjligt|tillämpligt|lämpligt)(?! att)|om sådan finns|"
    r"såvida inte annat|"
    r"i den mån det är möjligt|när (?:så|det) är (?:möjligt|lämpligt)|när som helst|(?:när|vad) det gäller|"
    r"vid (?:anbudstid|anbuds|sista)|vid var tid"
)
_SIGNS = (
    "om ", "när ", "då ", "vid ", "fall", "förutsatt", "förutsättning", "såvida", "därest", "så länge", "i den ",
    "efter det",
)  # fmt: skip


@lru_cache(maxsize=256)
def find_condition(text: str) -> str:
    """Return the condition clause as it stands in the text, or an empty string; of several, the first."""
    low = lowered(text)
    if holds_one(low, _SIGNS):
        found = _condition_first(text, low) or _condition_later(text, low)
        if found:
            return found
    return _verb_first(text, low)


def _condition_first(text: str, low: str) -> str:
    for match in _FIRST.finditer(low):
        if _NO_CONDITION.match(low, match.start()):
            continue
        end = _end_of_first(low, match)
        if end:
            return text[match.start() : end]
    return ""


def _end_of_first(low: str, match: re.Match[str]) -> int:
    """The end of a leading condition: at the comma, or before the main verb (the second verb of a clause with one)."""
    ends = [e.start() for e in _FIRST_END.finditer(low, match.end())]
    if not ends:
        return 0
    if match["opener"] == "vid" or low[ends[0]] == ",":
        return ends[0]
    strong = [e for e in ends if low[e] == "," or re.match(r" (?:ska|skall|bör|måste|får)\b", low[e:])]
    return strong[0] if strong else (ends[1] if len(ends) > 1 else 0)


def _condition_later(text: str, low: str) -> str:
    for match in _LATER.finditer(low):
        if _NO_CONDITION.match(low, match.start()) or _TAKES_OM.search(low, max(0, match.start() - 30), match.start()):
            continue
        end = _LATER_END.search(low, match.end())
        return text[match.start() : end.start() if end else len(text)]
    return ""


def _verb_first(text: str, low: str) -> str:
    match = _VERB_FIRST.search(low)
    end = _VERB_FIRST_END.search(low, match.end()) if match else None
    if not match or not end or not _BINDS.search(low[end.start() : end.start() + 12]):
        return ""
    return text[match.start() : end.start()]
