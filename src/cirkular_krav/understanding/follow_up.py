"""How a requirement is followed up during the contract, how often, and what happens when it is not kept."""

from __future__ import annotations

import re
from functools import lru_cache

from cirkular_krav.models import FollowUp, Span
from cirkular_krav.text import sentences
from cirkular_krav.understanding.polarity import is_negated
from cirkular_krav.understanding.words import holds_one, lowered

# Canonical interval and the words for it.
_INTERVALS: tuple[tuple[str, str], ...] = (
    ("veckovis", r"\bveckovis\w*|varje vecka|per vecka|en gång i veckan"),
    ("månadsvis", r"\bmånad(?:s|lig)(?:vis|en|t|a)?\w*|varje månad|per månad|månadsskifte"),
    ("kvartalsvis",
     r"\bkvartals?(?:vis|möte|rapport|redovisning|uppföljning)?\w*|var tredje månad|fyra gånger (?:per|om) år|"
     r"varje kvartal"),
    ("halvårsvis", r"\bhalvår(?:svis|lig\w*)?\w*|(?:två|2) (?:gånger|ggr) (?:(?:per|om) år|årligen)|var sjätte månad"),
    ("årligen",
     r"\bårlig\w*|\bårsvis|varje (?:kalender)?år\b|(?:en|1) (?:gång|ggr) (?:per|om) året?\b|\bårsrapport\w*|"
     r"\bvart (?:enda )?år\b|per (?:kalender)?år\b"),
    ("löpande", r"\blöpande\b|\bkontinuerlig\w*|\bregelbund\w+|\båterkommande\b|\bfortlöpande\b"),
)  # fmt: skip
_INTERVAL = tuple((name, re.compile(words)) for name, words in _INTERVALS)
_EVERY_NTH = re.compile(
    r"\bvart(?:annat|tredje|fjärde|femte| (?:annat|tredje|fjärde|femte)) år\b|\bvar(?:annan|tredje) månad\b"
)

# What is followed up: reports, statistics, meetings, audits. "Service ska utföras årligen" is none of them.
_FOLLOWED = re.compile(
    r"\b(?:\w*rapport(?:era\w*|er|en|ering\w*)?|redovis\w+|återrapport\w*|\w*statistik\w*|\w*uppfölj\w+|följs upp|"
    r"följa upp|följas upp|"
    r"revision\w*|stickprov\w*|\w*enkät\w*|avstämning\w*|sammanställning\w*|nyckeltal\w*|kpi\w*|\w*möten?\b|"
    r"\w*redovisning\w*|"
    r"kontroll(?:er|eras|eraras|en)?\b|granskning\w*|besiktning\w*|egenkontroll\w*|utvärderingsmöte\w*)"
)
_MEETINGS = re.compile(
    r"\b(?:uppföljnings|avstämnings|kvartals|bygg|års|drifts|samverkans|avtals)möten?\w*|\buppföljning sker\b"
)
_AUDIT = re.compile(r"\b(?:stickprov\w*|revision(?:er|en)?\b|granska|granskning\w*|inspektion\w*|kontroller)\b")
_MAY_AUDIT = re.compile(r"\brätt att\b|\b(?:kan|kommer att|får) (?:\w+ ){0,3}?(?:genomföra|göra|utföra|granska)")
_REQUEST = re.compile(
    r"\b(?:kan|får|rätt att) begära\b|\bbegär(?:a|as|s)? in\b|\b(?:på|vid|efter) (?:\w+ ){0,2}?(?:begäran|anmodan|"
    r"anfordran|uppmaning|förfrågan)\b|\b(?:när|om|då) (?:\w+ ){0,3}?(?:begär|efterfrågar|kräver|önskar|begärs)\b"
)
_SHOWN = re.compile(
    r"\b(?:redovis\w+|uppvis\w+|visas?|visas upp|visa upp|styrk\w+|verifier\w+|intyg\w*|certifikat\w*|\w*rapport\w*|"
    r"\w*statistik\w*|"
    r"underlag\w*|\w*dokumentation\w*|bevis\w*|\w*protokoll\w*|presenter\w+|\w*deklaration\w*|epd|produktblad\w*|"
    r"uppgifter)\b"
)
_IN_TENDER = re.compile(
    r"\bbifog\w+|\b(?:i|med|till|tillsammans med|i samband med) (?:sitt |sina |det |lämnat )?anbud(?:et|en|"
    r"slämnande\w*|sinlämning\w*|sansökan)?\b|"
    r"\bvid anbud(?:s\w*)?\b|\banbudet ska (?:innehålla|åtföljas)"
)
_SHOWN_IN_TENDER = re.compile(
    r"\bbifog\w+|"
    + _SHOWN.pattern
    + r"|\b(?:beskriv\w+|ange|anges|lämnas?|garantivillkor\w*|framgå\w*|\w*blad|licens\w*|försäkr\w+)\b"
)
_SANCTION = re.compile(
    r"\bvite(?:t|n|s\w*)?\b|\bhäv(?:a|as|er|s|t|ning\w*)\b|\bskadestånd\w*|\bbonus\w*|\bincitament\w*|\bförverka\w*"
    r"|\b(?:rättelse|avhjälp\w*|rätta(?:s)?|åtgärda(?:s)?)\b[^.;]{0,60}?\binom\b|"
    r"\binom\b[^.;]{0,40}?\b(?:vidta rättelse|avhjälp\w*|rättelse)\b"
)
_DEDUCTION = re.compile(r"\b(?:avdrag|prisavdrag|reducering|nedsättning)\b")
_BREACH = re.compile(
    r"\b(?:brist\w*|fel\b|försen\w+|utebli\w+|avvikelse\w*|fakturan?\b|ersättningen\b|vederlaget\b|inte (?:uppfyll|"
    r"full|lev|läm)\w*|avtalsbrott\w*)"
)
_SIGNS = (
    "vite", "häv", "skadest", "bonus", "incitament", "förverk", "inom", "avdrag", "reducering", "nedsättning",
    "rapport", "redovis", "statistik", "följ", "revision", "stickprov", "enkät", "avstämning", "sammanställ",
    "nyckeltal", "kpi",
    "möte", "kontroll", "granska", "granskning", "besiktning", "inspektion", "begär", "anmodan", "anfordran",
    "uppmaning", "förfrågan",
    "efterfråg", "kräver", "önskar", "bifog", "anbud",
)  # fmt: skip


@lru_cache(maxsize=256)
def find_follow_up(text: str) -> tuple[FollowUp, bool, str]:
    """Return how the requirement is followed up, whether a sanction or incentive goes with it, and the interval.

    The interval is one of ``veckovis``, ``månadsvis``, ``kvartalsvis``, ``halvårsvis``, ``årligen``, ``löpande`` or
    empty. Evaluation deductions (mervärdesavdrag, fiktivt prisavdrag) are no sanction.
    """
    low = lowered(text)
    if not holds_one(low, _SIGNS):
        return "none", False, ""
    sanction = _has_sanction(text, low)
    if _FOLLOWED.search(low):
        interval = next((name for name, words in _INTERVAL if words.search(low)), "")
        if interval or _EVERY_NTH.search(low) or _MEETINGS.search(low):
            return "recurring", sanction, interval
    if _REQUEST.search(low) and _SHOWN.search(low):
        return "on_request", sanction, ""
    if _AUDIT.search(low) and _MAY_AUDIT.search(low):
        return "on_request", sanction, ""
    if _IN_TENDER.search(low) and _SHOWN_IN_TENDER.search(low):
        return "in_tender", sanction, ""
    return "none", sanction, ""


def find_sanction(text: str) -> str:
    """Return the first sentence that names a sanction or an incentive, as it stands, or nothing."""
    return next((sentence for sentence in sentences(text) if _has_sanction(sentence, lowered(sentence))), "")


def _has_sanction(text: str, low: str) -> bool:
    for match in _SANCTION.finditer(low):
        if not is_negated(text, Span(start=match.start(), end=match.end())):
            return True
    return _DEDUCTION.search(low) is not None and _BREACH.search(low) is not None and "fiktiv" not in low
