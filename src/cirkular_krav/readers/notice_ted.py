"""Older notices from TED (``TED_EXPORT``, before eForms): the basic facts and the texts."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from cirkular_krav.errors import ProblemCode, ReadingError
from cirkular_krav.models import FieldPlace, Notice
from cirkular_krav.organisation_number import normalise_organisation_number
from cirkular_krav.readers.notice_xml import inner_text
from cirkular_krav.readers.pieces import Events, Extent, Piece
from cirkular_krav.readers.textfile import count_letters, find_passages
from cirkular_krav.readers.xmlsafe import local_name

_NOT_TEXT = frozenset({"CONTRACTING_BODY", "AWARD_CONTRACT", "CONTACT", "ADDRESS_REVIEW_BODY"})


def read_ted_export(root: etree._Element) -> Events:
    """Yield one ``Notice`` with title, buyer and CPV codes, and the texts placed by the name of their element.

    Of a notice in several languages the Swedish form is read, else the original. Raises ``not-eforms`` without form.
    """
    forms = [form for section in root.iter("{*}FORM_SECTION") for form in section if local_name(form)]
    if not forms:
        raise ReadingError(ProblemCode.NOT_EFORMS, root=local_name(root))
    form = max(forms, key=lambda form: (form.get("LG") == "SV", form.get("CATEGORY") == "ORIGINAL"))
    number = _first(form, "NATIONALID")
    yield Notice(
        notice_id=root.get("DOC_ID", ""),
        notice_type=local_name(form),
        title=_first(form, "TITLE"),
        description=_first(form, "SHORT_DESCR"),
        buyer=_first(form, "OFFICIALNAME"),
        organisation_number=normalise_organisation_number(number),
        cpv=tuple(dict.fromkeys(code.get("CODE", "")[:8] for code in form.iter("{*}CPV_CODE") if code.get("CODE"))),
        languages=(form.get("LG", ""),) if form.get("LG") else (),
    )
    pieces = list(_pieces(form))
    yield Extent(characters=sum(count_letters(piece.number) + count_letters(piece.text) for piece in pieces))
    yield from pieces


def _pieces(form: etree._Element) -> Iterator[Piece]:
    waiting = [(form, "")]
    while waiting:
        element, lot = waiting.pop()
        if local_name(element) in _NOT_TEXT:
            continue
        if local_name(element) == "OBJECT_DESCR":
            lot = element.get("ITEM", "")
        text = "" if len(element) else (element.text or "").strip()
        place = FieldPlace(field=_field(element), lot=lot)
        if place.field == "TITLE" and text:
            yield Piece("heading", text, place, level=2 if lot else 1)
        elif local_name(element) in ("P", "AC_CRITERION"):
            for passage in find_passages(inner_text(element).split("\n")):
                yield Piece(passage.kind, passage.text, place, level=passage.level, number=passage.number)
            continue
        waiting += [(child, lot) for child in reversed(element)]


def _field(element: etree._Element) -> str:
    parent = element.getparent()
    return local_name(parent) if local_name(element) == "P" and parent is not None else local_name(element)


def _first(form: etree._Element, name: str) -> str:
    """Return the first text of this name: the buyer and the whole procurement stand before lots and winners."""
    found = next(form.iter(f"{{*}}{name}"), None)
    return "" if found is None else " ".join(inner_text(found).split())
