"""A folder for each procurement of the frame, with its facts filled in, ready for the documents.

A ``procurement.yaml`` that is there is never written over: a person may have changed it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from cirkular_krav.discovery import DOCUMENTS_FOLDER
from cirkular_krav.errors import CannotWriteError
from cirkular_krav.facts import FACTS_FILE
from cirkular_krav.frame_file import FrameRow
from cirkular_krav.organisation_number import format_organisation_number
from cirkular_krav.writing import write_bytes

_LONGEST = 60
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")


def make_folders(rows: Sequence[FrameRow], root: Path) -> dict[str, tuple[tuple[FrameRow, Path], ...]]:
    """Make ``root/<organisation>/<id>-<title>/documents`` with ``procurement.yaml``; return the folders by organisation.

    Raises ``CannotWriteError``. What is there already is left as it is.
    """
    made: dict[str, list[tuple[FrameRow, Path]]] = {}
    for row in rows:
        organisation = plain(row.buyer) or plain(row.organisation_number) or "okand-kopare"
        folder = root / organisation / (plain(f"{row.frame_id} {row.title}") or "upphandling")
        try:
            (folder / DOCUMENTS_FOLDER).mkdir(parents=True, exist_ok=True)
        except OSError:
            raise CannotWriteError(
                f"Mappen {folder} kan inte skapas. Kontrollera att du får skriva i {root}."
            ) from None
        if not (folder / FACTS_FILE).exists():
            write_bytes(folder / FACTS_FILE, facts_yaml(row).encode())
        made.setdefault(organisation, []).append((row, folder))
    return {organisation: tuple(found) for organisation, found in sorted(made.items())}


def facts_yaml(row: FrameRow) -> str:
    """Return the row as ``procurement.yaml``; what the frame does not say is left out for a person to fill in."""
    number = format_organisation_number(row.organisation_number) if row.organisation_number else ""
    fields: dict[str, object] = {
        "schema_version": 1,
        "id": row.frame_id,
        "title": row.title,
        "buyer": row.buyer,
        "organisation_number": number,
        "published": row.published,
        "cpv": [row.cpv] if row.cpv else [],
        "agreement_form": row.agreement_form,
        "frame_id": row.frame_id,
        "note": row.database,
    }
    # A JSON string is a double-quoted YAML string, whatever it holds.
    lines = [
        f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items() if value not in ("", [])
    ]
    return "\n".join(lines) + "\n"


def plain(text: str) -> str:
    """Return a name that every file system takes: small letters a–z, digits and hyphens, at most 60."""
    ascii_only = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return _NOT_PLAIN.sub("-", ascii_only).strip("-")[:_LONGEST].rstrip("-")
