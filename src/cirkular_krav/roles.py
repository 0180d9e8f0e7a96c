"""What part a document plays in the procurement: the file's name, its first headings, then its words.

In a contract "leverantören ska" is a contract condition; in a specification the same words are a technical
specification. The document's role decides more than the word (``domain.md`` 3.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from cirkular_krav.models import Block, DocumentRole

# Ordered: the first that fits wins.
_NAMES: tuple[tuple[DocumentRole, re.Pattern[str]], ...] = (
    ("policy", re.compile(r"policy|riktlinje|hållbarhetsprogram|miljöprogram|styrdokument")),
    ("questions", re.compile(r"frågor[ _-]*(och|&|o)[ _-]*svar|fragor|q ?& ?a|qa[ _.-]")),
    ("amendment", re.compile(r"\bkfu\b|kompletterande|rättelse|ändrings?-?pm|\bpm ?\d")),
    ("price_form", re.compile(r"prisbilaga|prisformulär|prismatris|prisblankett|prislista|anbudssumma|à-?pris|mängdförteckning")),
    ("works", re.compile(r"administrativa[ _-]föreskrifter|\baf\b|af-del|\bama\b|teknisk[ _-]beskrivning|rambeskrivning|\bafd\b|\bafc\b")),
    ("award", re.compile(r"utvärdering|tilldelning|poängmodell")),
    ("contract", re.compile(r"avtal|kontrakt|kommersiella[ _-]villkor|villkorsbilaga|biträdesavtal|\bub\b")),
    ("specification", re.compile(r"krav|specifikation|teknisk|uppdragsbeskrivning|tjänstebeskrivning|funktionsbeskrivning|sortiment")),
    ("instructions", re.compile(r"anbudsinbjudan|inbjudan|upphandlingsföreskrift|förfrågningsunderlag|upphandlingsdokument|administrativ|instruktion|föreskrift|avropsförfrågan|anbudsformulär")),
    ("notice", re.compile(r"annons|notice")),
)  # fmt: skip
_CHAPTERS: tuple[tuple[DocumentRole, re.Pattern[str]], ...] = (
    ("works", re.compile(r"^af[acdg](?:\.\d+)?\b")),
    ("price_form", re.compile(r"\bpris(bilaga|formulär|matris|uppgifter)\b|ersättningsformulär")),
    ("award", re.compile(r"utvärdering|tilldelning|prövning av anbud")),
    ("contract", re.compile(r"avtalsutkast|avtalsvillkor|kontraktsvillkor|kommersiella villkor|avtalsmall|\bavtal\b|särskilda kontraktsvillkor|ramavtal\b")),
    ("specification", re.compile(r"kravspecifikation|krav på (varan|tjänsten|produkten|föremålet|uppdraget|utrustningen|varor|tjänster|produkter)|teknisk specifikation|tekniska krav|funktionskrav|uppdragsbeskrivning|produktkrav")),
    ("instructions", re.compile(r"administrativa (krav|bestämmelser|föreskrifter|villkor)|krav på (anbudet|anbudsgivaren|leverantören)|kvalificering|upphandlingsföreskrift|anbudets form|allmän information|uteslutning")),
)  # fmt: skip


# A policy speaks of suppliers; a programme or guideline that goes with the contract speaks to the one it is signed with.
_THE_SUPPLIER = re.compile(
    r"\b(?:leverantören|entreprenören|anbudsgivaren|utföraren|uppdragstagaren|konsulten|säljaren)s?\b", re.IGNORECASE
)
_THE_CONTRACTOR = re.compile(r"\bentreprenören", re.IGNORECASE)
_LEAST_BLOCKS, _LEAST_SHARE = 2, 0.05


def role_of_name(path: str) -> DocumentRole:
    """Return the role that a file name or first line tells, or ``other``; names often lack the dots of å, ä and ö."""
    name = path.rsplit("/", 1)[-1].lower().translate(_PLAIN)
    return next((role for role, pattern in _PLAIN_NAMES if pattern.search(name)), "other")


_PLAIN = str.maketrans("åäö_", "aao ")
_PLAIN_NAMES = tuple((role, re.compile(pattern.pattern.translate(_PLAIN))) for role, pattern in _NAMES)


@lru_cache(maxsize=4_096)
def role_of_headings(headings: tuple[str, ...]) -> DocumentRole:
    """Return the role that a heading path tells, the nearest heading first, or ``other``."""
    return next((role for heading in reversed(headings) if (role := _role_of_heading(heading)) != "other"), "other")


@lru_cache(maxsize=4_096)
def _role_of_heading(heading: str) -> DocumentRole:
    lowered = heading.lower()
    return next((role for role, pattern in _CHAPTERS if pattern.search(lowered)), "other")


def role_of_document(path: str, document_format: str, blocks: Iterable[Block]) -> DocumentRole:
    """Return the role of a document: notices by format, then by name, by first headings and lines."""
    if document_format == "notice":
        return "notice"
    blocks = list(blocks)
    opening = [block.text for block in blocks[:12] if len(block.text) < 120 and block.kind != "table_row"]
    told = [role for text in (path, *opening) if (role := role_of_name(text)) != "other"]
    if told[:1] != ["policy"] or not (bound := _bound(blocks)):
        return next(iter(told), "other")
    demands: DocumentRole = "works" if any(_THE_CONTRACTOR.search(text) for text in bound) else "specification"
    return next((role for role in told if role != "policy"), demands)


def _bound(blocks: Sequence[Block]) -> list[str]:
    """Return what binds the supplier in a document called a policy; nothing when it is too little for it to be none.

    So does the environmental programme of building works, or a guideline that is annexed to a contract.
    """
    bound = [block.text for block in blocks if _THE_SUPPLIER.search(block.text)]
    return bound if len(bound) >= max(_LEAST_BLOCKS, _LEAST_SHARE * len(blocks)) else []
