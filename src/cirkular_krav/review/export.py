"""Workbooks for people to fill in: doubtful matches to decide on, or whole procurements to audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import NothingToDoError
from cirkular_krav.models import Assessment, Block, Decision, Document, Match, MatchDecision, ObstacleHit, Requirement
from cirkular_krav.reports.words import Words, load_words, title_of
from cirkular_krav.reports.workbook import Column, Sheet, Value, write_workbook
from cirkular_krav.review.doubt import Doubt, by_person, doubts_of, draw_procurements
from cirkular_krav.review.layout import (
    CRITERIA_LIST,
    DOCUMENTS_LIST,
    Key,
    answers,
    check_of,
    criterion_choices,
    header_of,
    key_of,
    keys_sheet,
    name_of,
    start_sheet,
    verdict_words,
)
from cirkular_krav.text import hash_text

MOST_DOUBTS = 200
_ROWS_FOR_MISSED = 40
_READ_LAYERS = ("body", "note")
_UNREAD = ("refused", "nothing", "partial")
Row = Sequence[Value]


def export_review(
    assessments: Sequence[Assessment],
    catalogue: Catalogue,
    *,
    decisions: Iterable[Decision] = (),
    most: int | None = MOST_DOUBTS,
    language: str = "sv",
) -> bytes:
    """Return a workbook with the most doubtful matches and obstacles, to be judged one by one.

    What ``decisions`` hold already is left out. Raises ``NothingToDoError`` when nothing is left to judge.
    """
    doubts = doubts_of(assessments, decisions, catalogue)[:most]
    if not doubts:
        raise NothingToDoError("Det finns inga träffar att granska. Alla är avgjorda, eller så hittades inga.")
    words = load_words(language)
    keys = [_hit_key(d.assessment, d.requirement, d.criterion) for d in doubts]
    shown = list({d.assessment.procurement.id: d.assessment for d in doubts}.values())
    documents = [(a.procurement.id, d) for a in shown for d in a.procurement.documents]
    keys += [
        Key(_document_name(p, d), "document", procurement=p, document=d.path, sha256=d.sha256) for p, d in documents
    ]
    sheets = [
        start_sheet("review_help", words),
        _hits_sheet(doubts, catalogue, words),
        _missed_sheet(words),
        keys_sheet(keys, "review", catalogue, words),
    ]
    lists = {
        CRITERIA_LIST: criterion_choices(catalogue, language),
        DOCUMENTS_LIST: [_document_name(p, d) for p, d in documents],
    }
    return write_workbook(sheets, words("review_form.review_help_title"), lists=lists)


def export_audit(
    assessments: Sequence[Assessment],
    catalogue: Catalogue,
    *,
    most: int | None = None,
    seed: int = 1,
    language: str = "sv",
) -> bytes:
    """Return a workbook with the whole text of procurements drawn at random: half with the hits beside, half blind."""
    if not assessments:
        raise NothingToDoError("Det finns inga bedömda upphandlingar att granska.")
    words = load_words(language)
    drawn = draw_procurements(assessments, most=most, seed=seed)
    keys: list[Key] = [
        Key(key_of(a.procurement.id), "procurement", procurement=a.procurement.id, value="blind" if blind else "open")
        for a, blind in drawn
    ]
    blind_rows, open_rows = (
        [
            row
            for a, is_blind in drawn
            if is_blind == blind
            for row in _text_rows(a, catalogue, words, keys, blind=blind)
        ]
        for blind in (True, False)
    )
    sheets = [start_sheet("audit_help", words), _procurements_sheet(drawn, words)]
    if blind_rows:
        sheets.append(Sheet(name_of("blind", words), _text_columns(words, blind=True), blind_rows, frozen=1))
    if open_rows:
        sheets.append(Sheet(name_of("text", words), _text_columns(words, blind=False), open_rows, frozen=1))
    sheets.append(keys_sheet(keys, "audit", catalogue, words))
    lists = {CRITERIA_LIST: criterion_choices(catalogue, language)}
    return write_workbook(sheets, words("review_form.audit_help_title"), lists=lists)


# --- the parts ----------------------------------------------------------------------------------


def _hit_key(assessment: Assessment, requirement: Requirement, criterion: str) -> Key:
    procurement, text_hash = assessment.procurement.id, hash_text(requirement.text)
    return Key(
        key_of(procurement, text_hash, criterion), "hit", procurement=procurement, document=requirement.document,
        text_hash=text_hash, criterion=criterion, check=check_of(requirement.text),
    )  # fmt: skip


def _document_name(procurement: str, document: Document) -> str:
    return f"{procurement}: {document.path}"


def _criterion_name(criterion: str, catalogue: Catalogue, language: str) -> str:
    entry = catalogue.by_id.get(criterion) or catalogue.obstacles_by_id.get(criterion)
    return f"{criterion} {title_of(entry, language)}" if entry else criterion


def _columns(words: Words, *columns: tuple[str, int] | tuple[str, int, object]) -> list[Column]:
    """Return columns by key and width; a third member makes a column to fill in, with its choices."""
    out = []
    for key, width, *choices in columns:
        fill = bool(choices)
        out.append(Column(header_of(key, words), width, choices=choices[0] if fill else (), fill=fill))  # type: ignore[arg-type]
    return out


def _hits_sheet(doubts: Sequence[Doubt], catalogue: Catalogue, words: Words) -> Sheet:
    columns = _columns(
        words, ("criterion", 26), ("requirement", 60), ("verdict", 16, list(verdict_words(words, "review"))),
        ("right_criterion", 26, CRITERIA_LIST), ("comment", 26, ()), ("confidence", 10), ("why", 28), ("heading", 24),
        ("document", 24), ("place", 20), ("earlier", 20), ("procurement", 20), ("key", 13),
    )  # fmt: skip
    rows = (_hit_row(doubt, catalogue, words) for doubt in doubts)
    return Sheet(name_of("hits", words), columns, rows, frozen=2)


def _hit_row(doubt: Doubt, catalogue: Catalogue, words: Words) -> Row:
    requirement = doubt.requirement
    documents = ", ".join(dict.fromkeys(r.document for r in doubt.places))
    places = "; ".join(dict.fromkeys(words.place(r.location) for r in doubt.places))
    hit = doubt.hit
    confidence = words(f"confidence.{hit.confidence}") if isinstance(hit, Match) else words("review_form.obstacle")
    return (
        _criterion_name(doubt.criterion, catalogue, words.language), requirement.text, None, None, None, confidence,
        _why_doubtful(hit, words), " / ".join(requirement.heading_path), documents, places,
        _earlier(doubt.earlier, words), doubt.assessment.procurement.id,
        key_of(doubt.assessment.procurement.id, doubt.text_hash, doubt.criterion),
    )  # fmt: skip


def _why_doubtful(hit: Match | ObstacleHit, words: Words) -> str:
    found = ", ".join(dict.fromkeys(f"”{item.words}”" for item in hit.evidence if item.words))
    reasons = [words("review_form.found", words=found)] if found else []
    if isinstance(hit, ObstacleHit):
        return "\n".join(reasons + ([words("review_form.justified")] if hit.justified_by else []))
    for reason in hit.against:
        key, _, concept = reason.partition(":")
        reasons.append(words(f"against.{key}", concept=concept))
    return "\n".join(reasons)


def _earlier(decision: MatchDecision | None, words: Words) -> str:
    if decision is None:
        return ""
    verdict = words(f"review_form.verdicts.{decision.verdict}")
    return words("review_form.earlier", verdict=verdict, who=decision.who, when=decision.when)


def _missed_sheet(words: Words) -> Sheet:
    columns = _columns(
        words, ("document", 34, DOCUMENTS_LIST), ("place", 18, ()), ("quotation", 70, ()),
        ("missed", 30, CRITERIA_LIST), ("comment", 34, ()),
    )  # fmt: skip
    return Sheet(name_of("missed", words), columns, [(None,) * len(columns)] * _ROWS_FOR_MISSED)


def _procurements_sheet(drawn: Sequence[tuple[Assessment, bool]], words: Words) -> Sheet:
    columns = _columns(
        words, ("procurement", 26), ("title", 44), ("buyer", 30), ("reading", 18), ("unread", 34),
        ("read", 16, list(answers("read", words))), ("headline", 20, list(answers("headline", words))),
        ("comment", 36, ()), ("key", 13),
    )  # fmt: skip
    rows = []
    for assessment, blind in drawn:
        procurement = assessment.procurement
        unread = ", ".join(row.path for row in assessment.ledger if row.status in _UNREAD)
        reading = words(f"review_form.reading.{'blind' if blind else 'open'}")
        rows.append((
            procurement.id, procurement.title, procurement.buyer, reading, unread, None, None, None,
            key_of(procurement.id),
        ))  # fmt: skip
    return Sheet(name_of("procurements", words), columns, rows, frozen=1)


def _text_columns(words: Words, *, blind: bool) -> list[Column]:
    if blind:
        return _columns(
            words, ("text", 100), ("seen", 30, CRITERIA_LIST), ("binding", 14, list(answers("binding", words))), ("comment", 30, ()), ("document", 26), ("place", 18),
            ("procurement", 20), ("key", 13),
        )  # fmt: skip
    return _columns(
        words, ("text", 80), ("hit", 30), ("verdict", 15, list(verdict_words(words, "audit"))),
        ("right_criterion", 26, CRITERIA_LIST), ("missed", 26, CRITERIA_LIST), ("binding", 14, list(answers("binding", words))), ("comment", 26, ()), ("document", 24),
        ("place", 16), ("procurement", 18), ("key", 13),
    )  # fmt: skip


def _text_rows(
    assessment: Assessment, catalogue: Catalogue, words: Words, keys: list[Key], *, blind: bool
) -> Iterator[Row]:
    """Yield a row for each piece of text and, unless blind, one for each hit; each gets its hidden key."""
    hits = {} if blind else _hits_by_block(assessment)
    for document in assessment.procurement.documents:
        if document.status in _UNREAD:
            yield _unread_row(assessment, document, words, keys, blind=blind)
        for block in document.blocks:
            if block.layer not in _READ_LAYERS or not block.raw_text.strip():
                continue
            own = hits.get((document.path, block.id), [])
            if not any(requirement.text == block.raw_text for requirement, _ in own):
                yield _block_row(assessment, document, block, words, keys, blind=blind)
            for requirement, criterion in own:
                key = _hit_key(assessment, requirement, criterion)._replace(
                    sha256=document.sha256, place=words.place(block.place)
                )
                keys.append(key)
                name = _criterion_name(criterion, catalogue, words.language)
                yield (
                    requirement.text, name, *(None,) * 5, document.path, key.place,
                    assessment.procurement.id, key.key,
                )  # fmt: skip


def _hits_by_block(assessment: Assessment) -> dict[tuple[str, str], list[tuple[Requirement, str]]]:
    requirements = {requirement.id: requirement for requirement in assessment.requirements}
    seen: set[tuple[str, str]] = set()
    out: dict[tuple[str, str], list[tuple[Requirement, str]]] = {}
    matches = [m for m in assessment.matches if m.counts != "sustainability" and not by_person(m.evidence)]
    pairs = [(m.requirement_id, m.criterion_id) for m in matches if requirements[m.requirement_id].applies]
    pairs += [(o.requirement_id, o.obstacle_id) for o in assessment.obstacles if not by_person(o.evidence)]
    for requirement_id, criterion in pairs:
        requirement = requirements[requirement_id]
        if (hash_text(requirement.text), criterion) not in seen:  # a text that stands in several places is judged once
            seen.add((hash_text(requirement.text), criterion))
            place = (requirement.document, requirement.block_ids[0])
            out.setdefault(place, []).append((requirement, criterion))
    return out


def _block_row(
    assessment: Assessment, document: Document, block: Block, words: Words, keys: list[Key], *, blind: bool
) -> Row:
    procurement, place = assessment.procurement.id, words.place(block.place)
    key = Key(
        key_of(procurement, document.sha256, block.id), "text", procurement=procurement, document=document.path,
        sha256=document.sha256, place=place, value="blind" if blind else "open", check=check_of(block.raw_text),
    )  # fmt: skip
    keys.append(key)
    return _text_row(block.raw_text, key, blind=blind)


def _unread_row(assessment: Assessment, document: Document, words: Words, keys: list[Key], *, blind: bool) -> Row:
    text = words("review_form.unread_document", document=document.path)
    key = Key(
        key_of(assessment.procurement.id, document.sha256, document.path), "document",
        procurement=assessment.procurement.id, document=document.path, sha256=document.sha256,
        value="blind" if blind else "open", check=check_of(text),
    )  # fmt: skip
    keys.append(key)
    return _text_row(text, key, blind=blind)


def _text_row(text: str, key: Key, *, blind: bool) -> Row:
    empty = (None,) * (3 if blind else 6)
    return (text, *empty, key.document, key.place, key.procurement, key.key)
