"""A baseline that can be done again: a store packed with all its numbers rest on, and the check that they still do.

A sealed file holds, in plain JSON: the assessments with the blocks they were read from, the catalogues with their
scoring, people's decisions, the SHA-256 of every original document and of every part of the file, the versions of the
program and of the libraries that read, and where the originals are archived. Nothing in it depends on the day it was made,
so that the same store gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from cirkular_krav.catalogue import compile_to_json
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import NothingToDoError, UsageError
from cirkular_krav.models import SCHEMA_VERSION, Assessment
from cirkular_krav.pipeline import assess_again
from cirkular_krav.result_schema import read_assessment
from cirkular_krav.segment import find_requirements
from cirkular_krav.store import Store, open_store
from cirkular_krav.store_schema import STORE_VERSION
from cirkular_krav.writing import replacing

SEAL_VERSION = 1
CONTENTS = "innehall.json"
_ASSESSMENTS = "bedomningar.jsonl"
_ORIGINALS = "originalens-hashar.jsonl"
_CATALOGUES = "kataloger/"
_DECISIONS = "beslut/"
_READ_ME = "LAS-MIG.txt"
_DAY = (1980, 1, 1, 0, 0, 0)
# What decides what is read out of a document, besides our own code.
_LIBRARIES = ("pypdfium2", "pdfplumber", "pdfminer.six", "pikepdf", "lxml", "python-calamine", "rapidfuzz", "pydantic")
_TEXT = """En förseglad baslinje från cirkular-krav.

Filen innehåller allt som siffrorna vilar på. Kontrollera den med:

    cirkular-krav seal DEN-HÄR-FILEN.zip --verify

innehall.json            versioner, var originalen är arkiverade och varje dels SHA-256
bedomningar.jsonl        en upphandling per rad: läst text (block), krav, träffar, hinder, utfall och poäng
kataloger/               kriterierna och poängreglerna som de var
originalens-hashar.jsonl SHA-256 för varje originaldokument, att jämföra med arkivet
beslut/                  människors beslut, om det fanns några

Filerna är vanlig JSON i UTF-8 och kan läsas utan programmet. Om programmet som kontrollerar är nyare än det som
förseglade och ger andra siffror säger kontrollen det: då är det programmet som har ändrats, inte dokumenten.
"""


@dataclass(frozen=True, slots=True)
class SealCheck:
    """What a check found. ``fingerprint`` is of the list of contents, and so of everything.

    ``damaged``: parts that are not as they were sealed, are missing or were added. ``rescored`` and ``reread``:
    procurements whose score, or whose requirements, come out otherwise today. ``sealed_with`` and ``checked_with``: the
    program's version then and now.
    """

    fingerprint: str
    originals: str
    procurements: int
    sealed_with: str
    checked_with: str
    damaged: tuple[str, ...] = ()
    rescored: tuple[str, ...] = ()
    reread: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Tell whether everything is as it was sealed and comes out the same."""
        return not (self.damaged or self.rescored or self.reread)


# --- sealing ------------------------------------------------------------------------------------


def seal(store: Path | str, out: Path | str, *, originals: str, decisions: Sequence[Path] = ()) -> str:
    """Pack a store into ``out`` (``.zip``) and return the fingerprint to register.

    ``originals`` says where the documents themselves are archived. Raises ``UsageError``, ``NothingToDoError`` and
    ``CannotWriteError``.
    """
    out = Path(out)
    if not originals.strip():
        raise UsageError("Ange med --originals var originaldokumenten är arkiverade. Utan dem kan ingen läsa om dem.")
    if out.suffix.lower() != ".zip":
        raise UsageError(f"En förseglad baslinje sparas som .zip, inte {out.name}.")
    with (
        open_store(store) as opened,
        replacing(out, binary=True) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        return _Sealing(archive).run(opened, originals.strip(), decisions)


@dataclass(slots=True)
class _Sealing:
    archive: zipfile.ZipFile
    parts: list[dict[str, str | int]] = field(default_factory=list)

    def run(self, store: Store, originals: str, decisions: Sequence[Path]) -> str:
        used, versions, count = set(), set(), 0
        ledger: list[bytes] = []

        def lines() -> Iterator[bytes]:
            nonlocal count
            for assessment in store.assessments():
                count += 1
                used.add(assessment.versions.catalogue_fingerprint)
                versions.add((assessment.versions.library, assessment.versions.catalogue, assessment.versions.scoring))
                ledger.extend(_original(assessment))
                yield assessment.model_dump_json().encode() + b"\n"

        self.add(_READ_ME, [_TEXT.encode()])
        self.add(_ASSESSMENTS, lines())
        if not count:
            raise NothingToDoError("Lagret är tomt: det finns inget att försegla.")
        self.add(_ORIGINALS, ledger)
        for fingerprint, catalogue in store.catalogues().items():
            if fingerprint in used:
                self.add(f"{_CATALOGUES}{fingerprint}.json", [compile_to_json(catalogue).encode()])
        for path in sorted(decisions, key=lambda p: p.name):
            self.add(f"{_DECISIONS}{path.name}", [_bytes_of(path)])
        contents: dict[str, Any] = {
            "seal_version": SEAL_VERSION,
            "schema_version": SCHEMA_VERSION,
            "store_version": STORE_VERSION,
            "originals": originals,
            "procurements": count,
            "library": metadata.version("cirkular-krav"),
            "assessed_with": [dict(zip(("library", "catalogue", "scoring"), v, strict=True)) for v in sorted(versions)],
            "libraries": _versions_of_libraries(),
            "parts": self.parts,
        }
        text = json.dumps(contents, ensure_ascii=False, indent=1, sort_keys=True).encode()
        self.add(CONTENTS, [text])
        return hashlib.sha256(text).hexdigest()

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        info = zipfile.ZipInfo(name, _DAY)
        info.compress_type = zipfile.ZIP_DEFLATED
        digest, size = hashlib.sha256(), 0
        with self.archive.open(info, "w", force_zip64=True) as part:
            for piece in pieces:
                part.write(piece)
                digest.update(piece)
                size += len(piece)
        self.parts.append({"name": name, "sha256": digest.hexdigest(), "bytes": size})


def _original(assessment: Assessment) -> Iterator[bytes]:
    for row in assessment.ledger:
        what = {"procurement": assessment.procurement.id, "path": row.path, "sha256": row.sha256, "status": row.status}
        yield json.dumps(what, ensure_ascii=False).encode() + b"\n"


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise UsageError(f"Beslutsfilen {path} finns inte eller får inte läsas.") from None


def _versions_of_libraries() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


# --- checking -----------------------------------------------------------------------------------


def verify_seal(path: Path | str) -> SealCheck:
    """Check every hash of a sealed file, find the requirements in its blocks again and score them again.

    Raises ``UsageError`` for what is no sealed file.
    """
    path = Path(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return _check(archive)
    except FileNotFoundError:
        raise UsageError(f"Filen {path} finns inte. Kontrollera sökvägen.") from None
    except (zipfile.BadZipFile, OSError, KeyError, ValueError, ValidationError):
        raise UsageError(
            f"{path} är ingen förseglad baslinje från cirkular-krav, eller är så skadad att den inte går att läsa."
        ) from None


def _check(archive: zipfile.ZipFile) -> SealCheck:
    text = archive.read(CONTENTS)
    contents = json.loads(text)
    damaged = tuple(_damaged(archive, {part["name"]: part["sha256"] for part in contents["parts"]}))
    rescored, reread = ((), ()) if damaged else _redone(archive)
    return SealCheck(
        fingerprint=hashlib.sha256(text).hexdigest(), originals=contents["originals"],
        procurements=contents["procurements"], sealed_with=contents["library"],
        checked_with=metadata.version("cirkular-krav"), damaged=damaged, rescored=rescored, reread=reread,
    )  # fmt: skip


def _damaged(archive: zipfile.ZipFile, parts: dict[str, str]) -> Iterator[str]:
    names = {info.filename for info in archive.infolist()} - {CONTENTS}
    yield from sorted(names ^ set(parts))
    for name in sorted(names & set(parts)):
        try:
            with archive.open(name) as part:
                if _digest(part) != parts[name]:
                    yield name
        except zipfile.BadZipFile:  # the ZIP's own checksum
            yield name


def _digest(part: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := part.read(1 << 20):
        digest.update(piece)
    return digest.hexdigest()


def _redone(archive: zipfile.ZipFile) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the procurements whose score, and whose requirements, come out otherwise from the same blocks."""
    catalogues = {
        name.removeprefix(_CATALOGUES).removesuffix(".json"): Catalogue.model_validate_json(archive.read(name))
        for name in archive.namelist()
        if name.startswith(_CATALOGUES)
    }
    rescored, reread = [], []
    with archive.open(_ASSESSMENTS) as lines:
        for line in lines:
            was = read_assessment(line)
            now = assess_again(was, catalogues[was.versions.catalogue_fingerprint])
            if now.model_copy(update={"versions": was.versions}) != was:
                rescored.append(was.procurement.id)
            if find_requirements(was.procurement) != was.requirements:
                reread.append(was.procurement.id)
    return tuple(rescored), tuple(reread)
