"""How matching grows with the catalogue: seconds per 1,000 requirements at 100, 1,000 and 10,000 generated criteria.

Run: ``python tests/benchmarks/bench_catalogue.py``. Sizes are run interleaved; read the ratios, not the seconds.
"""

from __future__ import annotations

import random
import statistics
import time

from cirkular_krav.catalogue import load_catalogue
from cirkular_krav.catalogue_types import Catalogue, Concept
from cirkular_krav.matching import compile_catalogue, match_requirements
from cirkular_krav.models import Procurement, Requirement
from cirkular_krav.segment import requirement_from_text

SIZES = (100, 1_000, 10_000)
ROUNDS = 5
SYLLABLES = "bro kul van sti mer lan tor hus fal gre nit pol ram sed tyg vik".split()


def grown(catalogue: Catalogue, size: int) -> Catalogue:
    """Return the catalogue with generated criteria and words of their own, up to ``size`` criteria."""
    chance = random.Random(size)
    concepts = dict(catalogue.vocabulary.concepts)
    criteria = list(catalogue.criteria)[:size]
    template = criteria[0]
    for i in range(size - len(criteria)):
        names = [f"made_{i}_{k}" for k in range(3)]
        for name in names:
            words = ["".join(chance.choices(SYLLABLES, k=3)) for _ in range(6)]
            concepts[name] = Concept(stems=tuple(words[:4]), words=tuple(words[4:]), phrases=(" ".join(words[:2]),))
        rule = template.asks_for[0].model_copy(update={"all_of": tuple(names[:2]), "unless": (names[2],)})
        criteria.append(template.model_copy(update={"id": f"ZZ-{i:05d}", "asks_for": (rule,), "specialises": ()}))
    vocabulary = catalogue.vocabulary.model_copy(update={"concepts": concepts})
    update = {"criteria": tuple(criteria), "vocabulary": vocabulary, "fingerprint": f"{catalogue.fingerprint}-{size}"}
    return catalogue.model_copy(update=update)


def texts(catalogue: Catalogue) -> list[Requirement]:
    """Return 1,000 requirements made of the catalogue's own examples."""
    examples = [e.text for c in catalogue.criteria for e in (*c.examples.match, *c.examples.no_match)]
    return [requirement_from_text(examples[i % len(examples)]) for i in range(1_000)]


def main() -> None:
    """Print loading, compiling and matching times and their ratios."""
    start = time.perf_counter()
    catalogue = load_catalogue()
    print(f"load {time.perf_counter() - start:.3f} s, {len(catalogue.criteria)} criteria")
    requirements = texts(catalogue)
    procurement = Procurement(id="bench", categories=("MOB",))
    matchers, seconds = {}, {size: [] for size in SIZES}
    for size in SIZES:
        larger = grown(catalogue, size)
        start = time.perf_counter()
        matchers[size] = compile_catalogue(larger)
        print(f"compile {size:>6} criteria: {time.perf_counter() - start:.3f} s")
    for _ in range(ROUNDS):
        for size in random.sample(SIZES, len(SIZES)):
            start = time.perf_counter()
            match_requirements(requirements, procurement, matchers[size])
            seconds[size].append(time.perf_counter() - start)
    first = statistics.median(seconds[SIZES[0]])
    for size in SIZES:
        median = statistics.median(seconds[size])
        print(f"match {size:>6} criteria: {median:.3f} s per 1,000 requirements, ratio {median / first:.2f}")


if __name__ == "__main__":
    main()
