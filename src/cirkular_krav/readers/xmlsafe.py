"""Parsing XML that a stranger wrote: no DTD, no entities, no network, bounded depth and memory.

A DOCTYPE is refused rather than ignored: with entities unresolved lxml silently drops the text after them, which
would read as "no requirement". OOXML, ODF and eForms allow none. libxml2's own limits (256 levels, 10 MB in one
text) are the fast path and cost nothing; only what meets them is parsed again without them, and then measured.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from cirkular_krav.errors import ProblemCode, ReadingError
from cirkular_krav.readers.pieces import Limits

Element = etree._Element

# A tree takes about ten times its bytes (28 MB of Word XML: 270 MB); this much leaves room in a 1 GiB worker.
MAX_TREE_BYTES = 700_000_000
_ELEMENT_BYTES = 120
_ATTRIBUTE_BYTES = 240

_RESOURCE_LIMIT = 114  # XML_ERR_RESOURCE_LIMIT
_SPACE = re.compile(rb"\s*")
_BEFORE_ROOT = ((b"<?", b"?>"), (b"<!--", b"-->"))
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
# Encodings in which the look at the bytes for a DOCTYPE is certain.
_PLAIN_ENCODINGS = {b"utf-8", b"utf8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"}
_WIDE_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))


def parse_xml(
    data: bytes,
    limits: Limits,
    *,
    place: str = "",
    long_text: bool = False,
    damaged: ProblemCode = ProblemCode.XML_DAMAGED,
) -> Element:
    """Return the root of the document; nothing outside ``data`` is ever read.

    ``long_text`` allows more than 10 MB in one text. Raises ``ReadingError`` with ``XML_DTD``, ``XML_DEPTH``,
    ``XML_TOO_BIG`` or ``damaged``, each with ``place``.
    """
    _check_size(data, limits, place)
    refuse_doctype(data, place=place)
    try:
        root = etree.fromstring(data, _parser(huge=False))
    except etree.XMLSyntaxError as error:
        if _limit_met(error) is None:
            raise ReadingError(damaged, place=place) from None
        root = _parse_beyond_limits(data, limits, place, long_text, error)
    _refuse_dtd_of(root, place)
    return root


def iterate_xml(
    data: bytes,
    limits: Limits,
    tags: tuple[str, ...],
    *,
    place: str = "",
    damaged: ProblemCode = ProblemCode.XML_DAMAGED,
) -> Iterator[Element]:
    """Yield each element whose local name is in ``tags`` as it ends, then empty it: memory stays small.

    The yielded element is whole until the next is asked for. Raises as ``parse_xml``; depth is at most 256 here.
    """
    _check_part(data, limits, place)
    refuse_doctype(data, place=place)
    events = etree.iterparse(
        BytesIO(data),
        events=("end",),
        tag=[f"{{*}}{tag}" for tag in tags],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        for _, element in events:
            yield element
            _let_go(element)
    except etree.XMLSyntaxError as error:
        raise ReadingError(_limit_met(error) or damaged, place=place) from None
    if events.root is not None:
        _refuse_dtd_of(events.root, place)


def refuse_doctype(data: bytes, *, place: str = "") -> None:
    """Raise ``XML_DTD`` where a DOCTYPE stands before the first element; text that mentions one is harmless."""
    head = data
    for start, encoding in _WIDE_BOMS:
        if data.startswith(start):
            head = data[:2_000_000].decode(encoding, errors="replace").encode("utf-8")
            break
    position = _past_space(head, 3 if head.startswith(b"\xef\xbb\xbf") else 0)
    while ending := next((end for start, end in _BEFORE_ROOT if head.startswith(start, position)), None):
        after = head.find(ending, position)
        if after < 0:
            return
        position = _past_space(head, after + len(ending))
    if head[position : position + 9].upper() == b"<!DOCTYPE":
        raise ReadingError(ProblemCode.XML_DTD, place=place)


def local_name(element: Element) -> str:
    """Return the tag without its namespace; comments and processing instructions have the empty name."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """Return the attribute with this local name whatever its namespace (Strict and Transitional differ)."""
    value = element.get(name)
    if value is not None:
        return str(value)
    for key, other in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(other)
    return None


def to_text(element: Element) -> str:
    """Return the element as XML, without what follows it."""
    return str(etree.tostring(element, encoding="unicode", with_tail=False))


def _past_space(data: bytes, position: int) -> int:
    found = _SPACE.match(data, position)
    return found.end() if found else position


def _parser(*, huge: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=huge, remove_pis=True,
        remove_comments=True,
    )  # fmt: skip


def _check_part(data: bytes, limits: Limits, place: str) -> None:
    if len(data) > limits.max_part_bytes:
        raise ReadingError(ProblemCode.XML_TOO_BIG, place=place, bytes=len(data))


def _check_size(data: bytes, limits: Limits, place: str) -> None:
    _check_part(data, limits, place)
    if len(data) * 60 < MAX_TREE_BYTES:  # not even "<a/>" all through would fill the memory
        return
    elements = data.count(b"<") - data.count(b"</")
    attributes = data.count(b'="') + data.count(b"='")
    if len(data) + elements * _ELEMENT_BYTES + attributes * _ATTRIBUTE_BYTES > MAX_TREE_BYTES:
        raise ReadingError(ProblemCode.XML_TOO_BIG, place=place, bytes=len(data))


def _parse_beyond_limits(
    data: bytes, limits: Limits, place: str, long_text: bool, first: etree.XMLSyntaxError
) -> Element:
    """Parse with libxml2's limits off: safe because DTDs are refused, the size is bounded and depth is measured."""
    declared = _ENCODING.match(data)
    is_certain = declared is None or declared.group(1).lower() in _PLAIN_ENCODINGS
    if not is_certain or (_limit_met(first) == ProblemCode.XML_TOO_BIG and not long_text):
        raise ReadingError(ProblemCode.XML_TOO_BIG, place=place, bytes=len(data))
    try:
        root = etree.fromstring(data, _parser(huge=True))
    except etree.XMLSyntaxError as error:
        raise ReadingError(_limit_met(error) or ProblemCode.XML_DAMAGED, place=place) from None
    longest = 0
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        longest = max(longest, len(element.text or "") if event == "start" else 0)
        if depth > limits.max_xml_depth:
            raise ReadingError(ProblemCode.XML_DEPTH, place=place, depth=limits.max_xml_depth)
    if longest > 10_000_000 and not long_text:
        raise ReadingError(ProblemCode.XML_TOO_BIG, place=place, bytes=len(data))
    return root


def _limit_met(error: etree.XMLSyntaxError) -> ProblemCode | None:
    if getattr(error, "code", 0) != _RESOURCE_LIMIT:
        return None
    return ProblemCode.XML_DEPTH if "depth" in str(error) else ProblemCode.XML_TOO_BIG


def _refuse_dtd_of(root: Element, place: str) -> None:
    """Catch a DOCTYPE that the look at the bytes missed (an odd encoding, a comment that looks like an element)."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise ReadingError(ProblemCode.XML_DTD, place=place)


def _let_go(element: Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
