"""From weights to shares of the award: what belongs together, what lies within what, and what the numbers are parts of.

Nothing is guessed. Weights that do not add up, intervals, and parts of an unknown whole get no share, and the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cirkular_krav.understanding.award_items import Chapter, Total, Weighed
from cirkular_krav.understanding.award_names import alike, names_it, stems

_TOLERANCE = 0.6
_ROUND = [100.0, 1000.0, 200.0, 50.0, 10.0, 500.0]  # wholes that points make when no total is stated
_FIXED_PRICE = re.compile(
    r"\b(?:fast|fastställ\w+|bestäm[td]\w*|givet|låst)\b[^.;\n]{0,50}\b(?:\w*pris\w*|ersättning\w*|arvode\w*|kronor)\b|"
    r"\b(?:\w*pris(?:et)?|ersättning\w*|arvode\w*)\b[^.;\n]{0,60}\b(?:är fast|fastställ\w+|bestäm[td]\w*|utvärderas (?:inte|ej)|är givet|är låst)",
    re.IGNORECASE,
)
_INNER = re.compile(
    r"inbördes|av (?:huvud|kvalitet)|delkriteri|underkriteri|sub-?criteri|av kvalitet|inom kvalitet", re.IGNORECASE
)
_OF_BID = re.compile(r"anbud|hela|sammanlag|totalt?\b|bedömning|summa|maximal|total|utvärdering", re.IGNORECASE)
_QUALITY = re.compile(r"kvalitet|mervärde", re.IGNORECASE)
_RATIO = re.compile(r"\b\d{1,3}(?: ?: ?\d{1,3}){1,8}\b")
_PER_POINT = re.compile(
    r"\b(?:kronor|kr|pris\w*|summa\w*) per (?:kvalitets)?poäng|\b(?:delas|divideras|delat|dividerat) med [^.\n]{0,30}poäng(?! \d)[^.\n]{0,20}(?:lägst|kvot)|\bkvot\w*[^.\n]{0,40}\bpris\w*[^.\n]{0,30}\bpoäng",
    re.IGNORECASE,
)


@dataclass(slots=True, eq=False)
class Group:
    """Criteria that are weighed against each other, in one unit."""

    items: list[Weighed]
    lead: str = ""  # what introduces them: headings, a table's header, the line before
    total: float | None = None
    parent: Weighed | None = None
    is_done: bool = False
    is_weak: bool = field(default=False)  # may be steps of a scale: only what makes up its parent exactly is kept

    @property
    def unit(self) -> str:
        """The unit that all have."""
        return self.items[0].unit

    @property
    def sum(self) -> float:
        """What the weights make together."""
        return sum(item.value for item in self.items)

    @property
    def price(self) -> Weighed | None:
        """The price, when it is among them."""
        return next((item for item in self.items if item.is_price), None)


def share_out(groups: Sequence[Group], chapter: Chapter) -> None:
    """Give each criterion of one lot its share, or the reason why it has none."""
    totals = chapter.totals
    groups = _split(_gathered(groups, totals), totals)
    known = [item for group in groups for item in group.items]
    if not groups:
        return
    per_point = any(g.unit == "points" for g in groups) and _PER_POINT.search(chapter.text) is not None
    for group in groups:
        if any(item.is_interval for item in group.items):
            _unknown(group, "vikten anges som intervall")
        elif per_point and group.unit == "points":
            _unknown(group, "priset delas med poängen")
        elif group.price:
            _share_top(group, totals, [i for i in known if i not in group.items and i.unit == "percent"])
    for _ in range(4):  # parents before children, at most four levels
        for group in (g for g in groups if not g.is_done):
            _share_inner(group, groups, known, totals)
    alone = [g for g in groups if not g.is_done and not g.is_weak]
    fixed = bool(alone) and _FIXED_PRICE.search(chapter.text) is not None
    for group in alone:
        _share_alone(group, groups, totals, fixed=fixed)


def _unknown(group: Group, reason: str) -> None:
    group.is_done = True
    for item in group.items:
        item.share, item.reason = None, reason


def _give(group: Group, whole: float, full: float, reason: str = "") -> None:
    group.is_done = True
    if full <= 0 or group.sum > full * (1 + _TOLERANCE / 100) + 1e-9:
        return _unknown(group, f"vikterna blir tillsammans {group.sum:g}, mer än {full:g}".replace(".", ","))
    for item in group.items:
        item.share, item.reason = round(whole * item.value / full, 6), reason
    return None


def _is(one: float, other: float) -> bool:
    return abs(one - other) <= max(1e-6, other * _TOLERANCE / 100)


# --- what belongs together ---------------------------------------------------------------------------


def _gathered(groups: Iterable[Group], totals: Sequence[Total]) -> list[Group]:
    """Join groups that only together make the whole: price under one heading, quality under another."""
    rest = [g for g in groups if g.items]
    for unit, wholes in (("percent", [100.0]), ("points", _bid_totals(totals) or _ROUND)):
        top = next((g for g in rest if g.unit == unit and g.price), None)
        if top is None or any(_is(top.sum, whole) or window(top.items, [whole]) for whole in wholes):
            continue
        others = [
            g for g in rest if g is not top and g.unit == unit and not g.price and not any(i.under for i in g.items)
        ]
        joined = next((found for whole in wholes if (found := _that_make(whole - top.sum, others[:12]))), [])
        if joined:
            merged = Group([i for g in (top, *joined) for i in g.items], top.lead, top.total)
            rest = [merged if g is top else g for g in rest if g is top or g not in joined]
    return rest


def _that_make(left: float, groups: Sequence[Group]) -> list[Group]:
    """Return the first groups that together make the number, or nothing."""
    if not groups or left <= 0:
        return []
    first, *others = groups
    if _is(first.sum, left):
        return [first]
    with_first = _that_make(left - first.sum, others)
    return [first, *with_first] if with_first else _that_make(left, others)


def _bid_totals(totals: Sequence[Total]) -> list[float]:
    return [t.value for t in totals if t.unit == "points" and not _QUALITY.search(t.said)]


def _split(groups: Iterable[Group], totals: Sequence[Total]) -> list[Group]:
    """Divide a run of weights where the first make the whole and the others lie within one of them."""
    out: list[Group] = []
    for group in groups:
        if group.is_weak:
            out.append(group)
            continue
        inner: dict[str, list[Weighed]] = {}
        rest: list[Weighed] = []
        for item in group.items:
            (inner.setdefault(item.under, []) if item.under else rest).append(item)
        parts = [Group(items, group.lead) for items in (*_runs(rest, totals), *inner.values()) if items]
        for part in parts[:1]:
            part.total = group.total
        out += parts
    return out


def _runs(items: list[Weighed], totals: Sequence[Total]) -> list[list[Weighed]]:
    """Find the stretch with the price that makes the whole; what else stands there is within it, or apart."""
    if len(items) < 2 or items[0].unit not in ("percent", "points"):
        return [items]
    wholes = [100.0] if items[0].unit == "percent" else _bid_totals(totals) or _ROUND
    if any(_is(sum(i.value for i in items), whole) for whole in wholes):
        return [items]
    pair = [i for i in items if i.is_price or i.is_quality]
    if items[0].unit == "points" and len(pair) == 2 and pair[0].is_price != pair[1].is_price:
        wholes = [*wholes, pair[0].value + pair[1].value]
    divided = _divided(items, wholes)
    if divided:
        return divided
    found = window(items, wholes)
    if found is None:
        return [items]
    start, end = found
    if start == 0 and end == len(items):
        return [items]
    head, before, after = items[start:end], items[:start], items[end:]
    parts = _within(after, head)
    fits = all(_fits(part, head) for part in parts)
    is_broken = any(_next_to(a, b) for a, b in zip(items, items[1:], strict=False) if (a in head) != (b in head))
    if not fits and is_broken and not any(i.is_quality for i in head):
        return [items]
    return [head, *parts, *([before] if before else [])]


def _divided(items: list[Weighed], wholes: Sequence[float]) -> list[list[Weighed]]:
    """Weights that each are followed by their own parts: "kvalitet 60, lokal 25, personal 35, pris 40"."""
    parts: list[list[Weighed]] = []
    heads: list[Weighed] = []
    at = 0
    while at < len(items):
        head = items[at]
        heads.append(head)
        at += 1
        reached = 0.0
        for end in range(at, len(items)):
            reached += items[end].value
            if items[end].is_price or reached > head.value * 1.005:
                break
            if end > at and _is(reached, head.value) and not head.is_price:
                parts.append(items[at : end + 1])
                for item in parts[-1]:
                    item.under = head.name
                at = end + 1
                break
    is_whole = any(_is(sum(h.value for h in heads), whole) for whole in wholes)
    if parts and is_whole and any(h.is_price for h in heads):
        return [heads, *parts]
    for item in (i for part in parts for i in part):
        item.under = ""
    return []


def window(items: Sequence[Weighed], wholes: Sequence[float]) -> tuple[int, int] | None:
    """Return the longest stretch of two or more that holds the price and makes a whole, the first of those."""
    best: tuple[int, int] | None = None
    for start in range(len(items)):
        reached = 0.0
        for end in range(start, len(items)):
            reached += items[end].value
            is_longer = best is None or end + 1 - start > best[1] - best[0]
            makes_whole = end > start and any(_is(reached, whole) for whole in wholes)
            if makes_whole and is_longer and any(i.is_price for i in items[start : end + 1]):
                best = start, end + 1
    return best


def _next_to(one: Weighed, other: Weighed) -> bool:
    """Tell whether two weights stand in the same list or table, next to each other."""
    return one.where == other.where and abs(one.at - other.at) <= 100


def _fits(part: list[Weighed], heads: list[Weighed]) -> bool:
    whole = sum(item.value for item in part)
    return (
        len(part) > 1
        and (part[0].unit == "percent" and _is(whole, 100))
        or any(_is(whole, h.value) for h in heads if not h.is_price)
    )


def _within(items: list[Weighed], heads: list[Weighed]) -> list[list[Weighed]]:
    """Divide what follows a whole into the parts of each of its criteria."""
    if not items:
        return []
    free = [h for h in heads if not h.is_price]
    reached = 0.0
    for at, item in enumerate(items):
        reached += item.value
        if any(_is(reached, h.value) for h in free) or (item.unit == "percent" and _is(reached, 100)):
            return [items[: at + 1], *_within(items[at + 1 :], heads)]
    return [items]


# --- shares ------------------------------------------------------------------------------------------


def _share_top(group: Group, totals: Sequence[Total], others: Sequence[Weighed]) -> None:
    if group.unit == "percent":
        if _is(group.sum, 100):
            return _give(group, 1.0, 100.0)
        if len(group.items) == 1 or any(_is(group.sum + other.value, 100) for other in others):
            return _give(group, 1.0, 100.0)  # what is missing stands elsewhere
        return _unknown(group, f"vikterna blir tillsammans {group.sum:g}".replace(".", ","))
    stated = _bid_totals(totals)
    if group.total:
        stated = [group.total, *stated]
    if any(_is(group.sum, total) for total in stated):
        return _give(group, 1.0, group.sum)
    larger = [total for total in stated if total > group.sum]
    if len(group.items) == 1:
        return _give(group, 1.0, larger[0]) if larger else None
    bid = [t.value for t in totals if t.unit == "points" and not t.group and _OF_BID.search(t.said)]
    if (group.total and group.total < group.sum * 0.99) or (bid and max(bid) < group.sum * 0.99):
        return _unknown(group, "poängen blir fler än totalen")
    return _give(group, 1.0, min(larger) if larger else group.sum)


def _share_inner(group: Group, groups: Sequence[Group], known: Sequence[Weighed], totals: Sequence[Total]) -> None:
    """Weights within a weight: share out what the parent has, when the parent is known and has a share."""
    parent = _parent(group, groups, known)
    if parent is None or parent.share is None:
        return None
    reason = f"av {parent.name}"
    if group.is_weak:
        if len(group.items) > 1 and group.unit in (parent.unit, "number") and _is(group.sum, parent.value):
            return _give(group, parent.share, group.sum, reason)
        return None
    if all(item.of_whole for item in group.items) and group.unit == "percent":
        return _give(group, 1.0, 100.0)
    if group.unit == "percent":
        if _is(group.sum, 100):
            return _give(group, parent.share, 100.0, reason)
        if _is(group.sum, 100 * parent.share):
            return _give(group, parent.share, group.sum, reason)
        if any(item.under for item in group.items) and not _same_scale(group, parent):
            return _give(group, parent.share, 100.0, reason)
        return None
    full = _full_points(group, parent, totals)
    if parent.unit == "points" and _is(group.sum, parent.value):
        full = parent.value
    return _give(group, parent.share, full, reason)


def _same_scale(group: Group, parent: Weighed) -> bool:
    """ "Kvalitet 40 %, varav miljö 15 %" counts from the whole, "15 % av kvaliteten" from the part."""
    return (
        parent.unit == "percent"
        and any(item.under == parent.name for item in group.items)
        and group.sum <= 100 * (parent.share or 0) + _TOLERANCE
    )


def _full_points(group: Group, parent: Weighed, totals: Sequence[Total]) -> float:
    said = [item.of for item in group.items if item.of]
    if said:
        return max(said)
    if group.total:
        return group.total
    stated = [
        t.value for t in totals if t.unit == "points" and (names_it(t.said, parent.name) or _QUALITY.search(t.said))
    ]
    larger = [value for value in stated if value >= group.sum * 0.995]
    if larger:
        return min(larger)
    if parent.unit == "points" and parent.value > group.sum:
        return parent.value
    return group.sum


def _parent(group: Group, groups: Sequence[Group], known: Sequence[Weighed]) -> Weighed | None:
    """The criterion that a group divides: said with the weights, in what introduces them, by their sum, or quality."""
    others = [i for i in known if i not in group.items and not i.is_price and not _is_within(i, group, groups)]
    under = next((item.under for item in group.items if item.under), "")
    if under:
        low = under.lower().strip()
        return next(
            (i for i in others if i.code.lower() == low or alike(i.name, under) or names_it(under, i.name)), None
        ) or (next((i for i in others if i.is_quality), None) if _QUALITY.search(under) else None)
    leads = [
        i
        for i in others
        if names_it(group.lead, i.name)
        or (len(i.code) > 1 and re.search(rf"(?<![\w.]){re.escape(i.code)}(?![\w]|\.\d)", group.lead, re.IGNORECASE))
    ]
    if leads:
        return max(leads, key=lambda i: (len(i.name), -i.at))
    open_ = [i for i in others if not any(g.parent is i for g in groups)]
    for item in sorted(open_, key=lambda i: not i.is_quality):
        if item.unit == group.unit and _is(item.value, group.sum) and (item.is_quality or len(group.items) > 1):
            return item
    top = next((g for g in groups if g.price and g is not group), None)
    only = [i for i in top.items if not i.is_price] if top else []
    pieces = [stems(piece) for piece in group.lead.split(" | ") if len(piece) < 60]
    said = [i for i in others if any(p and _contains(stems(i.name), p) for p in pieces)]
    if said:
        return said[0]
    if len(only) == 1 and group.unit == "points" and only[0] in others:
        return only[0]
    prefix = [i for i in others if all(it.name.lower().startswith(i.name.lower()[:8]) for it in group.items)]
    return next((i for i in others if i.is_quality), None) or next(iter(prefix), None)


def _contains(words: tuple[str, ...], part: tuple[str, ...]) -> bool:
    if not set(part) & set(words):
        return False
    part = tuple(w for w in part if not w.isdigit() and w != "")
    return 0 < len(part) <= len(words) and any(
        words[i : i + len(part)] == part for i in range(len(words) - len(part) + 1)
    )


def _is_within(item: Weighed, group: Group, groups: Sequence[Group]) -> bool:
    """Tell whether an item lies within the group itself, so that the group cannot lie within it."""
    own = next((g for g in groups if item in g.items), None)
    return own is not None and own.parent in group.items


def _share_alone(group: Group, groups: Sequence[Group], totals: Sequence[Total], *, fixed: bool) -> None:
    """Weights without a parent: the price is fixed, stated alone, or the rest."""
    prices = [g.price for g in groups if g is not group and g.price]
    price = next((p for p in prices if p.share is not None), None)
    alone = price is not None and all(g.price is None or len(g.items) == 1 for g in groups)
    full = 100.0 if group.unit == "percent" else _own_total(group, totals)
    if any(item.under for item in group.items) or (_INNER.search(group.lead) and not (price and alone)):
        return _unknown(group, "det framgår inte vad vikten är en del av")
    if price and price.share is not None and alone:
        if group.unit == "percent" and _is(group.sum, 100 * (1 - price.share)):
            return _give(group, 1 - price.share, group.sum)
        if group.unit == "points" or _is(group.sum, 100):
            return _give(group, round(1 - price.share, 6), full or group.sum, "av det som inte är pris")
        return (
            _give(group, 1.0, 100.0)
            if group.unit == "percent" and group.sum < 100 * (1 - price.share)
            else _unknown(group, "vikterna går inte ihop")
        )
    if prices:
        return _unknown(group, "det framgår inte vad vikten är en del av")
    if group.unit == "percent":
        if _QUALITY.search(group.lead) and _is(group.sum, 100):
            return _unknown(group, "kvalitetens vikt anges inte")
        if group.sum > 100 + _TOLERANCE:
            return _unknown(group, f"vikterna blir tillsammans {group.sum:g}".replace(".", ","))
        return _give(group, 1.0, 100.0)
    if fixed:
        return _give(group, 1.0, full or group.sum)
    whole = next(
        (
            t.value
            for t in totals
            if t.unit == "points"
            and _OF_BID.search(t.said)
            and not _QUALITY.search(t.said)
            and t.value > group.sum * 1.01
        ),
        None,
    )
    if whole:
        return _give(group, 1.0, whole)
    own = [item.of for item in group.items if item.of]
    if own and all(item.of_whole for item in group.items):
        return _give(group, 1.0, max(own))
    return _unknown(group, "prisets vikt anges inte")


def _own_total(group: Group, totals: Sequence[Total]) -> float | None:
    said = [item.of for item in group.items if item.of]
    if said:
        return max(said)
    if group.total:
        return group.total
    larger = [t.value for t in totals if t.unit == "points" and t.value >= group.sum * 0.995]
    return min(larger) if larger else None


def ratio_numbers(text: str) -> list[float]:
    """Return the numbers of "förhållandet 5:2:1", or none."""
    match = _RATIO.search(text)
    return [float(n) for n in match[0].split(":")] if match else []
