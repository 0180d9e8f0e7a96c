"""Stored assessments: one JSON object a line, written whole or not at all, by one run at a time; or read from a store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from cirkular_krav.catalogue import compile_to_json
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import UsageError
from cirkular_krav.models import Assessment
from cirkular_krav.result_schema import NewerSchemaError, read_assessment
from cirkular_krav.store import is_store, open_store
from cirkular_krav.writing import replacing as replacing
from cirkular_krav.writing import write_bytes as write_bytes


def read_results(path: Path | str, *, blocks: bool = True) -> tuple[Assessment, ...]:
    """Read what ``write_results``, ``--json`` or ``update_store`` wrote, in order.

    Without ``blocks`` the documents of a store come without their text, which most uses do not need and a thousand
    procurements do not fit in memory with. Raises ``UsageError`` when it is something else.
    """
    return tuple(iterate_results(path, blocks=blocks))


def iterate_results(path: Path | str, *, blocks: bool = True) -> Iterator[Assessment]:
    """Yield what ``read_results`` reads, one at a time."""
    path = Path(path)
    if is_store(path):
        with open_store(path) as store:
            yield from store.assessments(blocks=blocks)
    else:
        yield from _iterate_json(path)


def _iterate_json(path: Path) -> Iterator[Assessment]:
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as file:
            # By line feeds alone: JSON leaves U+2028 and its kin as they are, and they end no line here.
            texts = (line for line in file if line.strip()) if path.suffix == ".jsonl" else iter([file.read()])
            for text in texts:
                yield read_assessment(text.encode())
    except FileNotFoundError:
        raise UsageError(f"Resultatfilen {path} finns inte. Kontrollera sökvägen.") from None
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"Resultatfilen {path} går inte att läsa som text.") from None
    except NewerSchemaError as error:
        raise UsageError(f"{path}: {error}") from None
    except ValueError:
        raise UsageError(
            f"{path} är ingen resultatfil från cirkular-krav. Gör den på nytt med cirkular-krav assess MAPP --out FIL."
        ) from None


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
            f"Resultat sparas som .json (en upphandling) eller .jsonl (flera), inte {path.suffix or path.name}. Ett lager "
            "(.sqlite) skrivs med --store."
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
