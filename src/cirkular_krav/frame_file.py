"""The list of all procurements that there were: the national statistics' export, or a list of one's own.

CSV (comma or semicolon, UTF-8 or Windows-1252) or a workbook. The columns are those of the export; an own list may name
them more shortly, in Swedish or English.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cirkular_krav.errors import UsageError
from cirkular_krav.models import AgreementForm, Frozen
from cirkular_krav.organisation_number import normalise_organisation_number
from cirkular_krav.text import clean

# field → the names its column may have, lower case; the first is the national export's.
COLUMNS: dict[str, tuple[str, ...]] = {
    "frame_id": ("upphandlings-id", "frame_id", "id"),
    "title": ("upphandlingens titel", "titel", "rubrik", "title", "upphandling"),
    "buyer": ("namn för köpare", "köpare", "organisation", "buyer"),
    "organisation_number": ("organisationsnummer för köpare", "organisationsnummer", "orgnr", "organisation_number"),
    "cpv": ("huvudsaklig cpv-kod", "cpv-kod", "cpv"),
    "published": ("publiceringsdatum", "publicerad", "published"),
    "database": ("annonsdatabas", "databas", "database"),
    "agreement": ("typ av avtal", "avtalsform", "agreement_form"),
    "dynamic": ("dynamiskt inköpssystem", "dis"),
    "directive": ("direktivstyrd",),
    "environmental": ("miljömässigt hållbar upphandling", "miljö", "environmental"),
    "notice_id": ("annons-id", "notice_id"),
    "diary": ("diarienummer", "dnr", "diary"),
}
_YES = ("true", "sant", "ja", "yes", "1", "x")
_NO = ("false", "falskt", "nej", "no", "0")
_MOST_BYTES = 200_000_000
_CPV = re.compile(r"\d{8}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class FrameRow(Frozen):
    """One procurement of the frame. ``environmental`` and ``directive``: none when nothing was reported."""

    frame_id: str
    title: str
    buyer: str = ""
    organisation_number: str = ""
    cpv: str = ""
    published: str = ""
    database: str = ""
    agreement_form: AgreementForm = "unknown"
    directive: bool | None = None
    environmental: bool | None = None
    notice_id: str = ""
    diary: str = ""


def read_frame(path: Path | str, *, organisations: Iterable[str] = ()) -> tuple[FrameRow, ...]:
    """Read a frame, of all or only the named organisation numbers, in the file's order.

    Raises ``UsageError`` when the file cannot be read, lacks a column it must have or names a procurement twice.
    """
    path = Path(path)
    head, *rows = _cells(path) or [()]
    places = _places(path, head)
    wanted = {normalise_organisation_number(number) or number for number in organisations}
    found = [_row(cells, places) for cells in rows if any(cell.strip() for cell in cells)]
    found = [row for row in found if not wanted or row.organisation_number in wanted]
    if not found:
        raise UsageError(f"{path} har inga upphandlingar" + (" för de organisationer som angavs." if wanted else "."))
    seen: set[str] = set()
    for row in found:
        if row.frame_id in seen:
            raise UsageError(
                f"{path} har upphandlingen {row.frame_id} två gånger. Varje upphandling ska stå på en rad."
            )
        seen.add(row.frame_id)
    return tuple(found)


def _cells(path: Path) -> list[Sequence[str]]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{path} är för stor för att vara en lista över upphandlingar.")
        raw = path.read_bytes()
    except OSError:
        raise UsageError(f"Listan {path} finns inte eller får inte läsas. Kontrollera sökvägen.") from None
    if path.suffix.lower() in (".xlsx", ".xls", ".ods"):
        return list(_of_workbook(path))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _of_workbook(path: Path) -> Iterator[Sequence[str]]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=True)
    except Exception:  # noqa: BLE001 - calamine's errors share no base
        raise UsageError(f"{path} går inte att läsa som kalkylblad. Spara den som .xlsx eller .csv.") from None
    for row in rows:
        yield [
            str(int(v)) if isinstance(v, float) and v.is_integer() else str(v)[:19] if hasattr(v, "year") else str(v)
            for v in row
        ]


def _places(path: Path, head: Sequence[str]) -> dict[str, int]:
    names = [clean(cell).strip().casefold() for cell in head]
    places = {
        field: names.index(name)
        for field, known in COLUMNS.items()
        for name in [next((name for name in known if name in names), "")]
        if name
    }
    if "title" not in places or not {"buyer", "organisation_number"} & set(places):
        raise UsageError(
            f"{path} saknar kolumner. En lista behöver minst upphandlingens titel och köparens namn eller "
            "organisationsnummer (titel; organisationsnummer), gärna också upphandlings-id, cpv och publiceringsdatum. "
            "Statistikdatabasens egen export går bra som den är."
        )
    return places


def _row(cells: Sequence[str], places: dict[str, int]) -> FrameRow:
    def cell(field: str) -> str:
        at = places.get(field)
        return clean(cells[at]).strip() if at is not None and at < len(cells) else ""

    number = cell("organisation_number")
    title, day, code = cell("title"), _DAY.match(cell("published")), _CPV.search(cell("cpv"))
    return FrameRow(
        frame_id=cell("frame_id") or cell("notice_id") or cell("diary") or f"{number or cell('buyer')} {title}",
        title=title, buyer=cell("buyer"), organisation_number=normalise_organisation_number(number) or number,
        cpv=code.group() if code else "", published=day.group() if day else "", database=cell("database"),
        agreement_form=_form(cell("agreement"), _truth(cell("dynamic"))), directive=_truth(cell("directive")),
        environmental=_truth(cell("environmental")), notice_id=cell("notice_id"), diary=cell("diary"),
    )  # fmt: skip


def _truth(text: str) -> bool | None:
    low = text.casefold()
    return True if low in _YES else False if low in _NO else None


def _form(text: str, dynamic: bool | None) -> AgreementForm:
    low = text.casefold()
    if dynamic:
        return "dis"
    if "ramavtal" in low or low == "framework":
        return "framework"
    return "own" if low in ("kontrakt", "own") else "unknown"
