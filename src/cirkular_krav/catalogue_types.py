"""The types of the catalogue: what the YAML files under ``criteria/`` say, checked and frozen.

Field names are the YAML keys. Keys whose value is prose for readers end in ``_sv``.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from cirkular_krav.models import Ambition, Counts, Frozen, Lifecycle, RequirementKind

CriterionId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,4}-[0-9]{2,3}$")]
ConceptId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
CategoryId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,4}$")]
Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
DayOrUnknown = Annotated[str, StringConstraints(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|unknown)$")]
Prose = Annotated[str, StringConstraints(pattern=r"\S")]
CpvPrefix = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,8}$")]
Strategy = Literal["R0", "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "EN"]
Goal = Literal["A", "B", "C", "D", "E"]
Unit = Literal[
    "years", "percent", "kg_per_m2", "kg", "g_per_portion", "cycles", "washes", "rubs", "km", "days", "hours",
    "kronor", "count",
]  # fmt: skip


class Concept(Frozen):
    """One meaning and the Swedish words for it, matched on tokens and compound parts.

    ``words``: whole words. ``forms``: a stem and the endings it may have (``{återbruka: [d, de, t]}``).
    ``stems``: the start of a word. ``parts``: the start of a word or of a later part of a compound (``möbl`` finds
    *kontorsmöbler*). ``phrases``: several words in a row; ``*`` after a word allows any ending and ``…`` up to four
    words between. ``includes``: other concepts whose words count too. ``not_words``: words (or stems with ``*``)
    that never count. ``not_with``: concepts that undo the meaning in the same clause. ``needs``: concepts of which
    one must stand in the same sentence or its heading.
    """

    words: tuple[Prose, ...] = ()
    forms: dict[Prose, tuple[str, ...]] = {}
    stems: tuple[Prose, ...] = ()
    parts: tuple[Prose, ...] = ()
    phrases: tuple[Prose, ...] = ()
    includes: tuple[ConceptId, ...] = ()
    not_words: tuple[str, ...] = ()
    not_with: tuple[ConceptId, ...] = ()
    needs: tuple[ConceptId, ...] = ()
    note_sv: str = ""


class Vocabulary(Frozen):
    """The concepts of one language."""

    schema_version: Literal[1]
    language: str
    concepts: dict[ConceptId, Concept]


class Rule(Frozen):
    """One way of asking: the first concept must stand in a clause of the text, not negated; the others in the same
    sentence, its list stem, table header or heading, or follow from the category. None of ``unless`` may stand in
    the clause. ``negated`` overrides the entry's own: ``required`` when the rule is met by the first concept being
    refused ("begagnade varor godtas inte")."""

    all_of: tuple[ConceptId, ...] = Field(min_length=1)
    unless: tuple[ConceptId, ...] = ()
    negated: Literal["blocks", "ignore", "required"] | None = None


class Level(Frozen):
    """One step of the ladder, strongest first; the first that fits wins.

    ``all_of``: concepts that must also be present. ``quantity``: a unit and a bound (``{years: ">= 5"}``).
    ``strategies`` and ``goals``: what this level supports, where that is less than the whole criterion (a level that
    only asks for recyclability is not recycled content). ``krav_ids``: ids in the national criteria service that
    mean this level.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
    ambition: Ambition
    all_of: tuple[ConceptId, ...] = ()
    quantity: dict[Unit, Annotated[str, StringConstraints(pattern=r"^(>=|<=) [0-9]+(\.[0-9]+)?$")]] = {}
    strategies: tuple[Strategy, ...] = ()
    goals: tuple[Goal, ...] = ()
    krav_ids: tuple[str, ...] = ()
    basis: Literal["source", "judgement"]
    read_on: DayOrUnknown
    note_sv: str = ""


class Wording(Frozen):
    """A proposed wording for one level, in our own words."""

    motive: Prose
    requirement: Prose
    verification: Prose
    follow_up: str = ""


class Positive(Frozen):
    """A sentence that must reach exactly this level. ``context`` stands for a heading or list stem."""

    text: Prose
    level: str
    attested: bool
    context: str = ""
    category: str = ""
    also_matches: tuple[CriterionId, ...] = ()
    paraphrase: bool = False


class Negative(Frozen):
    """A sentence that must not match, with the reason: the most valuable line in the file."""

    text: Prose
    why: Prose
    context: str = ""
    category: str = ""


class KnownMiss(Frozen):
    """A sentence that ought to match and does not yet; when it starts to, the suite asks for it to be moved."""

    text: Prose
    level: str
    why: str = ""


class Examples(Frozen):
    """The examples of a criterion or obstacle; they are run as tests."""

    match: tuple[Positive, ...] = ()
    no_match: tuple[Negative, ...] = ()
    known_miss: tuple[KnownMiss, ...] = ()


class Source(Frozen):
    """Where a level or a claim was read: title, address, id and version there, and the day."""

    title: Prose
    url: str = ""
    id: str = ""
    read_on: DayOrUnknown


class Law(Frozen):
    """What the law already obliges, from which day; a requirement that only repeats it has ambition ``law``.

    ``only``: concepts that show that the requirement repeats the law.
    """

    what_sv: Prose
    from_date: DayOrUnknown
    only: tuple[ConceptId, ...] = ()


class AppliesTo(Frozen):
    """Which categories (``criteria/categories.yaml``) the criterion applies to, and CPV prefixes that narrow it."""

    categories: tuple[CategoryId, ...] = Field(min_length=1)
    cpv: tuple[CpvPrefix, ...] = ()


class SmallSuppliers(Frozen):
    """How the criterion strikes small suppliers."""

    effect: Literal["opens", "neutral", "burdens"]
    note_sv: Prose


class Eforms(Frozen):
    """The codes a notice would carry: BT-774 and BT-805."""

    environmental_impact: tuple[str, ...] = ()
    social_objective: tuple[str, ...] = ()


class Criterion(Frozen):
    """One thing that a procurement can ask for; its levels are data (design D2)."""

    schema_version: Literal[1]
    id: CriterionId
    lifecycle: Lifecycle
    replaced_by: CriterionId | None = None
    revision: int = Field(ge=1)
    specialises: tuple[CriterionId, ...] = ()
    counts: Counts
    strategies: tuple[Strategy, ...] = Field(min_length=1)
    goals: tuple[Goal, ...] = ()
    importance: Literal[1, 2, 3]
    title_sv: Prose
    title_en: Prose
    question_sv: Prose
    why_sv: Prose
    applies_to: AppliesTo
    asks_for: tuple[Rule, ...] = Field(min_length=1)
    negated: Literal["blocks", "ignore"] = "blocks"
    levels: tuple[Level, ...] = Field(min_length=1)
    kinds: tuple[RequirementKind, ...] = Field(min_length=1)
    evidence_sv: tuple[Prose, ...] = ()
    follow_up_sv: str = ""
    requirement_sv: dict[str, Wording] = {}
    proportionality_sv: str = ""
    caution_sv: str = ""
    small_suppliers: SmallSuppliers | None = None
    agenda_2030: tuple[str, ...] = ()
    eforms: Eforms = Eforms()
    law: tuple[Law, ...] = ()
    overlaps: tuple[CriterionId, ...] = ()
    sources: tuple[Source, ...] = ()
    examples: Examples

    @cached_property
    def title(self) -> str:
        """The Swedish title."""
        return self.title_sv


class Obstacle(Frozen):
    """Wording that stands in the way of circular offers (design D3), and a better one."""

    schema_version: Literal[1]
    id: CriterionId
    lifecycle: Lifecycle
    replaced_by: CriterionId | None = None
    revision: int = Field(ge=1)
    title_sv: Prose
    title_en: Prose
    question_sv: Prose
    why_sv: Prose
    justified_sv: Prose
    justified_by: tuple[ConceptId, ...] = ()
    better_wording_sv: Prose
    blocks: tuple[CriterionId, ...] = Field(min_length=1)
    applies_to: AppliesTo
    asks_for: tuple[Rule, ...] = Field(min_length=1)
    negated: Literal["blocks", "ignore"] = "blocks"
    sources: tuple[Source, ...] = ()
    examples: Examples


class Category(Frozen):
    """One category of purchases: its CPV prefixes, the concept that names its goods, and its circular relevance."""

    id: CategoryId
    title_sv: Prose
    title_en: Prose
    cpv: tuple[CpvPrefix, ...] = ()
    concept: ConceptId | None = None
    relevance: Literal["high", "medium", "low", "none"]
    service: bool = False


class Constant(Frozen):
    """A number of the scoring policy with the reason for it."""

    value: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
    why_sv: Prose


class Band(Frozen):
    """A band of the score: from this whole number and up."""

    id: str
    at_least: int
    title_sv: Prose
    title_en: Prose


# The constants that the score is made of: the keys of each table of ``scoring.yaml``. A missing one has no meaning.
_CONSTANTS: dict[str, str] = {
    "strategy": "R0 R1 R2 R3 R4 R5 R6 R7 R8_content R8_recycling R9 EN",
    "obligation": "mandatory mandatory_contract mandatory_contract_followed_up award_base award_share award_unknown "
    "effort disclose disclose_enabler desirable option information",
    "ambition": "spearhead advanced between basic unquantified law",
    "verifiability": "quantity_and_evidence quantity_or_evidence concrete vague placeholder",
    "follow_up": "recurring on_request in_tender none",
    "quality_weights": "A V F",
    "sub_scores": "coverage ambition binding follow_up award_weight",
    "limits": "full_award_share coverage_share coverage_points floor_points one_goal_factor fewest_applicable "
    "least_read_share",
}
# What something is divided by, and cannot be zero.
_DIVISORS = ("full_award_share", "coverage_share", "coverage_points")
# Tables of numbers, not of factors between 0 and 1.
_NUMBERS = ("sub_scores", "limits")
_SHARES = ("full_award_share", "coverage_share", "one_goal_factor", "least_read_share")


class ScoringPolicy(Frozen):
    """All constants of the score, each with its reason; results store ``revision``."""

    schema_version: Literal[1]
    revision: Prose
    strategy: dict[str, Constant]
    obligation: dict[str, Constant]
    ambition: dict[str, Constant]
    verifiability: dict[str, Constant]
    follow_up: dict[str, Constant]
    quality_weights: dict[str, Constant]
    sub_scores: dict[str, Constant]
    limits: dict[str, Constant]
    bands: tuple[Band, ...] = Field(min_length=1)

    @field_validator(*_CONSTANTS)
    @classmethod
    def _is_complete(cls, table: dict[str, Constant], info: ValidationInfo) -> dict[str, Constant]:
        known = (_CONSTANTS[info.field_name or ""]).split()
        missing, strange = [k for k in known if k not in table], [k for k in table if k not in known]
        if missing or strange:
            parts = [f"Lägg till {', '.join(missing)}."] * bool(missing)
            parts += [f"Ta bort {', '.join(strange)}, som poängen inte använder."] * bool(strange)
            raise ValueError(" ".join(parts))
        for key, constant in table.items():
            if key in _DIVISORS and constant.value == 0:
                raise ValueError(f"{key} får inte vara 0, eftersom poängen delas med talet.")
            if (info.field_name not in _NUMBERS or key in _SHARES) and constant.value > 1:
                raise ValueError(f"{key} är en andel och ska ligga mellan 0 och 1.")
        if info.field_name in ("quality_weights", "sub_scores") and not any(c.value for c in table.values()):
            raise ValueError("Minst en vikt ska vara större än 0.")
        return table

    @field_validator("bands")
    @classmethod
    def _are_ordered(cls, bands: tuple[Band, ...]) -> tuple[Band, ...]:
        limits = [band.at_least for band in bands]
        if limits != sorted(set(limits)) or limits[0] != 0:
            raise ValueError("Banden ska börja på 0 och stå i stigande ordning.")
        return bands


class CatalogueHead(Frozen):
    """``criteria/catalogue.yaml``: the version of the whole and the ids that were once used."""

    schema_version: Literal[1]
    version: Prose
    retired_ids: tuple[CriterionId, ...] = ()


class Judge(Frozen):
    """Weighs terms against wording into a probability.

    From ``at_least`` what the terms found counts, from ``alone`` what only the wording points at; under that a match counts
    only in the upper end of the score, and under ``doubtful`` it is left out.
    """

    intercept: float
    weights: dict[str, float]
    at_least: Annotated[float, Field(gt=0, lt=1)]
    alone: Annotated[float, Field(gt=0, lt=1)]
    doubtful: Annotated[float, Field(gt=0, lt=1)]


class FittedHead(Frozen):
    """``criteria/fitted.yaml``: the judges that ``train`` fitted, what they were fitted on, and how right they were."""

    schema_version: Literal[1]
    made_of: Prose
    family: Judge
    obstacle: Judge
    held_out: dict[str, dict[str, float]] = {}


class FittedModel(FittedHead):
    """The fitted part of the catalogue: the judges and the text of the linear model's weights."""

    weights: str


class Catalogue(Frozen):
    """Everything under ``criteria/``, checked; ``fingerprint`` changes when any of it changes."""

    version: str
    fingerprint: str
    criteria: tuple[Criterion, ...]
    obstacles: tuple[Obstacle, ...]
    vocabulary: Vocabulary
    categories: tuple[Category, ...]
    scoring: ScoringPolicy
    fitted: FittedModel | None = None

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @cached_property
    def by_id(self) -> dict[str, Criterion]:
        """Criteria by id."""
        return {criterion.id: criterion for criterion in self.criteria}

    @cached_property
    def obstacles_by_id(self) -> dict[str, Obstacle]:
        """Obstacles by id."""
        return {obstacle.id: obstacle for obstacle in self.obstacles}

    @cached_property
    def categories_by_id(self) -> dict[str, Category]:
        """Categories by id."""
        return {category.id: category for category in self.categories}
