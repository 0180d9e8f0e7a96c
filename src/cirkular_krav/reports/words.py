"""The texts a reader sees, and how numbers and places are written in a language.

All texts are whole sentences in ``texts/<language>.yaml``; a missing text falls back to Swedish, text by text.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from cirkular_krav.errors import UsageError
from cirkular_krav.models import DocxPlace, FieldPlace, LinePlace, PdfPlace, Place, Problem, SheetPlace
from cirkular_krav.yamlfile import read_yaml

_FOLDER = Path(__file__).parent / "texts"
_MEASURED = Path(__file__).parent / "measured.yaml"
SOURCE_LANGUAGE = "sv"


class Words:
    """The texts of one language."""

    def __init__(self, language: str, texts: dict[str, Any], fallback: dict[str, Any]) -> None:
        self.language = language
        self._texts = texts
        self._fallback = fallback

    def __call__(self, key: str, **values: object) -> str:
        """Return the text at a dotted key with its gaps filled."""
        text = self.get(key)
        return str(text).format(**values) if values else str(text)

    def get(self, key: str) -> Any:
        """Return what stands at a dotted key, in this language or else in Swedish."""
        found = _at(self._texts, key)
        found = _at(self._fallback, key) if found is None else found
        if found is None:
            raise KeyError(key)
        return found

    def language_of(self, key: str) -> str:
        """Return the language that the text at a key is in: this one, or Swedish when it was never translated."""
        return SOURCE_LANGUAGE if _at(self._texts, key) is None else self.language

    def has(self, key: str) -> bool:
        """Tell whether there is a text at the key."""
        try:
            self.get(key)
        except KeyError:
            return False
        return True

    def measured(self) -> str:
        """Say how right the program was where that could be measured, in words that every report has."""
        return self("measured", **_measured())

    def number(self, value: float, decimals: int = 0) -> str:
        """Write a number: decimal comma and spaced thousands in Swedish."""
        text = f"{value:,.{decimals}f}"
        if self.language == "en":
            return text
        return text.replace(",", "\u00a0").replace(".", ",")

    def percent(self, share: float) -> str:
        """Write a share 0–1 as whole per cent."""
        return f"{round(share * 100)}\u00a0%" if self.language != "en" else f"{round(share * 100)}%"

    def place(self, place: Place) -> str:
        """Write where something stands."""
        match place:
            case PdfPlace(page=page, end_page=end):
                return self("place.pages", page=page, end=end) if end and end != page else self("place.page", page=page)
            case DocxPlace():
                head = "heading" if place.heading_number else "paragraph"
                text = self(f"place.{head}", number=place.heading_number, paragraph=place.paragraph)
                return text + (self("place.row", row=place.row) if place.row else "")
            case SheetPlace(sheet=sheet, cells=cells):
                return self("place.sheet", sheet=sheet, cells=cells)
            case LinePlace(line=line):
                return self("place.line", line=line)
            case FieldPlace(field=field, lot=lot):
                return self("place.field_lot", field=field, lot=lot) if lot else self("place.field", field=field)

    def problem(self, problem: Problem) -> str:
        """Write a problem as a sentence: what, and what to do."""
        key = f"problems.{problem.code}"
        if not self.has(key):
            return self("problems.other", code=problem.code)
        values = _Gaps(problem.values, pages=problem.place)
        return str(self.get(key)).format_map(values)


class _Gaps(dict[str, object]):
    """Values for a sentence; a value that was not given is shown as a question mark instead of an error."""

    def __init__(self, values: dict[str, str | int], **more: object) -> None:
        super().__init__({**more, **values})

    def __missing__(self, key: str) -> str:
        return "?"


def _at(texts: Any, key: str) -> Any:
    for part in key.split("."):
        if isinstance(texts, list) and part.isdigit() and int(part) < len(texts):
            texts = texts[int(part)]
        else:
            texts = texts.get(part) if isinstance(texts, dict) else None
    return texts


@lru_cache(maxsize=1)
def _measured() -> dict[str, int]:
    """Return the parts of ten that were right and that were found, from the one file that holds the measurement."""
    measured = read_yaml(_MEASURED).data
    return {name: round(10 * measured[name]) for name in ("right", "found")}


def languages() -> list[str]:
    """Return the languages that have texts, Swedish first; a translator adds one by adding its file."""
    found = sorted(file.stem for file in _FOLDER.glob("*.yaml"))
    return sorted(found, key=lambda language: language != SOURCE_LANGUAGE)


@lru_cache(maxsize=8)
def load_words(language: str = SOURCE_LANGUAGE) -> Words:
    """Return the texts of a language; raises ``UsageError`` when there is no such file."""
    path = _FOLDER / f"{language}.yaml"
    if not path.is_file():
        raise UsageError(f"Språket {language} finns inte. Välj ett av: {', '.join(languages())}.")
    fallback = read_yaml(_FOLDER / f"{SOURCE_LANGUAGE}.yaml").data
    texts = fallback if language == SOURCE_LANGUAGE else read_yaml(path).data
    return Words(language, texts, fallback)


def title_of(entry: Any, language: str) -> str:
    """Return the title of a criterion, obstacle, category or band in the language."""
    return str(entry.title_en if language == "en" else entry.title_sv)
