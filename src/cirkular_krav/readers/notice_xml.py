"""Looking things up in a notice's XML by local names: prefixes and namespaces differ between senders and versions."""

from __future__ import annotations

from lxml import etree

_SWEDISH = ("SWE", "SV")


def find_all(element: etree._Element | None, path: str) -> list[etree._Element]:
    """Return the elements at a path of local names below this one."""
    if element is None:
        return []
    return element.findall("/".join(f"{{*}}{step}" for step in path.split("/")))


def all_texts(element: etree._Element | None, path: str) -> list[str]:
    """Return the texts at a path, without the empty ones."""
    texts = ((found.text or "").strip() for found in find_all(element, path))
    return [text for text in texts if text]


def text_of(element: etree._Element | None, path: str) -> str:
    """Return the first text at a path, or ""."""
    return next(iter(all_texts(element, path)), "")


def said(element: etree._Element | None, path: str) -> str:
    """Return what is said at a path in Swedish, else in the first language used; repeated texts on lines of their own."""
    found = [(item.get("languageID", "").upper(), inner_text(item).strip()) for item in find_all(element, path)]
    found = [(language, text) for language, text in found if text]
    if not found:
        return ""
    wanted = next((language for language, _ in found if language in _SWEDISH), found[0][0])
    return "\n".join(text for language, text in found if language == wanted)


def inner_text(element: etree._Element) -> str:
    """Return all text in an element, also what stands after something foreign inside it."""
    return "".join(str(part) for part in element.itertext())


def value_of(element: etree._Element | None) -> float | None:
    """Return an element's number, or none where it holds no finite one."""
    try:
        value = float((element.text or "").strip().replace(",", ".")) if element is not None else None
    except ValueError:
        return None
    return value if value is not None and abs(value) < 1e15 else None
