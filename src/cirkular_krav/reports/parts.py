"""The pieces that pages are made of: a quotation with its place, a table, and a chart with its table beside it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from markupsafe import Markup, escape

from cirkular_krav.baseline_types import Share
from cirkular_krav.models import Assessment, Requirement
from cirkular_krav.reports.page import PageWords
from cirkular_krav.reports.shares import interval_text, share_text
from cirkular_krav.text import cut

# A table longer than this is folded in parts of as many rows.
MOST_ROWS = 1_000
_QUOTE = 600


@dataclass(frozen=True, slots=True)
class Quotation:
    """The buyer's own words in their language, and where they stand; ``foreign`` when the page has another language.

    ``anchor`` is what a link may lead to, where the quotation stands among all requirements.
    """

    quote: str
    where: Markup
    language: str
    foreign: bool
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table; the first cell of a row is its header. ``numbers`` are the columns that stand to the right."""

    caption: Markup | str
    columns: tuple[Markup | str, ...]
    rows: Sequence[tuple[Markup | str, ...]]
    numbers: tuple[int, ...] = ()
    most: int = MOST_ROWS

    def parts(self) -> Iterator[SheetPart]:
        """Give the rows in parts of at most ``most``, each a table of its own."""
        for first in range(0, len(self.rows), self.most):
            rows = self.rows[first : first + self.most]
            caption = Markup("{} ({}–{})").format(self.caption, first + 1, first + len(rows))
            yield SheetPart(first + 1, first + len(rows), replace(self, rows=rows, caption=caption))


@dataclass(frozen=True, slots=True)
class SheetPart:
    """Some of the rows of a long table, counted from 1."""

    first: int
    last: int
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its title, what to see in it, and the same figures as a table; a notebook shows all of it."""

    id: str
    title: Markup | str
    note: Markup | str
    svg: Markup
    sheet: Sheet = field(repr=False)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self.sheet.columns)
        rows = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in self.sheet.rows)
        return (
            f"<h3>{escape(self.title)}</h3><p>{escape(self.note)}</p>{self.svg}"
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )


def quotation(requirement: Requirement, t: PageWords, most: int = _QUOTE) -> Quotation:
    """Return a requirement's quotation with document, number and place."""
    quote = t.words("assessment.quote", quote=cut(requirement.raw_text.replace("\n", " "), most))
    return Quotation(quote, where(requirement, t), requirement.language, requirement.language != t.language)


def file_name(name: str) -> Markup:
    """Return a file's name; one with characters that are read from the right is kept apart from the text around it."""
    turns = any(unicodedata.bidirectional(character)[:1] in ("R", "A") or unicodedata.category(character) == "Cf" for character in name)  # fmt: skip
    return Markup("<bdi>{}</bdi>").format(name) if turns else escape(name)


def where(requirement: Requirement, t: PageWords) -> Markup:
    """Return where a requirement stands; the file's name is kept apart from the direction of the text around it."""
    place = t.words.place(requirement.location)
    if requirement.number and any(ch.isdigit() for ch in requirement.number):
        place = t.words("assessment.numbered", number=requirement.number, place=place)
    return t("assessment.at", document=file_name(requirement.document), place=place)


def doubted(share: Share, t: PageWords) -> Markup:
    """Return a share with its counts, and how uncertain it is on a line below; a dash where nothing was counted."""
    if not share.denominator:
        return t("baseline.nothing")
    counted = escape(share_text(share, t.words))
    if share.value is None or share.low is None or share.high is None:
        return counted
    doubt = t("overview.doubt", interval=interval_text(share.low, share.high, t.words))
    return Markup('{}<br><span class="tied">{}</span>').format(counted, doubt)


def link(href: str, text: Markup | str) -> Markup:
    """Return a link."""
    return Markup('<a href="{}">{}</a>').format(href, text)


@dataclass(frozen=True, slots=True)
class Labelling:
    """Who labelled a procurement, when, and how many passages: what a measured accuracy rests on."""

    procurement: str
    labelled_by: str
    labelled_on: str
    labels: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One procurement of a report of many: its assessment, where it stands, who is responsible, and the headline answer.

    ``href`` is a page of its own, or the place on a page where many stand in short.
    ``counted`` is false for what the baseline leaves out (published again, cancelled, outside the window).
    ``claims_circular`` and ``claims_environment``: what the buyer's own notice says, none where it does not;
    ``asks_any``: the documents ask for something beyond the law. ``order`` sorts by title as a Swedish reader expects.
    """

    assessment: Assessment
    href: str
    party: str
    label: str
    headline: bool
    counted: bool = True
    claims_circular: bool | None = None
    claims_environment: bool | None = None
    asks_any: bool = False
    order: tuple[object, ...] = ()

    @property
    def short(self) -> bool:
        """Tell whether the procurement stands in short, among others."""
        return "#" in self.href

    @property
    def title(self) -> str:
        """Return what the procurement is called in lists."""
        return self.assessment.procurement.title or self.assessment.procurement.id

    def at(self, anchor: str) -> str:
        """Return where a part of the procurement stands: on its own page, or the whole of it in short."""
        return self.href if self.short else f"{self.href}#{anchor}"
