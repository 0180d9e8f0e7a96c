"""The weighed criteria of an evaluation chapter before their shares are known: from lines, headings and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from cirkular_krav.models import AwardWeight, Block
from cirkular_krav.text import cut
from cirkular_krav.understanding.award_amounts import Unit, find_amounts
from cirkular_krav.understanding.award_names import is_price, is_quality

Where = Literal["heading", "label", "prose", "table"]

_UNIT_NAMES: dict[Unit, str] = {"percent": "%", "points": "poäng", "number": "i vikt", "kronor": "kronor"}
_LOT_WORD = r"(?:anbudsområden?[a]?|delområden?[a]?|delkontrakt|anbudsdel(?:en)?|varugrupp(?:en)?|produktgrupp(?:en)?|områden?[a]?t?|grupp(?:en)?|del(?:en)?|lott?)"
_LOT_ID = r"(?:[A-ZÅÄÖ]|[A-ZÅÄÖ]?\d{1,2})"
_LOT_IDS = rf"{_LOT_ID}(?:(?: ?[,–-] ?|,? och |,? samt ){_LOT_ID}\b)*"
_LOT_HEADING = re.compile(rf"^(?:[\d.]+ )?(?i:{_LOT_WORD}) ({_LOT_IDS})\b(?![.:]? ?\d)")
_LOT_SENTENCE = re.compile(rf"^(?i:(?:i|för|inom|avseende|på) )?(?i:{_LOT_WORD}) ({_LOT_ID})\b(?=[ ,:])[,:]?\s*")
_NUMBERED_TITLE = re.compile(
    r"^(?:rättelse|fråga|svar|ändring|komplettering|förtydligande|addendum|bilaga|kapitel)\b[\w ]* \d+$", re.IGNORECASE
)
_DOTTED = re.compile(r"(?:\.{3,}|(?: \.){3,}|…)\s*(\d{1,4})\s*$")
_ANSWER_TITLE = re.compile(
    r"^(?:frågor och svar|frågor|rättelser?|kompletteringar|förtydliganden|ändringar)\b[^.:]*$", re.IGNORECASE
)
_LOTS_IN_CELL = re.compile(rf"^(?i:{_LOT_WORD}s? )?{_LOT_ID}(?:(?: ?[,–-] ?| och | samt ){_LOT_ID})*$")


@dataclass(slots=True, eq=False)
class Weighed:
    """One named criterion with its place and, when it follows from the chapter, its share of the whole award."""

    name: str
    block: Block
    value: float
    unit: Unit
    where: Where = "label"
    at: int = 0  # the line it stands on, counted through the chapter
    group: str = ""  # what stands together: one table, the headings of a level, the lines under one heading
    lots: frozenset[str] = frozenset()
    of: float | None = None
    under: str = ""
    of_whole: bool = False
    is_interval: bool = False
    weak: bool = False
    is_rate: bool = False
    share: float | None = None
    reason: str = ""
    code: str = ""

    @property
    def is_price(self) -> bool:
        """Tell whether the criterion is the price."""
        return is_price(self.name)

    @property
    def is_quality(self) -> bool:
        """Tell whether it is quality as a whole."""
        return is_quality(self.name)

    @property
    def is_whole_part(self) -> bool:
        """Tell whether it is the price or quality as a whole, not one criterion."""
        return self.is_price or self.is_quality

    def weight(self) -> AwardWeight:
        """Return the weight with what it rests on."""
        said = f"{self.name}: {self.value:g} {_UNIT_NAMES[self.unit]}".replace(".", ",")
        if self.is_interval:
            said = f"{self.name}: intervall"
        return AwardWeight(share=self.share, basis=cut(f"{said}; {self.reason}" if self.reason else said, 160))


@dataclass(slots=True)
class Total:
    """A stated whole: "högst 50 kvalitetspoäng"; ``said`` tells of what."""

    value: float
    unit: Unit
    said: str
    at: int
    group: str = ""


@dataclass(slots=True)
class Line:
    """One line of a chapter with the headings over it, also those that are only short lines of their own."""

    block: Block
    text: str
    at: int
    path: tuple[str, ...]
    title: str = ""
    lots: frozenset[str] = frozenset()
    is_title: bool = False


@dataclass(slots=True)
class Chapter:
    """All that one chapter says, in order."""

    lines: list[Line] = field(default_factory=list)
    items: list[Weighed] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    leads: dict[str, str] = field(default_factory=dict)  # what introduces each group

    @property
    def text(self) -> str:
        """The text of all lines, headings and cells included."""
        return "\n".join(line.text for line in self.lines)

    def of_lot(self, lot: str) -> Chapter:
        """Return what the chapter says of one lot and of all of them."""
        if not lot:
            return self
        lines = [line for line in self.lines if not line.lots or lot in line.lots]
        # Places are counted in hundreds, a hundred for each block.
        blocks = {line.at // 100 for line in lines}
        return replace(self, lines=lines, totals=[total for total in self.totals if total.at // 100 in blocks])

    def is_scheme(self, item: Weighed) -> bool:
        """Tell whether the header over a table of weights says that it is about the award."""
        return (
            item.where == "table"
            and re.search(r"kriteri|mervärde|award", self.leads.get(item.group, ""), re.IGNORECASE) is not None
        )


def without_contents(blocks: Sequence[Block]) -> list[Block]:
    """Leave out a table of contents: dotted lines whose page numbers never fall."""
    # What ends in no digit costs no search: a page number is the last thing on its line.
    ending = [block for block in blocks if block.kind != "table_row" and block.text.rstrip()[-1:].isdigit()]
    dotted = [block for block in ending if _DOTTED.search(block.text)]
    pages = [int(_DOTTED.search(block.text)[1]) for block in dotted]  # type: ignore[index]
    rising = sum(b >= a for a, b in zip(pages, pages[1:], strict=False))
    if len(pages) < 4 or rising < 0.8 * (len(pages) - 1):
        return list(blocks)
    left_out = {block.id for block in dotted}
    return [block for block in blocks if block.id not in left_out]


def lines_of(blocks: Sequence[Block]) -> Iterator[Line]:
    """Return the lines of a chapter; a short line without an end mark is a title for those that follow."""
    title, lots = "", frozenset[str]()
    path: tuple[str, ...] = ("",)
    for at, block in enumerate(blocks):
        if block.heading_path != path:
            path, title = block.heading_path, ""
            lots = _lots_of_path(path)
        if block.kind == "table_row":
            yield Line(block, block.text, 100 * at, path, title, lots)
            continue
        if block.kind == "heading":
            yield Line(block, block.text, 100 * at, path, "", _lots_of_heading(block.text) or lots)
            continue
        for i, text in enumerate(t.strip() for t in block.text.split("\n")):
            plain = (
                re.sub(r"^\d{1,2}(?:\.\d{1,2})*\.? (?=[A-ZÅÄÖ])", "", text)
                if not at or re.match(r"\d+\.\d", text)
                else text
            )
            is_title = _is_title(plain, block) or (len(text) < 90 and _ANSWER_TITLE.match(text) is not None)
            if is_title:
                title = text
                lots = _lots_of_heading(text) or (lots if _lots_of_path(path) else frozenset())
            if text:
                yield Line(block, text, 100 * at + min(i, 99), path, title, lots, is_title)


def _is_title(text: str, block: Block) -> bool:
    return (
        3 <= len(text) <= 90
        and len(text.split()) <= 11
        and text[-1] not in ".:;,!)"
        and text[0].isupper()
        and (block.kind != "list_item" or re.fullmatch(r"\d{1,2}\.?", block.number) is not None)
        and not re.search(r"[=×]|\d ?p\b|[\[(]\d+[\])]", text)
        and not find_amounts(text)
        and (not text[-1].isdigit() or _LOT_HEADING.match(text) is not None or _NUMBERED_TITLE.match(text) is not None)
    )


def _lots_of_path(path: tuple[str, ...]) -> frozenset[str]:
    return next((lots for heading in reversed(path) if (lots := _lots_of_heading(heading))), frozenset())


def _lots_of_heading(heading: str) -> frozenset[str]:
    """Return the lots that a heading begins with: "Del A, B och C", "4.2 Område 2 Skyltar"."""
    found = _LOT_HEADING.match(heading)
    return lots_in_cell(found[1]) if found else frozenset()


def without_lot(sentence: str) -> tuple[str, frozenset[str]]:
    """Return a sentence without "I område 2" at its beginning, and the lot."""
    match = _LOT_SENTENCE.match(sentence)
    if not match:
        return sentence, frozenset()
    rest = sentence[match.end() :]
    return (rest, frozenset((match[1],))) if rest else (sentence, frozenset())


def lots_in_cell(cell: str) -> frozenset[str]:
    """Return the lots that a cell lists: "A, B, C", "1–3", "Område 2"."""
    text = cell.strip()
    if not _LOTS_IN_CELL.match(text):
        return frozenset()
    text = re.sub(rf"^(?i:{_LOT_WORD}s?) ", "", text)
    lots: set[str] = set()
    for part in re.split(r",? och |,? samt | ?, ?", text):
        ends = [end.strip() for end in re.split(r"[–-]", part)]
        if len(ends) == 2 and all(e.isdigit() for e in ends):
            lots |= {str(n) for n in range(int(ends[0]), int(ends[1]) + 1)}
        elif len(ends) == 2 and all(len(e) == 1 for e in ends):
            lots |= {chr(n) for n in range(ord(ends[0]), ord(ends[1]) + 1)}
        else:
            lots.add(part.strip())
    return frozenset(lots)


def lot_in_header(cell: str) -> str:
    """Return the lot that a column is about: "Område 2", "Vikt grupp B"."""
    match = re.search(rf"\b(?i:{_LOT_WORD}) ({_LOT_ID})\b", cell)
    return match[1] if match else ""
