"""What every reader yields: pieces of text in reading order, before they become blocks.

A reader is one generator ``read(path, limits)``. It yields ``Piece`` for text, ``Problem`` for what went wrong
but did not stop it, one ``Extent`` when it knows how much there is, and (notices only) one ``Notice``. It raises
``ReadingError`` when it can go no further. It never imports another reader and never knows a criterion.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cirkular_krav.models import BlockKind, Layer, Notice, Place, Problem


@dataclass(slots=True)
class Piece:
    """One heading, paragraph, list item or table row as the reader sees it.

    ``level``: headings 1–9; list items 0 and up by indent. ``number``: the printed number or bullet, not part of
    ``text``. ``cells``: the row's cells (``text`` may then be empty). ``table``: which table a row belongs to,
    counted from 1; ``is_header``: the format itself says that this row is a header. ``continues``: this is the
    rest of the previous piece of the same kind, cut by a page break.
    """

    kind: BlockKind
    text: str
    place: Place
    level: int = 0
    number: str = ""
    layer: Layer = "body"
    cells: tuple[str, ...] = ()
    table: int = 0
    is_header: bool = False
    continues: bool = False


@dataclass(slots=True)
class Extent:
    """How much the document holds: ``pages`` where it has such, characters expected where that can be counted."""

    pages: int | None = None
    characters: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Work limits per document: they come before the clock, so that results do not depend on the machine."""

    max_pages: int = 3_000
    max_page_characters: int = 200_000
    max_page_objects: int = 30_000
    max_blocks: int = 200_000
    max_cells: int = 2_000_000
    max_file_bytes: int = 500_000_000
    max_unpacked_bytes: int = 300_000_000
    max_part_bytes: int = 100_000_000
    max_zip_entries: int = 10_000
    max_ratio: int = 200
    max_xml_depth: int = 500
    ocr: bool = False


Event = Piece | Problem | Extent | Notice
Events = Iterator[Event]
