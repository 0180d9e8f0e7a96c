"""Stored assessments: one JSON object a line, written whole or not at all, by one run at a time."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from cirkular_krav.catalogue import compile_to_json
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import CannotWriteError, OutputInUseError, UsageError
from cirkular_krav.models import SCHEMA_VERSION, Assessment


def read_results(path: Path | str) -> tuple[Assessment, ...]:
    """Read what ``write_results`` or ``--json`` wrote; raises ``UsageError`` when it is something else."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UsageError(f"Resultatfilen {path} finns inte. Kontrollera sökvägen.") from None
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"Resultatfilen {path} går inte att läsa som text.") from None
    try:
        if path.suffix == ".jsonl":
            # Not splitlines(): JSON leaves U+2028 and its kin as they are, and they end no line here.
            return tuple(_read_one(line) for line in text.split("\n") if line.strip())
        return (_read_one(text),)
    except (ValidationError, _OtherSchema):
        raise UsageError(
            f"{path} är ingen resultatfil från cirkular-krav med schemaversion {SCHEMA_VERSION}. Gör den på nytt med "
            "cirkular-krav assess MAPP --out FIL."
        ) from None


class _OtherSchema(Exception):
    """The assessment was written with another schema than this version reads."""


def _read_one(text: str) -> Assessment:
    assessment = Assessment.model_validate_json(text)
    if assessment.schema_version != SCHEMA_VERSION:
        raise _OtherSchema
    return assessment


def write_results(
    assessments: Iterable[Assessment], path: Path | str, *, catalogue: Catalogue | None = None
) -> tuple[Assessment, ...]:
    """Write assessments as they come and return them; ``.json`` holds one, ``.jsonl`` one a line.

    With ``catalogue`` a snapshot of it is kept beside (``<name>.catalogue.json``), so that an old period can be scored
    again with the ruler of its day (design D11). A file appears under its name only when it is complete. Raises
    ``CannotWriteError`` and ``OutputInUseError``.
    """
    path = Path(path)
    if path.suffix not in (".json", ".jsonl"):
        raise UsageError(
            f"Resultat sparas som .json (en upphandling) eller .jsonl (flera), inte {path.suffix or path.name}."
        )
    written: list[Assessment] = []
    indent = 2 if path.suffix == ".json" else None
    with replacing(path) as file:
        for assessment in assessments:
            written.append(assessment)
            if indent and len(written) > 1:
                raise UsageError(f"{path.name} kan bara hålla en upphandling. Ge filen ändelsen .jsonl för flera.")
            file.write(assessment.model_dump_json(indent=indent) + "\n")
            file.flush()
        if catalogue:  # last, so that a run that fails leaves the old results their own catalogue
            write_bytes(path.with_suffix(".catalogue.json"), compile_to_json(catalogue).encode())
    return tuple(written)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file under its name, or leave the old one as it was."""
    with replacing(path, binary=True) as file:
        file.write(content)


@contextmanager
def replacing(path: Path, *, binary: bool = False) -> Iterator[IO[Any]]:
    """Give a file that replaces ``path`` when the block ends well; on any error the old one stays as it was."""
    partial = path.with_name(f".{path.name}.partial")
    with _locked(path):
        try:
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with (
                os.fdopen(descriptor, "wb")
                if binary
                else os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file
            ):
                yield file
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        except OSError as error:
            raise CannotWriteError(
                f"Resultatet kunde inte skrivas till {path}: {_reason(error)}. Det som fanns där förut är orört."
            ) from None
        finally:
            with suppress(OSError):
                partial.unlink()


def _reason(error: OSError) -> str:
    return {28: "disken är full", 13: "skrivrätt saknas", 30: "disken är skrivskyddad", 2: "mappen finns inte"}.get(
        error.errno or 0, "systemet sade nej"
    )


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the output for this run alone; the lock goes with the process, however it ends."""
    lock = path.with_name(f".{path.name}.lock")
    try:
        file = lock.open("a+b")
    except OSError as error:
        raise CannotWriteError(f"Resultatet kunde inte skrivas till {path}: {_reason(error)}.") from None
    with file:
        if not _try_lock(file):
            raise OutputInUseError(
                f"En annan körning skriver just nu till {path}. Vänta, eller välj ett annat namn med --out."
            )
        try:
            yield
        finally:
            with suppress(OSError):
                lock.unlink()


if sys.platform == "win32":

    def _try_lock(file: IO[bytes]) -> bool:
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:

    def _try_lock(file: IO[bytes]) -> bool:
        import fcntl

        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
