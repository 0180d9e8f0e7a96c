"""What kind of requirement a sentence is: on the thing, the supplier or the performance, scored, or about the tender.

Order of what decides (``domain.md`` 3.4): an explicit label, the nearest heading, the wording, the document's role.
Two things stand outside the order: a text that only informs is ``information``, and wording about the tender itself
("anbudet ska undertecknas", F-skatt, ESPD) is ``formal`` wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import cast

from cirkular_krav.linear import words_of
from cirkular_krav.models import DocumentRole, FoundBy, Obligation, RequirementKind
from cirkular_krav.understanding.fitted import model_of
from cirkular_krav.understanding.signs import form_signs
from cirkular_krav.understanding.words import BUYER, lowered

_LABELS: tuple[tuple[RequirementKind, re.Pattern[str]], ...] = (
    ("award_criterion", re.compile(r"tilldelning|utvärder|mervärde|^m$|^tk$|\bpoäng")),
    ("selection_criterion", re.compile(r"kvalificering|urvalskrit|krav på (?:leverantör|anbudsgivar)|^kv$")),
    ("contract_condition", re.compile(r"kontraktsvillkor|avtalsvillkor|kommersiell|^skv$|\bvillkor\b")),
    ("technical_specification", re.compile(
        r"teknisk|^ts$|kravspecifikation|krav på (?:varan|tjänsten|produkten|föremålet)|produktkrav|minimikrav på")),
    ("formal", re.compile(r"formali|administrativ|formkrav")),
    ("information", re.compile(r"^(?:för )?(?:info|information|kännedom|upplysning)\b|^i$")),
)  # fmt: skip

# Searched in each heading, the nearest first; in one heading the first that fits wins.
_HEADINGS: tuple[tuple[RequirementKind, re.Pattern[str]], ...] = (
    ("formal", re.compile(
        r"uteslutning|\bespd\b|egen ?försäkran|anbudets (?:form|giltighet|innehåll|utformning)|anbudsform|inlämning|"
        r"lämna anbud|anbudets lämnande|anbudsgivning|^[\d. ]*anbud(?:et)?$|^[\d. ]*premier$|sekretess i|anbudssekretess|"
        r"avtalsspärr|tilldelningsbeslut|frågor (?:under|och svar|om)|krav på anbudet|administrativa (?:krav|villkor|"
        r"bestämmelser|föreskrifter)(?! för entreprenad)|"
        r"upphandlingsföreskrift|förfarande|sista (?:anbuds)?dag|giltighetstid|reservation|prisbilaga|prisuppgift|"
        r"prisformulär|^[\d. ]*pris(?:er)?$|"
        r"skatter? och (?:social|avgifter)|registrering|öppning av anbud|anbudsöppning|komplettering|"
        r"\bafb\.(?:1|2|3|4)|\bafb\b|formella krav")),
    ("award_criterion", re.compile(
        r"tilldelningskrit|utvärdering(?!smöte)|mervärde|poäng|viktning|bör-?krav|prövning och utvärdering|"
        r"bedömningsgrund|\bafb\.53|kvalitetskriteri|prisavdrag")),
    ("selection_criterion", re.compile(
        r"kvalificering|krav på (?:den |de )?(?:leverantör|anbudsgivar|anbudssökand|sökande|företag|utförar|entreprenör|"
        r"konsultföretag|försäkringsgivar|vårdgivar|byrå|åkeri|uppdragstagar)|"
        r"teknisk och yrkesmässig|teknisk kapacitet|yrkesmässig kapacitet|"
        r"ekonomisk (?:och finansiell )?(?:ställning|kapacitet)|lämplighet|referens|ledningssystem|\bafb\.5[12]?\b|"
        r"urvalskriteri|urval av")),
    ("contract_condition", re.compile(
        r"avtalsvillkor|kontraktsvillkor|kommersiella villkor|särskilda villkor|allmänna (?:avtals|"
        r"kontrakts)?villkor|avtalsutkast|avtalsmall|\bramavtal\b|^[\d. ]*avtal(?:et)?\b|"
        r"avtalstid|uppföljning|\bviten?\b|sanktion|hävning|fakturering|betalningsvillkor|ersättning och betalning|"
        r"\baf[cdg]\b|\baf[cdg]\.|entreprenadföreskrifter|"
        r"under avtals|uppsägning|force majeure|tvist|ansvar och försäkring|skadestånd|reklamation|"
        r"avtalsbrott|underleverantör|rapportering och statistik|statistik\b|revision\b")),
    ("technical_specification", re.compile(
        r"kravspecifikation|krav på (?:varan|varor|tjänst|produkt|föremål|utrustning|uppdrag|utförande|leverans|"
        r"material|möbler|funktion)|tekniska? (?:krav|specifikation|beskrivning)|"
        r"funktionskrav|produktkrav|uppdragsbeskrivning|tjänstebeskrivning|teknisk beskrivning|"
        r"rumsbeskrivning|utformning av|ska-?krav på|upphandlingsföremålet")),
)  # fmt: skip
# Registration in a trade register is a ground of qualification (LOU chapter 14, section 2); unpaid taxes are one of
# exclusion (chapter 13, section 2) and stay with what is about the tender.
_QUALIFIED = re.compile(
    r"\bf-?skatt|\bregistrerad\w* (?:hos|i|för)\b|\bregistrering i hemlandet|\bmotsvarande registrering\b"
)
_SELECTION_AFB = re.compile(
    r"\bafb\.?5(?:1|2)?\b.{0,5}(?:kvalificering|krav på anbudsgivar)|kvalificering av anbudsgivare|"
    r"^[\d. ]*registrering(?: och skatter)?$|^[\d. ]*(?:konsult|kompetens)?profiler$"
)

_TENDER_DOES = (
    r"(?:vara (?:bindande|skriftlig\w*|undertecknat|underskrivet|giltig\w*|avfattat|skrivet|upprättat|inlämnat|"
    r"komplett\w*|ovillkorlig\w*|oss tillhanda|på svenska)|"
    r"(?:lämnas|inlämnas|inkomma|inkommit|ha inkommit|ha kommit|undertecknas|signeras|skrivas|avfattas|avges|märkas|"
    r"utformas|upprättas|åtföljas|skickas|registreras|"
    r"gälla (?:till|i|t\.o\.m|fr))\b)"
)
_FORMAL = re.compile(
    rf"\banbud(?:et|en|sansökan|sformulär\w*)?\b[^.;]{{0,30}}?\b(?:ska|skall|måste|"
    rf"bör)\b (?:\w+ ){{0,4}}?{_TENDER_DOES}|\bska (?:anbud(?:et|en)?|ansökan) (?:\w+ ){{0,3}}?{_TENDER_DOES}"
    r"|\bespd\b|\begen ?försäkran om\b|\begen försäkran\b(?! räcker)|\buteslutning(?:s\w*)?\b|"
    r"\bavtalsspärr|\btilldelningsbeslut|\bbegäran om sekretess|\b(?:begäran|förtydligande\w*|komplettering\w*|"
    r"kontrollera)\b[^.;]{0,60}\bupphandlingsdokument|\bsekretess(?:begäran|prövning)|\bsekretessbelägg"
    r"|\bregistreringsbevis\b|\bskulder? (?:för|avseende) (?:svenska )?(?:skatt|social)|\bobetald\w* skatt|"
    r"\bskatter och (?:social\w* )?avgifter"
    r"|\bprisbilaga\w*\b[^.;]{0,30}\b(?:fyllas|ifyllas|bifogas|användas|vara ifylld|fylls)|\bfyll[ai]s? i (?:bilaga|"
    r"pris|nedan|bifogad)|\bifylld\b[^.;]{0,40}\bbifoga"
    r"|\b(?:pris(?:er|et|erna)?|á-pris\w*|à-pris\w*|timpris\w*)\b[^.;]{0,40}\bska(?:ll)?\b (?:\w+ ){0,3}?(?:anges|"
    r"lämnas|vara angiv\w+|vara (?:i|exklusive)|offereras|fyllas)|\bpris ska anges"
    r"|\bfrågor\b[^.;]{0,40}\bska(?:ll)? (?:\w+ ){0,2}?(?:ställas|skickas|lämnas|vara)|\banbudstid(?:en|ens)?\b|"
    r"\bsista anbudsdag|\balternativa anbud|\bsidoanbud|\breservation(?:er)?\b|\bvia (?:upphandlingssystemet|"
    r"tendsign|e-avrop|mercell|kommers)"
    r"|\b(?:samtliga|alla) (?:\w+ ){0,3}?(?:ska-?|skall-?)? ?krav\b[^.;]{0,40}\buppfyll"
)
_SCORED = re.compile(
    r"\bviktas\b|\bpoängsätts\b|\b(?:max(?:imalt)?|högst|upp till|ger|ges|om) \d+ ?(?:p|poäng)\b|\b\d+ poäng\b|"
    r"\bmervärde(?!s?skatt)\w*|\bprisavdrag\b(?!.*\b(?:fel|brist|försen))|\btilldelningskriteri|"
    r"\butvärderas\b(?! inte)|\butvärderingskriteri|\bjämförelsepris|\butvärderingspris|\bfiktivt (?:avdrag|påslag)|"
    r"\bkvalitetspoäng"
)
_ON_SUPPLIER = re.compile(
    r"\b(?:anbudsgivar(?:en|e|na|ens)|anbudssökande(?:n|ns)?|sökanden?|företaget)\b[^.;]{0,60}?\b(?:ska|skall|måste|"
    r"bör|får)\b (?:\w+ ){0,4}?(?:ha|inneha|kunna (?:visa|uppvisa|styrka)|redovisa|uppvisa|vara|uppfylla|uppgå|"
    r"arbeta|bedriva|inte|ej|styrka)\b"
    r"|\breferensuppdrag|\breferenser?\b.{0,30}\b(?:ska|redovisas)|\bomsättning\b|\bsoliditet\b|\bkreditvärdighet|"
    r"\brating\b|\briskklass|\bföretagets ekonomi"
)
_IN_CONTRACT = re.compile(
    r"\b(?:under (?:hela )?(?:avtals|kontrakts|ramavtals)(?:tiden|perioden)|avtalstiden|kontraktstiden|"
    r"avtalsperioden|vite\w{0,2}\b|viten\b|häva (?:avtalet|kontraktet)|hävning|uppföljningsmöte\w*|fakturan?\b|"
    r"fakturer\w+|"
    r"på begäran (?:ska|skall) leverantören|ska på begäran (?:lämna|redovisa|tillhandahålla) statistik|skadestånd|"
    r"uppsägning|säga upp (?:avtalet|kontraktet)|(?:årligen|månatligen|månadsvis|kvartalsvis|varje (?:månad|kvartal|"
    r"år)) (?:\w+ ){0,3}?(?:lämna|redovisa|rapportera)s?|kvartalsvis|(?:lämna|redovisa|"
    r"rapportera) (?:\w+ )?\w*statistik)"
    rf"|\b(?:den )?{BUYER} (?:har|äger) (?:\w+ )?rätt\b|\bunderleverantör(?:er|en)?\b|\bvid avrop\b"
)
_ACTOR_CONTRACT = re.compile(
    r"\b(?:leverantören|entreprenören|utföraren|säljaren|uppdragstagaren|konsulten|uthyraren)\b (?:\w+ )?(?:ska|"
    r"skall|åtar|ansvarar|förbinder|svarar|får|bör)\b|\b(?:ska|skall) (?:leverantören|entreprenören|utföraren)\b"
)
_ON_THING = re.compile(
    r"\b(?:offerera\w+|erbjudn?a?|levererade) (?:produkt|vara|varor|utrustning|möb|tjänst|material)\w*|\b(?:varan|"
    r"varorna|produkten|produkterna|utrustningen|möblerna|möbeln|materialet|stolarna|tjänsten|fordonet|fordonen|"
    r"armaturerna|emballaget|förpackningen|förpackningar|plagget|plaggen|textilierna|datorerna|"
    r"batteriet)\b[^.;]{0,40}?\b(?:ska|skall|bör|måste|får)\b"
)

_CONSEQUENCE = re.compile(r"\bvite\b|\bvitet\b|\bhäva (?:avtalet|kontraktet|köpet)\b")
_PROCEDURE = re.compile(
    r"\banbud(?:et|en)?\b|\banbudsgivare|\bupphandlingen\b|\bofferera[st]?\b pris|\bkvalificer|\bupphandlingssystem"
)

# Chapters on what the supplier does during the contract, in a document that is no contract.
_OPERATION = re.compile(r"^[\d. ]*(?:leverans(?:er|villkor)?|service|återtag\w*|beställning(?:ar)?)$")

_BY_ROLE: dict[DocumentRole, RequirementKind] = {
    "notice": "technical_specification", "instructions": "technical_specification",
    "specification": "technical_specification",
    "contract": "contract_condition", "award": "award_criterion", "questions": "technical_specification",
    "amendment": "technical_specification", "price_form": "formal", "policy": "information",
    "works": "technical_specification", "other": "technical_specification",
}  # fmt: skip


def find_kind(
    text: str,
    *,
    label: str = "",
    heading_path: tuple[str, ...] = (),
    role: DocumentRole = "other",
    obligation: Obligation,
    signs: Sequence[str] = (),
) -> tuple[RequirementKind, FoundBy]:
    """Return the kind, and whether its label, a heading, its wording or the document's role decided.

    What the rules say is weighed with the words and the place (``signs``, see ``signs.place_signs``) by a fitted model,
    unless a label says it. Of a sentence without a place the rules decide alone.
    """
    ruled, by = rule_of(text, label=label, heading_path=heading_path, role=role, obligation=obligation)
    model = model_of("kind") if signs and by != "label" and ruled != "information" else None
    if model is None:
        return ruled, by
    scores = model.scores(words_of(text), kind_signs(text, ruled, by, role, obligation, signs))
    weighed = cast("RequirementKind", model.classes[int(scores.argmax())])
    return (ruled, by) if weighed == ruled else (weighed, "wording")


def kind_signs(
    text: str,
    ruled: RequirementKind,
    by: FoundBy,
    role: DocumentRole,
    obligation: Obligation,
    placed: Sequence[str],
) -> list[str]:
    """Return what the fitted model sees beside the words: the form, the place and what the rules say."""
    return [*form_signs(text), *placed, *_rule_signs(ruled, by, role, obligation)]


@lru_cache(maxsize=1_024)
def _rule_signs(ruled: RequirementKind, by: FoundBy, role: DocumentRole, obligation: Obligation) -> tuple[str, ...]:
    return f"rule={ruled}", f"rule={ruled} {by}", f"rule={ruled} role={role}", f"obligation={obligation}"


def rule_of(
    text: str,
    *,
    label: str = "",
    heading_path: tuple[str, ...] = (),
    role: DocumentRole = "other",
    obligation: Obligation,
) -> tuple[RequirementKind, FoundBy]:
    """Return the kind by the rules alone.

    In a contract "leverantören ska" is a contract condition, in a specification the same words are a technical
    specification: the actor decides only where the role does not.
    """
    labelled = _of_label(label)
    if labelled:
        return labelled, "label"
    if obligation == "information":
        return "information", "wording"
    low = lowered(text)
    if role != "contract" and _FORMAL.search(low):
        return "formal", "wording"
    if role != "contract" and _QUALIFIED.search(low):
        return "selection_criterion", "wording"
    for heading in reversed(heading_path):
        headed = _of_heading(heading)
        if headed and not (role == "questions" and headed == "formal"):  # "Frågor och svar" says where, not what
            return _corrected(low, headed)
    kind, found_by = _of_wording(low, role)
    if found_by == "role" and role != "contract" and heading_path and _OPERATION.match(heading_path[-1].lower()):
        return "contract_condition", "heading"
    return kind, found_by


@lru_cache(maxsize=256)
def _of_label(label: str) -> RequirementKind | None:
    low = label.strip().strip("()[]:.").lower()
    return next((kind for kind, pattern in _LABELS if low and pattern.search(low)), None)


@lru_cache(maxsize=1024)
def _of_heading(heading: str) -> RequirementKind | None:
    low = heading.lower()
    if _SELECTION_AFB.search(low):
        return "selection_criterion"
    return next((kind for kind, pattern in _HEADINGS if pattern.search(low)), None)


def _corrected(low: str, headed: RequirementKind) -> tuple[RequirementKind, FoundBy]:
    """A scored text under a heading of the specification stays scored; else the heading decides."""
    if headed in ("technical_specification", "contract_condition") and _SCORED.search(low):
        return "award_criterion", "wording"
    if headed == "technical_specification" and _CONSEQUENCE.search(low):
        return "contract_condition", "wording"
    return headed, "heading"


def _of_wording(low: str, role: DocumentRole) -> tuple[RequirementKind, FoundBy]:
    if role != "contract" and _SCORED.search(low):
        return "award_criterion", "wording"
    if role not in ("contract", "award") and _ON_SUPPLIER.search(low):
        return "selection_criterion", "wording"
    if role not in ("contract", "award") and _IN_CONTRACT.search(low):
        return "contract_condition", "wording"
    if role in ("instructions", "notice", "other", "works", "price_form", "questions", "amendment"):
        if _ON_THING.search(low):
            return "technical_specification", "wording"
        if _ACTOR_CONTRACT.search(low):
            return "contract_condition", "wording"
    if role == "instructions" and _PROCEDURE.search(low):
        return "formal", "wording"
    return _BY_ROLE[role], "role"
