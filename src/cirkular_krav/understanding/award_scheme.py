"""How a whole evaluation chapter shares out the award: weights that stand apart from the criteria they belong to.

``award`` reads one sentence; here tables, lists and sentences of weights are read together, so that "10 poäng" of a
table becomes a share when another line says that quality is 40 %. Kinds of scheme (``domain.md`` 3.9): percentages,
points of a total, weights within a weight, deductions in kronor of a stated value, surcharges in per cent, and weights
keyed by a letter. What does not sum, an interval, and an order without weights stay unknown, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from cirkular_krav.models import AwardWeight, Block
from cirkular_krav.text import cut

Unit = Literal["percent", "points", "decimal", "kronor", "interval"]

_N = r"\d{1,3}(?:[ \u00a0]?\d{3})*(?:,\d+)?"
_UNIT = r"(?:(?P<percent>%|procent\b)|(?P<points>poäng\b|p\b|points\b)|(?P<kronor>kr\b|kronor\b|sek\b))"
_CELL = re.compile(
    rf"\s*(?:max(?:imalt)?\.? |högst |upp till )?(?P<first>{_N})(?P<to> ?[–-] ?{_N})? ?{_UNIT}?\s*", re.IGNORECASE
)
# "Leveranstid 20 %", "b) Referenser, max 40 poäng", "Anbudspriset väger 65 procent", "Kontinuitet, 0–25 poäng".
_WEIGHS = re.compile(
    r"(?P<name>[^\d|.:;%]{2,120}?[^\d|.:;%,( ])[ ,:(–-]*(?:har |ges |får )?(?:(?:en )?vikt(?:en)?|väger|viktas|utgör|med|till|om|"
    rf"max(?:imalt|imal)?\.?|högst|upp till|kan ge|ger|på|är|[ :,(–=-])*\s(?P<zero>0 ?[–-] ?)?(?P<first>{_N})"
    rf"(?P<to> ?[–-] ?{_N})? ?{_UNIT}",
    re.IGNORECASE,
)
# The name may hold numbers of its own when a verb parts it from the weight: "garanti utöver 36 månader väger 15 procent".
_WEIGHS_VERB = re.compile(
    rf"(?P<name>[^|:;%.]{{2,120}}?)\s(?:har (?:en )?vikten?|väger|viktas(?: till| med)?)\s(?P<zero>0 ?[–-] ?)?(?P<first>{_N})"
    rf"(?P<to> ?[–-] ?{_N})? ?{_UNIT}",
    re.IGNORECASE,
)
_DEDUCTION = re.compile(rf"\b(?:avdrag|mervärde\w*)\b[^.;]{{0,60}}?\b({_N}) ?(?:kr\b|kronor)", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:[\s,;]|och\b|samt\b|men\b|medan\b|respektive\b|varav\b|and\b|[a-zåäö\d]{1,2}[).]\s)+", re.IGNORECASE
)
_TAIL = re.compile(r"\s+(?:har|ges|får|med|till|om|viktas|väger|utgör|kan|på|är|en)$", re.IGNORECASE)
_CODE = re.compile(r"^[A-ZÅÄÖ]{1,2}\.?\d{0,2}\.?$")
_WEIGHT_HEADER = re.compile(
    r"vikt(?!ig)|poäng|points|^(?:procent|%|andel\b.*|intervall)$|påslag|avdrag|mervärde, kr|värde \(kr\)|weight",
    re.IGNORECASE,
)
_SUM_ROW = re.compile(r"^(?:summa|totalt?|total|sum)\b", re.IGNORECASE)
_STEP = re.compile(
    r"(?:[\d\s.,–<>≥≤%-]|procent|år|månader|dagar|veckor|timmar|poäng|minst|högst|mindre|mer|färre|fler|kortare|längre|över|under|"
    r"till|än|eller|och|grad|betyg|en|ett|två|tre|fyra|fem|sex|sju|åtta|nio|tio|tolv)*",
    re.IGNORECASE,
)
_PRICE = re.compile(
    r"^(?:[\wåäö]+ ){0,2}?(?:[a-zåäö]*pris(?:et|er|erna)?|anbudssumman?|jämförelse(?:summan?|pris\w*|tal\w*)|kostnad(?:en|er)?|"
    r"[a-zåäö]*arvode\w*|premier?n?|timpris\w*|price|ersättning(?:en)?|totalkostnad\w*)\b",
    re.IGNORECASE,
)
_QUALITY = re.compile(r"^(?:kvalitet\w*|mervärden?)\b", re.IGNORECASE)
_AWARD = re.compile(
    r"utvärder|tilldelning|viktning|bedöm|kriteri|prövning (?:av|och)|afb\.?53|award|evaluation|mervärde|poäng",
    re.IGNORECASE,
)
_INNER = re.compile(r"inbördes|av huvudkriteri|av kvalitet|delkriteri|underkriteri|sub-?criteri", re.IGNORECASE)
_SURCHARGE = re.compile(r"påslag|avdrag", re.IGNORECASE)
_TOTAL_POINTS = re.compile(
    rf"\b(?:högst|max(?:imal\w*)?|totalt?|sammanlagt|högsta|total)\b[^.;|]{{0,45}}?\b({_N}) (?:[a-zåäö]*poäng|points)\b|"
    rf"\b(?:antal|summa|maximala?|högsta|totala?) [^.;|]{{0,30}}?[a-zåäö]*poäng(?:en)? (?:är|uppgår till|om) ({_N})\b|"
    rf"\btotal ({_N}) points\b|\bmaximal poäng är ({_N})\b",
    re.IGNORECASE,
)
_POINTS_OF = re.compile(r"(?:poäng|points) (?:av|of) (\d+)", re.IGNORECASE)
_VALUE = re.compile(
    r"\b(?:uppskatta\w*|beräkna\w*|kontraktssumm\w*|kontraktsvärde\w*|avtalsvärde\w*|takpris\w*|takbelopp\w*|ram(?:en)?)\b[^.;|]{0,60}?"
    rf"({_N}) ?(?:kr\b|kronor)", re.IGNORECASE,
)  # fmt: skip
_FIXED_PRICE = re.compile(
    r"\b(?:fast|fastställ\w+|bestämd?t?)\b[^.;]{0,50}\b(?:pris\w*|ersättning\w*|kronor)\b|\b(?:pris\w*|ersättning\w*)\b[^.;]{0,60}\b"
    r"(?:är fastställ\w+|är fast\b|utvärderas inte)",
    re.IGNORECASE,
)
_TOLERANCE = 0.6


@dataclass(slots=True)
class Weighed:
    """One named criterion with its place and, when it follows from the chapter, its share of the whole award."""

    name: str
    block: Block
    value: float
    unit: Unit
    share: float | None = None
    reason: str = ""
    code: str = ""

    @property
    def is_price(self) -> bool:
        """Tell whether the criterion is the price."""
        return bool(_PRICE.search(self.name))

    @property
    def is_whole_part(self) -> bool:
        """Tell whether it is the price or quality as a whole, not one criterion."""
        return self.is_price or _QUALITY.match(self.name) is not None

    def weight(self) -> AwardWeight:
        """Return the weight with what it rests on."""
        said = f"{self.name}: {self.value:g} {_UNIT_NAMES[self.unit]}".replace(".", ",")
        return AwardWeight(share=self.share, basis=cut(f"{said}; {self.reason}" if self.reason else said, 160))


_UNIT_NAMES: dict[Unit, str] = {
    "percent": "%",
    "points": "poäng",
    "decimal": "i vikt",
    "kronor": "kronor",
    "interval": "% eller mer",
}


@dataclass(slots=True)
class _Group:
    """Criteria that are weighed against each other: one table, or lines that follow each other."""

    items: list[Weighed]
    path: tuple[str, ...]
    header: str = ""
    total: float | None = None
    parent: Weighed | None = field(default=None)

    @property
    def has_price(self) -> bool:
        return any(item.is_price for item in self.items)

    @property
    def sum(self) -> float:
        return sum(item.value for item in self.items)


def read_scheme(blocks: Sequence[Block]) -> list[Weighed]:
    """Return the weighed criteria of one document, each with its share 0–1 of the award or none with the reason."""
    found = [*_groups(blocks), *_deductions(blocks), *_headed(blocks)]
    evaluates = any(_AWARD.search(block.text) for block in blocks[:200] if not block.heading_path)
    sure = [group for group in found if _is_about_award(group) or (evaluates and not group.path)]
    groups = [group for group in found if group in sure or _named_parent(group, sure)]
    if not groups:
        return []
    _name_codes(groups, blocks)
    text = " ".join(b.text for b in blocks if b.kind != "table_row" and _near(b, groups))
    top = [group for group in groups if _is_top(group)]
    for group in top:
        _share_top(group, text, " ".join(b.text for b in blocks if "kr" in b.text))
    for group in groups:
        if group not in top:
            _share_inner(group, groups, text)
    return [item for group in groups for item in group.items]


@lru_cache(maxsize=4_096)
def same_name(one: str, other: str) -> bool:
    """Tell whether a heading, or the beginning of a text, names the same criterion."""
    short, long = sorted((_plain(one), _plain(other)), key=len)
    return bool(short) and (short == long or (len(short) >= 8 and long.startswith(f"{short} ")))


@lru_cache(maxsize=1_024)
def _plain(name: str) -> str:
    return re.sub(r"^[\d. ]+|[^\wåäö ]", "", name.lower()).strip()


# --- groups ---------------------------------------------------------------------------------------


def _groups(blocks: Sequence[Block]) -> Iterator[_Group]:
    table: list[Block] = []
    lines: list[Weighed] = []
    path: tuple[str, ...] = ()
    for block in [*blocks, None]:
        if table and (block is None or block.kind != "table_row" or block.header != table[0].header):
            yield from _table_group(table)
            table = []
        weighed = list(_weighed_in(block)) if block is not None and block.kind != "table_row" else []
        if lines and (block is None or block.kind == "heading" or block.heading_path != path or not weighed):
            yield _Group(lines, path)
            lines = []
        if block is None:
            return
        if block.kind == "table_row":
            table.append(block)
        elif weighed and block.kind != "heading":
            lines += weighed
            path = block.heading_path


def _deductions(blocks: Sequence[Block]) -> list[_Group]:
    """Read "ges ett avdrag om 400 000 kronor" under a heading as the deduction of what the heading names."""
    items = []
    for block in blocks:
        match = (
            _DEDUCTION.search(block.text) if block.heading_path and block.kind not in ("heading", "table_row") else None
        )
        if match and block.heading_path:
            name = re.sub(r"^[\d. ]+", "", block.heading_path[-1])
            items.append(Weighed(name, block, _number(match[1]), "kronor"))
    return [_Group(items, items[0].block.heading_path[:-1] or ("utvärdering",))] if items else []


def _headed(blocks: Sequence[Block]) -> Iterator[_Group]:
    """Read headings that carry their weight, "Leveranstid (20 %)", those of one chapter together."""
    chapters: dict[tuple[str, ...], list[Weighed]] = {}
    for block in blocks:
        if block.kind == "heading":
            chapters.setdefault(block.heading_path, []).extend(_weighed_in(block))
    for path, items in chapters.items():
        if len(items) > 1:
            yield _Group(items, path)


def _table_group(rows: list[Block]) -> Iterator[_Group]:
    header = rows[0].header
    body = [row for row in rows if row.cells != header and row.cells]
    columns = [i for i, name in enumerate(header) if _WEIGHT_HEADER.search(name.strip())]
    for at in columns[:1]:
        names = [i for i in range(len(header)) if i != at]
        if not names or not body:
            return
        name_at = max(names, key=lambda i: sum(len(row.cells[i]) for row in body if i < len(row.cells)))
        items, total = [], None
        for row in body:
            if max(at, name_at) >= len(row.cells):
                continue
            name, cell = row.cells[name_at].strip(), row.cells[at].strip()
            read = _read_cell(cell, header[at])
            if not name or read is None:
                continue
            if _SUM_ROW.match(name):
                total = read[0]
            elif not _STEP.fullmatch(name):
                items.append(Weighed(name.replace("\n", " "), row, *read))
        if items:
            points = _POINTS_OF.search(header[at])
            if points:
                total = float(points[1])
            yield _Group(items, rows[0].heading_path, " ".join(header), total)


def _read_cell(cell: str, header: str) -> tuple[float, Unit] | None:
    match = _CELL.fullmatch(cell)
    if not match:
        return None
    value = _number(match["first"])
    if match["to"] and not (value == 0 and not match["percent"]):
        return value, "interval"
    if match["to"]:
        return _number(re.sub(r"[ –-]", "", match["to"])), "points"
    return value, _unit(match, header, value)


def _unit(match: re.Match[str], header: str, value: float) -> Unit:
    if match["percent"]:
        return "percent"
    if match["kronor"]:
        return "kronor"
    if match["points"]:
        return "points"
    low = header.lower()
    if "%" in low or "procent" in low:
        return "percent"
    if "poäng" in low or "point" in low:
        return "points"
    if "kr" in low.split() or "(kr)" in low or "kronor" in low:
        return "kronor"
    return "decimal" if value <= 1 else "percent"


_MEASURED = re.compile(r"\d ?(?:%|procent|poäng|p\b|kr)")
_SENTENCE_END = re.compile(r"(?<=[a-zåäö%)])\.\s+|\n")
_LONGEST_SENTENCE = 3_000
_VERB = re.compile(r"vikt|väger", re.IGNORECASE)
_ENDS_NAME = re.compile(r"[\d|;%]")
# How far back a name can begin: before a verb, and before a number with the words between them.
_NAME_REACH = 125
_WEIGHT_REACH = 400
# What every weight ends with: where no more of it stands, there is nothing more to look for.
_GIVEN = re.compile(r"\d ?(?:%|(?:procent|poäng|points|p|kr|kronor|sek)\b)", re.IGNORECASE)


def _weighed_in(block: Block) -> Iterator[Weighed]:
    if not _MEASURED.search(block.text):
        return
    for sentence in _SENTENCE_END.split(block.text):
        if len(sentence) > _LONGEST_SENTENCE or not _MEASURED.search(sentence):
            continue
        for match in _matches(sentence):
            name = re.split(r"\bdär\b|: ", match["name"])[-1]
            name = _TAIL.sub("", _LEAD.sub("", name.strip())).strip(" ,:(–-")
            if not 2 < len(name) <= 100 or len(name.split()) > 14 or _STEP.fullmatch(name) or not _is_name(name):
                continue
            value = _number(match["first"])
            if match["to"] and value == 0:
                value = _number(re.sub(r"[ –-]", "", match["to"]))
            if not value:
                continue
            unit: Unit = "interval" if match["to"] and not _starts_at_zero(match) else _unit(match, "", value)
            yield Weighed(name, block, value, unit)


def _matches(sentence: str) -> list[re.Match[str]]:
    """Return the weights of a sentence in order; those with a verb first, the others in what is left between."""
    out: list[re.Match[str]] = []
    at = 0
    while given := _GIVEN.search(sentence, at):
        verb = _VERB.search(sentence, at)
        found = [
            verb and _WEIGHS_VERB.search(sentence, max(at, verb.start() - _NAME_REACH)),
            _WEIGHS.search(sentence, _earliest(sentence, at, given.start())),
        ]
        weights = [match for match in found if match]
        if not weights:
            break
        first = min(weights, key=lambda m: (m.end(), -len(m["name"])))
        out.append(first)
        at = first.end()
    return out


def _earliest(sentence: str, at: int, number: int) -> int:
    """Return where the name of the weight that holds this digit can begin: after the number before, and not far back."""
    while number > at and (sentence[number - 1].isdecimal() or sentence[number - 1] in " \u00a0,–-"):
        number -= 1
    before = _ENDS_NAME.split(sentence[max(at, number - _WEIGHT_REACH) : number])[-1]
    return number - len(before)


def _starts_at_zero(match: re.Match[str]) -> bool:
    return _number(match["first"]) == 0 or bool(match["zero"])


# A weight belongs to a name; these are sentences of how points are given, not names.
_NOT_NAME = re.compile(
    r"\b(?:ger|ges|får|kan|minst|högst|full|anbudet|anbud som|anbudsgivar\w*|sammanlag\w*|totalt?|resultat\w*|poängen|poäng|delas|"
    r"multipliceras|fördelas|summan|avdrag(?:et)?|beställaren|vite\w*|är|som|om|vid|när|grad|nivå|steg|betyg|leverantören|bedömningsgruppen|"
    r"ska|skall|bör|övriga|överstig\w*|understig\w*|summerar|vikterna|vikten|räknas|bedömning(?:en)?|skalan)\b|"
    r"\b(?:utöver|över|under|än|cirka|upp|dock)$",
    re.IGNORECASE,
)


def _is_name(name: str) -> bool:
    return not _NOT_NAME.search(name)


def _number(text: str) -> float:
    return float(re.sub(r"[ \u00a0]", "", text).replace(",", "."))


def _is_about_award(group: _Group) -> bool:
    if group.has_price and len(group.items) > 1:
        return True
    return any(_AWARD.search(heading) for heading in group.path) or bool(
        re.search(r"kriteri|mervärde|award", group.header, re.I)
    )


def _near(block: Block, groups: Sequence[_Group]) -> bool:
    paths = {group.path[:1] for group in groups}
    return block.heading_path[:1] in paths or any(_AWARD.search(h) for h in block.heading_path)


def _name_codes(groups: Sequence[_Group], blocks: Sequence[Block]) -> None:
    """Weights keyed by a letter take the name that another table gives the letter."""
    names: dict[str, str] = {}
    for block in blocks:
        if block.kind == "table_row" and len(block.cells) >= 2 and _CODE.match(block.cells[0].strip()):
            other = max(block.cells[1:], key=len).strip()
            if len(other) > 3 and not _CELL.fullmatch(other):
                names.setdefault(block.cells[0].strip(" ."), other)
    for group in groups:
        for item in group.items:
            code = item.name.strip(" .")
            if _CODE.match(code) and code in names:
                item.code, item.name = code, names[code]


# --- shares ---------------------------------------------------------------------------------------


def _is_top(group: _Group) -> bool:
    return (
        group.has_price or _SURCHARGE.search(group.header) is not None or any(i.unit == "kronor" for i in group.items)
    )


def _share_top(group: _Group, text: str, kronor_text: str) -> None:
    units = {item.unit for item in group.items}
    if "interval" in units:
        return _unknown(group, "vikten anges som intervall")
    if "kronor" in units:
        return _share_kronor(group, kronor_text)
    if _SURCHARGE.search(group.header):
        for item in group.items:
            item.share = round(item.value / 100, 6) if item.unit == "percent" else None
        return None
    return _divide(group, 1.0, _total(group, text), "")


def _divide(group: _Group, whole: float, total: float | None, reason: str) -> None:
    unit = group.items[0].unit
    full = total or {"decimal": 1.0, "percent": 100.0}.get(unit, group.sum)
    if unit != "points" and len(group.items) > 1 and abs(group.sum - full) > full * _TOLERANCE / 100:
        return _unknown(group, f"vikterna blir tillsammans {group.sum:g}".replace(".", ","))
    if full <= 0 or (unit == "points" and group.sum > full * (1 + _TOLERANCE / 100)):
        return _unknown(group, "poängen blir fler än totalen")
    for item in group.items:
        item.share = round(whole * item.value / full, 6)
        item.reason = reason
    return None


def _total(group: _Group, text: str) -> float | None:
    if group.items[0].unit != "points":
        return None
    if group.total or group.has_price:
        return group.total
    return _stated_total(text, group.sum)


def _stated_total(text: str, least: float) -> float | None:
    stated = [_number(next(g for g in m.groups() if g)) for m in _TOTAL_POINTS.finditer(text)]
    return next((total for total in stated if total >= least), None)


def _share_kronor(group: _Group, text: str) -> None:
    value = _VALUE.search(text)
    for item in group.items:
        if value and item.unit == "kronor" and item.value <= _number(value[1]):
            item.share = round(item.value / _number(value[1]), 6)
        item.reason = "av uppskattat värde" if item.share else "avdrag i kronor, värdet anges inte"


def _share_inner(group: _Group, groups: Sequence[_Group], text: str) -> None:
    """Weights within a weight: the parent is the criterion that the heading names, else quality as a whole."""
    if any(item.unit == "interval" for item in group.items):
        return _unknown(group, "vikten anges som intervall")
    unit = group.items[0].unit
    parent = _parent(group, groups)
    total = (group.total or _stated_total(text, group.sum)) if unit == "points" else None
    if parent and parent.share and unit == "percent" and abs(group.sum - 100 * parent.share) < _TOLERANCE:
        return _divide(group, parent.share, group.sum, "")  # "kvalitet 20 %", and its parts make 20
    if parent and parent.share:
        return _divide(group, parent.share, total, f"av {parent.name}")
    if parent:
        return _unknown(group, f"vikten för {parent.name} anges inte")
    others = [g for g in groups if g is not group and g.has_price]
    if unit == "points" and not others and not _FIXED_PRICE.search(text):
        return _unknown(group, "prisets vikt anges inte")
    if unit != "points" and (_INNER.search(group.header) or others):
        return _unknown(group, "det framgår inte vad vikten är en del av")
    if unit != "points" and len(group.items) > 1 and group.sum < 99:
        for item in group.items:  # the rest is the price's, which is not in the table
            item.share = round(item.value / (1.0 if unit == "decimal" else 100.0), 6)
        return None
    return _divide(group, 1.0, total, "")


def _parent(group: _Group, groups: Sequence[_Group]) -> Weighed | None:
    quality = (i for i in _criteria_of(group, groups) if _QUALITY.match(i.name))
    return _named_parent(group, groups) or next(quality, None)


def _named_parent(group: _Group, groups: Sequence[_Group]) -> Weighed | None:
    items = _criteria_of(group, groups)
    for heading in reversed(group.path):
        found = next((item for item in items if same_name(heading, item.name)), None)
        if found:
            return found
    return None


def _criteria_of(group: _Group, groups: Sequence[_Group]) -> list[Weighed]:
    return [i for g in groups if g is not group for i in g.items if not i.is_price and i not in group.items]


def _unknown(group: _Group, reason: str) -> None:
    for item in group.items:
        item.share, item.reason = None, reason
