"""The types of an evaluation: how right the program is on labelled procurements, and how far people agree."""

from __future__ import annotations

from pydantic import Field

from cirkular_krav.models import Frozen


class Rate(Frozen):
    """A precision and recall with their counts and 95 % intervals; none where nothing could be counted.

    The intervals come from a bootstrap over whole procurements.
    """

    right: int
    found: int
    wanted: int
    precision: float | None
    recall: float | None
    precision_interval: tuple[float, float] | None = None
    recall_interval: tuple[float, float] | None = None


class Score(Frozen):
    """One figure 0–1 with its 95 % interval over whole procurements; none where nothing could be counted."""

    value: float | None
    interval: tuple[float, float] | None = None


class ReaderAgreement(Frozen):
    """How far two readers agree: Cohen's kappa (1 full, 0 as by chance) for each thing, none where all is alike.

    ``kappa``: requirement (or information), kind, obligation (award criteria left out), circular (asks for anything),
    family, family_sure (without what either called doubtful), obstacle.
    """

    procurements: int
    passages: int
    kappa: dict[str, float | None]


class Wrong(Frozen):
    """One thing the program got wrong, with its text."""

    procurement: str
    document: str
    text: str
    wanted: tuple[str, ...]
    found: tuple[str, ...]


class Evaluation(Frozen):
    """What was measured over all labelled procurements; doubtful labels are left out.

    ``rates``: extraction, criterion, family, obstacles, quantities, award_weights, award_models. ``scores``: kind and
    obligation (macro F1), near_misses_left_empty, quiet_left_empty, polarity. ``by_category``, ``by_difficulty`` and ``by_role``: the family
    rate of each. ``baselines``: the family rate of simple methods at the threshold that suits each of them best.
    """

    procurements: int
    labels: int
    rates: dict[str, Rate]
    scores: dict[str, Score]
    false_hits_per_1000: Score
    by_category: dict[str, Rate]
    by_difficulty: dict[str, Rate]
    by_role: dict[str, Rate]
    baselines: dict[str, Rate]
    wrong: tuple[Wrong, ...]


class Rating(Frozen):
    """One specialist's rating of a whole procurement, 0–5, given without seeing hits or score."""

    procurement: str
    rater: str
    value: int = Field(ge=0, le=5)
    note: str = ""


class RatingAgreement(Frozen):
    """How two raters agree, or one rater and the bands of the score (``second`` empty).

    ``kappa`` has quadratic weights; ``spearman`` is against the score itself where the second is the program.
    """

    first: str
    second: str
    procurements: int
    kappa: Score
    spearman: Score


class BandLimit(Frozen):
    """The lower limit of a band: today's, how many procurements it puts on the wrong side, and the best one if known."""

    band: str
    limit: int
    wrong: int
    best: int | None
    rated_at_least: int


class Calibration(Frozen):
    """Specialists' ratings beside each other and beside the score; ``limits`` only with enough procurements."""

    procurements: int
    unscored: tuple[str, ...]
    raters: tuple[RatingAgreement, ...]
    machine: tuple[RatingAgreement, ...]
    limits: tuple[BandLimit, ...]
