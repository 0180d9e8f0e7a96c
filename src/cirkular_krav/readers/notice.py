"""eForms notices: what the buyer says of the procurement in fields, and every text of the notice to quote from.

A notice is UBL XML. The texts are found by walking all elements that hold one, not by a list of paths: a field that
this reader has no name for is still read. Older TED notices (``TED_EXPORT``) are read for their basic facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from cirkular_krav.errors import ProblemCode, ReadingError
from cirkular_krav.models import FieldPlace, Lot, Notice, Problem
from cirkular_krav.organisation_number import is_valid_organisation_number, normalise_organisation_number
from cirkular_krav.readers.notice_awards import AWARD, award_facts
from cirkular_krav.readers.notice_results import bids_of, is_cancelled, winners_of
from cirkular_krav.readers.notice_ted import read_ted_export
from cirkular_krav.readers.notice_xml import all_texts, find_all, said, text_of, value_of
from cirkular_krav.readers.pieces import Events, Extent, Limits, Piece
from cirkular_krav.readers.textfile import count_letters, find_passages, read_bytes, split_number
from cirkular_krav.readers.xmlsafe import local_name, parse_xml
from cirkular_krav.text import clean

_ROOTS = frozenset({"ContractNotice", "PriorInformationNotice", "ContractAwardNotice"})
_UBL = "{urn:oasis:names:specification:ubl:schema:xsd:"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CPV = re.compile(r"\d{8}")
_SWEDEN = "SWE"


class _Field(NamedTuple):
    """A business term and the heading that its texts stand under."""

    term: str
    heading: str


_SELECTION = "Urvalskriterier"
_CONDITIONS = "Villkor för fullgörande av kontraktet"
# By the element that holds the text, its parent, and the list that the parent's code is taken from, where that matters.
_FIELDS = {
    ("ProcurementProject", "Name", ""): _Field("BT-21", ""),
    ("ProcurementProject", "Description", ""): _Field("BT-24", "Beskrivning"),
    ("ProcurementProject", "Note", ""): _Field("BT-300", "Ytterligare information"),
    ("ProcurementAdditionalType", "ProcurementType", ""): _Field("BT-777", "Strategisk upphandling"),
    ("ProcurementAdditionalType", "ProcurementType", "accessibility"): _Field("BT-755", "Tillgänglighet"),
    ("SelectionCriteria", "Name", ""): _Field("BT-749", _SELECTION),
    ("SelectionCriteria", "Description", ""): _Field("BT-750", _SELECTION),
    ("SpecificTendererRequirement", "Description", "exclusion-ground"): _Field("BT-67", "Uteslutningsgrunder"),
    ("SpecificTendererRequirement", "Description", "missing-info-submission"): _Field(
        "BT-772", "Komplettering av anbud"
    ),
    ("SpecificTendererRequirement", "Description", "selection-criterion"): _Field("BT-750", _SELECTION),
    ("TendererQualificationRequest", "CompanyLegalForm", ""): _Field("BT-76", "Rättslig form"),
    ("AwardingCriterion", "Description", ""): _Field("BT-733", AWARD),
    ("AwardingCriterion", "CalculationExpression", ""): _Field("BT-543", AWARD),
    ("SubordinateAwardingCriterion", "Name", ""): _Field("BT-734", AWARD),
    ("SubordinateAwardingCriterion", "Description", ""): _Field("BT-540", AWARD),
    ("ContractExecutionRequirement", "Description", ""): _Field("BT-70", _CONDITIONS),
    ("ContractExecutionRequirement", "Description", "nda"): _Field("BT-802", "Sekretessavtal"),
    ("RequiredFinancialGuarantee", "Description", ""): _Field("BT-75", "Säkerhet"),
    ("PaymentTerms", "Note", ""): _Field("BT-77", "Ekonomiska villkor"),
    ("SecurityClearanceTerm", "Description", ""): _Field("BT-732", "Säkerhetsprövning"),
    ("PresentationPeriod", "Description", ""): _Field("BT-99", "Överprövning"),
    ("TenderingProcess", "Description", ""): _Field("BT-88", "Förfarandet"),
    ("ProcessJustification", "ProcessReason", ""): _Field("BT-135", "Skäl för förfarandet"),
    ("ProcessJustification", "ProcessReason", "accelerated-procedure"): _Field("BT-1351", "Skäl för förfarandet"),
    ("AuctionTerms", "Description", ""): _Field("BT-122", "Elektronisk auktion"),
    ("SubsequentProcessTenderRequirement", "Description", ""): _Field("BT-111", "Avropsberättigade"),
    ("FrameworkAgreement", "Justification", ""): _Field("BT-109", "Ramavtalets längd"),
    ("ContractExtension", "OptionsDescription", ""): _Field("BT-54", "Optioner"),
    ("Period", "Description", ""): _Field("BT-57", "Förlängning"),
    ("RealizedLocation", "Description", ""): _Field("BT-728", "Plats"),
    ("OpenTenderEvent", "Description", ""): _Field("BT-134", "Anbudsöppning"),
    ("OccurrenceLocation", "Description", ""): _Field("BT-133", "Anbudsöppning"),
    ("Funding", "Description", ""): _Field("BT-6140", "Finansiering"),
    ("ProcurementLegislationDocumentReference", "DocumentDescription", ""): _Field("BT-01", "Rättslig grund"),
    ("Change", "ChangeDescription", ""): _Field("BT-141", "Ändring"),
    ("ChangeReason", "ReasonDescription", ""): _Field("BT-762", "Ändring"),
}
_UNNAMED = "Övriga uppgifter"
# Names and addresses of people and organisations, and what was awarded to whom, ask nothing of anyone.
_PASSED_OVER = frozenset({"Organizations", "NoticeResult", "ContractingParty"})


def read(path: Path, limits: Limits) -> Events:
    """Yield the facts of a notice as one ``Notice`` and its texts as pieces, placed by business term and lot.

    Swedish texts are preferred. ``Extent.characters`` counts letters and digits. Raises ``not-eforms`` for other XML
    and what ``xmlsafe.parse_xml`` raises. A wrong check digit in the buyer's number is a problem, not a refusal.
    """
    root = parse_xml(read_bytes(path, limits), limits)
    if local_name(root) == "TED_EXPORT":
        yield from read_ted_export(root)
        return
    if local_name(root) not in _ROOTS or not str(root.tag).startswith(_UBL):
        raise ReadingError(ProblemCode.NOT_EFORMS, root=local_name(root)[:60])
    notice, number = _notice(root)
    yield notice
    if number and not is_valid_organisation_number(number):
        yield Problem(code=ProblemCode.ORGANISATION_NUMBER, place="BT-501", values={"number": number})
    pieces = list(_pieces(root))
    yield Extent(characters=sum(count_letters(piece.number) + count_letters(piece.text) for piece in pieces))
    yield from pieces


# --- facts --------------------------------------------------------------------------------------


def _notice(root: etree._Element) -> tuple[Notice, str]:
    """Return the facts, and the number of a Swedish buyer as it is written."""
    buyer = _buyer(root)
    country = text_of(buyer, "PostalAddress/Country/IdentificationCode")
    # Other countries have numbers of ten digits too; they must not pass for Swedish ones.
    number = text_of(buyer, "PartyLegalEntity/CompanyID") if country in (_SWEDEN, "") else ""
    lots = tuple(_lot(element) for element in _lot_elements(root))
    amount = _amount(root)
    if amount is None and len(_lot_elements(root)) == 1:
        amount = _amount(_lot_elements(root)[0])
    facts = Notice(
        notice_id=next((text for text in _ids(root, "notice-id")), text_of(root, "ID")),
        notice_type=text_of(root, "NoticeTypeCode"),
        title=clean(said(root, "ProcurementProject/Name")),
        description=said(root, "ProcurementProject/Description"),
        buyer=clean(said(buyer, "PartyName/Name")),
        organisation_number=normalise_organisation_number(number),
        cpv=_cpv(root),
        lots=lots,
        published=_published(root),
        deadline=min(_dates(root, "TenderSubmissionDeadlinePeriod", "ParticipationRequestReceptionPeriod"), default=""),
        value=None if amount is None else value_of(amount),
        currency="" if amount is None else amount.get("currencyID", ""),
        procedure=text_of(root, "TenderingProcess/ProcedureCode"),
        framework=_strongest(_codes(root, "ContractingSystemTypeCode", "framework-agreement")),
        dynamic_system=_strongest(_codes(root, "ContractingSystemTypeCode", "dps-usage")),
        strategic_procurement=_codes(root, "ProcurementTypeCode", "strategic-procurement"),
        environmental_impact=_codes(root, "ProcurementTypeCode", "environmental-impact"),
        green_criteria=_codes(root, "ProcurementTypeCode", "gpp-criteria"),
        award_criteria=tuple(
            fact for lot in _lot_elements(root, groups=True) for fact in award_facts(lot, _lot_id(lot))
        ),
        bids=bids_of(root),
        winners=winners_of(root),
        cancelled=is_cancelled(root),
        languages=tuple(
            dict.fromkeys(all_texts(root, "NoticeLanguageCode") + all_texts(root, "AdditionalNoticeLanguage/ID"))
        ),
    )
    return facts, number


def _buyer(root: etree._Element) -> etree._Element | None:
    """Return the company of the leading buyer; winners, review bodies and e-senders are other organisations."""
    companies: dict[str, etree._Element] = {}
    leaders: list[str] = []
    for organisation in root.iter("{*}Organization"):
        for company in find_all(organisation, "Company"):
            identity = text_of(company, "PartyIdentification/ID")
            companies[identity] = company
            if text_of(organisation, "GroupLeadIndicator") == "true":
                leaders.append(identity)
    buyers = all_texts(root, "ContractingParty/Party/PartyIdentification/ID")
    wanted = [identity for identity in buyers if identity in leaders] + buyers
    return next((companies[identity] for identity in wanted if identity in companies), None)


def _lot_elements(root: etree._Element, *, groups: bool = False) -> list[etree._Element]:
    """Return the lots (in a prior notice: the parts), with the groups of lots only if asked for."""
    lots = find_all(root, "ProcurementProjectLot")
    return lots if groups else [lot for lot in lots if not _lot_id(lot).startswith("GLO-")]


def _lot_id(lot: etree._Element) -> str:
    return text_of(lot, "ID")


def _lot(lot: etree._Element) -> Lot:
    amount = _amount(lot)
    title = clean(said(lot, "ProcurementProject/Name"))
    return Lot(id=_lot_id(lot), title=title, cpv=_cpv(lot), value=None if amount is None else value_of(amount))


def _amount(scope: etree._Element) -> etree._Element | None:
    path = "ProcurementProject/RequestedTenderTotal/EstimatedOverallContractAmount"
    return next((element for element in find_all(scope, path) if value_of(element) is not None), None)


def _cpv(scope: etree._Element) -> tuple[str, ...]:
    """Return the codes of the scope and what lies in it: the main one first, each once, without check digits."""
    found: dict[str, None] = {}
    for kind in ("MainCommodityClassification", "AdditionalCommodityClassification"):
        for code in scope.iter("{*}ItemClassificationCode"):
            parent = code.getparent()
            digits = _CPV.match((code.text or "").strip())
            if parent is not None and local_name(parent) == kind and digits:
                found[digits.group()] = None
    return tuple(found)


def _published(root: etree._Element) -> str:
    """Return the day of publication in the Official Journal, else the day that the notice was sent."""
    dates = [_day(element.text) for element in root.iter("{*}PublicationDate")]
    return next(filter(None, dates), _day(text_of(root, "IssueDate")))


def _dates(root: etree._Element, *periods: str) -> list[str]:
    ends = (
        end for period in periods for element in root.iter(f"{{*}}{period}") for end in all_texts(element, "EndDate")
    )
    return [day for day in map(_day, ends) if day]


def _day(text: str | None) -> str:
    found = _DATE.match((text or "").strip())
    return found.group() if found else ""


def _ids(root: etree._Element, scheme: str) -> Iterator[str]:
    return ((e.text or "").strip() for e in find_all(root, "ID") if e.get("schemeName") == scheme)


def _codes(root: etree._Element, tag: str, list_name: str) -> tuple[str, ...]:
    codes = ((e.text or "").strip() for e in root.iter(f"{{*}}{tag}") if e.get("listName") == list_name)
    return tuple(dict.fromkeys(code for code in codes if code))


def _strongest(codes: tuple[str, ...]) -> str:
    """Return the code of the lots that say something else than none."""
    return next((code for code in codes if code != "none"), codes[0] if codes else "")


# --- texts --------------------------------------------------------------------------------------


def _pieces(root: etree._Element) -> Iterator[Piece]:
    yield from _titled(root, 1, "")
    yield from _scope(root, 2, "")
    for lot in _lot_elements(root, groups=True):
        yield from _titled(lot, 2, _lot_id(lot))
        yield from _scope(lot, 3, _lot_id(lot))


def _titled(scope: etree._Element, level: int, lot: str) -> Iterator[Piece]:
    title = said(scope, "ProcurementProject/Name")
    if title or lot:
        place = FieldPlace(field="BT-21" if title else "BT-137", lot=lot)
        yield Piece("heading", title or lot, place, level=level, number=lot if title else "")


def _scope(scope: etree._Element, level: int, lot: str) -> Iterator[Piece]:
    """Yield the texts of the procurement or of one lot: those of its project first, as a reader would want them."""
    heading = ""
    for holder in sorted(_holders(scope), key=lambda holder: local_name(holder) != "ProcurementProject"):
        is_named = bool(said(holder, "Name")) and count_letters(said(holder, "Description")) > 0
        for tag in dict.fromkeys(local_name(child) for child in holder if _holds_text(child)):
            field, text = _field(holder, tag), said(holder, tag)
            place = FieldPlace(field=field.term, lot=lot)
            if field.term == "BT-21" or not count_letters(text):
                continue
            if field.heading != heading:
                heading = field.heading
                yield Piece("heading", heading, place, level=level)
            if tag == "Name" and is_named:
                number, words = split_number(text)
                yield Piece("heading", words, place, level=level + 1, number=number)
            else:
                yield from _passages(text, place)
        if is_named:
            heading = ""  # what comes next does not stand under the name of this criterion


def _passages(text: str, place: FieldPlace) -> Iterator[Piece]:
    for passage in find_passages(text.split("\n")):
        yield Piece(passage.kind, passage.text, place, level=passage.level, number=passage.number)


def _holders(scope: etree._Element) -> Iterator[etree._Element]:
    """Yield the elements with texts of their own, without going into lots or what is passed over."""
    waiting = [scope]
    while waiting:
        element = waiting.pop()
        inner = [child for child in element if local_name(child) not in _PASSED_OVER | {"", "ProcurementProjectLot"}]
        if any(_holds_text(child) for child in inner):
            yield element
        waiting += reversed(inner)


def _holds_text(element: etree._Element) -> bool:
    """Tell whether an element is a text that someone has written: eForms gives each such text a language."""
    return element.get("languageID") is not None or (
        local_name(element) in ("Description", "Note", "ProcurementType") and len(element) == 0
    )


def _field(holder: etree._Element, tag: str) -> _Field:
    lists = [child.get("listName", "") for child in holder if local_name(child).endswith("Code")]
    for list_name in [*lists, ""]:
        field = _FIELDS.get((local_name(holder), tag, list_name))
        if field:
            return field
    return _Field(tag, _UNNAMED)
