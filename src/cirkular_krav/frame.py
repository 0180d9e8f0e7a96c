"""Of all procurements there were, which have been read: by organisation and category, with weights for the missing.

A procurement of the frame and an assessment are the same one when, in this order: the assessment's ``frame_id`` is the
frame's id; its id is the frame's id; its id is the frame's notice id; or its id is the frame's diary number and the
organisation is the same (diary numbers are each organisation's own). Case and white space do not matter.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

from cirkular_krav.applicability import categories_of_cpv
from cirkular_krav.baseline.intervals import Answer, share_of
from cirkular_krav.baseline_types import Share
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.frame_file import FrameRow
from cirkular_krav.models import STRATEGIC_ENVIRONMENT, Assessment, Frozen

JoinedBy = Literal["frame_id", "id", "notice_id", "diary", ""]
State = Literal["read", "unread", "missing"]
Ticked = Literal["yes", "no", "not_reported"]
_DRAWS = 2_000
_RARE = 0.05
# With fewer read than this a skew cannot be told from chance.
_FEWEST = 5


class FrameItem(Frozen):
    """One procurement of the frame and what became of it. ``weight``: how many of its kind each read one stands for.

    ``ticked`` is the statistics' environmental box; ``claims`` what the buyer's own notice says (BT-774, BT-805),
    and ``strategic`` what it says of strategic procurement (BT-06);
    ``asks_circular`` and ``asks_any`` what the documents ask for: none when they could not be read or are not there.
    """

    row: FrameRow
    category: str
    state: State
    joined_by: JoinedBy = ""
    procurement: str = ""
    weight: float | None = None
    ticked: Ticked
    claims: tuple[str, ...] = ()
    strategic: tuple[str, ...] = ()
    asks_circular: bool | None = None
    asks_any: bool | None = None

    @property
    def strategic_says(self) -> Ticked:
        """Whether the notice calls the procurement one for the environment (BT-06), as the box of the statistics does."""
        return "not_reported" if not self.strategic else "yes" if STRATEGIC_ENVIRONMENT in self.strategic else "no"


class FrameCell(Frozen):
    """How many there were and how many were read, in one category of one organisation; ``""`` is unknown category."""

    organisation: str
    organisation_number: str
    category: str
    frame: int
    read: int
    unread: int
    weight: float | None


class Skew(Frozen):
    """What was read differs from the frame more than chance gives: ``p`` of so large a difference (simulated).

    ``over`` and ``under``: what there is too much and too little of, the most first. ``organisation`` is empty for all together.
    """

    by: Literal["category", "organisation"]
    organisation: str
    p: float
    over: tuple[str, ...]
    under: tuple[str, ...]


class Platform(Frozen):
    """How many of the procurements advertised in one database have the environmental box ticked."""

    database: str
    ticked: Share


class FlagShare(Frozen):
    """Of the procurements about which buyers say the same: the shares that ask for anything beyond the law, and for circular.

    ``source``: the statistics' ``box``, or what the ``notice`` says of the environment (BT-06). ``unread`` is the number
    where nothing was found and not all could be read: they leave the shares and widen their bounds.
    """

    source: Literal["box", "notice"]
    says: Ticked
    asks_any: Share
    asks_circular: Share
    unread: int


class FrameReport(Frozen):
    """The frame beside what was read. ``outside``: assessments that are in no row; ``twice``: second ones of a row."""

    items: tuple[FrameItem, ...]
    cells: tuple[FrameCell, ...]
    skews: tuple[Skew, ...]
    platforms: tuple[Platform, ...]
    flags: tuple[FlagShare, ...] = ()
    outside: tuple[str, ...]
    twice: tuple[str, ...]


def compare_frame(rows: Sequence[FrameRow], assessments: Iterable[Assessment], catalogue: Catalogue) -> FrameReport:
    """Set what was read beside the frame, organisation by organisation and category by category."""
    joined, outside, twice = _join(rows, assessments)
    items = [_item(row, *joined.get(row.frame_id, ("", None)), catalogue) for row in rows]
    cells = _cells(items)
    weights = {(c.organisation_number or c.organisation, c.category): c.weight for c in cells}
    weighed = tuple(
        item.model_copy(update={"weight": weights[_organisation(item), item.category]})
        if item.state == "read"
        else item
        for item in items
    )
    return FrameReport(
        items=weighed, cells=cells, skews=_skews(items), platforms=_platforms(rows), flags=tuple(_flags(items)),
        outside=outside, twice=twice,
    )  # fmt: skip


# --- the same procurement -----------------------------------------------------------------------

_Joined = dict[str, tuple[JoinedBy, "_Light | None"]]


class _Light(Frozen):
    """What is wanted of an assessment, so that a thousand of them need no room."""

    id: str
    read: bool
    claims: tuple[str, ...]
    strategic: tuple[str, ...]
    circular: bool
    any: bool


def _join(
    rows: Sequence[FrameRow], assessments: Iterable[Assessment]
) -> tuple[_Joined, tuple[str, ...], tuple[str, ...]]:
    ways: tuple[tuple[JoinedBy, dict[str, FrameRow], Callable[[Assessment], str]], ...] = (
        ("frame_id", {_same(r.frame_id): r for r in rows}, lambda a: a.procurement.frame_id),
        ("id", {_same(r.frame_id): r for r in rows}, lambda a: a.procurement.id),
        ("notice_id", {_same(r.notice_id): r for r in rows if r.notice_id}, lambda a: a.procurement.id),
        (
            "diary",
            {_same(f"{r.organisation_number}/{r.diary}"): r for r in rows if r.diary},
            lambda a: f"{a.procurement.organisation_number}/{a.procurement.id}",
        ),
    )
    joined: _Joined = {}
    outside, twice = [], []
    for assessment in sorted(assessments, key=lambda a: a.procurement.id):
        hits = ((by, index.get(_same(key(assessment)))) for by, index, key in ways if key(assessment))
        hit = next(((by, row) for by, row in hits if row), None)
        if hit is None:
            outside.append(assessment.procurement.id)
        elif hit[1].frame_id in joined:
            twice.append(assessment.procurement.id)
        else:
            joined[hit[1].frame_id] = (hit[0], _light(assessment))
    return joined, tuple(outside), tuple(twice)


def _same(text: str) -> str:
    return "".join(text.casefold().split())


def _light(assessment: Assessment) -> _Light:
    sure = [m for m in assessment.matches if m.confidence != "low" and m.ambition != "law"]
    return _Light(
        id=assessment.procurement.id,
        read=assessment.score.status not in ("nothing_read", "incomplete"),
        claims=assessment.procurement.claims,
        strategic=assessment.procurement.strategic,
        circular=any(m.counts == "circular" for m in sure),
        any=bool(sure),
    )


def _item(row: FrameRow, by: JoinedBy, light: _Light | None, catalogue: Catalogue) -> FrameItem:
    state: State = "missing" if light is None else "read" if light.read else "unread"
    return FrameItem(
        row=row,
        category=next(iter(categories_of_cpv([row.cpv], catalogue)), "") if row.cpv else "",
        state=state,
        joined_by=by,
        procurement=light.id if light else "",
        ticked="not_reported" if row.environmental is None else "yes" if row.environmental else "no",
        claims=light.claims if light else (),
        strategic=light.strategic if light else (),
        asks_circular=_known(light.circular, light.read) if light else None,
        asks_any=_known(light.any, light.read) if light else None,
    )


def _known(found: bool, read: bool) -> bool | None:
    """What was found stands, however little was read; what was not found says nothing unless all was read."""
    return True if found else False if read else None


# --- counts, weights, skew ----------------------------------------------------------------------


def _organisation(item: FrameItem) -> str:
    return item.row.organisation_number or item.row.buyer


def _cells(items: Sequence[FrameItem]) -> tuple[FrameCell, ...]:
    groups: dict[tuple[str, str], list[FrameItem]] = {}
    for item in items:
        groups.setdefault((_organisation(item), item.category), []).append(item)
    cells = []
    for (_, category), group in sorted(groups.items()):
        states = Counter(item.state for item in group)
        cells.append(
            FrameCell(
                organisation=group[0].row.buyer, organisation_number=group[0].row.organisation_number, category=category,
                frame=len(group), read=states["read"], unread=states["unread"],
                weight=len(group) / states["read"] if states["read"] else None,
            )
        )  # fmt: skip
    return tuple(cells)


def _skews(items: Sequence[FrameItem]) -> tuple[Skew, ...]:
    found = [_skew("organisation", "", items, _organisation), _skew("category", "", items, lambda i: i.category)]
    for organisation in sorted({_organisation(item) for item in items}):
        own = [item for item in items if _organisation(item) == organisation]
        found.append(_skew("category", organisation, own, lambda i: i.category))
    return tuple(skew for skew in found if skew)


def _skew(
    by: Literal["category", "organisation"],
    organisation: str,
    items: Sequence[FrameItem],
    key: Callable[[FrameItem], str],
) -> Skew | None:
    """Test whether the read are a random draw from the frame: chi-square against draws without replacement.

    Exact up to simulation, so it holds for small groups; the draws are the same every time.
    """
    read = sum(item.state == "read" for item in items)
    if read < _FEWEST or read == len(items):
        return None
    labels = [key(item) for item in items]
    expected = {label: read * count / len(items) for label, count in Counter(labels).items()}
    seen = Counter(key(item) for item in items if item.state == "read")
    distance = _distance(seen, expected)
    chance = random.Random(2026)
    larger = sum(_distance(Counter(chance.sample(labels, read)), expected) >= distance - 1e-9 for _ in range(_DRAWS))
    p = (larger + 1) / (_DRAWS + 1)
    if p > _RARE:
        return None
    apart = sorted(((seen[label] - count, label) for label, count in expected.items()), key=lambda pair: (-abs(pair[0]), pair[1]))  # fmt: skip
    over = [label for much, label in apart if much >= 1]
    under = [label for much, label in apart if much <= -1]
    return Skew(by=by, organisation=organisation, p=p, over=tuple(over), under=tuple(under))


def _distance(seen: Counter[str], expected: dict[str, float]) -> float:
    return sum((seen[label] - count) ** 2 / count for label, count in expected.items())


def _flags(items: Sequence[FrameItem]) -> Iterator[FlagShare]:
    """Set what buyers say, in the statistics and in their notices, beside what the documents ask for."""
    joined = [item for item in items if item.state != "missing"]
    for source in ("box", "notice"):
        if source == "notice" and not any(item.strategic for item in joined):
            continue
        for says in ("yes", "no", "not_reported"):
            own = [i for i in joined if (i.ticked if source == "box" else i.strategic_says) == says]
            known = [item for item in own if item.asks_any is not None]
            if own:
                unread = len(own) - len(known)
                asks, circular = (
                    share_of((Answer(yes=bool(getattr(i, name))) for i in known), unread=unread)
                    for name in ("asks_any", "asks_circular")
                )
                yield FlagShare(source=source, says=says, asks_any=asks, asks_circular=circular, unread=unread)


def _platforms(rows: Sequence[FrameRow]) -> tuple[Platform, ...]:
    groups: dict[str, list[FrameRow]] = {}
    for row in rows:
        groups.setdefault(row.database, []).append(row)
    return tuple(
        Platform(database=database, ticked=share_of(Answer(yes=bool(row.environmental)) for row in group))
        for database, group in sorted(groups.items())
    )
