"""How a whole evaluation chapter shares out the award: weights that stand apart from the criteria they belong to.

``award`` reads one sentence; here tables, lists, headings and sentences of weights are read together, so that "10 poäng"
of a table becomes a share when another line says that quality is 40 %. First every name with an amount is found
(``award_phrases``, ``award_tables``, ``award_words``), then what belongs together is shared out (``award_shares``,
``award_deductions``), each lot by itself. What does not add up stays unknown, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from cirkular_krav.models import Block
from cirkular_krav.text import remembered
from cirkular_krav.understanding.award_amounts import Unit
from cirkular_krav.understanding.award_chapter import read_chapter
from cirkular_krav.understanding.award_deductions import (
    says_deduction,
    share_deductions,
    speaks_of_deduction,
    value_of_point,
)
from cirkular_krav.understanding.award_items import Chapter, Weighed, without_contents
from cirkular_krav.understanding.award_names import same_name
from cirkular_krav.understanding.award_shares import Group, ratio_numbers, share_out, window

__all__ = ["Weighed", "read_scheme", "same_name"]

_AWARD = re.compile(
    r"utvärder|tilldelning|bedömningsgrund|viktning|kriteri|prövning av anbud|anbudsprövning|afb\.?5[0-9]|award|evaluation|anbudsjämför|poängmodell|jämförelsepris|jämförelsesumma|utvärderingspris|utvärderingssumma|jämförelsetal|jämförpris|fiktiv|"
    r"poängsätt|mervärde|prisavdrag|(?:bedöm\w*|jämför\w*|väljer|väljs|utses|värdering|prövas|vägs|antar|antas|utser)\b.{0,40}\b(?:anbud\w*|vem|förslag|leverantör|entreprenör|vinn)|"
    r"(?:anbud|förslag|offert)\w*\b.{0,40}\b(?:bedöms|jämförs|vägs|poängsätts|prövas|värderas|rangordnas|antas)|så väljer vi|prövning|konkurrens(?:program|moment)",
    re.IGNORECASE,
)
_WEIGHS = re.compile(
    r"\b(?:väg(?:er|s)|viktas|vikt(?:en)?|poäng\w*|kriteri\w*|\d+ ?p|delar)\b|\d ?(?:%|procent)", re.IGNORECASE
)
_PRICE = re.compile(r"pris|pengar|kosta|kostnad|anbudssumma|arvode|premie|jämförelsesumma", re.IGNORECASE)
_LOWEST_PRICE = re.compile(
    r"\b(?:lägsta?|lägst) (?:total|anbuds|jämförelse)?(?:pris\w*|summa\w*|kostnad\w*)|\b(?:enbart|endast|bara|enda\w*) [^.\n]{0,25}pris|"
    r"(?:tilldelnings|utvärderings)grund\w*[^.\n]{0,25}(?:lägsta )?pris\w*",
    re.IGNORECASE,
)
_QUALITY_COUNTS = re.compile(
    r"\bkvalitetspoäng|\bmervärde|\bavdrag|\bpåslag|\bkvalitet\w* (?:väger|viktas|bedöms|utvärderas|poängsätts)|\bhögst(?:a)? (?:total)?poäng|\bflest poäng",
    re.IGNORECASE,
)


def read_scheme(blocks: Sequence[Block]) -> list[Weighed]:
    """Return the weighed criteria of one document, each with its share 0–1 of the award or none with the reason."""
    out: list[Weighed] = []
    whole_text = "\n".join(b.text for b in blocks if "kr" in b.text or "SEK" in b.text or "miljon" in b.text)
    for part in _chapters(without_contents(blocks)):
        is_award = _is_award(part)
        if not is_award and not (
            any(_PRICE.search(b.text) for b in part)
            and any(re.search(r"\d|hälften|tredjedel|fjärdedel|delar\b", b.text) for b in part)
        ):
            continue
        chapter = read_chapter(part)
        if chapter.items:
            out += _shared(chapter, whole_text, is_award=is_award)
    return out


def _chapters(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Divide a document into its chapters; what stands before the first heading belongs to the first chapter."""
    parts: list[list[Block]] = []
    for _, part in groupby(blocks, key=_chapter_of):
        parts.append(list(part))
    if len(parts) > 1 and _chapter_of(parts[0][0]) == "" and len(parts[0]) <= 40:
        parts[1] = parts[0] + parts[1]
        parts = parts[1:]
    yield from parts


def _chapter_of(block: Block) -> str:
    path = [*block.heading_path, *([f"{block.number} {block.text}"] if block.kind == "heading" else [])]
    if not path:
        return ""
    at = next((i for i, heading in enumerate(path) if _speaks_of_award(heading)), 0)
    number = re.match(r"^(?:kapitel )?(\d+)(?:[. ]|$)", path[at].strip(), re.IGNORECASE)
    return number[1] if number and at == 0 else " / ".join(path[: at + 1])


def _is_award(blocks: Sequence[Block]) -> bool:
    """Tell whether a chapter is about the award: its headings, its first lines or the headers of its tables say so."""
    first = " ".join(b.text for b in blocks[:4])
    return (
        _AWARD.search(first) is not None
        or any(_speaks_of_award(heading) for heading in {heading for b in blocks for heading in b.heading_path})
        or any(_speaks_of_award(b.text) for b in blocks if b.kind == "heading")
    )


@remembered
def _speaks_of_award(heading: str) -> bool:
    return _AWARD.search(heading) is not None


def _shared(chapter: Chapter, whole_text: str, *, is_award: bool) -> list[Weighed]:
    """Share out the award of one chapter, each lot by itself; return what is about the award."""
    lots = sorted({lot for item in chapter.items for lot in item.lots}) or [""]
    done: list[Weighed] = []
    for lot in lots:
        items = [i for i in chapter.items if not lot or not i.lots or lot in i.lots]
        fresh = [i for i in items if i not in done]
        shared = [i for i in items if i in done]
        before = [(i.share, i.reason) for i in shared]
        done += _share_lot(items, fresh, chapter, whole_text, lot, is_award=is_award)
        for item, (share, reason) in zip(shared, before, strict=True):
            if share is not None:
                item.share, item.reason = share, reason
    return _told_once(sorted(done, key=lambda item: item.at))


def _told_once(items: list[Weighed]) -> list[Weighed]:
    """Leave out what a sentence repeats of a table, or a table of a sentence."""
    out: list[Weighed] = []
    for item in sorted(items, key=lambda i: (i.share is None, i.where == "prose", i.at)):
        if not any(
            (same_name(o.name, item.name) or (o.is_price and item.is_price and item.where == "prose"))
            and o.lots == item.lots
            and (item.share is None or o.share == item.share)
            for o in out
            if o.block is not item.block or o.share == item.share
        ):
            out.append(item)
    return sorted(out, key=lambda item: item.at)


def _share_lot(
    items: list[Weighed], fresh: list[Weighed], chapter: Chapter, whole_text: str, lot: str, *, is_award: bool
) -> list[Weighed]:
    chapter = chapter.of_lot(lot)
    text = chapter.text
    has_price = any(i.is_price and i.unit != "kronor" for i in items)
    deductions = _deductions(items, text, has_price=has_price) if is_award else []
    worth = value_of_point(text) if not has_price and any(i.unit == "points" for i in items) else None
    if worth:
        for item in (i for i in items if i.unit == "points"):
            item.value, item.unit = item.value * worth[0], worth[1]
            deductions.append(item)
    weights = [i for i in items if i.unit != "kronor" and i not in deductions]
    steps: list[Weighed] = []
    if has_price and sum(not i.weak for i in weights) > 1:
        steps = [i for i in weights if i.weak and not i.is_price]
        weights = [i for i in weights if i not in steps]
    if weights and not has_price and not any(i.is_quality for i in weights) and _is_lowest_price(text):
        weights = []
    share_deductions(deductions, text, whole_text)
    groups = [Group(list(part), chapter.leads.get(part[0].group, "")) for part in _grouped(weights, chapter)]
    for group in groups:
        group.total = next(
            (t.value for t in chapter.totals if t.group and t.group == group.items[0].group and t.unit == group.unit),
            None,
        )
    groups += [Group(list(part), chapter.leads.get(part[0].group, ""), is_weak=True) for part in _by_place(steps)]
    share_out(groups, chapter)
    groups = [g for g in groups if not g.is_weak or g.is_done]
    is_award = is_award or any(g.price and len(g.items) > 1 and all(i.share for i in g.items) for g in groups)
    kept = {id(i) for i in deductions} | {
        id(i)
        for g in groups
        for i in g.items
        if is_award or (g.price and len(g.items) > 1) or chapter.is_scheme(g.items[0])
    }
    return [i for i in fresh if id(i) in kept]


def _deductions(items: Sequence[Weighed], text: str, *, has_price: bool) -> list[Weighed]:
    """Return what a chapter takes from the price, or adds: kronor, and per cent where such prices are compared."""
    kronor = [i for i in items if i.unit == "kronor"]
    shares = [] if has_price else [i for i in items if i.unit == "percent" and not i.is_whole_part]
    if not kronor and not shares:
        return []  # most chapters, which then need not be searched for the words
    if speaks_of_deduction(text):
        return [i for i in items if i in kronor or i in shares]
    return kronor if says_deduction(text) else []


def _by_place(items: Sequence[Weighed]) -> Iterator[list[Weighed]]:
    for _, part in groupby(items, key=lambda item: (item.group, item.unit)):
        yield list(part)


def _is_lowest_price(text: str) -> bool:
    return _LOWEST_PRICE.search(text) is not None and not _QUALITY_COUNTS.search(text)


def _grouped(items: Sequence[Weighed], chapter: Chapter) -> Iterator[list[Weighed]]:
    """Divide the weights by place and unit, and let bare numbers be what they add up to."""
    by_group: dict[str, list[Weighed]] = {}
    for item in items:
        by_group.setdefault(item.group, []).append(item)
    for group in by_group.values():
        runs: list[list[Weighed]] = []
        for item in group:
            if runs and (runs[-1][0].unit == item.unit or (item.unit == "number" and item.where == "prose")):
                item.unit = runs[-1][0].unit
                runs[-1].append(item)
            else:
                runs.append([item])
        for run in runs:
            for measured in _measured(run, chapter):
                yield from _strong(measured)


def _measured(run: list[Weighed], chapter: Chapter) -> Iterator[list[Weighed]]:
    """Bare numbers are parts of one, of a hundred, of a stated whole, or of a ratio; other numbers are no weights."""
    if run[0].unit != "number":
        yield run
        return
    if _are_pages(run):
        return
    found = window(run, [1.0, 100.0, *(t.value for t in chapter.totals)]) if len(run) > 2 else None
    head, tail = (run[found[0] : found[1]], run[found[1] :]) if found else (run, [])
    whole = sum(item.value for item in head)
    if abs(whole - 1) < 0.006 or (whole < 1 and head[0].where == "table"):
        yield _as_unit(head, "percent", 100.0)
    elif abs(whole - 100) < 0.6 and len(head) > 1:
        yield _as_unit(head, "percent", 1.0)
    elif _are_points(head, whole, chapter):
        yield _as_unit(head, "points", 1.0)
    else:
        return
    if any(abs(sum(i.value for i in tail) - h.value) < 0.01 for h in head if not h.is_price):
        yield _as_unit(tail, "points", 1.0)


def _as_unit(items: list[Weighed], unit: Unit, times: float) -> list[Weighed]:
    for item in items:
        item.value, item.unit = round(times * item.value, 6), unit
    return items


def _are_points(items: Sequence[Weighed], whole: float, chapter: Chapter) -> bool:
    """Tell whether numbers that make neither one nor a hundred are points: a table, a ratio, a stated whole, or several."""
    if items[0].where == "table" or all(item.where == "prose" for item in items):
        return True
    if len(items) == 1:
        return any(t.unit == "points" for t in chapter.totals)
    has_price = any(item.is_price for item in items)
    if any(t.unit == "points" and abs(t.value - whole) < 0.01 for t in chapter.totals):
        return True
    if sorted(ratio_numbers(chapter.text)) == sorted(item.value for item in items):
        return True
    return has_price and len(items) > 2 and re.search(r"\bvikt|\bpoäng|\bväg", chapter.text, re.IGNORECASE) is not None


def _are_pages(run: list[Weighed]) -> bool:
    """Tell whether the numbers are those of pages or sections: many, and they never fall."""
    numbers = [item.value for item in run]
    return run[0].where == "label" and len(run) > 6 and numbers == sorted(numbers)


def _strong(run: list[Weighed]) -> Iterator[list[Weighed]]:
    """Leave out what may be steps of a scale, unless nothing else is there."""
    strong = [item for item in run if not item.weak]
    if strong and len(strong) < len(run):
        total = sum(i.value for i in run)
        if abs(total - 100) < 0.6:
            strong = run
    kept = strong or run
    if kept:
        yield kept
