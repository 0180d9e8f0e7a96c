"""Every type that crosses a border between two stages.

All are frozen, refuse unknown fields and hold tuples rather than lists, so that nothing can flow back.
A type does not know how to print itself: that belongs to ``reports``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = 1

DocumentFormat = Literal["pdf", "docx", "sheet", "html", "plain", "notice", "archive", "unknown"]
DocumentRole = Literal[
    "notice", "instructions", "specification", "contract", "award", "questions", "amendment",
    "price_form", "policy", "works", "other",
]  # fmt: skip
LedgerStatus = Literal["read", "partial", "refused", "nothing", "skipped"]
BlockKind = Literal["heading", "paragraph", "list_item", "table_row"]
Layer = Literal["body", "header", "footer", "contents", "note", "hidden"]
RequirementKind = Literal[
    "technical_specification", "selection_criterion", "award_criterion", "contract_condition",
    "formal", "information",
]  # fmt: skip
Obligation = Literal["mandatory", "effort", "disclose", "desirable", "option", "information"]
FoundBy = Literal["label", "heading", "wording", "role"]
FollowUp = Literal["recurring", "on_request", "in_tender", "none"]
Ambition = Literal["spearhead", "advanced", "between", "basic", "unquantified", "law"]
KravLevel = Literal["", "basic", "advanced", "spearhead"]
Confidence = Literal["high", "medium", "low"]
Counts = Literal["circular", "supporting", "sustainability"]
Lifecycle = Literal["draft", "stable", "retired"]
OutcomeValue = Literal["asked", "partly", "not_asked", "not_applicable", "could_not_be_read"]
ScoreStatus = Literal["scored", "incomplete", "few_applicable", "not_relevant", "nothing_read"]
Verdict = Literal["accept", "not_binding", "reject", "unsure", "other_criterion"]
Purpose = Literal["review", "audit"]
WhyUnused = Literal["text_gone", "criterion_revised", "criterion_gone", "quotation_not_found"]
AgreementForm = Literal["own", "framework", "dis", "call_off", "direct_award", "unknown"]


class Frozen(BaseModel):
    """The base of all types: frozen, with unknown fields refused."""

    # Validators are built when first used: a reading process uses a few of the types, and starts faster.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


# --- where something stands ---------------------------------------------------------------------


class PdfPlace(Frozen):
    """A page of a PDF, counted from 1; ``end_page`` when the text was joined over a page break."""

    kind: Literal["pdf"] = "pdf"
    page: int
    end_page: int | None = None


class DocxPlace(Frozen):
    """A paragraph of a Word document, counted from 1 in reading order, with the number of its heading.

    ``row`` and ``column`` (from 1) are set inside a table.
    """

    kind: Literal["docx"] = "docx"
    paragraph: int
    heading_number: str = ""
    row: int | None = None
    column: int | None = None


class SheetPlace(Frozen):
    """A range of cells in a workbook, in A1 form."""

    kind: Literal["sheet"] = "sheet"
    sheet: str
    cells: str


class LinePlace(Frozen):
    """A line of a text or HTML file, counted from 1."""

    kind: Literal["line"] = "line"
    line: int


class FieldPlace(Frozen):
    """A field of an eForms notice, by its business term (``BT-06``) and lot."""

    kind: Literal["field"] = "field"
    field: str
    lot: str = ""


Place = Annotated[PdfPlace | DocxPlace | SheetPlace | LinePlace | FieldPlace, Field(discriminator="kind")]


# --- what was read ------------------------------------------------------------------------------


class Problem(Frozen):
    """A fault in the world (not in the program): what, in which file, where, with values for the sentence."""

    code: str
    path: str = ""
    place: str = ""
    values: dict[str, str | int] = {}


class Block(Frozen):
    """One heading, paragraph, list item or table row.

    ``raw_text`` is what reports quote; ``text`` is normalised and is what the later stages read.
    ``cells`` and ``header`` are only filled for table rows and have equal length when both are.
    """

    id: str
    kind: BlockKind
    raw_text: str
    text: str
    place: Place
    layer: Layer = "body"
    number: str = ""
    level: int = 0
    heading_path: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()


class AwardFact(Frozen):
    """An award criterion as a notice states it; ``share`` is its part of the award, 0–1, or none if unknown."""

    name: str
    description: str = ""
    kind: Literal["cost", "price", "quality", "unknown"] = "unknown"
    share: float | None = None
    lot: str = ""


class Lot(Frozen):
    """A lot with its title, CPV codes and value in SEK or the notice's currency."""

    id: str
    title: str = ""
    cpv: tuple[str, ...] = ()
    value: float | None = None


class Winner(Frozen):
    """A winning company: its size (``micro``, ``small``, ``medium``, ``sme``, ``large``) and town, as far as told."""

    size: str = ""
    town: str = ""


class Notice(Frozen):
    """What an eForms notice says of the procurement; ``bids`` is the mean per lot, none where not told; dates as ``YYYY-MM-DD``, numbers of organisations as ten digits."""

    notice_id: str = ""
    notice_type: str = ""
    title: str = ""
    description: str = ""
    buyer: str = ""
    organisation_number: str = ""
    cpv: tuple[str, ...] = ()
    lots: tuple[Lot, ...] = ()
    published: str = ""
    deadline: str = ""
    value: float | None = None
    currency: str = ""
    procedure: str = ""
    framework: str = ""
    dynamic_system: str = ""
    strategic_procurement: tuple[str, ...] = ()
    environmental_impact: tuple[str, ...] = ()
    green_criteria: tuple[str, ...] = ()
    award_criteria: tuple[AwardFact, ...] = ()
    bids: float | None = None
    winners: tuple[Winner, ...] = ()
    cancelled: bool = False
    languages: tuple[str, ...] = ()


class Document(Frozen):
    """One file as it was read: its blocks in reading order and what went wrong."""

    path: str
    sha256: str
    format: DocumentFormat
    role: DocumentRole = "other"
    status: LedgerStatus
    pages: int | None = None
    characters: int = 0
    problems: tuple[Problem, ...] = ()
    blocks: tuple[Block, ...] = ()
    notice: Notice | None = None


# The code of BT-06 (strategic procurement) that says that the purchase is to reduce the impact on the environment.
STRATEGIC_ENVIRONMENT = "env-imp"


class LedgerRow(Frozen):
    """One file's row in the coverage ledger: every file found gets exactly one."""

    path: str
    sha256: str
    format: DocumentFormat
    role: DocumentRole
    status: LedgerStatus
    pages: int | None
    characters: int
    problems: tuple[Problem, ...]


class Procurement(Frozen):
    """One procurement: its facts, where each fact came from, and its documents.

    ``cancelled``: it came to nothing. ``replaces``: the id of an earlier one that this one publishes again.
    ``facts_from`` maps a field to ``facts_file`` (procurement.yaml), ``notice``, ``documents``, ``folder`` or ``none``.
    """

    id: str
    title: str = ""
    buyer: str = ""
    organisation_number: str = ""
    on_behalf_of: tuple[str, ...] = ()
    published: str = ""
    cpv: tuple[str, ...] = ()
    value: float | None = None
    agreement_form: AgreementForm = "unknown"
    parent_agreement: str = ""
    frame_id: str = ""
    cancelled: bool = False
    replaces: str = ""
    bids: float | None = None
    winners: tuple[Winner, ...] = ()
    categories: tuple[str, ...] = ()
    lots: tuple[Lot, ...] = ()
    claims: tuple[str, ...] = ()
    award_criteria: tuple[AwardFact, ...] = ()
    facts_from: dict[str, str] = {}
    problems: tuple[Problem, ...] = ()
    documents: tuple[Document, ...] = ()

    @property
    def strategic(self) -> tuple[str, ...]:
        """What the buyer's own notices say of strategic procurement (BT-06), once each; empty where they do not."""
        notices = (document.notice for document in self.documents if document.notice)
        return tuple(dict.fromkeys(code for notice in notices for code in notice.strategic_procurement))


# --- what it requires ---------------------------------------------------------------------------


class Span(Frozen):
    """A half-open stretch of characters in ``Requirement.text``."""

    start: int
    end: int


class Quantity(Frozen):
    """A number with unit and direction: ``years >= 5``.

    Units are normalised: years (36 months = 3), percent, kg_per_m2, kg, cycles, kronor, days, hours, count …
    """

    value: float
    high: float | None = None
    unit: str
    direction: Literal[">=", "<=", "=", "range"]
    span: Span


class AwardWeight(Frozen):
    """The part of the award that a requirement can move: ``share`` 0–1, or none with what was found instead."""

    share: float | None
    basis: str


ChangeStatus = Literal["withdrawn", "replaced", "limited"]


class Change(Frozen):
    """What an answer, an amendment or a revised document did to a requirement.

    ``withdrawn`` and ``replaced`` end it; ``limited`` changes it for some cases and leaves the rest. ``by`` is the
    requirement that replaces it, where one was found; ``text`` is what says so.
    """

    status: ChangeStatus
    by: str = ""
    document: str
    location: Place
    text: str = ""


class Reference(Frozen):
    """Another place that a requirement refers to in ``words``, and where it was found.

    Told: the ``annex`` ("3"), the ``name`` of a document, the ``number`` of a part, or ``near`` (above, below). Found:
    the ``document``, and for a part of it the ``heading``, ``location`` and its requirements, or its blocks where it
    holds none. An empty ``document`` is a reference that could not be followed.
    """

    words: str
    span: Span
    annex: str = ""
    name: str = ""
    number: str = ""
    near: Literal["", "above", "below"] = ""
    document: str = ""
    heading: str = ""
    location: Place | None = None
    requirement_ids: tuple[str, ...] = ()
    block_ids: tuple[str, ...] = ()


class Requirement(Frozen):
    """One thing that a document asks for, with all that the document says about it.

    ``text`` carries the stem of its list or the header of its table; ``raw_text`` is the quotation; ``support`` is what
    the document says right after it of how it is verified, followed up and sanctioned.
    """

    id: str
    text: str
    raw_text: str
    document: str
    location: Place
    block_ids: tuple[str, ...]
    number: str = ""
    heading_path: tuple[str, ...] = ()
    context: str = ""
    kind: RequirementKind
    kind_found_by: FoundBy
    obligation: Obligation
    obligation_found_by: FoundBy
    quantities: tuple[Quantity, ...] = ()
    evidence: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    or_equivalent: bool = False
    follow_up: FollowUp = "none"
    sanction: bool = False
    condition: str = ""
    placeholder: bool = False
    award: AwardWeight | None = None
    lot: str = ""
    krav_ids: tuple[str, ...] = ()
    krav_level: KravLevel = ""
    language: Literal["sv", "en"] = "sv"
    repeated_in: tuple[str, ...] = ()
    support: str = ""
    change: Change | None = None
    references: tuple[Reference, ...] = ()

    @property
    def applies(self) -> bool:
        """Tell whether the requirement finally stands: not withdrawn, nor replaced by another."""
        return self.change is None or self.change.status == "limited"


# --- what it meets ------------------------------------------------------------------------------


class Evidence(Frozen):
    """What fired: the concept, the words in the text, and where (``text`` of the requirement, heading or context).

    ``decision``: a person saw it; the words are then who and when. ``wording``: the fitted model; the word is one of
    those that speak most.
    """

    concept: str
    words: str
    where: Literal["text", "context", "heading", "category", "decision", "wording"]
    span: Span | None = None


class Factors(Frozen):
    """The five factors of one requirement's score, each 0–1 (``domain.md`` 7.3)."""

    S: float
    O: float  # noqa: E741 - the method's own letter
    A: float
    V: float
    F: float


class Match(Frozen):
    """One requirement that meets one criterion; ``points`` 0–100, 0 for what does not enter the score.

    ``likelihood`` 0–1 is what the fitted judge makes of terms and wording together; none where only terms decide.
    """

    id: str
    requirement_id: str
    criterion_id: str
    family: str
    level: str
    ambition: Ambition
    confidence: Confidence
    counts: Counts
    evidence: tuple[Evidence, ...]
    against: tuple[str, ...] = ()
    factors: Factors
    points: float
    likelihood: float | None = None


class ObstacleHit(Frozen):
    """One requirement that stands in the way of circular offers."""

    id: str
    requirement_id: str
    obstacle_id: str
    evidence: tuple[Evidence, ...]
    justified_by: str = ""
    likelihood: float | None = None


class Conflict(Frozen):
    """An obstacle that makes a matched requirement impossible, so that both cannot be met."""

    obstacle_id: str
    obstacle_requirement_id: str
    criterion_id: str
    requirement_id: str


class Outcome(Frozen):
    """What the procurement says on one criterion, with the reason and the matches.

    It is *asked* when a match that is not doubtful reaches the floor, and *partly* when all are doubtful or weaker.
    """

    criterion_id: str
    value: OutcomeValue
    points: float = 0.0
    importance: int
    match_ids: tuple[str, ...] = ()


class SubScore(Frozen):
    """One of the five sub-scores, 0–100, or none with the reason."""

    id: str
    value: float | None
    weight: float
    reason: str = ""


class Interval(Frozen):
    """The score as found and as if the obstacles stand."""

    value: int | None
    low: int | None
    high: int | None


class ProcurementScore(Frozen):
    """The score of one procurement: whole numbers 0–100 or none; ``low <= value <= high``.

    ``with_obstacles`` is the same when the requirements that an obstacle makes impossible do not count.
    """

    status: ScoreStatus
    value: int | None
    low: int | None
    high: int | None
    band: str
    sub_scores: tuple[SubScore, ...] = ()
    with_obstacles: Interval | None = None
    relevance: Literal["high", "medium", "low", "none"]
    applicable: int
    read_share: float
    profiles: dict[str, dict[str, float]] = {}


class Versions(Frozen):
    """The three version numbers that are stamped on every assessment, never mixed."""

    library: str
    catalogue: str
    catalogue_fingerprint: str
    scoring: str


# --- what people decide -------------------------------------------------------------------------


class MatchDecision(Frozen):
    """A person's verdict on one match or obstacle: the key is procurement, hash of the requirement's text, criterion.

    ``purpose``: only ``review`` decisions change a score; an ``audit`` measures and changes nothing (design D10, b10).
    ``right_criterion`` goes with the verdict ``other_criterion``; ``not_binding`` (right criterion, but neither binding nor
    checkable) is an answer of audits alone. ``revisions`` are those of the criteria on the day.
    """

    kind: Literal["match"] = "match"
    purpose: Purpose
    procurement: str
    text_hash: str
    criterion: str
    verdict: Verdict
    right_criterion: str = ""
    quotation: str
    who: str
    when: str
    note: str = ""
    catalogue: str
    revisions: dict[str, int] = {}


class MissedDecision(Frozen):
    """A requirement that a person found: the key is the document's hash, the place and the quotation.

    ``blind``: the person read without seeing the program's hits, so that the program may well have found it too.
    ``binding``: whether it is binding, checkable and beyond the law; audits ask for it, reviews do not.
    """

    kind: Literal["missed"] = "missed"
    purpose: Purpose
    blind: bool = False
    procurement: str
    document: str
    sha256: str
    place: str
    quotation: str
    criterion: str
    binding: bool | None = None
    who: str
    when: str
    note: str = ""
    catalogue: str
    revisions: dict[str, int] = {}


class AuditedDecision(Frozen):
    """That a person read a whole procurement, or a part, in an audit: without it, no missed says nothing.

    ``headline``: whether the person sees at least one binding, checkable circular requirement (design D9).
    """

    kind: Literal["audited"] = "audited"
    purpose: Literal["audit"] = "audit"
    blind: bool
    procurement: str
    read: Literal["whole", "part"]
    headline: Literal["yes", "no", "unsure", ""] = ""
    who: str
    when: str
    note: str = ""
    catalogue: str


Decision = Annotated[MatchDecision | MissedDecision | AuditedDecision, Field(discriminator="kind")]


class UnusedDecision(Frozen):
    """A decision that was not used, and why: the text or the criterion is no longer the one that was judged."""

    decision: Decision
    why: WhyUnused


class Judgement(Frozen):
    """What people changed, beside what the machine said: both are kept.

    ``matches`` and ``obstacles`` are the machine's own records of what the decisions bear on; ``score`` is the
    machine's. ``unused`` decisions are listed, never silently used.
    """

    decisions: tuple[Decision, ...]
    unused: tuple[UnusedDecision, ...] = ()
    matches: tuple[Match, ...] = ()
    obstacles: tuple[ObstacleHit, ...] = ()
    score: ProcurementScore


class Assessment(Frozen):
    """One procurement with all that was found in it; with a ``judgement``, as people's decisions left it."""

    schema_version: int = SCHEMA_VERSION
    versions: Versions
    procurement: Procurement
    ledger: tuple[LedgerRow, ...]
    requirements: tuple[Requirement, ...]
    matches: tuple[Match, ...]
    obstacles: tuple[ObstacleHit, ...]
    conflicts: tuple[Conflict, ...]
    outcomes: tuple[Outcome, ...]
    score: ProcurementScore
    judgement: Judgement | None = None


# --- what is to be followed up ------------------------------------------------------------------


class Deadline(Frozen):
    """When something is due, as a requirement says it in ``words``; only what stands there, nothing guessed.

    ``date`` is YYYY-MM-DD; ``yearly`` MM-DD of every year; ``days`` or ``months`` count from the contract's start
    (negative: before it). All are empty when the words give no date that can be counted out.
    """

    words: str
    date: str = ""
    yearly: str = ""
    days: int | None = None
    months: int | None = None


class Occasion(Frozen):
    """A day to follow something up: the first ``date`` (YYYY-MM-DD), and how often after that (empty: once).

    ``basis``: the document gives the date, or it was counted from the contract's start that the user gave.
    """

    date: str
    every: Literal["", "week", "month", "quarter", "half_year", "year"] = ""
    words: str
    basis: Literal["document", "contract_start"]


class Commitment(Frozen):
    """What a supplier has promised in one requirement, and how, when and under which sanction it is followed up.

    ``interval`` is Swedish as in the understanding (``årligen``). ``sanction`` is the sentence of the requirement that
    names one, or the sentence right after it, or empty. ``criteria`` is empty for a contract's own duties to report.
    ``occasions`` is empty when no date can be counted out.
    """

    id: str
    procurement: str
    title: str
    buyer: str
    requirement: Requirement
    criteria: tuple[str, ...]
    interval: str = ""
    deadlines: tuple[Deadline, ...] = ()
    sanction: str = ""
    occasions: tuple[Occasion, ...] = ()
