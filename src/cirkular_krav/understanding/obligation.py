"""How strongly a sentence binds, and whether it asks for anything at all (``domain.md`` 3.5 and 3.7).

Order of what decides: an explicit label (a column's value, an answer control), the headings, the wording, the
document's role. A label or heading only tells binding from not binding: "ska i möjligaste mån" stays an effort and
"ska redovisa hur" stays telling under the label *Ska*.

To tell or to do: a duty to say *how* or *which* (plans, routines, working methods) is ``disclose``; reporting
figures during the contract (statistics, numbers, yearly reports) and drawing up a plan are things done, so
``mandatory``; "ska på begäran kunna redovisa" is ``disclose``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import cast

from cirkular_krav.linear import words_of
from cirkular_krav.models import DocumentRole, FoundBy, Obligation
from cirkular_krav.text import remembered
from cirkular_krav.understanding import asking
from cirkular_krav.understanding.asking import Duty, is_requirement
from cirkular_krav.understanding.fitted import model_of
from cirkular_krav.understanding.signs import form_signs
from cirkular_krav.understanding.words import lowered, word_set

__all__ = ["find_obligation", "is_requirement", "obligation_signs", "weigh_obligation"]

# --- label and headings -------------------------------------------------------------------------

_LABEL_RULES: tuple[tuple[Obligation, re.Pattern[str]], ...] = (
    ("option", re.compile(r"\boption")),
    ("mandatory", re.compile(r"ja krävs|\bkrävs\b")),
    (
        "desirable",
        re.compile(r"\bbör\b|\bbör-|börkrav|önsk|^b$|^ö$|\bmervärde|tilldelning|utvärder|^m$|^tk$|meriter|poäng"),
    ),
    ("information", re.compile(r"^(?:för )?(?:info|information|kännedom|upplysning)\b|^i$")),
    (
        "mandatory",
        re.compile(r"\bska\b|\bska-|skall|skakrav|obligator|^s$|^o$|^obl\b|måste|minimikrav|\bkvalificeringskrav"),
    ),
)
_BOTH = re.compile(r"\bska(?:ll)?\b.*\bbör\b|\bbör\b.*\bska(?:ll)?\b|\bs\b ?/ ?\bb\b|\bo\b ?/ ?\bb\b")
_WEAK_LABEL = re.compile(r"^krav(?:text)?$")

_HEADING_WISH = re.compile(r"\bbör-?\s?krav|önskemål|\bmervärde|tilldelningskriteri|utvärderingskriteri|meriterande")
_HEADING_MUST = re.compile(r"\b(?:ska|skall)-?\s?krav|obligatorisk|minimikrav")
_HEADING_OPTION = re.compile(r"\boption(?:er|en)?\b")
_HEADING_TELLS = re.compile(
    r"^[\d.\s]*(?:bakgrund|syfte|inledning|definitioner|begrepp|ordlista|läsanvisning\w*|symbolförklaring|orientering|"
    r"allmän (?:information|orientering)|om (?:kommunen|regionen|organisationen|beställaren|upphandlingen)|nuläge\w*|"
    r"information)"
    r"(?: (?:och|samt) (?:syfte|bakgrund|definitioner|nuläge|omfattning))?$"
)

# --- wording ------------------------------------------------------------------------------------

_EFFORT = re.compile(
    r"\bi (?:möjligaste|görligaste|största möjliga|högsta möjliga|största) (?:mån|utsträckning)|\bså långt (?:som |"
    r"det |som det )?(?:är )?(?:tekniskt |praktiskt |ekonomiskt )?"
    r"(?:möjligt|rimligt|det går)|\bdär (?:så |det |detta )?(?:är )?(?:möjligt|lämpligt)(?! att)|\bnär (?:så |"
    r"det )?(?:är )?(?:möjligt|lämpligt)(?! att)"
    r"|\bså (?:lågt|högt|få|litet|lite|små|mycket) (?:som )?möjligt\b"
    r"|\bom (?:så är |det är )?(?:möjligt|lämpligt)(?! att)|\bi den (?:mån|utsträckning) (?:det|de|sådan\w*|"
    r"så) (?:är|finns|kan|går)|\b(?:efter)?sträv(?:a|ar|as) (?:efter|mot)\b|\beftersträv\w+"
    r"|\bverkar? för\b|\bha (?:som |en )?(?:ambition|målsättning|som mål)|\bbeakta(?:s|r)?\b|"
    r"\bta (?:\w+ )?hänsyn till|\böverväg(?:a|as|er)\b"
    r"|\bfrämjar?\b|\bbidrar? till\b|\bförsöka\b|\befter bästa förmåga|\barbetar? (?:\w+ )?(?:för|mot) (?:att|en|ett|"
    r"minskad\w*|ökad\w*)\b"
)
_TELL = {
    "redovisa": 1, "redovisas": 1, "beskriva": 2, "beskrivas": 2, "ange": 1, "anges": 1, "redogöra": 2,
    "redogöras": 2, "presentera": 1,
    "presenteras": 1, "visa": 1, "visas": 1, "specificera": 1, "lämna": 3, "lämnas": 3, "inkomma": 3, "bifoga": 3,
    "bifogas": 3,
    "framgå": 1, "förklara": 2, "motivera": 2, "informera": 4, "upplysa": 4, "inlämna": 3, "inge": 3,
}  # fmt: skip
_NOT_A_VERB = word_set(
    "kunna samma alla dessa sina samtliga skriftliga båda egna även redan extra begära bilaga första andra svenska"
)
_SHORT_VERBS = word_set("ha vara få ge ta bli ske gå stå se")
_HOW = re.compile(
    r"\b(?:hur(?! (?:stor|mycket|mång|ofta))|vilka|vilken|vilket|på vilket sätt|varför|rutin\w*|plan(?:er|en)?\b|"
    r"\w+plan(?:er|en)?\b|arbetssätt\w*|metod\w*|strategi\w*|"
    r"tillvägagångssätt\w*|process(?:er|en)?\b|förslag|koncept\w*|sitt arbete|sina åtgärder|planerade|beskrivning\w*|"
    r"redogörelse\w*)"
)
_HOW_ONLY = re.compile(r"\b(?:hur(?! (?:stor|mycket|mång|ofta))|vilka|på vilket sätt)\b")
_FIGURES = re.compile(
    r"\bhur (?:stor|mycket|många)\b|"
    r"\b\w*statistik\w*|\bantal(?:et)?\b|\bmängd\w*|\bvikten\b|\bvolym\w*|\butfall\w*|\bkvartal\w*|\bårlig\w*|"
    r"\bvarje (?:år|månad|kvartal)|\bmånad\w*|\bnyckeltal"
    r"|\bdata\b|\brapport\w*|\bmätvärden|\bförsäljning\w*"
)
_ON_REQUEST = re.compile(r"\bpå begäran\b|\bvid (?:begäran|anmodan|förfrågan)\b|\bpå (?:anmodan|förfrågan)\b")


_ENGLISH_MODAL = re.compile(r"\b(shall|must|should|may)\b")
_ENGLISH_MODALS: dict[str, Obligation] = {
    "shall": "mandatory", "must": "mandatory", "should": "desirable", "may": "option",
}  # fmt: skip


def find_obligation(
    text: str,
    *,
    label: str = "",
    heading_path: tuple[str, ...] = (),
    role: DocumentRole = "other",
    asks: bool | None = None,
) -> tuple[Obligation, FoundBy]:
    """Return how strongly the text binds by the rules, and whether label, heading, wording or role decided.

    A scored criterion counts as ``desirable``: what it weighs is for the award weight to say. ``asks``: whether it has
    been found that the text asks for something, when that is known; it then is never ``information`` but by its label.
    """
    worded, by = _of_wording(text, role)
    stated = None if worded else _of_statement(text)
    labelled = _of_label(label)
    softer = next((said for said in (worded, stated) if said in ("effort", "disclose")), None)
    if labelled == "mandatory" and softer:
        return softer, by
    if labelled:
        return labelled, "label"
    if _WEAK_LABEL.match(label.strip().lower()):
        said = worded or stated
        return (said, by) if said and said not in ("mandatory", "information") else ("mandatory", "label")
    headed = _of_headings(heading_path, worded)
    if headed and not (headed == "information" and asks):
        return headed, "heading"
    if worded and not (worded == "information" and asks):
        return worded, by
    if role == "award":
        return "desirable", "role"
    if asks or (asks is None and worded is None and is_requirement(text, role)):
        return stated or "mandatory", "wording" if stated else "role"
    return "information", "wording"


# What rests on more than a modal, so that the other words of the text can say otherwise.
_WEIGHED = ("mandatory", "effort", "disclose")


def weigh_obligation(
    text: str, ruled: Obligation, by: FoundBy, role: DocumentRole, signs: Sequence[str]
) -> tuple[Obligation, FoundBy]:
    """Return how strongly a text binds when the rules' word (``ruled``) is weighed with its words and place.

    A label stands, and so do an explicit wish or leave ("bör", "får") and what only informs. Of a sentence without a
    place (no ``signs``) the rules decide alone.
    """
    model = model_of("obligation") if signs and by != "label" and ruled in _WEIGHED else None
    if model is None:
        return ruled, by
    scores = model.scores(words_of(text), obligation_signs(text, ruled, by, role, signs))
    weighed = cast("Obligation", model.classes[max(range(len(scores)), key=scores.__getitem__)])
    return (ruled, by) if weighed == ruled else (weighed, "wording")


def obligation_signs(text: str, ruled: Obligation, by: FoundBy, role: DocumentRole, placed: Sequence[str]) -> list[str]:
    """Return what the fitted model sees beside the words: the form, the place and what the rules say."""
    return [*form_signs(text), *placed, f"rule={ruled}", f"rule={ruled} {by}", f"rule={ruled} role={role}"]


def _of_statement(text: str) -> Obligation | None:
    """Return what a statement without a duty says: an effort, an account of how, or a leave; none when it just states."""
    low = lowered(text)
    if _EFFORT.search(low):
        return "effort"
    if _ACCOUNTS.search(low):
        return "disclose"
    may = _MAY.search(low)
    if may is None or asking.is_in_subordinate(low, may):
        return None
    opening = low[: may.start()]
    return "option" if len(opening.split()) <= _OPENING_WORDS and not _UNDER.search(opening) else None


# A statement whose modal allows rather than demands: "ett anbud får gälla flera delar"; a limit or a no is a demand.
_MAY = re.compile(
    r"\b(?:får|må|kan|äger)\b(?! (?:bara|endast|enbart|högst|inte|ej|icke|aldrig)\b)"
    r"(?![^.;]{0,60}\b(?:inte|ej|icke|högst|endast|enbart|bara|varken|inga|inget|ingen)\b)"
)
# What stands before the main verb of a clause is short and holds no clause of its own.
_OPENING_WORDS = 10
_UNDER = re.compile(
    r"\b(?:att|där|oavsett|innan|sedan|tills|varav|vilka|vilket|vilken|vars|hur|vad|eftersom|medan)\b|[.;?]"
)
# "Anbudsgivaren redogör för hur …": present tense that tells how, which or where.
_ACCOUNTS = re.compile(
    r"\b(?:redogör|beskriver|redovisar|anger|visar|berättar|förklarar)(?: (?!inte|ej|icke)[\wåäö]+){0,3}? "
    r"(?:hur(?! (?:stor|mycket|många))|vilka|vilket|vilken|var|varifrån|varför|på vilket sätt)\b"
)


@lru_cache(maxsize=256)
def _of_label(label: str) -> Obligation | None:
    low = label.strip().strip("()[]:.").lower()
    if not low or (_BOTH.search(low) and "ja krävs" not in low):
        return None
    return next((obligation for obligation, pattern in _LABEL_RULES if pattern.search(low)), None)


def _of_headings(heading_path: tuple[str, ...], worded: Obligation | None) -> Obligation | None:
    for heading in reversed(heading_path):
        told = _of_heading(heading)
        if told == "mandatory":
            return None if worded in ("desirable", "option", "effort", "disclose") else told
        if told == "desirable" or (told == "option" and worded != "disclose"):
            return told
        if told == "information":
            return None if worded else told
    return None


@lru_cache(maxsize=1024)
def _of_heading(heading: str) -> Obligation | None:
    low = heading.lower()
    if _HEADING_MUST.search(low):
        return "mandatory"
    if _HEADING_WISH.search(low):
        return "desirable"
    if _HEADING_OPTION.search(low):
        return "option"
    return "information" if _HEADING_TELLS.search(low) else None


@remembered
def _of_wording(text: str, role: DocumentRole) -> tuple[Obligation | None, FoundBy]:
    low = lowered(text)
    if asking.is_told(low):
        return "information", "wording"
    duty = asking.first_duty(low)
    wish = asking.WISH.search(low)
    tells = asking.TELL_ME.search(text)
    if tells and (duty is None or tells.start() < duty.start):
        return "disclose", "wording"
    if (
        wish
        and not asking.is_no_wish(low, wish)
        and (duty is None or (wish.start() <= duty.start and not asking.is_in_subordinate(low, wish)))
    ):
        return "desirable", "wording"
    if duty:
        return _of_duty(low, duty), "wording"
    if asking.has_buyers_duty(low) and not asking.is_option(low, role):
        return "information", "wording"
    found, by = _without_duty(low, role)
    return (found or _of_english(low)), by


def _of_english(low: str) -> Obligation | None:
    """Read the modal of a requirement in English, which no Swedish rule has caught."""
    modal = _ENGLISH_MODAL.search(low)
    return _ENGLISH_MODALS[modal[1]] if modal else None


def _of_duty(low: str, duty: Duty) -> Obligation:
    if duty.gives_buyer:
        return "option" if re.match(r" (?:\w+ )?ha (?:\w+ )?(?:rätt|möjlighet)", low[duty.end :]) else "mandatory"
    if _EFFORT.search(low):
        return "effort"
    return "disclose" if _only_tells(low, duty) else "mandatory"


def _without_duty(low: str, role: DocumentRole) -> tuple[Obligation | None, FoundBy]:
    if asking.ATTACH.match(low):
        return "mandatory", "wording"
    if asking.REFUSES.search(low) or asking.ONLY_MAY.search(low) or asking.is_consequence(low):
        return ("information" if asking.is_about_buyer(low) else "mandatory"), "wording"
    if asking.is_option(low, role) or asking.is_permission(low):
        return "option", "wording"
    if asking.is_measured_fragment(low, role):
        return "mandatory", "wording"
    if asking.is_scored(low):
        return "desirable", "wording"
    if asking.AMENDS.search(low):
        return "mandatory", "wording"
    return None, "wording"


def _only_tells(low: str, duty: Duty) -> bool:
    """Tell whether the duty is to say something rather than to do it; see the module's rule."""
    position = duty.end
    for match in re.compile(r"[\wåäö-]+").finditer(low, duty.end, min(len(low), duty.end + 110)):
        word = match.group()
        strength = _TELL.get(word)
        if strength:
            return _tells_what(low[duty.end : match.start()], low[match.end() :], strength, word)
        if word in _NOT_A_VERB or word.endswith(("arna", "erna", "orna")):
            continue
        if word in _SHORT_VERBS or word.endswith(("a", "as")) or match.start() - position > 100:
            return False
    return False


def _tells_what(before: str, rest: str, strength: int, word: str) -> bool:
    rest = rest[:120]
    figures = _FIGURES.search(rest) or _FIGURES.search(before)
    how = _HOW.search(rest)
    if figures and not (how and how.start() < figures.start()):
        return False
    if strength == 2:
        return True
    if strength == 4:
        return False
    if rest.startswith(" om ") and strength == 1:
        return True  # "ange om produkterna är renoverade"
    if strength == 3:
        is_account = "beskrivning" in rest or "redogörelse" in rest or _HOW_ONLY.search(rest) is not None
        return how is not None and is_account
    if how is not None:
        return not rest.startswith(" att ")
    return word.startswith("redovisa") and "kunna" in before and bool(_ON_REQUEST.search(before + rest))
