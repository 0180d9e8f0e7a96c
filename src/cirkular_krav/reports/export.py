"""Tables to files: CSV, Excel, JSON Lines and Parquet, each written whole or not at all.

Text from a document is never read as a formula: Excel gets it as text, and in CSV an apostrophe stands before what a
spreadsheet would calculate.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from cirkular_krav.errors import CannotWriteError, UsageError
from cirkular_krav.models import Assessment
from cirkular_krav.reports.tables import TABLES, Row, Table, table_named
from cirkular_krav.reports.words import Words, load_words
from cirkular_krav.writing import replacing

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDTHS = {"text": 80, "quotation": 80, "obstacle_text": 80, "title": 40, "heading": 40, "document": 30, "buyer": 30}
_EXCEL_ROWS = 1_048_575
_BATCH = 5_000

Write = Callable[[Iterable[Row]], None]


def export_tables(
    assessments: Iterable[Assessment],
    out: Path,
    *,
    kind: str = "",
    tables: Sequence[str] = (),
    language: str = "sv",
) -> tuple[Path, ...]:
    """Write tables of results and return the files, in one pass over the assessments.

    ``out`` is a file (``.xlsx`` holds every table; ``.csv``, ``.jsonl`` and ``.parquet`` one) or a folder, which gets a
    file for each table in the format ``kind`` (csv unless said). Raises ``UsageError`` and ``CannotWriteError``.
    """
    words = load_words(language)
    chosen = {name: table_named(name) for name in tables or TABLES}
    kind = _kind_of(out, kind, len(chosen))
    if kind == "xlsx":
        return (_write_excel(assessments, out, chosen, words),)
    paths = _paths(out, kind, chosen)
    with ExitStack() as stack:
        writers = {name: stack.enter_context(_WRITERS[kind](paths[name], table)) for name, table in chosen.items()}
        for assessment in assessments:
            for name, table in chosen.items():
                writers[name](table.rows(assessment, words))
    return tuple(paths.values())


def _kind_of(out: Path, kind: str, tables: int) -> str:
    suffix = out.suffix.lower().lstrip(".")
    if not kind and suffix not in ("", *_WRITERS, "xlsx") and not out.is_dir():
        raise UsageError(
            f"Ur namnet {out.name} framgår inget format: .{suffix} är inget av dem. Sluta namnet på .csv, .xlsx, .jsonl eller "
            ".parquet, ange en mapp, eller säg --format (för OCDS --format ocds med --ocid-prefix och --date)."
        )
    kind = kind or (suffix if suffix in (*_WRITERS, "xlsx") else "csv")
    if kind not in (*_WRITERS, "xlsx"):
        raise UsageError(f"Formatet {kind} finns inte. Välj csv, xlsx, jsonl, parquet eller ocds.")
    if kind == "xlsx" and suffix != "xlsx":
        raise UsageError("En Excelfil behöver ett namn som slutar på .xlsx: --out FIL.xlsx.")
    if suffix == kind and kind != "xlsx" and tables > 1:
        raise UsageError(
            f"En .{kind}-fil rymmer en tabell. Välj vilken med --table, eller ange en mapp med --out så får varje tabell "
            f"sin fil. Tabeller: {', '.join(TABLES)}."
        )
    return kind


def _paths(out: Path, kind: str, tables: Iterable[str]) -> dict[str, Path]:
    if out.suffix.lower() == f".{kind}":
        return dict.fromkeys(tables, out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise CannotWriteError(
            f"Mappen {out} kan inte skapas. Kontrollera sökvägen och att du får skriva där."
        ) from None
    return {name: out / f"{name}.{kind}" for name in tables}


# --- one format each ----------------------------------------------------------------------------


@contextmanager
def _csv(path: Path, table: Table) -> Iterator[Write]:
    with replacing(path) as file:
        file.write("\ufeff")  # or Excel takes å for two other letters
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(table.columns)
        yield lambda rows: writer.writerows([_harmless(value) for value in row] for row in rows)


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


@contextmanager
def _jsonl(path: Path, table: Table) -> Iterator[Write]:
    with replacing(path) as file:
        names = tuple(table.columns)

        def write(rows: Iterable[Row]) -> None:
            for row in rows:
                file.write(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) + "\n")

        yield write


@contextmanager
def _parquet(path: Path, table: Table) -> Iterator[Write]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise UsageError(
            "För Parquet behövs pyarrow. Installera tillvalet med: pip install 'cirkular-krav[frames]'"
        ) from None
    types = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    schema = pa.schema([(name, types[kind]) for name, kind in table.columns.items()])
    waiting: list[Row] = []
    with replacing(path, binary=True) as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:

        def flush() -> None:
            columns = list(zip(*waiting, strict=True)) or [()] * len(schema)
            writer.write_table(
                pa.Table.from_arrays([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)
            )
            waiting.clear()

        def write(rows: Iterable[Row]) -> None:
            waiting.extend(rows)
            if len(waiting) >= _BATCH:
                flush()

        yield write
        flush()


_WRITERS: dict[str, Callable[[Path, Table], Any]] = {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet}


def _write_excel(assessments: Iterable[Assessment], out: Path, chosen: dict[str, Table], words: Words) -> Path:
    from cirkular_krav.reports.workbook import Column, Sheet, write_workbook

    rows: dict[str, list[Row]] = {name: [] for name in chosen}
    for assessment in assessments:
        for name, table in chosen.items():
            rows[name].extend(table.rows(assessment, words))
    for name, found in rows.items():
        if len(found) > _EXCEL_ROWS:
            raise UsageError(
                f"Tabellen {name} har fler rader än ett Excelblad rymmer ({_EXCEL_ROWS:,}). Exportera den till CSV eller "
                "Parquet.".replace(",", " ")
            )
    sheets = [
        Sheet(
            words(f"tables.names.{name}"),
            [Column(words(f"tables.columns.{column}"), _WIDTHS.get(column, 16)) for column in table.columns],
            ([words(f"tables.{value}") if isinstance(value, bool) else value for value in row] for row in rows[name]),
        )
        for name, table in chosen.items()
    ]
    _write(out, lambda file: file.write(write_workbook(sheets, words("tables.title"), large=True)))
    return out


def _write(path: Path, write: Callable[[IO[Any]], object]) -> None:
    with replacing(path, binary=True) as file:
        write(file)
