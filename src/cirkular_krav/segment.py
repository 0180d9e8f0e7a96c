"""Blocks become requirements: one modal clause with its list item, row or sentence, and all it says of itself.

Rules of ``domain.md`` 3.4–3.8: a list stem is passed on to its bullets, "ska … och ska …" is divided, requirement
tables are read by their column headers, and what only verifies or sanctions a requirement supports the one before.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from cirkular_krav.changes import apply_changes
from cirkular_krav.columns import columns_of, label_of, read_columns
from cirkular_krav.models import (
    AwardWeight,
    Block,
    Document,
    DocumentRole,
    FollowUp,
    KravLevel,
    Place,
    Procurement,
    Quantity,
    Requirement,
)
from cirkular_krav.references import link_references
from cirkular_krav.roles import role_of_headings
from cirkular_krav.survey import AMONG_DEMANDS, Candidate, Part, decide
from cirkular_krav.text import hash_text, remembered, sentences
from cirkular_krav.understanding.asking import is_requirement, rule_of
from cirkular_krav.understanding.award import find_award_weight
from cirkular_krav.understanding.award_scheme import Weighed, read_scheme, same_name
from cirkular_krav.understanding.conditions import find_condition
from cirkular_krav.understanding.evidence import find_evidence
from cirkular_krav.understanding.follow_up import find_follow_up
from cirkular_krav.understanding.kind import find_kind
from cirkular_krav.understanding.krav_ids import find_krav_ids, find_krav_level
from cirkular_krav.understanding.labels import find_labels
from cirkular_krav.understanding.lots import find_lot
from cirkular_krav.understanding.obligation import find_obligation, weigh_obligation
from cirkular_krav.understanding.placeholders import has_placeholder
from cirkular_krav.understanding.quantities import find_quantities
from cirkular_krav.understanding.signs import place_signs

_MODAL = re.compile(r"\b(?:ska|skall|måste|bör|får(?: inte| ej)?)\b", re.IGNORECASE)
_DIVIDE = re.compile(r"(?:;\s+|,?\s+(?:och|samt|men)\s+)(?=(?:ska|skall|bör|måste)\s)", re.IGNORECASE)
_DIVIDE_SUBJECT = re.compile(r";\s+(?=\S)")
_SUPPORT = re.compile(
    r"^(?:bevis|verifikat|verifiering|kontroll|uppföljning|som bevis|verifieras|styrks|kravet (?:verifieras|styrks|följs upp)|"
    r"detta (?:styrks|verifieras)|uppfyllande av kravet)\b",
    re.IGNORECASE,
)
_SANCTION = re.compile(
    r"^(?:vid (?:utebli|brist|försen|avvikelse|fel)|om (?:leverantören|rapport|rapporten|statistik)\b[^.]{0,80}\binte\b|vite\b)",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"^(?:ja ?/ ?nej\.?(?: ja krävs\.?)?|ja krävs\.?|ja|nej|fritext(?:svar)?|bifogad fil|välj ett alternativ|kravet uppfylls:?|"
    r"svar:?|accepteras|ska-?krav|bör-?krav|för information|text(?:svar)?|numeriskt(?: svar)?|\(ja ?/ ?nej\)|[☐☒□■] ?(?:ja|nej)(?: [☐☒□■] ?(?:ja|nej))?)"
    r"(?:\s*[.:]?\s*\(?(?:ja krävs|obligatorisk(?:t)?|max \d+ tecken)\)?\.?)?$"
    r"|^ja ?/ ?nej\b.{0,60}$|^ja krävs\b.{0,40}$|^kryssa\b.{0,40}$",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]{2,}")
_ENGLISH = re.compile(r"\b(?:the|shall|must|should|and|of|supplier|tenderer|contractor|with|for)\b", re.IGNORECASE)
# Words with å, ä, ö in lower case: English sentences name Östersund and Åre too.
_SWEDISH = re.compile(r"\b[a-zåäö]*[åäö][a-zåäö]*\b|\b(?i:och|som|av|med|att|den|det|till|inte)\b")
_ENGLISH_MODAL = re.compile(r"\b(?:shall|must|should)\s+(?:not\s+)?[a-z]{2,}|\b(?:is|are) required to\b", re.IGNORECASE)
_SWEDISH_MODAL = re.compile(r"\b(?:ska|skall|bör|måste|får)\b", re.IGNORECASE)
_STEP = re.compile(
    r"(?:[\d\s.,–<>≥≤%-]|procent|år|månader|poäng|minst|högst|mindre|mer|färre|fler|kortare|längre|över|under|till|än|eller|och)*",
    re.IGNORECASE,
)
_MANDATORY = re.compile(r"(?:ska|skall|obl)", re.IGNORECASE)
_READ_LAYERS = ("body", "note")
# The number of a piece that stands for a platform's symbol instead of for text.
SYMBOL = "symbol"
_SHARE = re.compile(r"(\d{1,3}(?:[,.]\d+)?)\s*(%|procent)")


@dataclass(slots=True)
class _Draft:
    """A requirement before it is described."""

    text: str
    raw: str
    blocks: list[Block]
    document: str
    role: DocumentRole
    context: str = ""
    label: str = ""
    number: str = ""
    support: list[str] = field(default_factory=list)
    award: AwardWeight | None = None
    candidate: Candidate | None = None
    # Whether the text is known to ask for something; a sentence given alone is not.
    asks: bool | None = True

    def signs(self) -> list[str]:
        """Return where it stands, for the fitted models."""
        if self.candidate:
            return self.candidate.signs()
        return place_signs(self.role, self.heading_path, block=self.blocks[0], file=self.document)

    @property
    def place(self) -> Place:
        return self.blocks[0].place

    @property
    def heading_path(self) -> tuple[str, ...]:
        return self.blocks[0].heading_path

    @property
    def is_weighed(self) -> bool:
        return self.award is not None and self.award.share is not None


@dataclass(slots=True)
class _Stem:
    text: str
    block: Block
    level: int
    used: bool = False


def find_requirements(procurement: Procurement) -> tuple[Requirement, ...]:
    """Return the requirements of all documents, documents in order of path, requirements in reading order.

    Policies are never read as requirements. What was withdrawn or replaced during the tender period says so. Ids rest on the text, with an ordinal among equals.
    """
    drafts = [
        draft
        for document in sorted(procurement.documents, key=lambda d: d.path)
        if document.role != "policy"
        for draft in _drafts_of(document)
    ]
    return link_references(apply_changes(_described(drafts), procurement), procurement)


def requirement_from_text(
    text: str,
    *,
    context: str = "",
    heading_path: tuple[str, ...] = (),
    role: DocumentRole = "specification",
    label: str = "",
) -> Requirement:
    """Return one requirement made from a sentence alone, as examples in the catalogue and notebooks need."""
    from cirkular_krav.models import LinePlace

    block = Block(
        id="b1", kind="paragraph", raw_text=text, text=text, place=LinePlace(line=1), heading_path=heading_path
    )
    joined = _join_stem(context, text) if context.endswith(":") else text
    draft = _Draft(joined, text, [block], "", role, context=context, label=label, asks=None)
    return _described([draft])[0]


def asks_for_something(text: str, *, context: str = "") -> bool:
    """Tell whether a sentence alone would be found as a requirement among others in a specification or a contract.

    ``context`` is a list stem when it ends with a colon.
    """
    joined = _join_stem(context, text) if context.endswith(":") else text
    return any(
        is_requirement(clause, role, signs=(*place_signs(role, ()), *AMONG_DEMANDS))
        for sentence in sentences(joined)
        for clause in divide(sentence)
        for role in ("specification", "contract")
    )


# --- blocks to drafts ---------------------------------------------------------------------------


def _drafts_of(document: Document) -> Iterator[_Draft]:
    decided = decide(find_candidates(document))
    reader = _walk(document, lambda c: decided[c.key] if c.key in decided else is_requirement(c.text, c.role))
    yield from _weighed(reader, document)


def _walk(document: Document, asks: Callable[[Candidate], bool]) -> _Drafter:
    reader = _Drafter(document, asks)
    for block in document.blocks:
        if block.layer in _READ_LAYERS:
            reader.take(block)
    reader.close_stem()
    return reader


def find_candidates(document: Document) -> list[Candidate]:
    """Return every sentence, bullet and cell of a document that may be a requirement, in reading order."""
    found: dict[tuple[str, str], Candidate] = {}

    def note(candidate: Candidate) -> bool:
        found.setdefault(candidate.key, candidate)
        return rule_of(candidate.text, candidate.role)[1]

    _walk(document, note)
    return list(found.values())


def _weighed(reader: _Drafter, document: Document) -> list[_Draft]:
    """Give the drafts the weights of the document's evaluation chapter; a weighed criterion without a draft gets one."""
    scheme = read_scheme([block for block in document.blocks if block.layer in (*_READ_LAYERS, "contents")])
    if not scheme:
        return reader.drafts
    order = {block.id: i for i, block in enumerate(document.blocks)}
    drafts = list(reader.drafts)
    for block_id in dict.fromkeys(item.block.id for item in scheme):
        items = [item for item in scheme if item.block.id == block_id]
        own = [draft for draft in drafts if draft.blocks[0].id == block_id]
        named = [_draft_of(item, own) for item in items]
        if len({id(draft) for draft in named if draft}) == len(items):
            for draft, item in zip(named, items, strict=True):
                if draft:
                    draft.award = item.weight()
                    is_named = item.code or draft.context or _says_only(draft, item) or _is_amount(draft.text)
                    draft.text = item.name if is_named else draft.text
            continue
        at = next((i for i, d in enumerate(drafts) if order[d.blocks[0].id] >= order[block_id]), len(drafts))
        role = reader.role(items[0].block)
        new = [
            _Draft(i.name, i.name, [i.block], document.path, role, label="Tilldelningskriterium", award=i.weight())
            for i in items
        ]
        drafts[at:at] = new
        said = [draft for draft in own if len(items) > 1 and any(i.name.lower() in draft.text.lower() for i in items)]
        drafts = [draft for draft in drafts if draft not in said]
    by_heading = _by_heading(drafts, scheme)
    for draft in drafts:
        if not draft.is_weighed:
            _weigh_by_heading(draft, by_heading)
    return _without_bare_names(drafts)


def _without_bare_names(drafts: list[_Draft]) -> list[_Draft]:
    """Leave out what only names a criterion that another draft weighs: a list of criteria with the weights apart."""
    weighed = {(d.text, find_lot(d.heading_path)) for d in drafts if d.is_weighed}
    return [d for d in drafts if d.is_weighed or (d.text, find_lot(d.heading_path)) not in weighed]


def _draft_of(item: Weighed, own: list[_Draft]) -> _Draft | None:
    """The draft that the criterion is, of those its block gave: the one that begins with its name, or says only it."""
    named = [draft for draft in own if same_name(draft.raw, item.name) or same_name(draft.text, item.name)]
    said = [draft for draft in own if item.name.lower() in draft.text.lower()]
    whole = own if item.where == "table" or (len(own) == 1 and item.where == "label" and own[0].context) else []
    return next(iter([*named, *said, *whole]), None)


def _is_amount(text: str) -> bool:
    """Tell whether a cell is no more than an amount: "Högst 1 200 000", "800 000 kr", "5 p"."""
    return _DIGIT.search(text) is not None and len(_WORD.findall(text)) <= 2


def _says_only(draft: _Draft, item: Weighed) -> bool:
    """Tell whether a draft says no more than the criterion and its weight: "För miljö ges högst 25 poäng"."""
    if item.where == "table":
        return draft.label == "Tilldelningskriterium"
    more = len(draft.text.split()) - len(item.name.split())
    return item.where == "prose" and not same_name(draft.text, item.name) and more <= 8


def _by_heading(drafts: list[_Draft], scheme: list[Weighed]) -> dict[str, Weighed]:
    """Return the weighed criterion that each heading is named as."""
    parts = [item for item in scheme if not item.is_whole_part]
    headings = dict.fromkeys(heading for draft in drafts for heading in draft.heading_path)
    named = ((heading, next((item for item in parts if same_name(heading, item.name)), None)) for heading in headings)
    return {heading: item for heading, item in named if item}


def _weigh_by_heading(draft: _Draft, by_heading: dict[str, Weighed]) -> None:
    """What stands under a heading named as a weighed criterion, in the chapter of the weights, is about it."""
    for heading in reversed(draft.heading_path):
        found = by_heading.get(heading)
        if found and (draft.heading_path[:1] == found.block.heading_path[:1] or len(draft.heading_path) == 1):
            draft.award = found.weight()
            return


class _Drafter:
    """Walks the blocks of one document and collects drafts; remembers the open list stem."""

    def __init__(self, document: Document, asks: Callable[[Candidate], bool]) -> None:
        self.document = document
        self.asks = asks
        self.drafts: list[_Draft] = []
        self.stems: list[_Stem] = []
        self.section_roles: dict[tuple[str, ...], DocumentRole] = {}
        self.before: Block | None = None
        self.header: tuple[str, ...] = ()
        blocks = [block for block in document.blocks if block.layer in _READ_LAYERS]
        self.asked: dict[tuple[str, str], Candidate] = {}
        self.answered = {one.id for one, after in pairwise(blocks) if _ANSWER.match(after.text)}

    def role(self, block: Block) -> DocumentRole:
        for end in range(len(block.heading_path), 0, -1) if self.section_roles else ():
            if block.heading_path[:end] in self.section_roles:
                return self.section_roles[block.heading_path[:end]]
        told = role_of_headings(block.heading_path)
        return told if told != "other" else self.document.role

    def take(self, block: Block) -> None:
        """Read one block; what platforms say of a text by symbols and answer controls is about what stands before."""
        block = self._headed(block)
        if block.number == SYMBOL:
            self._symbol(block)
        else:
            self._read(block)
            self.before = block

    def _headed(self, block: Block) -> Block:
        """Give a row the header that its reader did not see: the first row of the table, when it is nothing but names."""
        if block.kind != "table_row" or block.header:
            self.header = ()
            return block
        if len(self.header) == len(block.cells):
            return block.model_copy(update={"header": self.header})
        begins = self.before is None or self.before.kind != "table_row"
        is_header = len(block.cells) > 1 and all(
            cell and len(cell) < 40 and not _DIGIT.search(cell) and cell[-1] not in ".:;" for cell in block.cells
        )
        self.header = block.cells if begins and is_header else ()
        return block.model_copy(update={"header": self.header}) if self.header else block

    def _symbol(self, block: Block) -> None:
        """Read a TendSign symbol by its legend: on a heading it tells what the section is, on a question what that is."""
        text = block.text.lower()
        on_heading = self.before is None or self.before.kind == "heading"
        if on_heading and "avtalet" in text:
            self.section_roles[block.heading_path] = "contract"
        elif not on_heading and self.drafts and self.drafts[-1].blocks[-1] is self.before:
            self.drafts[-1].label = "Tilldelningskriterium" if "viktad" in text or "utvärdering" in text else block.text

    def _read(self, block: Block) -> None:
        if block.kind == "heading":
            self.close_stem()
            if len(block.text) > 60 and self._asks(block.text, block, "heading"):
                self._sentences(block, block.raw_text)
        elif block.kind == "table_row":
            self.close_stem()
            self._row(block)
        elif _ANSWER.match(block.text):
            self._answer(block)
        elif block.kind == "list_item":
            self._item(block)
        else:
            self.close_stem()
            self._sentences(block, block.raw_text)

    def close_stem(self) -> None:
        """Emit a stem that no list followed, when it asks for something by itself."""
        for stem in self.stems:
            if not stem.used and self._asks(stem.text, stem.block, "stem"):
                self._add(stem.text, stem.text, stem.block)
        self.stems = []

    def _answer(self, block: Block) -> None:
        """An answer control says what the requirement before it is."""
        if self.drafts and not self.drafts[-1].label and "krävs" in block.text.lower():
            self.drafts[-1].label = block.text

    def _add(self, text: str, raw: str, block: Block, **more: object) -> _Draft:
        candidate = self.asked.get((block.id, text))
        draft = _Draft(text, raw, [block], self.document.path, self.role(block), number=block.number, **more)  # type: ignore[arg-type]
        draft.candidate = candidate
        self.drafts.append(draft)
        return draft

    def _asks(self, text: str, block: Block, part: Part, context: str = "", raw: str = "", first: bool = True) -> bool:
        role = self.role(block)
        document = self.document
        is_answered = block.id in self.answered
        candidate = Candidate(
            text, raw or text, block, role, document.role, document.path, part, context, first, is_answered
        )
        self.asked[candidate.key] = candidate
        return self.asks(candidate)

    def _sentences(self, block: Block, text: str, context: str = "", part: Part = "sentence") -> None:
        parts = sentences(text.replace("\n", " "))
        for i, sentence in enumerate(parts):
            if i == len(parts) - 1 and sentence.endswith(":"):
                self.stems.append(_Stem(sentence, block, -1))
            else:
                self._sentence(sentence, block, context, first=i == 0, part=part)

    def _sentence(self, sentence: str, block: Block, context: str, *, first: bool, part: Part = "sentence") -> None:
        before = self.drafts[-1] if self.drafts else None
        if before and not first and before.blocks[-1].id == block.id and _SANCTION.match(sentence):
            before.support.append(sentence)
        elif before and _SUPPORT.match(sentence) and self._belongs(before, block, first=first):
            before.support.append(sentence)
            if not _MODAL.search(sentence):
                return
        for clause in divide(sentence):
            if self._asks(clause, block, part, context, sentence, first) or _is_english_requirement(clause):
                self._add(clause, sentence, block, context=context)

    def _belongs(self, before: _Draft, block: Block, *, first: bool) -> bool:
        """Tell whether a sentence of proof stands with the requirement before it: same block, or next under the heading."""
        return before.heading_path == block.heading_path if first else before.blocks[-1].id == block.id

    def _item(self, block: Block) -> None:
        while self.stems and self.stems[-1].level >= block.level:
            stem = self.stems.pop()
            if not stem.used and self._asks(stem.text, stem.block, "stem"):
                self._add(stem.text, stem.text, stem.block)
        stem_text = " ".join(stem.text.rstrip(": ") for stem in self.stems)
        for stem in self.stems:
            stem.used = True
        if block.text.endswith(":") and len(block.text) < 200:
            self.stems.append(_Stem(block.text, block, block.level))
            return
        if not stem_text:
            self._sentences(block, block.raw_text)
            return
        first, *rest = sentences(block.raw_text.replace("\n", " ")) or [block.raw_text]
        joined = _join_stem(stem_text, first)
        if self._asks(joined, block, "item", stem_text, raw=first):
            self._add(joined, first, block, context=stem_text)
        for sentence in rest:
            self._sentence(sentence, block, stem_text, first=False)

    def _row(self, block: Block) -> None:
        if block.header and block.header == block.cells:
            return
        columns = columns_of(block.header, block.cells)
        if not columns.holds_requirements or self.role(block) == "questions":
            for i, cell in enumerate(block.cells):
                context = block.header[i] if i < len(block.header) else ""
                for line in cell.split("\n"):
                    self._cell(line, block, context)
            self._weigh_row(block)
            return
        text = columns.first("requirement", block.cells) or columns.first("title", block.cells)
        title = columns.first("title", block.cells) if text != columns.first("title", block.cells) else ""
        label = label_of(columns, block.cells)
        support = columns.all("evidence", block.cells) + columns.all("follow_up", block.cells)
        alone = not label and len(block.cells) > 2 and sum(1 for c in block.cells if c) <= 1
        if not text or (alone and not self._asks(text, block, "alone")):
            return  # a heading row inside the table
        start = len(self.drafts)
        self._requirement_cell(
            block,
            text,
            title,
            label,
            support,
            _weight_of(columns.first("weight", block.cells), columns.name("weight", block.header)),
        )
        for draft in self.drafts[start:]:
            draft.number = columns.first("number", block.cells) or block.number

    def _requirement_cell(
        self, block: Block, text: str, title: str, label: str, support: list[str], award: AwardWeight | None
    ) -> None:
        """A row of a requirement table is a requirement even without a modal: the table says so."""
        lines = [line for line in text.split("\n") if line.strip()]
        stem = lines[0] if lines[0].endswith(":") and len(lines) > 1 else ""
        units = [(_join_stem(stem, line), line) for line in lines[1:]] if stem else []
        if not units:
            flat = text.replace("\n", " ")
            asking = [(c, s) for s in sentences(flat) for c in divide(s) if self._asks(c, block, "row")]
            units = asking if len(asking) > 1 else [(flat, flat)]
        for clause, raw in units:
            draft = self._add(clause, raw, block, context=title, label=label or "Krav", award=award)
            draft.support += support

    def _cell(self, line: str, block: Block, context: str) -> None:
        if len(line) > 3 and not _ANSWER.match(line):
            self._sentences(block, line, context, "cell")

    def _weigh_row(self, block: Block) -> None:
        """In an evaluation table without ska or bör, the weight stands in a cell of its own."""
        columns = read_columns(block.header)
        award = _weight_of(columns.first("weight", block.cells), columns.name("weight", block.header))
        if not award:
            return
        name = columns.first("requirement", block.cells) or columns.first("title", block.cells) or block.cells[0]
        if name and _STEP.fullmatch(name):
            return  # one step of a scale, not a criterion of its own
        if name and not any(d.blocks[0].id == block.id for d in self.drafts):
            self._add(name.replace("\n", " "), name, block, label="Tilldelningskriterium", award=award)
        else:
            for draft in self.drafts:
                if draft.blocks[0].id == block.id:
                    draft.award = award


@remembered
def divide(sentence: str) -> tuple[str, ...]:
    """Divide "A ska x och ska y" into "A ska x" and "A ska y", and at a semicolon between two modal clauses."""
    first = _MODAL.search(sentence)
    if first is None or _MODAL.search(sentence, first.end()) is None:
        return (sentence,)
    parts: list[str] = []
    for half in _split_where_both_have_modal(sentence):
        pieces = _DIVIDE.split(half)
        subject = pieces[0][: match.start()] if (match := _MODAL.search(pieces[0])) else ""
        subject = subject if len(subject.split()) <= 12 else ""
        parts.append(pieces[0])
        parts += [f"{subject}{piece}".strip() for piece in pieces[1:]]
    return tuple(part for part in parts if part)


def _split_where_both_have_modal(sentence: str) -> list[str]:
    halves = _DIVIDE_SUBJECT.split(sentence)
    if len(halves) > 1 and all(_MODAL.search(half) for half in halves):
        return [half[:1].upper() + half[1:] for half in halves]
    return [sentence]


def _join_stem(stem: str, item: str) -> str:
    """Join a list stem and its item into one clause; an item with a modal of its own stands alone."""
    if _MODAL.search(item[:80]) and not item.lower().startswith(("som ", "där ")):
        return item
    head = stem.rstrip(": ").rstrip()
    first = item.split(maxsplit=1)[0] if item.split() else ""
    lowered = item if first.isupper() or any(ch.isupper() for ch in first[1:]) else item[:1].lower() + item[1:]
    return f"{head} {lowered}"


def _is_english_requirement(text: str) -> bool:
    return bool(_ENGLISH_MODAL.search(text)) and is_english(text)


def is_english(text: str) -> bool:
    """Tell whether a sentence is in English: more English than Swedish small words, and no Swedish modal verb."""
    if _SWEDISH_MODAL.search(text):
        return False
    enough = 0 if _ENGLISH_MODAL.search(text) else 1
    small_words = len(_ENGLISH.findall(text))
    return small_words > enough and small_words > len(_SWEDISH.findall(text))


def _weight_of(cell: str, header: str) -> AwardWeight | None:
    if not re.search(r"[1-9]", cell):
        return None  # zero points is what a table of demands writes beside a demand that is not scored
    share = _SHARE.search(cell)
    number = re.fullmatch(r"\s*(\d{1,3}(?:[,.]\d+)?)\s*", cell)
    if share:
        return AwardWeight(share=min(1.0, float(share.group(1).replace(",", ".")) / 100), basis=f"{header}: {cell}")
    if number and ("%" in header or "procent" in header.lower()):
        return AwardWeight(share=min(1.0, float(number.group(1).replace(",", ".")) / 100), basis=f"{header}: {cell}")
    return AwardWeight(share=None, basis=f"{header}: {cell}") if re.search(r"\d", cell) else None


# --- drafts to requirements ---------------------------------------------------------------------


def _described(drafts: Iterable[_Draft]) -> tuple[Requirement, ...]:
    seen: Counter[str] = Counter()
    documents: dict[str, set[str]] = {}
    prints = []
    drafts = list(drafts)
    for draft in drafts:
        digest = hash_text(draft.text)
        documents.setdefault(digest, set()).add(draft.document)
        prints.append(digest)
    out = []
    for draft, digest in zip(drafts, prints, strict=True):
        seen[digest] += 1
        suffix = "" if seen[digest] == 1 else f"-{seen[digest]}"
        repeated = tuple(sorted(documents[digest] - {draft.document}))
        out.append(_describe(draft, f"K{digest}{suffix}", repeated))
    return tuple(out)


class _Said(NamedTuple):
    """What a text says of itself, wherever it stands."""

    quantities: tuple[Quantity, ...]
    evidence: tuple[str, ...]
    labels: tuple[str, ...]
    or_equivalent: bool
    follow_up: FollowUp
    sanction: bool
    condition: str
    placeholder: bool
    krav_ids: tuple[str, ...]
    krav_level: KravLevel
    is_english: bool


@remembered
def _said(text: str, whole: str) -> _Said:
    """Return what a requirement says of itself; ``whole`` is the text with its support."""
    follow_up, sanction, _ = find_follow_up(whole)
    labels, or_equivalent = find_labels(whole)
    return _Said(
        quantities=find_quantities(text), evidence=find_evidence(whole), labels=labels, or_equivalent=or_equivalent,
        follow_up=follow_up, sanction=sanction, condition=find_condition(text), placeholder=has_placeholder(text),
        krav_ids=find_krav_ids(whole),
        krav_level=find_krav_level(whole), is_english=is_english(text),
    )  # fmt: skip


def _describe(draft: _Draft, requirement_id: str, repeated: tuple[str, ...]) -> Requirement:
    text = draft.text
    whole = " ".join([text, *draft.support])
    path = draft.heading_path
    signs = draft.signs() if draft.asks else ()
    obligation, obligation_by = find_obligation(
        text, label=draft.label, heading_path=path, role=draft.role, asks=draft.asks
    )
    kind, kind_by = find_kind(
        text, label=draft.label, heading_path=path, role=draft.role, obligation=obligation, signs=signs
    )
    award = draft.award or (find_award_weight(whole, heading_path=path, context=draft.context))
    if draft.award and kind not in ("award_criterion", "formal", "information") and not _MANDATORY.match(draft.label):
        kind, kind_by = "award_criterion", "label"
    if kind != "award_criterion":
        obligation, obligation_by = weigh_obligation(text, obligation, obligation_by, draft.role, signs)
    said = _said(text, whole)
    return Requirement(
        id=requirement_id, text=text, raw_text=draft.raw, document=draft.document, location=draft.place,
        block_ids=tuple(block.id for block in draft.blocks), number=draft.number, heading_path=path,
        context=draft.context, kind=kind, kind_found_by=kind_by, obligation=obligation,
        obligation_found_by=obligation_by, quantities=said.quantities, evidence=said.evidence, labels=said.labels,
        or_equivalent=said.or_equivalent, follow_up=said.follow_up, sanction=said.sanction, condition=said.condition,
        placeholder=said.placeholder, award=award, lot=find_lot(path, text), krav_ids=said.krav_ids,
        krav_level=said.krav_level,
        language="en" if said.is_english else "sv", repeated_in=repeated, support=" ".join(draft.support),
    )  # fmt: skip
