"""The one strict YAML loader: plain data with the line of every value, or sentences about what is wrong.

Read as events, so that aliases, merge keys, tags, deep nesting and large files are refused before anything is
built (a merge-key bomb takes over 10 s and 700 MB in the ordinary loaders, and 50,000 brackets crash the C one).
Unquoted words that YAML would turn into something else than the text seen (dates, ``no``, ``012``, ``1:30``) are
refused, since the person who wrote them meant text.
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 5_000_000
MAX_DEPTH = 20

# Where a value stands: keys and places in lists, from the top.
Place = tuple[str | int, ...]

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+\Z")
_SURPRISES = re.compile(
    r"(?i:yes|no|on|off|y|n|null|~|nan|inf|\.inf|\.nan)\Z|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[-+]?0[0-9_]+\Z|0[xob]|"
    r"[0-9]+(:[0-9]+)+\Z|[-+]?[0-9][0-9_]*[eE]|[0-9]+_[0-9]"
)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlFault(Exception):
    """A fault in a YAML file: the line (from 1) and a Swedish sentence."""

    def __init__(self, line: int, sentence: str) -> None:
        self.line = line
        self.sentence = sentence
        super().__init__(f"rad {line}: {sentence}")


class YamlData:
    """Plain data (dict, list, str, int, float, bool) that knows the line of every value by its path."""

    def __init__(self, data: Any, text: str) -> None:
        self.data = data
        self._text = text

    @cached_property
    def _lines(self) -> dict[Place, int]:
        # Only faults ask for lines, so the file is read again for them; keeping them always costs half the time.
        lines: dict[Place, int] = {}
        _Reader(self._text, lines).read()
        return lines

    def line(self, path: Place) -> int:
        """Return the line of the value at ``path``, or of the nearest parent that has one."""
        for end in range(len(path), -1, -1):
            if path[:end] in self._lines:
                return self._lines[path[:end]]
        return 1


def read_yaml(path: Path) -> YamlData:
    """Read a YAML file strictly; raises ``YamlFault`` with the line and what to write instead."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        shown, limit = (f"{number:,}".replace(",", " ") for number in (size, MAX_BYTES))
        raise YamlFault(1, f"Filen är {shown} byte, mer än gränsen {limit}. Dela upp den.")
    return parse_yaml(path.read_bytes())


def parse_yaml(raw: bytes) -> YamlData:
    """Parse YAML bytes as ``read_yaml`` does."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise YamlFault(line, "Filen är inte UTF-8. Spara den som UTF-8 i textredigeraren.") from None
    try:
        return YamlData(_Reader(text).read(), text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        if isinstance(error, yaml.reader.ReaderError):
            sentence = "Filen innehåller ett styrtecken som inte får finnas i YAML. Ta bort det."
        else:
            sentence = (
                "YAML-felet sitter här eller på raden före: kontrollera indrag, kolon och citattecken. "
                "Sätt text som innehåller kolon, # eller citattecken inom citattecken."
            )
        raise YamlFault(line, sentence) from None


class _Reader:
    """Builds plain data from the events of one file; with ``lines`` it notes the line of every value too."""

    def __init__(self, text: str, lines: dict[Place, int] | None = None) -> None:
        self._loader = _LOADER(text)
        self._next = self._loader.get_event
        self._lines = lines

    def read(self) -> Any:
        try:
            result = None
            for only in (True, False):
                event = self._next()
                while not isinstance(event, yaml.NodeEvent):
                    if isinstance(event, yaml.StreamEndEvent):
                        return result
                    event = self._next()
                if not only:
                    raise YamlFault(_line(event), "Filen har mer än ett dokument (---). Behåll ett.")
                result = self._build(event, (), 0)
            return result
        finally:
            self._loader.dispose()

    def _build(self, event: Any, path: Place, depth: int) -> Any:
        _check_plain(event)
        lines = self._lines
        if lines is not None:
            lines[path] = _line(event)
        kind = type(event)
        if kind is yaml.ScalarEvent:
            return _scalar(event)
        if depth >= MAX_DEPTH:
            raise YamlFault(_line(event), f"Filen har fler än {MAX_DEPTH} nivåer inuti varandra. Förenkla den.")
        following = self._next
        if kind is yaml.SequenceStartEvent:
            items: list[Any] = []
            while type(item := following()) is not yaml.SequenceEndEvent:
                items.append(self._build(item, (*path, len(items)) if lines is not None else (), depth + 1))
            return items
        mapping: dict[str, Any] = {}
        while type(key := following()) is not yaml.MappingEndEvent:
            name = _key(key)
            if name in mapping:
                raise YamlFault(_line(key), f"Nyckeln ”{name}” står två gånger. Behåll en av dem.")
            mapping[name] = self._build(following(), (*path, name) if lines is not None else (), depth + 1)
        return mapping


def _check_plain(event: Any) -> None:
    if type(event) is yaml.AliasEvent:
        raise YamlFault(_line(event), "Alias (*namn) får inte användas. Skriv ut värdet.")
    if event.anchor or event.tag not in (None, "!"):
        raise YamlFault(
            _line(event), "Ankare (&namn) och taggar (!typ) får inte användas. Skriv värdet som vanlig text."
        )


def _key(event: Any) -> str:
    _check_plain(event)
    if type(event) is not yaml.ScalarEvent:
        raise YamlFault(_line(event), "En nyckel måste vara ett ord, inte en lista.")
    if event.value == "<<":
        raise YamlFault(_line(event), "Sammanslagning (<<) får inte användas. Skriv ut värdena.")
    return str(event.value)


def _line(event: yaml.Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark else 1


def _scalar(event: yaml.ScalarEvent) -> Any:
    text = str(event.value)
    if event.style or not event.implicit[0]:
        return text
    if text in ("true", "false"):
        return text == "true"
    if len(text) > 4 and text[0].isalpha():
        return text  # an ordinary word: every surprise is shorter, or begins with a digit or a sign
    if text == "" or _SURPRISES.match(text):
        shown = text or "(tomt)"
        raise YamlFault(_line(event), f'Värdet {shown} kan missförstås. Sätt det inom citattecken: "{text}".')
    if _INTEGER.match(text) and len(text) < 16:
        return int(text)
    if _FLOAT.match(text) and len(text) < 16:
        if re.search(r"\.[0-9]+0\Z", text):
            raise YamlFault(_line(event), f'Talet {text} förlorar sin sista nolla. Är det en kod, skriv "{text}".')
        return float(text)
    return text
