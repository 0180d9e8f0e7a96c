"""How results of earlier versions are read: the numbered steps from each schema to the next (design D11).

A field that is new and has a default needs no step, since old results are then read as they are. A field that is
renamed, removed or means something else does: raise ``models.SCHEMA_VERSION`` by one and add here the step from the
version before. A step is never changed once results have been written after it. It gets the JSON object of one
assessment and returns that of the next version; blocks may be left out of the documents.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from cirkular_krav.errors import UsageError
from cirkular_krav.models import SCHEMA_VERSION, Assessment

Step = Callable[[dict[str, Any]], dict[str, Any]]

# Version → how its results become those of the next. Every result that has been written so far is of version 1.
STEPS: dict[int, Step] = {}

_VERSION = re.compile(rb'\s*\{\s*"schema_version"\s*:\s*(\d+)')


class NewerSchemaError(UsageError):
    """The result was written by a later version of the program than this one."""

    def __init__(self, version: int) -> None:
        super().__init__(
            f"Resultatet är skrivet av en nyare version av cirkular-krav (schemaversion {version}; den här läser till och "
            f"med {SCHEMA_VERSION}). Installera den nyare versionen."
        )


def read_assessment(text: bytes) -> Assessment:
    """Return an assessment from its JSON, whichever version wrote it.

    Raises ``NewerSchemaError``, and ``ValueError`` (which pydantic's error is) for what is no assessment.
    """
    if is_of_this_version(text):
        return Assessment.model_validate_json(text)
    return Assessment.model_validate_json(json.dumps(upgraded(json.loads(text))))


def is_of_this_version(text: bytes) -> bool:
    """Tell from the beginning of the JSON, where the version stands, whether it needs no step."""
    found = _VERSION.match(text)
    return found is not None and int(found[1]) == SCHEMA_VERSION


def upgraded(data: dict[str, Any]) -> dict[str, Any]:
    """Take the steps from the version of a result to this one; ``ValueError`` for what has none."""
    first = data.get("schema_version") if isinstance(data, dict) else None
    if not isinstance(first, int) or (first < SCHEMA_VERSION and first not in STEPS):
        raise ValueError("no result")
    if first > SCHEMA_VERSION:
        raise NewerSchemaError(first)
    for version in range(first, SCHEMA_VERSION):
        data = {**STEPS[version](data), "schema_version": version + 1}
    return data
