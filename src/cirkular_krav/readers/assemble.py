"""From a reader's pieces to blocks: cleaned text, heading paths, and table rows with their column headers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz, process

from cirkular_krav.errors import ProblemCode
from cirkular_krav.models import Block, Notice, Problem
from cirkular_krav.readers.pieces import Event, Extent, Piece
from cirkular_krav.text import clean, divide_long, heal_hyphens

# What column headers of requirement tables are called (domain.md 3.8); compared with typos allowed.
HEADER_WORDS = (
    "nr", "nummer", "id", "krav-id", "kravnr", "krav", "kravtext", "beskrivning", "krav/beskrivning", "kravbeskrivning",
    "typ", "kravtyp", "ska", "skall", "bör", "ska/bör", "s/b", "o/b", "ska-krav", "bör-krav", "svar", "ja", "nej", "ja/nej",
    "uppfylls", "kravet uppfylls", "uppfylls ja/nej", "kommentar", "anbudsgivarens kommentar", "anbudsgivarens svar", "fritextsvar",
    "bifogad fil", "hänvisning", "viktning", "vikt", "vikt %", "maxpoäng", "poäng", "verifikat", "bevis", "kontroll",
    "uppföljning", "kriterium", "tilldelningskriterium", "utvärderingskriterium", "område", "rubrik", "produkt", "artikel",
    "benämning", "artikelnr", "antal", "enhet", "pris", "a-pris", "summa", "fråga", "svarstyp", "definition", "term", "begrepp",
    "datum", "kod", "mängd", "funktion", "egenskap", "värde", "referens", "anmärkning", "mål", "nivå",
)  # fmt: skip
MAX_HEADER_CELL = 60
# Four pages of text without a break are no paragraph, and what is read of a text costs more than its length.
MAX_CHARACTERS = 10_000


@dataclass(slots=True)
class _State:
    headings: list[tuple[int, str]] = field(default_factory=list)
    table: int = 0
    header: tuple[str, ...] = ()
    count: int = 0


def assemble(events: Iterable[Event]) -> Iterator[Block | Problem | Extent | Notice]:
    """Turn a reader's events into blocks in reading order; other events pass through.

    Block ids are ``b1``, ``b2`` … within the document. Empty pieces vanish; one that is too long becomes several
    paragraphs, and the first of them says so.
    """
    state = _State()
    divided = False
    for event in events:
        if not isinstance(event, Piece):
            yield event
            continue
        parts = _parts(event)
        if len(parts) > 1 and not divided:
            divided = True
            yield Problem(code=ProblemCode.WARN_DIVIDED, values={"limit": MAX_CHARACTERS})
        for part in parts:
            if block := _block(part, state):
                yield block


def _parts(piece: Piece) -> list[Piece]:
    """Return the piece, or what it is divided into by lines and length: no text is lost, but a row's columns are."""
    if len(piece.text) <= MAX_CHARACTERS and sum(map(len, piece.cells)) <= MAX_CHARACTERS:
        return [piece]
    lines = (piece.text or "\n".join(piece.cells)).split("\n")
    first, *rest = [part for line in lines for part in divide_long(line, MAX_CHARACTERS)]
    paragraph = replace(piece, kind="paragraph", text=first, level=0, cells=(), table=0, is_header=False)
    return [paragraph, *(replace(paragraph, text=part, number="") for part in rest)]


def _block(piece: Piece, state: _State) -> Block | None:
    cells = tuple(_raw(cell) for cell in piece.cells)
    raw = _raw(piece.text) or " | ".join(cell for cell in cells if cell)
    text = clean(raw)
    if not text:
        return None
    number = clean(piece.number)
    path = tuple(title for _, title in state.headings)
    header: tuple[str, ...] = ()
    if piece.kind == "heading" and piece.layer == "body":
        level = max(piece.level, 1)
        state.headings = [h for h in state.headings if h[0] < level]
        path = tuple(title for _, title in state.headings)
        state.headings.append((level, f"{number} {text}".strip()))
    if piece.kind == "table_row":
        is_header, header = _table_header(piece, cells, state)
        if is_header:
            header = cells
    elif piece.kind != "heading" and piece.layer == "body":
        state.table, state.header = 0, ()
    state.count += 1
    return Block(
        id=f"b{state.count}", kind=piece.kind, raw_text=raw, text=text, place=piece.place, layer=piece.layer,
        number=number, level=piece.level, heading_path=path, header=header, cells=cells,
    )  # fmt: skip


def _raw(text: str) -> str:
    """Return the text as a reader would see it: one space between words, list items of a cell kept apart by ``\\n``."""
    return "\n".join(line for line in (clean(heal_hyphens(part)) for part in text.split("\n")) if line)


def _table_header(piece: Piece, cells: tuple[str, ...], state: _State) -> tuple[bool, tuple[str, ...]]:
    """Return whether this row is a header, and the header that the row stands under.

    A table without a header of its own inherits the one before when it has as many columns: it was cut by a page break.
    """
    new_table = piece.table != state.table or not piece.table
    if len(cells) != len(state.header):
        state.header = ()
    is_header = piece.is_header or (looks_like_header(cells) and (new_table or state.header in ((), cells)))
    if is_header:
        state.header = cells
    state.table = piece.table
    return is_header, state.header


def looks_like_header(cells: tuple[str, ...]) -> bool:
    """Tell whether a row names columns: short cells, of which at least two (or half) are known column names."""
    filled = [cell for cell in cells if cell]
    if len(filled) < 2 or any(len(cell) > MAX_HEADER_CELL for cell in filled):
        return False
    known = sum(1 for cell in filled if is_column_name(cell))
    return known >= 2 or known * 2 >= len(filled)


def is_column_name(cell: str) -> bool:
    """Tell whether a cell is (nearly) one of the known column names; a typo in a longer name is forgiven."""
    name = clean(cell).lower().strip(" :.*?")
    if name in HEADER_WORDS:
        return True
    if len(name) < 5 or len(name) > 40:
        return False
    return process.extractOne(name, HEADER_WORDS, scorer=fuzz.ratio, score_cutoff=88) is not None
