"""The procurements of one organisation in short: for each what was found, every criterion's quotation, and what is missing.

A report of hundreds of procurements is sent by mail and opened on a phone. A page of its own for each is four fifths of
it, so past ``MOST_FULL`` they stand here instead, the strongest requirement of each criterion with its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from cirkular_krav.baseline_types import Baseline
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.reports.page import Link, PageWords, render_page
from cirkular_krav.reports.pages.names import criterion_file, has_criterion_page, organisation_file, short_file
from cirkular_krav.reports.pages.procurement import procurement_in_short
from cirkular_krav.reports.parts import Listed, Quotation, link
from cirkular_krav.reports.words import Words

# More procurements than this stand in short, unless a page of their own is asked for.
MOST_FULL = 40
# So many stand on one page, which then is under a megabyte.
ON_ONE_PAGE = 60
_QUOTE = 280
_FEWEST_TOLD = 2


def short_pages(
    baseline: Baseline, key: str, label: str, listed: Sequence[Listed], catalogue: Catalogue, words: Words, *,
    links: Sequence[Link] = (),
) -> Iterator[tuple[str, str]]:  # fmt: skip
    """Yield the pages of one organisation's procurements in short, as file name and HTML."""
    t = PageWords(words)
    named = {c.criterion_id for c in baseline.total.criteria if has_criterion_page(c)}
    name = label or t.plain("baseline.unknown_organisation")
    parts = [listed[first : first + ON_ONE_PAGE] for first in range(0, len(listed), ON_ONE_PAGE)]
    versions = baseline.versions
    foot = t(
        "assessment.versions", library=versions.library, catalogue=versions.catalogue,
        fingerprint=versions.catalogue_fingerprint, scoring=versions.scoring,
    )  # fmt: skip
    for number, part in enumerate(parts, start=1):
        entries = [_Entry(one, catalogue, t, named) for one in part]
        others = [
            Link(short_file(key, other), t("short.part", first=1 + (other - 1) * ON_ONE_PAGE, last=min(other * ON_ONE_PAGE, len(listed))))
            for other in range(1, len(parts) + 1) if other != number
        ]  # fmt: skip
        page = render_page(
            "short.html", words, title=words("short.page_title", name=name), links=links, entries=entries, name=name,
            organisation=link(organisation_file(key), name), others=others, versions=foot,
        )  # fmt: skip
        yield short_file(key, number), page


@dataclass(frozen=True, slots=True)
class Asked:
    """One criterion in a procurement: its strongest requirement, how much it gave, and how many others there are."""

    title: Markup
    quotation: Quotation
    note: Markup


class _Entry:
    """One procurement in short."""

    def __init__(self, one: Listed, catalogue: Catalogue, t: PageWords, named: set[str]) -> None:
        self.view = procurement_in_short(one.assessment, catalogue, t)
        self.label = one.label
        self.anchor = one.href.partition("#")[2]
        self.t = t
        self.named = named

    @property
    def title(self) -> Markup:
        return self.view.title

    def facts(self) -> Markup:
        """Tell day, category and value; the buyer is named where it is another than the organisation of the page."""
        return Markup(" · ").join(value for _, value in self.view.facts() if value != self.label)

    def found(self) -> Iterator[Markup]:
        yield from self.view.found
        yield self.view.sure_read()

    def stops(self) -> list[tuple[Markup, Quotation, Markup]]:
        """Give each obstacle's first place, and how many requirements it makes impossible."""
        return [
            (stop.title, self.view.quotation_of(stop.first, _QUOTE), stop.blocked or Markup(""))
            for stop in self.view.stops()
        ]

    def asked(self) -> list[Asked]:
        found = []
        for card in self.view.cards():
            others = self.t.counted("short.others", len(card.others)) if card.others else Markup("")
            note = Markup(" · ").join(part for part in (card.short, others) if part)
            found.append(Asked(self._linked(card.id, card.title), self.view.quotation_of(card.requirement_id, _QUOTE), note))  # fmt: skip
        return found

    def wordings(self) -> str:
        """Tell how many wordings stand in the way, counted as above: one that does so in two ways is one."""
        return self.t.words.number(len({hit.requirement_id for hit in self.view.assessment.obstacles}))

    def gaps(self) -> Markup:
        """Name the criteria of most weight that are not asked for; none where the purchase is not scored."""
        if not self.view.scored:
            return Markup("")
        missing = [o for o in self.view.assessment.outcomes if o.value == "not_asked" and o.importance > _FEWEST_TOLD]
        return Markup("; ").join(self._linked(o.criterion_id, self.view.name(o.criterion_id)) for o in missing)

    def _linked(self, criterion_id: str, title: Markup) -> Markup:
        return link(criterion_file(criterion_id), title) if criterion_id in self.named else title
