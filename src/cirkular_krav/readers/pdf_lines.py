"""From the lines of a PDF page to paragraphs, headings and list items, in the order of the content stream."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from cirkular_krav.readers.pdf_page import Line
from cirkular_krav.text import join_lines

_BULLET = re.compile(r"(?:[•●○◦▪■▫‣⁃∙·►➢➤✓✔\uf000-\uf0ff]\s*|[-–—](?:\s+|(?=[^\W\d]))|o\s+(?!s\.? ?v|dyl))(?=\S)")
_PLAIN = re.compile(r"(?!Krav )[A-ZÅÄÖa-zåäö][a-zåäöé]+[ ,]")  # most lines: spares them the patterns below
_BULLET_ALONE = re.compile(r"[•●○◦▪■▫‣⁃∙·►➢➤✓✔\uf000-\uf0ff\-–—o]$")
_ITEM = re.compile(r"(\(?(?:\d{1,3}|[a-zåäö]|[ivx]{2,5})\)|(?:\d{1,3}|[a-zåäö]|[ivx]{2,5})\.)\s+(?=\S)")
_ITEM_ALONE = re.compile(
    r"(?:\(?(?:\d{1,3}|[a-zåäö]|[ivx]{2,5})\)|(?:\d{1,3}|[a-zåäö])\.|\d{1,3}(?:\.\d{1,3}){1,6}\.?)$"
)
_MULTI = re.compile(r"(\d{1,3}(?:\.\d{1,3}){1,6})\.?\s+(?=[A-ZÅÄÖÉ0-9(\[\"“”»])")
_SINGLE = re.compile(r"([1-9]\d?)\.?\s+(?=[A-ZÅÄÖÉ])")
_AMA = re.compile(r"(AF[A-Z]?(?:\.\d{1,5})?(?:/\d)?|[A-Z]{1,4}\.\d{1,5}(?:/\d)?)\s+(?=[A-ZÅÄÖ\"“”])")
_AMA_ALONE = re.compile(r"(?:AF[A-Z]?(?:\.\d{1,5})?|[A-Z]{2,4}\.\d{1,5})(?:/\d)?$")
_SECTION = re.compile(r"((?:\d{1,2} kap\. )?\d{1,3}(?: ?[a-z])? §)\s+(?=\S)")
_KRAV_ID = re.compile(
    r"((?:[A-ZÅÄÖ]{1,4}[-.]?\d{1,4}(?:\.\d{1,4})*|(?:SK|BK|TK|KK|SKA|BÖR|Krav) \d{1,3}(?:\.\d{1,3})+))[.:)]?\s+(?=[A-ZÅÄÖ])"
)
_MODAL = re.compile(r"\b(?:ska|skall|bör|måste|får|krävs|accepteras|shall|must|should)\b", re.IGNORECASE)
_SENTENCE_END = (".", "!", "?", ":", ";", ".”", '."', ".)", "…")
_LEADERS = re.compile(r"(?:\.{4,}|(?:\. ){4,}|…{2,}|_{5,})\s*\.?\s*\d{1,4}\s*$")
_NUMBER_LAST = re.compile(r"\S\s+\d{1,4}$")
_CONTENTS = re.compile(r"(?:innehåll|innehållsförteckning|contents|table of contents)\s*:?$", re.IGNORECASE)
_DANGLING = frozenset(
    [
        "och",
        "eller",
        "samt",
        "att",
        "som",
        "för",
        "av",
        "i",
        "på",
        "till",
        "med",
        "den",
        "det",
        "de",
        "en",
        "ett",
        "vid",
        "från",
        "om",
        "enligt",
        "inom",
        "under",
        "mellan",
        "utan",
        "än",
        "ej",
        "inte",
        "är",
        "ska",
        "skall",
        "bör",
        "får",
        "kan",
        "måste",
        "har",
        "vara",
        "bli",
    ]
)
_AMOUNT = re.compile(r"[\d\s.,:–-]{1,20}(?:sek|kr|kronor|tkr|mkr|%|procent|timmar|st|år)?$", re.IGNORECASE)
_MAX_HEADING = 160
_BIG = 1.08
# What TendSign, Mercell and Kommers print for the control a tenderer answers with: always a piece of its own.
_ANSWER = re.compile(
    r"(?:ja/nej\b.{0,40}|fritext|bifogad fil(?:er)?|bilaga bifogas|flerval|enval|välj ett alternativ|val från lista"
    r"|numeriskt(?: värde)?|numerisk|datum|tal|pris|prisfält|prismatris\b.{0,20}|leverantörskommentar tillåten"
    r"|kryssruta|svarsalternativ)\s*[.:]?$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Group:
    """Lines that belong together; ``label`` is the bullet or number in front, which ``text`` does not hold."""

    lines: list[Line]
    kind: str = "paragraph"
    label: str = ""
    level: int = 0

    @property
    def text(self) -> str:
        """The lines joined, with hyphened words healed."""
        return join_lines([line.text for line in self.lines])


@dataclass(slots=True)
class Typography:
    """What is known so far of the document's type: how much text stands in each size, leading, heading levels."""

    sizes: Counter[float] = field(default_factory=Counter)
    leading: dict[float, float] = field(default_factory=dict)
    last_level: int = 0
    last_size: float = 0.0
    indents: list[float] = field(default_factory=list)

    def learn(self, lines: list[Line]) -> None:
        """Count the sizes and measure the leading of one more page."""
        gaps: dict[float, list[float]] = {}
        before: Line | None = None
        for line in lines:
            size = _step(line.size)
            self.sizes[size] += len(line.text)
            if before is not None and _step(before.size) == size:
                gap = before.y0 - line.y0
                if 0.7 * size < gap < 2.5 * size:
                    gaps.setdefault(size, []).append(gap)
            before = line
        for size, found in gaps.items():
            if len(found) >= 4:
                found.sort()
                self.leading[size] = found[len(found) * 3 // 10]

    @property
    def body(self) -> float:
        """The size that most text stands in."""
        return self.sizes.most_common(1)[0][0] if self.sizes else 10.0

    def leading_of(self, size: float) -> float:
        """The usual distance between the lines of a paragraph in this size."""
        return self.leading.get(_step(size), 1.2 * size)


def _step(size: float) -> float:
    return round(size * 2) / 2


# --- contents pages ---


def mark_contents(lines: list[Line], inside: bool) -> bool:
    """Mark the lines of a table of contents; ``inside`` and the answer tell whether one goes on over the page break."""
    misses = 0
    for line in lines:
        if line.layer != "body" or line.table:
            continue
        if _LEADERS.search(line.text) or _CONTENTS.match(line.text):
            line.layer, misses, inside = "contents", 0, True
        elif inside and _NUMBER_LAST.search(line.text) and not line.text.endswith("%"):
            line.layer, misses = "contents", 0
        elif inside:
            misses += 1
            inside = misses < 2 and len(line.text) < 90 and not line.text.endswith(".")
    return inside


# --- lines to groups ---


def group_lines(lines: list[Line], type_: Typography) -> list[Group]:
    """Divide the body lines of one page into paragraphs, headings and list items."""
    lines = _attach_labels(lines)
    groups: list[Group] = []
    edges = _right_edges(lines)
    before: Line | None = None
    for number, line in enumerate(lines):
        kind, label, length = _marker(line, type_)
        joins = before is not None and not _begins(
            groups[-1], before, line, edges[number - 1], kind == "list_item" or bool(label), type_
        )
        if joins:
            groups[-1].lines.append(line)
        else:
            if label and not line.label:
                line.text = line.text[length:].lstrip()
                if not line.text_x0:
                    line.text_x0 = line.x0 + min(2.5, 0.5 * len(label) + 1) * 0.6 * line.size
            groups.append(Group([line], kind, label))
        before = line
    return [group for group in groups if not (len(group.lines) == 1 and _BULLET_ALONE.match(group.lines[0].text))]


def _attach_labels(lines: list[Line]) -> list[Line]:
    """Give a bullet or number that stands as a line of its own to the line beside it.

    Some programs (iText) write the bullet after the text it stands before.
    """
    out: list[Line] = []
    waiting: Line | None = None
    for line in lines:
        if waiting is not None:
            if abs(line.y0 - waiting.y0) < 0.6 * line.size and line.x0 >= waiting.x1 - 1 and not line.label:
                line.label, line.text_x0, line.x0 = waiting.text, line.x0, waiting.x0
                out.remove(waiting)
            waiting = None
        if len(line.text) <= 12 and (
            _BULLET_ALONE.match(line.text) or _ITEM_ALONE.match(line.text) or _AMA_ALONE.match(line.text)
        ):
            beside = next(
                (other for other in reversed(out[-12:])
                 if abs(other.y0 - line.y0) < 0.6 * other.size and other.x0 >= line.x1 - 1 and not other.label), None,
            )  # fmt: skip
            if beside is not None:
                beside.label, beside.text_x0, beside.x0 = line.text, beside.x0, line.x0
                continue
            waiting = line
        out.append(line)
    return out


def _marker(line: Line, type_: Typography) -> tuple[str, str, int]:
    """Return what the line would begin if it begins something: kind, label, and the label's length in the text."""
    if line.label:
        kind = "paragraph" if _AMA_ALONE.match(line.label) or "." in line.label[:-1] else "list_item"
        return kind, _bullet(line.label), 0
    text = line.text
    if _PLAIN.match(text):
        return "paragraph", "", 0
    if found := _BULLET.match(text):
        return "list_item", _bullet(found.group().strip()), found.end()
    for pattern in (_MULTI, _AMA, _SECTION, _KRAV_ID):
        if found := pattern.match(text):
            return "paragraph", found.group(1), found.end()
    if found := _SINGLE.match(text):
        if line.bold_start or line.size > _BIG * type_.body:
            return "paragraph", found.group(1), found.end()
        if text[len(found.group(1))] != ".":
            return "paragraph", "", 0
    if found := _ITEM.match(text):
        return "list_item", found.group(1), found.end()
    return "paragraph", "", 0


def _bullet(label: str) -> str:
    """A glyph of the Symbol or Wingdings fonts has no meaning outside them: it stands for a bullet."""
    return "•" if "\uf000" <= label[0] <= "\uf0ff" else label


def _right_edges(lines: list[Line]) -> list[float]:
    """Return for each line where its column ends: the furthest right that a neighbour in the same type reaches."""
    edges: list[float] = []
    count = len(lines)
    for number, line in enumerate(lines):
        size, low, high = line.size, line.x0 - 60, line.x0 + 60
        edge = line.x1
        for other in lines[max(0, number - 7) : min(count, number + 8)]:
            if other.x1 > edge and low <= other.x0 <= high and abs(other.size - size) < 0.06 * size:
                edge = other.x1
        edges.append(edge)
    return edges


def _begins(group: Group, before: Line, line: Line, edge: float, marked: bool, type_: Typography) -> bool:
    """Tell whether ``line`` begins something new rather than going on from ``before``."""
    if line.region != before.region or line.layer != before.layer:
        return True
    size = before.size
    if _ANSWER.match(line.text) or _ANSWER.match(before.text):
        return True
    gap = before.y0 - line.y0
    leading = type_.leading_of(size)
    unfinished = not before.text.endswith(_SENTENCE_END)
    goes_on = unfinished and (line.text[:1].islower() or _is_dangling(before.text))
    difference = abs(line.size - size) / max(size, line.size, 0.1)
    if difference > (0.25 if goes_on and 0 < gap < 1.6 * leading else 0.08):
        return True
    if abs(gap) <= 0.5 * size:
        return not (0 <= line.x0 - before.x1 < 3 * size) or bool(line.label)
    if gap < 0:
        return not goes_on or bool(line.label)
    if line.x0 > before.x1 or line.x1 < before.x0 - 2 * size:
        return not (goes_on and gap < 1.3 * leading)
    fits = _would_fit(before, line, edge)
    # A number or a dash at a line's beginning may belong to the sentence; a bullet never does.
    may_be_text = (line.text[0].isalnum() or line.text[0] in "-–—(") and gap < 1.15 * leading
    if line.label or (marked and not (may_be_text and unfinished and not fits)):
        return True
    if before.bold_end != line.bold_start and not goes_on:
        return True
    if gap > 1.22 * leading and not (goes_on and gap < 2.2 * leading):
        return True
    if goes_on:
        return False
    if group.label and line.x0 < group.lines[0].x0 - 3:
        return True
    if fits:
        return True
    finished = not unfinished
    return finished and not group.label and line.x0 - before.x0 > 0.8 * size


def _is_dangling(text: str) -> bool:
    """Tell whether a line ends in the middle of something: a comma, a hyphen, a word that wants another one."""
    return text[-1] in "\x02,-" or text.rsplit(" ", 1)[-1].lower() in _DANGLING


def _would_fit(before: Line, line: Line, edge: float) -> bool:
    """Tell whether the first word of ``line`` would have had room on ``before``: then the break was meant."""
    word = line.text.split(" ", 1)[0]
    width = (line.x1 - line.x0) * (len(word) + 1.5) / max(len(line.text), 1)
    return before.x1 + width < edge - 0.01 * edge


# --- groups to kinds ---


def classify(groups: list[Group], type_: Typography) -> None:
    """Set the kind, label and level of each group: what is a heading, and how deep a list item stands."""
    for number, group in enumerate(groups):
        if _is_heading(group, groups[number + 1] if number + 1 < len(groups) else None, type_):
            _make_heading(group, type_)
            type_.indents.clear()
        elif group.kind == "list_item":
            group.level = _list_level(group.lines[0].x0, type_.indents)
        elif type_.indents and group.lines[0].x0 < type_.indents[0] - 2:
            type_.indents.clear()


def _list_level(x0: float, indents: list[float]) -> int:
    while indents and x0 < indents[-1] - 4:
        indents.pop()
    if not indents or x0 > indents[-1] + 4:
        indents.append(x0)
    return min(len(indents) - 1, 8)


def _is_heading(group: Group, following: Group | None, type_: Typography) -> bool:
    first, last = group.lines[0], group.lines[-1]
    if len(group.lines) > 3 or sum(len(line.text) for line in group.lines) > _MAX_HEADING:
        return False
    text = last.text
    if text.endswith((".", ";", ",", "?", "\x02")) and not text.endswith(("m.m.", "etc.")):
        return False
    if not any(char.isalpha() for char in first.text) or _ANSWER.match(first.text) or _AMOUNT.match(first.text):
        return False
    bold = all(line.bold_start and line.bold_end for line in group.lines)
    big = first.size > _BIG * type_.body
    code = _AMA_ALONE.match(group.label) is not None
    if group.kind == "list_item":
        # "1. Inbjudan" in a heading's type; a bullet never makes a heading.
        return bool(group.label[:1].isdigit()) and (big or (bold and len(group.lines) == 1)) and not text.endswith(":")
    if group.label and not code and not _is_level_number(group.label):
        return big
    if group.label:
        if big or bold:
            return len(group.text) < 100 or not _MODAL.search(group.text)
        return len(group.lines) == 1 and len(first.text) <= 90 and not _MODAL.search(text) and not text.endswith(":")
    after = following.lines[0] if following else None
    if first.region or text.endswith(":") or (following and after and after.text[:1].islower() and not following.label):
        return False
    if first.size > 1.25 * type_.body:
        return True
    if not (big or bold or _is_shouted(first.text)) or len(group.lines) > 2 or len(text) > 100 or after is None:
        return False
    if _MODAL.search(group.text):
        return False
    # Not a stretch of running text in slightly larger type.
    return bold or not big or abs(after.size - first.size) >= 0.05 * first.size


def _is_level_number(label: str) -> bool:
    return label[:1].isdigit() and "§" not in label


def _is_shouted(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return len(letters) >= 6 and text.upper() == text and len(text) <= 80


def _make_heading(group: Group, type_: Typography) -> None:
    size = _step(group.lines[0].size)
    if _AMA_ALONE.match(group.label):
        letters, _, digits = group.label.partition(".")
        group.level = min(9, len(letters) - 1 + len(digits.split("/")[0]))
        group.level = max(1, group.level)
    elif group.label and _is_level_number(group.label):
        group.label = group.label.rstrip(".)")
        group.level = min(9, group.label.count(".") + 1)
    else:
        group.level = _unnumbered_level(size, type_)
        group.kind = "heading"
        return
    type_.last_level, type_.last_size = group.level, size
    group.kind = "heading"


def _unnumbered_level(size: float, type_: Typography) -> int:
    """A heading without a number: deeper than the numbered one above unless its type is larger."""
    if type_.last_level and size <= type_.last_size + 0.4:
        return min(9, type_.last_level + 1)
    ratio = size / type_.body
    by_size = 1 if ratio >= 1.6 else 2 if ratio >= 1.3 else 3 if ratio >= _BIG else 4
    return min(by_size, type_.last_level) if type_.last_level else by_size
