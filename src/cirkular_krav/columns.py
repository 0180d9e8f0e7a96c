"""What the columns of a requirement table mean, read from their headers (``domain.md`` 3.8)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

ColumnRole = Literal[
    "number", "requirement", "title", "label", "must", "should", "answer", "weight", "evidence", "follow_up", "other",
]  # fmt: skip

# Ordered: the first pattern that fits a header decides.
_PATTERNS: tuple[tuple[ColumnRole, re.Pattern[str]], ...] = (
    ("number", re.compile(r"^(nr|nummer|id|(?:krav|fråge?)[- ]?(?:id|nr|nummer)|kravets (?:id|nr|nummer)|pos|punkt|rad|#|ref|löpnr|kod)\.?$")),
    ("must", re.compile(r"^(ska|skall|ska-?krav|skall-?krav|obl|obligatoriskt?)( \(?[a-zå]\)?)?$")),
    ("should", re.compile(r"^(bör|bör-?krav|önskemål|mervärde)( \(?[a-zö]\)?)?$")),
    ("label", re.compile(r"^(typ|kravtyp|typ av krav|ska ?/ ?bör|skall? ?/ ?bör|s ?/ ?b|o ?/ ?b|kategori krav|kravklass|prioritet|prio|klassning|krav-?kategori)")),
    ("title", re.compile(r"^krav(?:ets)?[- ]?(?:område|rubrik|grupp|namn)")),
    ("weight", re.compile(r"vikt(?!ig)(?!.*\b(?:kg|kilo|gram|g|ton)\b)|poäng|^(?:procent|%)$|mervärde \(|prisavdrag")),
    ("evidence", re.compile(r"verifi|bevis|dokumentation|styrk|intyg")),
    ("follow_up", re.compile(r"uppfölj|kontroll|rapporter")),
    ("answer", re.compile(r"(?<!an)svar|uppfyll|ja ?/ ?nej|^ja$|^nej$|kommentar|bifog|hänvis|anbudsgivarens|leverantörens (svar|komm)|fritext|à-?pris|a-?pris|^pris|summa")),
    ("requirement", re.compile(r"krav|beskrivning|fråga|specifikation|funktion|kriteri|villkor|text|innehåll|åtagande")),
    ("title", re.compile(r"rubrik|område|benämning|egenskap|produkt|artikel|avser|moment|parameter|grupp|namn")),
)  # fmt: skip
# A cell that says nothing but how strongly its row binds, whatever its column is called.
_STRENGTH = re.compile(r"(?:ska|skall|bör)(?:-?krav)?|obligatorisk[at]?|obl\.?|önskemål|önskvärt", re.IGNORECASE)
_NAMES_REQUIREMENTS = re.compile(r"krav|villkor|kriteri|uppfyll|åtagande|ja ?/ ?nej", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Columns:
    """The role of each column of one table."""

    roles: tuple[ColumnRole, ...]
    names_requirements: bool = False

    @property
    def holds_requirements(self) -> bool:
        """Tell whether the table says that its rows are requirements: it speaks of krav, ska, bör or fulfilment.

        A glossary, a price list, a plan of activities and a list of questions have columns for text and number too.
        """
        roles = set(self.roles)
        if "requirement" not in roles:
            return False
        return bool({"label", "must", "should"} & roles) or (
            self.names_requirements and bool({"answer", "number"} & roles)
        )

    def first(self, role: ColumnRole, cells: Sequence[str]) -> str:
        """Return the first filled cell of a role, or an empty text."""
        return next((cell for r, cell in zip(self.roles, cells, strict=False) if r == role and cell), "")

    def all(self, role: ColumnRole, cells: Sequence[str]) -> list[str]:
        """Return the filled cells of a role."""
        return [cell for r, cell in zip(self.roles, cells, strict=False) if r == role and cell]

    def name(self, role: ColumnRole, header: Sequence[str]) -> str:
        """Return the header of the first column of a role, or an empty text."""
        return next((name for r, name in zip(self.roles, header, strict=False) if r == role), "")


@lru_cache(maxsize=1_000)
def read_columns(header: tuple[str, ...]) -> Columns:
    """Return what each column means, from its header alone."""
    roles = [_role(name) for name in header]
    if "requirement" not in roles and roles.count("title") == 1 and {"label", "must"} & set(roles):
        roles[roles.index("title")] = "requirement"
    if "requirement" not in roles and "title" not in roles and "must" in roles:
        roles[roles.index("must")] = "requirement"  # "Skallkrav" over the text itself
    return Columns(tuple(roles), any(_NAMES_REQUIREMENTS.search(name) for name in header))


def columns_of(header: tuple[str, ...], cells: Sequence[str]) -> Columns:
    """Return what each column of a row means, from its header and from a cell that says how strongly the row binds."""
    columns = read_columns(header)
    said = next((i for i, cell in enumerate(cells) if _STRENGTH.fullmatch(cell.strip())), None)
    roles = list(columns.roles)
    if said is not None and len(roles) == len(cells) and roles[said] not in ("label", "must", "should", "answer"):
        roles[said] = "label"
    binding = {"label", "must", "should"} & set(roles)
    if not binding or "requirement" in roles:
        return Columns(tuple(roles), columns.names_requirements)
    named = [i for i, role in enumerate(roles) if role in ("title", "other") and i < len(cells)]
    longest = max(named, key=lambda i: len(cells[i]), default=None)
    if longest is not None:
        roles[longest] = "requirement"
    return Columns(tuple(roles), columns.names_requirements)


def _role(name: str) -> ColumnRole:
    name = name.lower().strip(" :.*?")
    return next((role for role, pattern in _PATTERNS if pattern.search(name)), "other")


def label_of(columns: Columns, cells: Sequence[str]) -> str:
    """Return the row's own word for its obligation: its type cell, or the marked one of a ska and a bör column."""
    label = columns.first("label", cells)
    if label:
        return label
    for role, word in (("must", "Ska"), ("should", "Bör")):
        marked = columns.first(role, cells)  # type: ignore[arg-type]
        if marked and marked.lower() not in ("nej", "-", "–"):
            return word
    return ""
