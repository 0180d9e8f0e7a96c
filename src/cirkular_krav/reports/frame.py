"""The frame for a reader: what was read of what there was, what was ticked beside what is asked, and what to fetch."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.discovery import DOCUMENTS_FOLDER
from cirkular_krav.frame import FrameCell, FrameItem, FrameReport, Skew
from cirkular_krav.frame_file import FrameRow
from cirkular_krav.organisation_number import format_organisation_number
from cirkular_krav.reports.words import Words, load_words, title_of
from cirkular_krav.writing import write_bytes

_WIDTH = 100
_MOST = 25
FLAG_CELLS = tuple((ticked, asks) for ticked in ("yes", "no", "not_reported") for asks in (True, False, None))


def frame_text(report: FrameReport, catalogue: Catalogue, *, language: str = "sv") -> str:
    """Return what was read by organisation and category, the skew, and the flag against the text."""
    words = load_words(language)
    parts = [
        _coverage(report, catalogue, words),
        _skew(report, catalogue, words),
        _flags(report, words),
        _loose(report, words),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _coverage(report: FrameReport, catalogue: Catalogue, words: Words) -> str:
    groups: dict[tuple[str, str], list[FrameCell]] = {}
    for cell in report.cells:
        groups.setdefault((cell.organisation_number, cell.organisation), []).append(cell)
    lines = [words("frame.title"), ""]
    for (number, name), cells in groups.items():
        read, frame = sum(c.read for c in cells), sum(c.frame for c in cells)
        unread = sum(c.unread for c in cells)
        lines.append(
            words("frame.organisation", name=name or number, number=format_organisation_number(number) or "–", read=read,
                  frame=frame, unread=unread, missing=frame - read - unread)
        )  # fmt: skip
        lines += [f"   {_cell(cell, catalogue, words)}" for cell in cells]
    return "\n".join([*lines, "", *textwrap.wrap(words("frame.weights"), _WIDTH)])


def _cell(cell: FrameCell, catalogue: Catalogue, words: Words) -> str:
    name = category_name(cell.category, catalogue, words)
    if cell.weight is None:
        return words("frame.cell_none", category=name, frame=cell.frame)
    return words("frame.cell", category=name, read=cell.read, frame=cell.frame, weight=words.number(cell.weight, 1))


def category_name(category: str, catalogue: Catalogue, words: Words) -> str:
    """Return what a category is called, or that it is not known."""
    found = catalogue.categories_by_id.get(category)
    return title_of(found, words.language) if found else words("frame.no_category")


def _skew(report: FrameReport, catalogue: Catalogue, words: Words) -> str:
    read = sum(item.state == "read" for item in report.items)
    lines = [words("frame.skew_title"), ""]
    if report.skews:
        for skew in report.skews:
            text = skew_sentence(skew, buyer_names(report), catalogue, words)
            lines += textwrap.wrap(text, _WIDTH, initial_indent="! ", subsequent_indent="  ")
    else:
        lines += textwrap.wrap(words("frame.no_skew" if read else "frame.nothing_read"), _WIDTH)
    empty = [cell for cell in report.cells if not cell.read]
    if read and empty:
        count = sum(cell.frame for cell in empty)
        lines += textwrap.wrap(words("frame.empty_cells", count=count, total=len(report.items)), _WIDTH)
    return "\n".join(lines)


def skew_sentence(
    skew: Skew, names: Mapping[str, str], catalogue: Catalogue, words: Words, *, most: int | None = None
) -> str:
    """Say of what there is too much and too little, for one organisation or for all; at most ``most`` are named."""

    def told(keys: Sequence[str]) -> str:
        found = [names.get(k) or k if skew.by == "organisation" else category_name(k, catalogue, words) for k in keys]
        shown = ", ".join(found[:most]) or words("baseline.nothing")
        rest = len(found) - most if most else 0
        return words("frame.and_others", names=shown, count=rest) if rest > 0 else shown

    who = names.get(skew.organisation) or skew.organisation or words("frame.all")
    key = f"frame.skew_{skew.by}"
    return words(
        key, who=who, over=told(skew.over), under=told(skew.under), p=words.number(max(1, round(1000 * skew.p)))
    )


def buyer_names(report: FrameReport) -> dict[str, str]:
    """Return each organisation's name by its number."""
    return {(item.row.organisation_number or item.row.buyer): item.row.buyer for item in report.items}


def _flags(report: FrameReport, words: Words) -> str:
    if all(item.ticked == "not_reported" and not item.strategic and not item.claims for item in report.items):
        return "\n".join(textwrap.wrap(words("frame.no_flags"), _WIDTH))
    lines = [words("frame.flag_title"), ""]
    for platform in report.platforms:
        share = platform.ticked
        lines.append(
            words("frame.platform", database=platform.database or "–", numerator=share.numerator,
                  denominator=share.denominator)
        )  # fmt: skip
    lines += ["", *textwrap.wrap(words("frame.platform_effect"), _WIDTH), "", words("frame.table_head")]
    lines += _table(report.items, lambda item: item.ticked, "ticked", words)
    lines += _strategic(report.items, words)
    for key, chosen in (("said_not_found", said_not_found), ("found_not_said", found_not_said)):
        items = [item for item in report.items if chosen(item)]
        if items:
            lines += ["", words(f"frame.{key}")]
            lines += [
                words(
                    "frame.item",
                    id=i.row.frame_id,
                    title=i.row.title,
                    claims=", ".join((*i.strategic, *i.claims)) or "–",
                )
                for i in items[:_MOST]
            ]
            if len(items) > _MOST:
                lines.append(words("frame.more", count=len(items) - _MOST))
    return "\n".join(lines)


def _table(items: Sequence[FrameItem], said: Callable[[FrameItem], str], key: str, words: Words) -> list[str]:
    lines = []
    for ticked, asks in FLAG_CELLS:
        found = [i for i in items if said(i) == ticked and i.asks_any is asks and i.state != "missing"]
        if found:
            circular = sum(bool(item.asks_circular) for item in found)
            texts = {"ticked": words(f"frame.{key}.{ticked}"), "asks": words(f"frame.asks.{ASKS_KEYS[asks]}")}
            lines.append(words("frame.table_row", count=len(found), circular=circular, **texts))
    return lines


def _strategic(items: Sequence[FrameItem], words: Words) -> list[str]:
    """BT-06 beside the text, and beside the box that the statistics took from somewhere."""
    told = [item for item in items if item.strategic]
    if not told:
        return []
    both = [item for item in told if item.ticked != "not_reported"]
    unlike = sum(item.ticked != item.strategic_says for item in both)
    return [
        "",
        words("frame.strategic_head"),
        *_table(told, lambda item: item.strategic_says, "strategic", words),
        *(textwrap.wrap(words("frame.strategic_unlike", unlike=unlike, both=len(both)), _WIDTH) if both else ()),
    ]


ASKS_KEYS = {True: "yes", False: "no", None: "unknown"}


def said_not_found(item: FrameItem) -> bool:
    """Tell whether the buyer says that the procurement is sustainable or circular, and nothing such was found."""
    circular = "circ-econ" in item.claims
    return (_is_said(item) and item.asks_any is False) or (circular and item.asks_circular is False)


def found_not_said(item: FrameItem) -> bool:
    """Tell whether circular requirements were found that the buyer says nothing of."""
    return bool(item.asks_circular) and not _is_said(item)


def _is_said(item: FrameItem) -> bool:
    claimed = any(claim != "none" for claim in item.claims)
    return item.ticked == "yes" or item.strategic_says == "yes" or claimed


def _loose(report: FrameReport, words: Words) -> str:
    lines = [words("frame.outside", ids=", ".join(report.outside))] if report.outside else []
    lines += [words("frame.twice", ids=", ".join(report.twice))] if report.twice else []
    return "\n".join(line for text in lines for line in textwrap.wrap(text, _WIDTH))


def write_fetch_lists(
    folders: Mapping[str, Sequence[tuple[FrameRow, Path]]], root: Path, *, language: str = "sv"
) -> tuple[Path, ...]:
    """Write a list for each organisation of what to fetch, from where and into which folder; return the files."""
    words = load_words(language)
    written = []
    for organisation, found in folders.items():
        path = root / organisation / words("frame.fetch.file")
        write_bytes(path, _fetch_list(found, root / organisation, words).encode())
        written.append(path)
    return tuple(written)


def _fetch_list(found: Sequence[tuple[FrameRow, Path]], home: Path, words: Words) -> str:
    buyer = found[0][0].buyer or found[0][0].organisation_number
    lines = [words("frame.fetch.title", buyer=buyer), "", words("frame.fetch.intro", count=len(found)), ""]
    lines += [f"- {line}" for line in words.get("frame.fetch.documents")]
    lines += ["", words("frame.fetch.secret"), ""]
    for row, folder in found:
        where = words(
            "frame.fetch.database" if row.database else "frame.fetch.registrar", database=row.database, id=row.frame_id
        )
        lines += [
            f"## {row.title}",
            "",
            words("frame.fetch.facts", id=row.frame_id, published=row.published or "–"),
            where,
        ]
        if row.directive:
            lines.append(words("frame.fetch.ted"))
        lines += [words("frame.fetch.folder", folder=f"{folder.relative_to(home).as_posix()}/{DOCUMENTS_FOLDER}/"), ""]
    return "\n".join(lines)
