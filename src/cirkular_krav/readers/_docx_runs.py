"""The text of one Word paragraph: runs, fields, symbols, tracked changes, content controls and text boxes.

Whatever is not known is gone into rather than skipped, so that text inside a new kind of wrapper is kept. The walk
keeps its own stack: XML may be 500 levels deep and must not exhaust Python's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

from cirkular_krav.readers._docx_styles import WORD_NAMESPACES, Styles, flag, key, value
from cirkular_krav.readers.xmlsafe import Element

_PRIVATE_USE = re.compile("[\uf000-\uf0ff]")
# Characters of the fonts Symbol and Wingdings, which Word stores as numbers in the private use area.
_SYMBOLS = {
    0xA3: "≤", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB9: "≠", 0xBB: "≈", 0xAE: "→", 0xDE: "⇒",
    0x61: "α", 0x62: "β", 0x64: "δ", 0x6C: "λ", 0x6D: "µ", 0x70: "π", 0x73: "σ", 0x44: "Δ", 0x53: "Σ", 0x57: "Ω",
}  # fmt: skip
_WINGDINGS = {
    0x6F: "☐", 0xA8: "☐", 0x71: "☐", 0x72: "☐", 0x78: "☒", 0xFD: "☒", 0xFE: "☑", 0xFC: "✓", 0xFB: "✗", 0xA7: "▪",
    0x6E: "■", 0x6C: "●", 0x76: "❖", 0xD8: "➢", 0xE0: "→", 0xE8: "➔", 0xF0: "⇨", 0x9F: "•", 0xB7: "•", 0xA1: "○",
}  # fmt: skip
_WINGDINGS_2 = {0x52: "☑", 0x53: "☒", 0x54: "☒", 0x50: "✓", 0x4F: "✗", 0xA3: "☐", 0x2A: "☐", 0x97: "●"}
_ANY_FONT = {**_WINGDINGS, **{number: _SYMBOLS[number] for number in (0xB0, 0xB1, 0xB3, 0xB4)}}
_TINY = 4  # half-points: text of 2 points or less is not meant to be seen

_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n"}
_SKIPPED = frozenset((
    "pPr", "rPr", "del", "moveFrom", "sdtPr", "sdtEndPr", "delText", "delInstrText", "tblPr", "tblGrid", "trPr",
    "tcPr", "tblPrEx", "sectPr", "rubyPr", "smartTagPr", "customXmlPr", "m:rPr", "m:ctrlPr", "m:fPr", "mc:Fallback",
))  # fmt: skip


@dataclass(slots=True)
class Field:
    """A field that has begun: what comes before its separator is instruction, what comes after is result."""

    instruction: str = ""
    in_result: bool = False

    @property
    def is_contents(self) -> bool:
        """Tell whether the field makes a table of contents."""
        return self.instruction.lstrip()[:3].upper() == "TOC"


@dataclass
class Story:
    """What goes on from one paragraph to the next, and what is counted over the whole document."""

    styles: Styles
    fields: list[Field] = field(default_factory=list)
    inserted: int = 0
    deleted: int = 0
    hidden: int = 0
    added: int = 0
    """Characters in the result that no text element held (symbols, check boxes), left out of the loss check."""

    instructions: int = 0
    """Open fields that are still in their instruction: text there is not text of the document."""
    contents: int = 0
    """Open fields that make a table of contents."""

    def begin_field(self) -> None:
        """Enter a field's instruction."""
        self.fields.append(Field())
        self.instructions += 1

    def separate_field(self) -> None:
        """Go from the instruction of the innermost field to its result."""
        if self.fields and not self.fields[-1].in_result:
            self.fields[-1].in_result = True
            self.instructions -= 1
            self.contents += self.fields[-1].is_contents

    def end_field(self) -> None:
        """Leave the innermost field."""
        if self.fields:
            item = self.fields.pop()
            self.instructions -= not item.in_result
            self.contents -= item.in_result and item.is_contents

    def end_paragraph(self) -> None:
        """Give up instructions that a paragraph left open: a damaged field must not swallow the document."""
        if self.instructions:
            self.fields = [item for item in self.fields if item.in_result]
            self.instructions = 0


@dataclass
class Inline:
    """The text of a paragraph, its hidden text, and what is anchored in it."""

    shown: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    bold: int = 0
    plain: int = 0
    boxes: list[Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The visible text, with line breaks and tabs as they stand."""
        return symbols_to_text("".join(self.shown)).strip()

    @property
    def hidden_text(self) -> str:
        """The text that the document hides from its readers."""
        return symbols_to_text("".join(self.hidden)).strip()


@dataclass(frozen=True, slots=True)
class _Run:
    hidden: bool = False
    bold: bool = False


def read_inline(paragraph: Element, style: str, story: Story) -> Inline:
    """Read one ``w:p``; ``style`` is its style id. Text of deletions is dropped and counted in ``story``."""
    found = Inline()
    look = story.styles.of(style)
    usual = _Run(look.hidden, look.bold)
    stack: list[tuple[Element | str, _Run]] = [(child, usual) for child in reversed(paragraph)]
    while stack:
        element, run = stack.pop()
        if isinstance(element, str):
            _put(found, element, run, story, added=True)
            continue
        name = key(element.tag)
        if name == "r":
            run = _run(element, usual, story)
        elif name in ("t", "m:t", "a:t"):
            _put(found, element.text or "", run, story)
            continue
        elif _leaf(name, element, found, run, story):
            continue
        stack.extend((child, run) for child in reversed(_children(name, element, story)))
    story.end_paragraph()
    return found


def _leaf(name: str, element: Element, found: Inline, run: _Run, story: Story) -> bool:
    """Handle an element that stands for text or state by itself; false when its children are to be read."""
    if name in _SKIPPED:
        story.deleted += name in ("del", "moveFrom") and len(element) > 0
    elif name in _BREAKS:
        _put(found, _BREAKS[name], run, story, added=True)
    elif name == "noBreakHyphen":
        _put(found, "-", run, story, added=True)
    elif name == "sym":
        _put(found, symbol(value(element, "char"), value(element, "font")), run, story, added=True)
    elif name == "fldChar":
        _field(element, found, run, story)
    elif name == "instrText":
        if story.fields:
            story.fields[-1].instruction += element.text or ""
    elif name == "txbxContent":
        found.boxes.append(element)
    elif name in ("footnoteReference", "endnoteReference"):
        found.notes.append((name.removesuffix("Reference"), value(element, "id")))
    else:
        return False
    return True


def _children(name: str, element: Element, story: Story) -> list[Element | str]:
    """Return what is to be read inside an element, with the signs that fractions and ruby text need."""
    if name in ("ins", "moveTo"):
        story.inserted += len(element) > 0
    if name == "mc:AlternateContent":
        return list(chosen_alternative(element))
    children: list[Element | str] = list(element)
    if name == "a:p":
        return [*children, "\n"]
    if name == "m:f":
        parts = [child for child in element if key(child.tag) in ("m:num", "m:den")]
        return [parts[0], "/", *parts[1:]] if len(parts) == 2 else children
    if name == "ruby":
        for rt in [child for child in element if key(child.tag) == "rt"]:
            at = children.index(rt)
            children[at : at + 1] = ["(", rt, ")"]
    return children


def chosen_alternative(element: Element) -> list[Element]:
    """Return the one branch of ``mc:AlternateContent`` to read: the first choice, unless only the fallback has text."""
    choices = [child for child in element if key(child.tag) == "mc:Choice"]
    fallback = [child for child in element if key(child.tag) == "mc:Fallback"]
    if choices and (_has_text(choices[0]) or not fallback or not _has_text(fallback[0])):
        return list(choices[0])
    return list(fallback[0]) if fallback else []


def descend(container: Element, wanted: frozenset[str], story: Story) -> Iterator[tuple[Element, bool]]:
    """Yield the wanted elements in reading order through content controls and other wrappers, not into each other.

    The second value tells whether the element stands in a content control for a table of contents.
    """
    stack = [(child, False) for child in reversed(container)]
    while stack:
        element, in_contents = stack.pop()
        name = key(element.tag)
        if name in wanted:
            yield element, in_contents
        elif name in _SKIPPED:
            story.deleted += name in ("del", "moveFrom") and len(element) > 0
        elif name == "mc:AlternateContent":
            stack.extend((child, in_contents) for child in reversed(chosen_alternative(element)))
        else:
            in_contents = in_contents or (name == "sdt" and _is_contents_control(element))
            stack.extend((child, in_contents) for child in reversed(element))


def _is_contents_control(element: Element) -> bool:
    for properties in element:
        if key(properties.tag) == "sdtPr":
            return any(
                key(item.tag) == "docPartGallery" and value(item, "val") == "Table of Contents"
                for item in properties.iter()
            )
    return False


def _has_text(element: Element) -> bool:
    return any(text.text for text in element.iter(*(f"{{{namespace}}}t" for namespace in WORD_NAMESPACES)))


def _run(element: Element, usual: _Run, story: Story) -> _Run:
    properties = next((child for child in element if key(child.tag) == "rPr"), None)
    if properties is None:
        return usual
    hidden, bold = usual.hidden, usual.bold
    for child in properties:
        if key(child.tag) == "rStyle":
            look = story.styles.of(value(child, "val"))
            hidden, bold = hidden or look.hidden, bold or look.bold
    for child in properties:
        name = key(child.tag)
        if name == "vanish":
            hidden = flag(child)
        elif name == "b":
            bold = flag(child)
        elif name == "sz" and value(child, "val").isdigit() and int(value(child, "val")[:6]) <= _TINY:
            hidden = True
        elif name in ("ins", "moveTo"):
            story.inserted += 1
    return _Run(hidden, bold)


def _put(found: Inline, text: str, run: _Run, story: Story, *, added: bool = False) -> None:
    if not text or story.instructions:
        return
    size = visible_length(text)
    if added:
        story.added += size
    if run.hidden:
        story.hidden += size
        found.hidden.append(text)
        return
    found.shown.append(text)
    if run.bold:
        found.bold += size
    else:
        found.plain += size


def _field(element: Element, found: Inline, run: _Run, story: Story) -> None:
    kind = value(element, "fldCharType")
    if kind == "begin":
        _put(found, _form_control(element), run, story, added=True)
        story.begin_field()
    elif kind == "separate":
        story.separate_field()
    elif kind == "end":
        story.end_field()


def _form_control(element: Element) -> str:
    """Return what an old form field shows: a ticked or empty box, or the chosen entry of a list."""
    for control in element.iter():
        parts = {key(child.tag): child for child in control}
        name = key(control.tag)
        if name == "checkBox":
            state = parts.get("checked", parts.get("default"))
            return "☒" if state is not None and flag(state) else "☐"
        if name == "ddList":
            entries = [value(child, "val") for child in control if key(child.tag) == "listEntry"]
            chosen = value(parts["result"], "val") if "result" in parts else "0"
            return entries[int(chosen)] if chosen.isdigit() and int(chosen[:4]) < len(entries) else ""
    return ""


def symbol(code: str, font: str) -> str:
    """Return the character that ``w:sym`` shows; a plain bullet where the font is not known."""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    if not 0xF000 <= number <= 0xF0FF and number > 0xFF:
        return chr(number) if number < 0xD800 or 0xE000 <= number < 0xFFFE else ""
    low = number & 0xFF
    table = {"symbol": _SYMBOLS, "wingdings 2": _WINGDINGS_2, "wingdings": _WINGDINGS}.get(font.lower(), _ANY_FONT)
    if low in table:
        return table[low]
    return chr(low) if font.lower() == "symbol" and 0x20 <= low < 0x7F else "•"


def symbols_to_text(text: str) -> str:
    """Replace private-use characters of symbol fonts by what they show."""
    if not _PRIVATE_USE.search(text):
        return text
    return _PRIVATE_USE.sub(lambda found: _ANY_FONT.get(ord(found.group()) & 0xFF, "•"), text)


@lru_cache(maxsize=4_096)
def _short_length(text: str) -> int:
    return len("".join(text.split()))


def visible_length(text: str) -> int:
    """Return the number of characters that are not white space."""
    return _short_length(text) if len(text) < 100 else len("".join(text.split()))


def expected_characters(root: Element) -> int:
    """Count the characters that a reader of the document may see, in a way that owes nothing to the reading above."""
    namespace = next((item for item in WORD_NAMESPACES if str(root.tag).startswith(f"{{{item}}}")), WORD_NAMESPACES[0])
    texts = cast(
        list[str],
        root.xpath(
            ".//w:t[not(ancestor::w:del or ancestor::w:moveFrom or ancestor::mc:Fallback)]/text()",
            namespaces={"w": namespace, "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006"},
        ),
    )
    return sum(visible_length(text) for text in texts)
