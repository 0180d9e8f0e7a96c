"""Weighed criteria in tables: down the rows or across the columns, with lots, codes, totals and steps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cirkular_krav.models import Block
from cirkular_krav.understanding.award_amounts import Amount, Unit, find_amounts
from cirkular_krav.understanding.award_items import Total, Weighed, lot_in_header, lots_in_cell
from cirkular_krav.understanding.award_names import clean_name, is_code, is_name, is_price, is_step, unmark

_WEIGHT_HEADER = re.compile(
    r"vikt(?!ig)(?!.*\b(?:kg|kilo|gram)\b)|poäng|points|^(?:procent(?:sats)?|%|andel\b.*|intervall|del av .*)$|påslag|avdrag|mervärde,? \(?kr|värde \(kr\)|"
    r"weight|belopp|värde i utvärderingen|utvärderingsvärde|\bmax\b|\bve\b|tyngd|betydelse|\bkr\b|kronor|\bsek\b|faktor|koefficient|fördelning|^delar$|maxtal",
    re.IGNORECASE,
)
_SCALE_HEADER = re.compile(
    r"skala|betyg|bedömning|hur\b|anmärkning|så räknas|bevis|förklaring|metod|så bedöms", re.IGNORECASE
)
_SUM_ROW = re.compile(r"^(?:summa|totalt?|total|sum|summering|tillsammans|maxpoäng|maximal\w*)\b", re.IGNORECASE)
_LOT_COLUMN = re.compile(
    r"^(?:del|område|anbudsområde|delområde|grupp|varugrupp|produktgrupp|lot)\w{0,2}$", re.IGNORECASE
)
_WEIGHT_ROW = re.compile(
    r"^(?:vikt\w*|max\w*|högsta poäng|poäng|procent\w*|%|andel|tyngd|faktor|weight|points)(?:[ ,(]+(?:%|procent|i procent|i %|poäng|av \d+|kr)\)?)?$",
    re.IGNORECASE,
)
_CODE_HEADER = re.compile(r"^(?:kod|nr|nummer|beteckning|kriterium|id|#|rad|punkt)\b", re.IGNORECASE)
_POINTS_OF = re.compile(r"(?:poäng|points|max\w*) ?\(?(?:av|of|max)?\.? ?(\d+)", re.IGNORECASE)
_CELL_EXTRA = re.compile(
    r"[\s\d.,%()–+-]|av|max\w*|högst|upp till|procent|poäng|p|kronor|kr|sek|vikt|ve|enheter|miljoner|tkr|mkr|avdrag|påslag|st"
)

Cells = Sequence[str]


def read_table(rows: Sequence[Block], at: int, key: str) -> tuple[list[Weighed], list[Total]]:
    """Return the weighed criteria and the stated totals of one table."""
    header = rows[0].header
    body = [row for row in rows if row.cells and row.cells != header]
    if body and all(len(cell.strip()) <= 2 for cell in header):
        header, body = body[0].cells, body[1:]  # a sheet: the columns are letters, the names stand below
    if not body or not header:
        return [], []
    for read in (_across, _side_by_side, _lot_columns, _down):
        items, totals = read(header, body)
        if items:
            for i, item in enumerate(items):
                item.at, item.group, item.where = at + i, key, "table"
            for total in totals:
                total.at, total.group = at, key
            return items, totals
    return [], []


def with_plain_tables(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks with lines like "Kriterium; Del 1; Del 2" as the rows of a table."""
    out: list[Block] = []
    run: list[Block] = []
    for block in [*blocks, None]:
        width = len(_plain_cells(block)) if block is not None else 0
        if run and (block is None or width < 2 or width != len(_plain_cells(run[0]))):
            out += _as_rows(run)
            run = []
        if block is None:
            break
        if width >= 2:
            run.append(block)
        else:
            out.append(block)
    return out


def _plain_cells(block: Block) -> list[str]:
    if block.kind == "table_row" or block.kind == "heading" or "\n" in block.raw_text or len(block.text) > 250:
        return []
    for mark in ("\t", ";", " | "):
        cells = [cell.strip() for cell in block.raw_text.split(mark)]
        if len(cells) > 1 and all(len(cell) <= 120 for cell in cells):
            return cells
    return []


def _as_rows(run: list[Block]) -> list[Block]:
    if len(run) < 3 or not any(amount_of(cell, "") for block in run[1:] for cell in _plain_cells(block)[1:]):
        return run
    header = tuple(_plain_cells(run[0]))
    return [b.model_copy(update={"kind": "table_row", "header": header, "cells": tuple(_plain_cells(b))}) for b in run]


def header_text(rows: Sequence[Block]) -> str:
    """Return the header of a table as one text."""
    return " ".join(rows[0].header)


def codes_of(rows: Sequence[Block]) -> dict[str, str]:
    """Return the names that a table gives to codes: "TK2 → Återvunnen asfalt"."""
    out: dict[str, str] = {}
    for row in rows:
        if len(row.cells) < 2 or not is_code(row.cells[0].strip()):
            continue
        other = max((c.strip() for c in row.cells[1:]), key=len)
        if len(other) > 3 and amount_of(other, "") is None:
            out.setdefault(row.cells[0].strip(" .").lower(), other)
    return out


def amount_of(cell: str, header: str) -> Amount | None:
    """Return the amount that a cell is, with the unit of its header when it has none itself; none for other text."""
    text = cell.strip().strip("*")
    if not re.search(r"[1-9]", text) or _CELL_EXTRA.sub("", text.lower()):
        return None
    amounts = find_amounts(text, bare=True)
    if not amounts:
        return None
    best = max(amounts, key=lambda a: a.value)
    if best.unit != "number":
        return best
    unit = _unit_of_header(header.lower())
    if unit == "number" and best.value >= 5000 and re.search(r"värde|belopp|avdrag|påslag", header, re.IGNORECASE):
        unit = "kronor"
    return Amount(best.value, unit, best.start, best.end, best.low, best.of, is_per_cent=unit == "percent")


def _unit_of_header(low: str) -> Unit:
    if "%" in low or "procent" in low:
        return "percent"
    if "poäng" in low or "point" in low:
        return "points"
    return "kronor" if re.search(r"\bkr\b|kronor|sek\b|belopp", low) else "number"


def _item(name: str, row: Block, amount: Amount, lots: frozenset[str] = frozenset()) -> Weighed:
    cleaned = re.sub(r"^[\s–•*-]*(?:varav\s+)?", "", name.replace("\n", " ")).strip()
    return Weighed(
        cleaned, row, amount.value, amount.unit, lots=lots, of=amount.of, is_interval=amount.is_interval and amount.unit == "percent",
    )  # fmt: skip


# --- criteria down the rows --------------------------------------------------------------------------


def _down(header: Cells, body: Sequence[Block]) -> tuple[list[Weighed], list[Total]]:
    column = _weight_column(header, body)
    if column is None:
        return [], []
    name_at = _name_column(header, body, column)
    lot_at = next(
        (i for i, h in enumerate(header) if i not in (column, name_at) and _LOT_COLUMN.match(h.strip())), None
    )
    if name_at is None:
        return [], []
    items: list[Weighed] = []
    totals = [Total(float(m[1]), "points", header[column], 0)] if (m := _POINTS_OF.search(header[column])) else []
    for row in body:
        cells = _padded(row.cells, len(header))
        amount = amount_of(cells[column], header[column])
        name = cells[name_at].strip()
        is_sum = any(_SUM_ROW.match(c.strip()) for c in cells)
        if amount is None or (not name and not is_sum):
            continue
        if is_sum:
            totals.append(Total(amount.value, amount.unit, "summa", 0))
        elif not is_step(name) or (is_code(name) and (not name.isdigit() or _CODE_HEADER.match(header[name_at]))):
            items.append(_item(name, row, amount, lots_in_cell(cells[lot_at]) if lot_at is not None else frozenset()))
    header_lot = next((lot for h in header if (lot := lot_in_header(h))), "")
    if header_lot:
        for item in items:
            item.lots = item.lots or frozenset((header_lot,))
    return items, totals


def _padded(cells: Cells, width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


def _weight_column(header: Cells, body: Sequence[Block]) -> int | None:
    """The column whose cells are amounts and whose header, or whose units, say that they are weights."""
    best: tuple[float, int] | None = None
    for at, head in enumerate(header):
        cells = [row.cells[at] for row in body if at < len(row.cells) and row.cells[at].strip(" –-")]
        amounts = [a for cell in cells if (a := amount_of(cell, head))]
        if not amounts or len(amounts) < 0.6 * len(cells) or _SCALE_HEADER.search(head):
            continue
        named = _WEIGHT_HEADER.search(head.strip()) is not None
        united = all(a.unit == "percent" for a in amounts) or _adds_up(at, head, body)
        if not named and not (united and any(is_price(clean_name(c)) for row in body for c in row.cells)):
            continue
        has_percent = sum(a.unit in ("percent", "kronor") for a in amounts) / len(amounts)
        score = (
            2 * named
            + has_percent
            + 0.5 * bool(re.search(r"total|summa|max|högst|full", head, re.IGNORECASE))
            - bool(re.search(r"\bper\b", head))
        )
        if best is None or score > best[0]:
            best = (score, at)
    return best[1] if best else None


def _adds_up(column: int, head: str, body: Sequence[Block]) -> bool:
    """Tell whether the numbers of a column make one, ten, a hundred or what the row of the sum says."""
    numbers, said = 0.0, [1.0, 10.0, 20.0, 50.0, 100.0, 1000.0]
    for row in body:
        amount = amount_of(row.cells[column], head) if column < len(row.cells) else None
        if amount is None or amount.unit == "kronor":
            continue
        if any(_SUM_ROW.match(cell.strip()) for cell in row.cells):
            said.append(amount.value)
        else:
            numbers += amount.value
    return any(abs(numbers - total) < 0.006 for total in said)


def _name_column(header: Cells, body: Sequence[Block], column: int) -> int | None:
    """The column of the names: said by its header, else the one with most text that is no amount."""
    others = [i for i in range(len(header)) if i != column and not _LOT_COLUMN.match(header[i].strip())]
    said = [
        i
        for i in others
        if re.search(
            r"kriteri|kvalitet|mervärde|bedömningsgrund|vi bedömer|grund|criteri|moment|faktor|parameter|beskrivning",
            header[i],
            re.IGNORECASE,
        )
    ]
    pool = [
        i for i in said if any(len(row.cells) > i and re.search(r"[a-zåäö]{3}", row.cells[i]) for row in body)
    ] or others
    if not pool:
        return None
    if said and pool[0] in said:
        return pool[0]
    usable = [i for i in pool if not _SCALE_HEADER.search(header[i])] or pool
    return max(usable, key=lambda i: sum(min(len(row.cells[i]), 60) for row in body if i < len(row.cells)) - 5 * i)


# --- a criterion and its weight, then its parts and theirs ---------------------------------------------


def _side_by_side(header: Cells, body: Sequence[Block]) -> tuple[list[Weighed], list[Total]]:
    """Read "Huvudkriterium | Vikt | Delkriterium | Delvikt": the parts lie within the criterion to the left."""
    weights = [
        i
        for i, head in enumerate(header)
        if _WEIGHT_HEADER.search(head.strip()) and _amount_share(i, head, body) >= 0.6
    ]
    if (
        len(weights) != 2
        or weights[0] == 0
        or weights[1] - weights[0] < 2
        or not re.search("kriteri|del", header[weights[1] - 1], re.IGNORECASE)
    ):
        return [], []
    items: list[Weighed] = []
    parent = ""
    for row in body:
        cells = _padded(row.cells, len(header))
        name, part = cells[weights[0] - 1].strip(), cells[weights[1] - 1].strip()
        amount, of_part = (
            amount_of(cells[weights[0]], header[weights[0]]),
            amount_of(cells[weights[1]], header[weights[1]]),
        )
        if name and amount and not _SUM_ROW.match(name) and name != parent:
            parent = name
            items.append(_item(name, row, amount))
        if part and of_part and parent and not _SUM_ROW.match(part):
            items.append(_item(part, row, of_part))
            items[-1].under = parent
    return items, []


# --- one column of weights per lot -------------------------------------------------------------------


def _lot_columns(header: Cells, body: Sequence[Block]) -> tuple[list[Weighed], list[Total]]:
    name_at = _name_column(header, body, -1) or 0
    columns = [
        i
        for i in range(len(header))
        if i != name_at and _amount_share(i, header[i], body) >= 0.6 and not _SCALE_HEADER.search(header[i])
    ]
    united = [i for i in columns if lot_in_header(header[i])]
    if len(united) < 2:
        # Names of groups instead of numbers: several columns of weights, each with a price.
        price = next(
            (row for row in body if name_at < len(row.cells) and is_price(clean_name(row.cells[name_at]))), None
        )
        united = [i for i in columns if price and not _WEIGHT_HEADER.search(header[i]) and i < len(price.cells)]
        united = [i for i in united if _adds_up(i, header[i], body)]
        if len(united) < 2 or not all(amount_of(price.cells[i], header[i]) for i in united if price):
            return [], []
    items: list[Weighed] = []
    totals: list[Total] = []
    for i in united:
        lot = lot_in_header(header[i]) or header[i].strip()
        for row in body:
            amount = amount_of(row.cells[i], header[i]) if i < len(row.cells) else None
            name = row.cells[name_at].strip() if name_at < len(row.cells) else ""
            if amount is None or not name:
                continue
            if _SUM_ROW.match(name):
                totals.append(Total(amount.value, amount.unit, "summa", 0))
            else:
                items.append(_item(name, row, amount, frozenset((lot,))))
    return items, totals


def _amount_share(column: int, head: str, body: Sequence[Block]) -> float:
    cells = [row.cells[column] for row in body if column < len(row.cells) and row.cells[column].strip(" –-")]
    return (
        sum(amount_of(cell, head) is not None or cell.strip() in ("0", "0 %") for cell in cells) / len(cells)
        if cells
        else 0.0
    )


# --- criteria across the columns ---------------------------------------------------------------------


def _across(header: Cells, body: Sequence[Block]) -> tuple[list[Weighed], list[Total]]:
    """Criteria as column headers: a row of weights, a row per lot, or a row per grade whose highest counts."""
    names = [(i, head.strip()) for i, head in enumerate(header) if i and _is_criterion_head(head)]
    rows = [
        row
        for row in body
        if sum(amount_of(row.cells[i], "") is not None for i, _ in names if i < len(row.cells))
        >= max(1, len(names) - 1)
    ]
    if len(names) < 2 or not rows:
        return [], []
    has_price = any(is_price(name) for _, name in names)
    weights = [row for row in rows if _WEIGHT_ROW.match(row.cells[0].strip())]
    grades = all(is_step(row.cells[0].strip()) or _is_grade(row.cells[0]) for row in rows)
    if weights:
        return list(_row_items(names, weights[0], frozenset(), weights[0].cells[0])), []
    if grades and len(rows) > 1 and not has_price:
        best = max(
            rows,
            key=lambda row: sum(a.value for i, _ in names if i < len(row.cells) and (a := amount_of(row.cells[i], ""))),
        )
        return list(_row_items(names, best, frozenset(), "")), []
    if has_price:
        lots = [lots_in_cell(row.cells[0]) or frozenset((row.cells[0].strip(),)) for row in rows]
        return [
            item
            for row, lot in zip(rows, lots, strict=True)
            for item in _row_items(names, row, lot if len(rows) > 1 else frozenset(), "")
        ], []
    return [], []


def _row_items(names: Sequence[tuple[int, str]], row: Block, lots: frozenset[str], head: str) -> Iterator[Weighed]:
    for i, name in names:
        amount = amount_of(row.cells[i], head) if i < len(row.cells) else None
        if amount:
            yield _item(unmark(name), row, amount, lots)


def _is_criterion_head(head: str) -> bool:
    name = clean_name(head)
    if is_code(head.strip()):
        return True
    return (
        is_name(name, prose=False)
        and not _WEIGHT_HEADER.search(head)
        and not _SUM_ROW.match(head)
        and not lot_in_header(head)
        and not _SCALE_HEADER.search(head)
    )


def _is_grade(cell: str) -> bool:
    return (
        re.match(
            r"^\W*(?:betyg|nivå|steg|grad)?\W*(?:\d|mycket|bra|god|utmärkt|godtag|godkän|ej|inte|otill|brist|saknas|uppfyll|hög|låg|medel|ja\b|nej\b)",
            cell.strip(),
            re.IGNORECASE,
        )
        is not None
    )
