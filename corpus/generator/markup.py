"""The plain text that procurements are written in, with the label beside the sentence it labels.

A source file starts with a few lines of YAML between ``---`` and goes on in a small markup (corpus/README.md
has the table). ``[[text ¤ marks]]`` is a labelled requirement; the marks never reach the rendered document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

import yaml

KINDS = {
    "ts": "technical_specification", "kv": "selection_criterion", "tk": "award_criterion",
    "skv": "contract_condition", "form": "formal", "info": "information",
}  # fmt: skip
OBLIGATIONS = {
    "ska": "mandatory", "effort": "effort", "visa": "disclose", "bör": "desirable",
    "kan": "option", "upplysning": "information",
}  # fmt: skip
DIFFICULTIES = ("near", "inflected", "paraphrase")
UNITS = {"år": "years", "%": "percent"}

_LABEL = re.compile(r"\[\[(.*?)(?:¤([^\]]*))?\]\]", re.DOTALL)
_ID = re.compile(r"[A-Z]{3}-\d\d$|IT-\d\d$")
_WISH = ("b", "bör", "bör-krav")
_ORDERED = re.compile(r"(\d+|[a-z])\) ")
INVENTED = "Handlingen är påhittad och ingår i övningsmaterialet till cirkular-krav."


@dataclass
class Label:
    """One labelled requirement, as the author of the text meant it."""

    text: str
    kind: str
    obligation: str = "mandatory"
    criteria: list[str] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)
    near_miss_of: list[str] = field(default_factory=list)
    quantities: list[dict[str, Any]] = field(default_factory=list)
    award_share: float | None = None
    difficulty: str = ""
    doubtful: bool = False
    stem: str = ""
    place: str = ""
    strength_given: bool = False


@dataclass
class Node:
    """A heading, paragraph, bullet, table … ``text`` may hold ``**bold**`` but no label marks."""

    kind: str
    text: str = ""
    level: int = 1
    number: str = ""
    rows: list[list[str]] = field(default_factory=list)
    header: bool = False
    options: dict[str, str] = field(default_factory=dict)
    labels: list[Label] = field(default_factory=list)
    cell_labels: dict[tuple[int, int], list[Label]] = field(default_factory=dict)


@dataclass
class Source:
    """A whole source file: its settings and its nodes."""

    name: str
    settings: dict[str, Any]
    nodes: list[Node]

    @property
    def labels(self) -> list[Label]:
        """All labels in reading order."""
        out: list[Label] = []
        for node in self.nodes:
            out.extend(node.labels)
            for key in sorted(node.cell_labels):
                out.extend(node.cell_labels[key])
        return out


def read_source(path: Path, facts: dict[str, Any]) -> Source:
    """Read one source file; raises ``ValueError`` with file and line for marks that are not known."""
    raw = path.read_text(encoding="utf-8")
    head, body = raw.split("\n---\n", 1)
    words = {k: v for k, v in facts.items() if isinstance(v, str)}
    settings = yaml.safe_load(Template(head.removeprefix("---\n")).safe_substitute(words)) or {}
    body = Template(_include(body, path)).safe_substitute(words)
    parser = _Parser(settings, path.name)
    nodes = parser.parse(body.split("\n"))
    if settings.get("invented", True) and settings.get("renderer") != "xlsx":
        nodes.append(Node("small", INVENTED))
    return Source(str(settings["file"]), settings, nodes)


def _include(body: str, path: Path) -> str:
    common = path.parent.parent / "gemensamt"
    lines = []
    for line in body.split("\n"):
        if line.startswith("!include "):
            lines.append((common / line.split(maxsplit=1)[1]).read_text(encoding="utf-8"))
        else:
            lines.append(line)
    return "\n".join(lines)


def plain(text: str) -> str:
    """Return the text without bold marks and with single spaces."""
    return re.sub(r"\s+", " ", text.replace("**", "")).strip()


class _Parser:
    def __init__(self, settings: dict[str, Any], name: str) -> None:
        self.settings = settings
        self.name = name
        self.kind = KINDS[settings.get("kind", "ts")]
        self.nodes: list[Node] = []
        self.counters = [0, 0, 0, 0]
        self.table_options: dict[str, str] = {}
        self.buffer: list[str] = []

    def parse(self, lines: list[str]) -> list[Node]:
        for line in lines:
            self._line(line.rstrip())
        self._flush()
        return self.nodes

    def _line(self, line: str) -> None:
        stripped = line.strip()
        if stripped.startswith("%%"):
            return
        if not stripped:
            self._flush()
            # An empty line ends a table, so that two tables may follow each other.
            if self.nodes and self.nodes[-1].kind == "table":
                self._add(Node("gap"))
        elif stripped.startswith("!") or stripped.startswith("#") or stripped.startswith("|"):
            self._flush()
            self._special(stripped)
        elif stripped.startswith(("- ", "-- ", "= ", "> ")) or _ORDERED.match(stripped):
            self._flush()
            self.buffer = [stripped]
        else:
            self.buffer.append(stripped)

    def _special(self, line: str) -> None:
        if line.startswith("|"):
            self._row(line)
        elif line.startswith("#"):
            self._heading(line)
        elif line.startswith("!kind "):
            self.kind = KINDS[line.split()[1]]
        elif line.startswith("!table"):
            self.table_options = dict(part.split("=", 1) for part in line.split()[1:])
        else:
            word, _, rest = line[1:].partition(" ")
            self._add(Node(word, rest))

    def _heading(self, line: str) -> None:
        marks, _, text = line.partition(" ")
        level = marks.count("#")
        node = Node("heading", text, level)
        if self.settings.get("numbered", True) and not marks.endswith("*"):
            self.counters[level - 1] += 1
            self.counters[level:] = [0] * (len(self.counters) - level)
            node.number = ".".join(str(n) for n in self.counters[:level])
        self._add(node)

    def _row(self, line: str) -> None:
        header = line.startswith("|=")
        cells = [cell.strip() for cell in line.removeprefix("|=").removeprefix("|").removesuffix("|").split("|")]
        last = self.nodes[-1] if self.nodes else None
        if last is None or last.kind != "table" or header:
            last = Node("table", header=header, options=self.table_options)
            self.table_options = {}
            self.nodes.append(last)
        row = len(last.rows)
        out = []
        for column, cell in enumerate(cells):
            text, labels = self._labels(cell)
            if labels:
                last.cell_labels[(row, column)] = labels
            out.append(text)
        last.rows.append(out)
        # A row marked B or Bör in a column of its own is a wish, unless the label says otherwise.
        if any(plain(cell).lower() in _WISH for cell in out):
            for (line, _), labels in last.cell_labels.items():
                for label in labels:
                    if line == row and not label.strength_given:
                        label.obligation = "desirable"

    def _flush(self) -> None:
        if not self.buffer:
            return
        text = " ".join(self.buffer)
        self.buffer = []
        kind, level, options = "para", 1, {}
        if text.startswith("-- "):
            kind, level, text = "bullet", 2, text[3:]
        elif text.startswith("- "):
            kind, text = "bullet", text[2:]
        elif text.startswith("= "):
            kind, text = "control", text[2:]
        elif text.startswith("> "):
            kind, text = "box", text[2:]
        elif match := _ORDERED.match(text):
            kind, text, options = "ordered", text[match.end() :], {"label": match.group(1)}
        icon = re.match(r":([A-Z]): ", text)
        if icon:
            options, text = {"icon": icon.group(1)}, text[icon.end() :]
        text, labels = self._labels(text)
        if kind in ("bullet", "ordered"):
            stem = self._stem()
            for label in labels:
                label.stem = stem
        self._add(Node(kind, text, level, options=options, labels=labels))

    def _stem(self) -> str:
        for node in reversed(self.nodes):
            if node.kind in ("bullet", "ordered"):
                continue
            return plain(node.text) if node.kind in ("para", "heading") and node.text.endswith(":") else ""
        return ""

    def _add(self, node: Node) -> None:
        self.nodes.append(node)

    def _labels(self, text: str) -> tuple[str, list[Label]]:
        labels: list[Label] = []

        def take(match: re.Match[str]) -> str:
            inner = match.group(1).strip()
            labels.append(self._label(plain(inner), (match.group(2) or "").split()))
            return inner

        return _LABEL.sub(take, text), labels

    def _label(self, text: str, marks: list[str]) -> Label:
        label = Label(text, self.kind)
        for mark in marks:
            if mark in KINDS:
                label.kind = KINDS[mark]
                if mark == "info":
                    label.obligation = "information"
            elif mark in OBLIGATIONS:
                label.obligation = OBLIGATIONS[mark]
                label.strength_given = True
            elif mark in DIFFICULTIES:
                label.difficulty = mark
            elif mark == "?":
                label.doubtful = True
            elif mark.startswith("~") and _ID.match(mark[1:]):
                label.near_miss_of.append(mark[1:])
            elif mark.startswith("HIN-"):
                label.obstacles.append(mark)
            elif _ID.match(mark):
                label.criteria.append(mark)
            elif mark.startswith("q="):
                label.quantities.append(_quantity(mark[2:]))
            elif mark.startswith("w="):
                label.award_share = round(float(mark[2:]) / 100, 4)
            else:
                raise ValueError(f"{self.name}: okänt märke {mark!r} vid {text[:60]!r}")
        return label


def _quantity(text: str) -> dict[str, Any]:
    direction = next(d for d in (">=", "<=", "=") if text.startswith(d))
    value, unit = text.removeprefix(direction).split("/", 1)
    number = float(value.replace(",", "."))
    return {
        "value": int(number) if number.is_integer() else number,
        "unit": UNITS.get(unit, unit),
        "direction": direction,
    }
