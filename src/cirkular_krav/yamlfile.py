"""The one strict YAML loader: plain data with the line of every value, or sentences about what is wrong.

Read as events, so that aliases, merge keys, tags, deep nesting and large files are refused before anything is
built (a merge-key bomb takes over 10 s and 700 MB in the ordinary loaders, and 50,000 brackets crash the C one).
Unquoted words that YAML would turn into something else than the text seen (dates, ``no``, ``012``, ``1:30``) are
refused, since the person who wrote them meant text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 5_000_000
MAX_DEPTH = 20

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


@dataclass
class YamlData:
    """Plain data (dict, list, str, int, float, bool) and the line of every value by its path."""

    data: Any
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)

    def line(self, path: tuple[str | int, ...]) -> int:
        """Return the line of the value at ``path``, or of the nearest parent that has one."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
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
    result = YamlData(None)
    events = _events(text)
    try:
        for event in events:
            if isinstance(event, yaml.NodeEvent):
                result.data = _build(event, events, (), result.lines)
                break
        for event in events:
            if isinstance(event, yaml.NodeEvent):
                raise YamlFault(_line(event), "Filen har mer än ett dokument (---). Behåll ett.")
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
    return result


def _events(text: str) -> Iterator[yaml.Event]:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise YamlFault(_line(event), "Alias (*namn) får inte användas. Skriv ut värdet.")
        if isinstance(event, yaml.NodeEvent) and (event.anchor or getattr(event, "tag", None) not in (None, "!")):
            raise YamlFault(
                _line(event), "Ankare (&namn) och taggar (!typ) får inte användas. Skriv värdet som vanlig text."
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise YamlFault(_line(event), f"Filen har fler än {MAX_DEPTH} nivåer inuti varandra. Förenkla den.")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        yield event


def _line(event: yaml.Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark else 1


def _build(event: yaml.Event, events: Iterator[yaml.Event], path: tuple[str | int, ...], lines: dict[Any, int]) -> Any:
    lines[path] = _line(event)
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Any] = []
        for item in events:
            if isinstance(item, yaml.SequenceEndEvent):
                break
            items.append(_build(item, events, (*path, len(items)), lines))
        return items
    mapping: dict[str, Any] = {}
    for key in events:
        if isinstance(key, yaml.MappingEndEvent):
            break
        if not isinstance(key, yaml.ScalarEvent):
            raise YamlFault(_line(key), "En nyckel måste vara ett ord, inte en lista.")
        name = str(key.value)
        if name == "<<":
            raise YamlFault(_line(key), "Sammanslagning (<<) får inte användas. Skriv ut värdena.")
        if name in mapping:
            raise YamlFault(_line(key), f"Nyckeln ”{name}” står två gånger. Behåll en av dem.")
        value = next(events)
        mapping[name] = _build(value, events, (*path, name), lines)
    return mapping


def _scalar(event: yaml.ScalarEvent) -> Any:
    text = str(event.value)
    if not event.implicit[0] or event.style:
        return text
    if text in ("true", "false"):
        return text == "true"
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
