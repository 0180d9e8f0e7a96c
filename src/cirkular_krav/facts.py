"""What is known of a procurement, and from where: its own file first, then a notice, then the documents' words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from cirkular_krav.errors import ProblemCode
from cirkular_krav.models import AgreementForm, Document, Frozen, Notice, Problem, Procurement
from cirkular_krav.organisation_number import is_valid_organisation_number, normalise_organisation_number
from cirkular_krav.yamlfile import YamlFault, read_yaml

FACTS_FILE = "procurement.yaml"
_CPV = re.compile(r"\b(\d{8})(?:-\d)?\b")
_CPV_NEAR = re.compile(r"\bCPV\b", re.IGNORECASE)
_DIARY = re.compile(
    r"\b(?:diarienummer|dnr|diarienr|ärendenummer|upphandlings-?id|referensnummer|upphandlingsnummer)\s*[:.]?\s*((?:[A-ZÅÄÖ]{1,8}[ /-]?)?\d[\w/:.-]{1,22}\d)",
    re.IGNORECASE,
)
_BUYER = re.compile(
    r"\b(?i:upphandlande (?:myndighet|organisation|enhet)|köpare|beställare)(?:\s*:\s*|\s+är\s+)([A-ZÅÄÖ][^,.;:()|]{3,60}?)(?:[,.;()|]|$)"
)
_ORGANISATION = re.compile(r"\b(?:org(?:anisations)?\.?-?\s?(?:nr|nummer)\.?)\s*:?\s*(\d{6}-?\d{4})\b", re.IGNORECASE)
_FRAMEWORK = re.compile(r"\bramavtal", re.IGNORECASE)
_DIS = re.compile(r"\bdynamiskt inköpssystem\b", re.IGNORECASE)
# What is found by which pattern, and what its texts hold in lower case: most texts hold none and are not searched.
_FOUND_BY = (
    ("diary", _DIARY, ("diarie", "dnr", "ärende", "upphandling", "referens")),
    ("buyer", _BUYER, ("upphandlande", "köpare", "beställare")),
    ("organisation_number", _ORGANISATION, ("org",)),
)
_FORM_SIGNS = ("ramavtal", "dynamiskt")


class FactsFile(Frozen):
    """``procurement.yaml``: all fields optional."""

    schema_version: int = 1
    id: str = ""
    title: str = ""
    buyer: str = ""
    organisation_number: str = ""
    on_behalf_of: tuple[str, ...] = ()
    published: str = Field(default="", pattern=r"^(\d{4}-\d{2}-\d{2})?$")
    cpv: tuple[str, ...] = ()
    value: float | None = None
    agreement_form: AgreementForm = "unknown"
    parent_agreement: str = ""
    frame_id: str = ""
    cancelled: bool = False
    replaces: str = ""
    bids: float | None = None
    category: tuple[str, ...] = ()
    note: str = ""


def read_facts_file(folder: Path) -> tuple[FactsFile, list[Problem]]:
    """Read ``procurement.yaml`` in a folder; a faulty field costs only itself and becomes a problem."""
    path = folder / FACTS_FILE
    if not path.is_file():
        return FactsFile(), []
    try:
        data = read_yaml(path)
    except YamlFault as fault:
        return FactsFile(), [_faulty(fault.line, fault.sentence)]
    except OSError:
        return FactsFile(), [_faulty(1, "Filen får inte läsas.")]
    if not isinstance(data.data, dict):
        return FactsFile(), [_faulty(1, "Filen ska bestå av nycklar och värden (nyckel: värde).")]
    facts: dict[str, Any] = dict(data.data)
    problems: list[Problem] = []
    for _ in range(len(facts) + 1):
        try:
            return FactsFile.model_validate(facts), problems
        except ValidationError as error:
            for name in {str(detail["loc"][0]) for detail in error.errors()}:
                facts.pop(name, None)
                problems.append(_faulty(data.line((name,)), f"”{name}” har fel namn eller form."))
    return FactsFile(), problems


def _faulty(line: int, sentence: str) -> Problem:
    return Problem(code=ProblemCode.FACTS_FAULTY, path=FACTS_FILE, values={"line": line, "sentence": sentence})


def gather_facts(
    facts: FactsFile, problems: Sequence[Problem], documents: Sequence[Document], folder_id: str
) -> Procurement:
    """Return the procurement with each fact from the best place that has it; ``facts_from`` says which."""
    notices = [document.notice for document in documents if document.notice]
    notice = notices[0] if notices else Notice()
    read = _from_documents(documents)
    sources: dict[str, str] = {}
    first = partial(_first, sources)
    number = first(
        "organisation_number",
        ("facts_file", facts.organisation_number),
        ("notice", notice.organisation_number),
        ("documents", read["organisation_number"]),
    )
    problems = list(problems)
    if number and not is_valid_organisation_number(number):
        problems.append(Problem(code=ProblemCode.ORGANISATION_NUMBER, values={"number": number}))
    return Procurement(
        id=first(
            "id",
            ("facts_file", facts.id),
            ("notice", notice.notice_id),
            ("documents", read["diary"]),
            ("folder", folder_id),
        ),
        title=first(
            "title",
            ("facts_file", facts.title),
            ("notice", notice.title),
            ("documents", read["title"]),
            ("folder", folder_id),
        ),
        buyer=first("buyer", ("facts_file", facts.buyer), ("notice", notice.buyer), ("documents", read["buyer"])),
        organisation_number=normalise_organisation_number(number) or number,
        on_behalf_of=facts.on_behalf_of,
        published=first("published", ("facts_file", facts.published), ("notice", notice.published)),
        cpv=first("cpv", ("facts_file", facts.cpv), ("notice", _all_cpv(notice)), ("documents", read["cpv"])),
        value=first("value", ("facts_file", facts.value), ("notice", notice.value)),
        agreement_form=first(
            "agreement_form",
            ("facts_file", facts.agreement_form),
            ("notice", _form_of_notice(notice)),
            ("documents", read["form"]),
        ),
        parent_agreement=facts.parent_agreement,
        frame_id=facts.frame_id,
        cancelled=facts.cancelled or any(one.cancelled for one in notices),
        replaces=facts.replaces,
        bids=facts.bids if facts.bids is not None else next((n.bids for n in notices if n.bids is not None), None),
        winners=next((one.winners for one in notices if one.winners), ()),
        categories=facts.category,
        lots=notice.lots,
        claims=tuple(notice.environmental_impact) + tuple(notice.green_criteria),
        award_criteria=notice.award_criteria,
        facts_from=sources,
        problems=tuple(problems),
        documents=tuple(documents),
    )


def _first(sources: dict[str, str], field: str, *candidates: tuple[str, Any]) -> Any:
    """Return the first value that is known, and note in ``sources`` where it came from."""
    for source, value in candidates:
        if value not in ("", (), None, "unknown"):
            sources[field] = source
            return value
    sources[field] = "none"
    return candidates[-1][1]


def _all_cpv(notice: Notice) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*notice.cpv, *(code for lot in notice.lots for code in lot.cpv)]))


def _form_of_notice(notice: Notice) -> AgreementForm:
    if notice.dynamic_system and notice.dynamic_system != "none":
        return "dis"
    if notice.framework and notice.framework != "none":
        return "framework"
    return "own" if notice.notice_id else "unknown"


def _from_documents(documents: Iterable[Document]) -> dict[str, Any]:
    """Find facts in the first blocks of each document; what is not there is left empty, not guessed."""
    found: dict[str, Any] = {
        "title": "",
        "buyer": "",
        "organisation_number": "",
        "diary": "",
        "cpv": (),
        "form": "unknown",
    }
    ordered = sorted(documents, key=lambda d: (d.role not in ("notice", "instructions"), d.path))
    for document in ordered:
        if document.role in ("questions", "amendment"):
            continue  # they arrive later and speak of other cases too: the id must not change with them
        for block in document.blocks[:400]:
            text = block.text
            if block.layer not in ("body", "header"):
                continue
            if (
                not found["title"]
                and block.kind == "heading"
                and block.layer == "body"
                and len(text) > 8
                and not block.number
            ):
                found["title"] = text
            low = text.lower()
            for key, pattern, signs in _FOUND_BY:
                if not found[key] and any(sign in low for sign in signs) and (hit := pattern.search(text)):
                    found[key] = hit.group(1).strip()
            if not found["cpv"] and "cpv" in low and _CPV_NEAR.search(text):
                found["cpv"] = tuple(dict.fromkeys(_CPV.findall(text)))
            if found["form"] == "unknown" and any(sign in low for sign in _FORM_SIGNS):
                found["form"] = "dis" if _DIS.search(text) else "framework" if _FRAMEWORK.search(text) else "unknown"
    return found
