"""A page for one criterion or obstacle, generated with fixed headings; never written by hand."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from cirkular_krav.catalogue_types import Catalogue, Criterion, Level, Obstacle
from cirkular_krav.reports.words import Words, title_of


def criterion_text(entry: Criterion | Obstacle, catalogue: Catalogue, words: Words) -> str:  # noqa: ARG001
    """Return the page of a criterion or obstacle as plain text."""
    lines = list(_criterion(entry, words) if isinstance(entry, Criterion) else _obstacle(entry, words))
    return "\n".join(lines) + "\n"


def _criterion(criterion: Criterion, words: Words) -> Iterator[str]:
    yield words(
        "catalogue.head", id=criterion.id, title=title_of(criterion, words.language), importance=criterion.importance,
        goals=", ".join(criterion.goals) or "–", strategies=", ".join(criterion.strategies),
        counts=words(f"counts.{criterion.counts}"), lifecycle=words(f"lifecycle.{criterion.lifecycle}"),
        revision=criterion.revision,
    )  # fmt: skip
    yield from _section(words("catalogue.question"), [criterion.question_sv])
    yield from _section(words("catalogue.why"), [criterion.why_sv])
    yield from _section(words("catalogue.levels"), [_level(level, words) for level in criterion.levels], bullet=True)
    for level, wording in criterion.requirement_sv.items():
        parts = [
            f"{words('catalogue.' + key)}: {getattr(wording, key)}"
            for key in ("motive", "requirement", "verification", "follow_up")
            if getattr(wording, key)
        ]
        yield from _section(f"{words('catalogue.wordings')} ({level})", parts)
    if criterion.proportionality_sv:
        yield from _section(words("catalogue.proportionality"), [criterion.proportionality_sv])
    if criterion.small_suppliers:
        yield from _section(words("catalogue.small_suppliers"), [criterion.small_suppliers.note_sv])
    yield from _examples(criterion, words)
    yield from _sources(criterion, words)


def _obstacle(obstacle: Obstacle, words: Words) -> Iterator[str]:
    yield words(
        "catalogue.head_obstacle", id=obstacle.id, title=title_of(obstacle, words.language),
        lifecycle=words(f"lifecycle.{obstacle.lifecycle}"), revision=obstacle.revision,
    )  # fmt: skip
    yield from _section(words("catalogue.question"), [obstacle.question_sv])
    yield from _section(words("catalogue.why"), [obstacle.why_sv])
    yield from _section(words("catalogue.justified"), [obstacle.justified_sv])
    yield from _section(words("catalogue.better"), [obstacle.better_wording_sv])
    yield from _section(words("catalogue.blocks"), [", ".join(obstacle.blocks)])
    yield from _examples(obstacle, words)
    yield from _sources(obstacle, words)


def bounds(level: Level, words: Words) -> list[str]:
    """Write each quantity of a level as a reader says it: at least 5 years, at most 20 per cent."""
    written = []
    for unit, bound in level.quantity.items():
        sign, number = bound.split()
        value = words.number(float(number), 0 if float(number).is_integer() else len(number.partition(".")[2]))
        key = "catalogue.at_least" if sign == ">=" else "catalogue.at_most"
        written.append(words(key, number=value, unit=words(f"catalogue.units.{unit}")))
    return written


def _level(level: Level, words: Words) -> str:
    quantity = "".join(f", {bound}" for bound in bounds(level, words))
    basis = words(f"basis.{level.basis}")
    return words(
        "catalogue.level_line",
        ambition=words(f"ambition.{level.ambition}"),
        id=level.id,
        quantity=quantity,
        basis=basis,
    )


def _examples(entry: Criterion | Obstacle, words: Words) -> Iterator[str]:
    yield from _section(words("catalogue.examples"), [e.text for e in entry.examples.match], bullet=True)
    counter = [words("catalogue.because", text=e.text, why=e.why) for e in entry.examples.no_match]
    yield from _section(words("catalogue.counter_examples"), counter, bullet=True)


def _sources(entry: Criterion | Obstacle, words: Words) -> Iterator[str]:
    sources = [" ".join(part for part in (s.title, s.id, s.url) if part) for s in entry.sources]
    if sources:
        yield from _section(words("catalogue.sources"), sources, bullet=True)


def _section(title: str, paragraphs: Iterable[str], *, bullet: bool = False) -> Iterator[str]:
    yield ""
    yield title
    for paragraph in paragraphs:
        first = " – " if bullet else "   "
        yield from textwrap.wrap(
            paragraph.strip(),
            100,
            initial_indent=first,
            subsequent_indent="   ",
            break_long_words=False,
            break_on_hyphens=False,
        )


def entry_line(entry: Criterion | Obstacle, language: str) -> str:
    """Return a criterion or obstacle in one line: id, importance, goals, title."""
    if isinstance(entry, Obstacle):
        return f"{entry.id}  !       {title_of(entry, language)}"
    goals = "".join(entry.goals) or "–"
    return f"{entry.id}  {entry.importance}  {goals:<3}  {title_of(entry, language)}"
