"""Finds, loads and checks the catalogue: every fault at once, with file, line and what to write instead."""

from __future__ import annotations

import difflib
import gc
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from cirkular_krav.catalogue_types import (
    Catalogue,
    CatalogueHead,
    Category,
    Concept,
    Criterion,
    Examples,
    FittedHead,
    FittedModel,
    Obstacle,
    Rule,
    ScoringPolicy,
    Vocabulary,
)
from cirkular_krav.errors import CatalogueError, UsageError
from cirkular_krav.models import Frozen
from cirkular_krav.weights_text import read_weights
from cirkular_krav.yamlfile import MAX_BYTES, YamlData, YamlFault, parse_yaml

T = TypeVar("T", bound=BaseModel)
Entry = Criterion | Obstacle

HEAD = "catalogue.yaml"
CATEGORIES = "categories.yaml"
SCORING = "scoring.yaml"
VOCABULARY = "languages/sv.yaml"
OBSTACLES = "obstacles"
# What `train` fitted: the judges, and the weights of words. A catalogue may lack both: terms then decide alone.
FITTED = "fitted.yaml"
WEIGHTS = "fitted-weights.txt"
# Beside the files in a built package: the same catalogue, checked and in one piece, which loads several times faster.
COMPILED = "compiled.json"


class _Categories(Frozen):
    schema_version: int
    categories: tuple[Category, ...]


# How many faults are told with the name that was probably meant.
_SUGGESTIONS = 50


class _Faults:
    """Collects faults as sentences; a fault never stops the search for the next."""

    def __init__(self, folders: list[Path]) -> None:
        self.folders = folders
        self.sentences: list[str] = []

    def add(self, path: Path, line: int, sentence: str) -> None:
        folder = next((folder for folder in reversed(self.folders) if path.is_relative_to(folder)), path.parent)
        shown = path.relative_to(folder).as_posix()
        self.sentences.append(f"{shown}, rad {line}: {sentence}")

    def nearest(self, word: str, names: Iterable[str]) -> str:
        """Return the name most like a misspelt one, or an empty text.

        Only for the first faults: a file with thousands is no misspelling, and each search takes a millisecond.
        """
        if len(self.sentences) >= _SUGGESTIONS:
            return ""
        return next(iter(difflib.get_close_matches(word[:100], list(names), 1)), "")


def criteria_folder(path: Path | None = None) -> Path:
    """Return the folder of the catalogue: the given one, the copy in the package, or the one beside ``src``."""
    here = Path(__file__).resolve()
    candidates = [path] if path else [here.parent / "_criteria", here.parents[2] / "criteria"]
    for candidate in candidates:
        if candidate and (candidate / HEAD).is_file():
            return candidate
    shown = path or "criteria"
    raise CatalogueError(
        [
            f"Kriteriekatalogen hittades inte i {shown}: där ska finnas en fil {HEAD}. Utan katalog kan inget bedömas. "
            "Kontrollera sökvägen, eller installera om cirkular-krav."
        ]
    )


def load_catalogue(path: Path | None = None, *, extra: Path | None = None, examples: bool = True) -> Catalogue:
    """Load the catalogue; ``extra`` is a folder of own criteria that adds to or overrides ours.

    ``path`` is a folder of criteria, or the snapshot that ``write_results`` left (which has no examples). Without
    ``examples`` an installed package reads its compiled copy, several times faster: matching and scoring never look at
    them. Raises ``CatalogueError`` with all faults found.
    """
    if path and Path(path).is_file():
        return _read_snapshot(Path(path))
    root = criteria_folder(Path(path) if path else None)
    if extra and not Path(extra).is_dir():
        raise CatalogueError([f"{extra} är ingen mapp. Ange mappen med era egna kriterier."])
    folders = [root] + ([Path(extra)] if extra else [])
    sources = [_read_files(folder) for folder in folders]
    fingerprint = _fingerprint(sources)
    with _not_collecting():
        if examples:
            return _read_sources(sources, fingerprint)
        return _read_compiled(root, fingerprint) or _without_examples(_read_sources(sources, fingerprint))


def compile_to_json(catalogue: Catalogue) -> str:
    """Return the catalogue without its examples in one piece, as a built package and a stored result carry it."""
    return _without_examples(catalogue).model_dump_json(exclude_defaults=True)


def _without_examples(catalogue: Catalogue) -> Catalogue:
    bare = {"examples": Examples()}
    criteria = tuple(criterion.model_copy(update=bare) for criterion in catalogue.criteria)
    obstacles = tuple(obstacle.model_copy(update=bare) for obstacle in catalogue.obstacles)
    # Not model_copy(), which would keep the look-ups by id that the old one has made.
    fields = {name: getattr(catalogue, name) for name in Catalogue.model_fields}
    return Catalogue(**{**fields, "criteria": criteria, "obstacles": obstacles})


def _read_compiled(root: Path, fingerprint: str) -> Catalogue | None:
    """Return the compiled copy when it was made from exactly these files."""
    path = root / COMPILED
    if not path.is_file():
        return None
    try:
        catalogue = Catalogue.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
    return catalogue if catalogue.fingerprint == fingerprint else None


@contextmanager
def _not_collecting() -> Iterator[None]:
    """Tens of thousands of objects that all stay: looking for garbage among them takes half the time of loading."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read_snapshot(path: Path) -> Catalogue:
    try:
        return Catalogue.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        raise CatalogueError(
            [f"{path} är ingen sparad katalog från den här versionen. Ange en mapp med kriterier."]
        ) from None


def _read_sources(sources: list[_Source], fingerprint: str) -> Catalogue:
    faults = _Faults([source.folder for source in sources])
    ours = sources[0]
    for source in sources:
        _check_names(source, faults, own=source is not ours)
    head = _read_one(ours, HEAD, CatalogueHead, faults)
    categories = _read_one(ours, CATEGORIES, _Categories, faults)
    scoring = _read_one(ours, SCORING, ScoringPolicy, faults)
    fitted = _read_fitted(ours, faults)
    parts = [_read_one(source, VOCABULARY, Vocabulary, faults, optional=source is not ours) for source in sources]
    vocabulary = _merge_vocabularies([part for part in parts if part])
    entries = [found for source in sources for found in _read_entries(source, faults)]
    if head and categories and vocabulary:
        # A file that is faulty in itself still has its id, so that others may name it without a second fault.
        ids = {"-".join(name.split("/")[-1].split("-")[:2]) for source in sources for name in source.files}
        _check_together(entries, ids, head, categories.categories, vocabulary, ours.folder, faults)
    if faults.sentences or not (head and categories and scoring and vocabulary):
        raise CatalogueError(faults.sentences)
    found: dict[str, Entry] = {entry.id: entry for _, entry, _ in entries}
    return Catalogue(
        version=head.version,
        fingerprint=fingerprint,
        criteria=tuple(sorted((e for e in found.values() if isinstance(e, Criterion)), key=lambda e: e.id)),
        obstacles=tuple(sorted((e for e in found.values() if isinstance(e, Obstacle)), key=lambda e: e.id)),
        vocabulary=vocabulary,
        categories=categories.categories,
        scoring=scoring,
        fitted=fitted,
    )


def _read_fitted(source: _Source, faults: _Faults) -> FittedModel | None:
    head = _read_one(source, FITTED, FittedHead, faults, optional=True)
    if head is None:
        return None
    try:
        weights = source.files[WEIGHTS].decode("utf-8")
        read_weights(weights)
    except (KeyError, UnicodeDecodeError, ValueError):
        faults.add(
            source.folder / WEIGHTS,
            1,
            f"Vikterna som hör till {FITTED} saknas eller är skadade. Kör: cirkular-krav train.",
        )
        return None
    return FittedModel(**{**dict(head), "weights": weights})


@dataclass(frozen=True)
class _Source:
    """One folder of the catalogue: what its YAML files hold, by name from the folder."""

    folder: Path
    files: dict[str, bytes]


def _read_files(folder: Path) -> _Source:
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.yaml")}
    strange = [path for path in found.values() if not path.is_file() or path.stat().st_size > MAX_BYTES]
    if strange:
        limit = f"{MAX_BYTES:,}".replace(",", " ")
        raise CatalogueError([f"{path} är ingen vanlig fil på högst {limit} byte. Ta bort den." for path in strange])
    if (folder / WEIGHTS).is_file():
        found[WEIGHTS] = folder / WEIGHTS
    return _Source(folder, {name: found[name].read_bytes() for name in sorted(found)})


def _check_names(source: _Source, faults: _Faults, *, own: bool) -> None:
    """A file that no one reads is a criterion that someone believes in."""
    for path in sorted(source.folder.rglob("*.yml")):
        faults.add(path, 1, "Filen läses inte, eftersom dess namn slutar på .yml. Döp om den till .yaml.")
    known = () if own else (HEAD, CATEGORIES, SCORING, FITTED)
    for name in source.files:
        if "/" not in name and name not in known and name != WEIGHTS:
            faults.add(
                source.folder / name,
                1,
                "Filen läses inte, eftersom den ligger överst i mappen. Lägg kriterier i en undermapp (till exempel egna/) "
                f"och hinder i {OBSTACLES}/; {CATEGORIES} och {SCORING} kan inte bytas ut.",
            )
        elif name.startswith("languages/") and name != VOCABULARY:
            faults.add(source.folder / name, 1, f"Filen läses inte. Ordlistan heter {VOCABULARY}.")


def _fingerprint(sources: list[_Source]) -> str:
    digest = hashlib.sha256()
    for source in sources:
        for name, raw in source.files.items():
            digest.update(name.encode())
            digest.update(raw.replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


def _read_one(source: _Source, name: str, kind: type[T], faults: _Faults, *, optional: bool = False) -> T | None:
    if name not in source.files:
        if not optional:
            faults.add(source.folder / name, 1, "Filen saknas. Den hör till katalogen; hämta den på nytt.")
        return None
    read = _read_entry(source, name, kind, faults)
    return read[1] if read else None


def _read_entry(source: _Source, name: str, kind: type[T], faults: _Faults) -> tuple[Path, T, YamlData] | None:
    path = source.folder / name
    try:
        data = parse_yaml(source.files[name])
    except YamlFault as fault:
        faults.add(path, fault.line, fault.sentence)
        return None
    entry = _validate(path, data, kind, faults)
    return (path, entry, data) if entry else None


def _read_entries(source: _Source, faults: _Faults) -> Iterator[tuple[Path, Entry, YamlData]]:
    for name in source.files:
        area, _, rest = name.partition("/")
        if not rest or area == "languages":
            continue
        kind: type[Obstacle] | type[Criterion] = Obstacle if area == OBSTACLES else Criterion
        if read := _read_entry(source, name, kind, faults):
            yield read


def _validate(path: Path, data: YamlData, kind: type[T], faults: _Faults) -> T | None:
    if not isinstance(data.data, dict):
        faults.add(path, 1, "Filen ska bestå av nycklar och värden (nyckel: värde).")
        return None
    try:
        return kind.model_validate(data.data)
    except ValidationError as error:
        for detail in error.errors():
            place = tuple(part for part in detail["loc"])
            faults.add(path, data.line(place), _swedish(detail, place, kind, faults))
        return None


def _swedish(detail: Any, place: tuple[int | str, ...], kind: type[BaseModel], faults: _Faults) -> str:
    name = ".".join(str(part) for part in place)
    context = detail.get("ctx", {})
    match detail["type"]:
        case "value_error":
            return f"”{name}”: {context['error']}"
        case "greater_than_equal" | "less_than_equal" | "finite_number":
            return f"”{name}” är {detail['input']} men ska ligga mellan 0 och 100."
        case "missing":
            return f"Nyckeln ”{name}” saknas. Lägg till den."
        case "extra_forbidden":
            near = faults.nearest(str(place[-1]), kind.model_fields)
            hint = f" Menade du ”{near}”?" if near else " Ta bort den eller rätta stavningen."
            return f"Nyckeln ”{name}” är okänd.{hint}"
        case "literal_error":
            return f"”{name}” är {detail['input']!r} men ska vara ett av: {context.get('expected', '')}.".replace(
                " or ", " eller "
            )
        case "string_pattern_mismatch" if context.get("pattern") == r"\S":
            return f"”{name}” är tom. Skriv minst ett ord."
        case "string_pattern_mismatch":
            return f"”{name}” är {detail['input']!r}, vilket inte har rätt form ({context.get('pattern')})."
        case "string_type":
            return f"”{name}” ska vara text. Sätt värdet inom citattecken."
        case "tuple_type":
            return f"”{name}” ska vara en lista: [värde, värde]."
        case "too_short" | "string_too_short":
            return f"”{name}” är tom. Skriv minst ett värde."
        case "int_type" | "int_from_float" | "int_parsing":
            return f"”{name}” ska vara ett heltal."
        case _:
            return f"”{name}” har fel värde eller fel form: {str(detail['input'])[:60]!r}."


def _merge_vocabularies(parts: list[Vocabulary]) -> Vocabulary | None:
    if not parts:
        return None
    merged: dict[str, Concept] = {}
    for part in parts:
        merged.update(part.concepts)
    return Vocabulary(schema_version=1, language=parts[0].language, concepts=merged)


def concepts_of(entry: Entry) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Yield every concept that a criterion or obstacle names, with the YAML path where it stands."""
    for i, rule in enumerate(entry.asks_for):
        yield from _rule_concepts(rule, ("asks_for", i))
    if isinstance(entry, Obstacle):
        for i, concept in enumerate(entry.justified_by):
            yield concept, ("justified_by", i)
        return
    for i, level in enumerate(entry.levels):
        for j, concept in enumerate(level.all_of):
            yield concept, ("levels", i, "all_of", j)
    for i, law in enumerate(entry.law):
        for j, concept in enumerate(law.only):
            yield concept, ("law", i, "only", j)


def _rule_concepts(rule: Rule, path: tuple[str | int, ...]) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    for key in ("all_of", "unless"):
        for j, concept in enumerate(getattr(rule, key)):
            yield concept, (*path, key, j)


def _check_together(
    entries: list[tuple[Path, Entry, YamlData]],
    ids: set[str],
    head: CatalogueHead,
    categories: Iterable[Category],
    vocabulary: Vocabulary,
    root: Path,
    faults: _Faults,
) -> None:
    categories = tuple(categories)
    category_ids = {category.id for category in categories}
    seen: dict[str, Path] = {}
    for path, entry, data in entries:
        own = path.is_relative_to(root)
        if not path.name.startswith(f"{entry.id}-"):
            faults.add(
                path,
                data.line(("id",)),
                f"id är {entry.id} men filen heter {path.name}. Filnamnet ska börja med {entry.id}-.",
            )
        if entry.id in seen and own == seen[entry.id].is_relative_to(root):
            faults.add(path, data.line(("id",)), f"{entry.id} finns redan i {seen[entry.id].name}. Välj ett nytt id.")
        seen[entry.id] = path
        if entry.id in head.retired_ids and entry.lifecycle != "retired":
            faults.add(
                path, data.line(("id",)), f"{entry.id} har använts förr och får inte användas igen. Välj ett nytt id."
            )
        for concept, where in concepts_of(entry):
            if concept not in vocabulary.concepts:
                faults.add(path, data.line(where), _unknown_concept(concept, vocabulary, faults))
        for category in entry.applies_to.categories:
            if category not in category_ids:
                faults.add(
                    path, data.line(("applies_to", "categories")), f"Kategorin {category} finns inte i {CATEGORIES}."
                )
        _check_references(path, entry, data, ids, faults)
    for known in categories:
        if known.concept and known.concept not in vocabulary.concepts:
            faults.add(root / CATEGORIES, 1, f"{known.id}: {_unknown_concept(known.concept, vocabulary, faults)}")
    for name, concept_data in vocabulary.concepts.items():
        for other in (*concept_data.includes, *concept_data.not_with, *concept_data.needs):
            if other not in vocabulary.concepts:
                faults.add(root / VOCABULARY, 1, f"Begreppet {name}: {_unknown_concept(other, vocabulary, faults)}")


def _unknown_concept(concept: str, vocabulary: Vocabulary, faults: _Faults) -> str:
    near = faults.nearest(concept, vocabulary.concepts)
    hint = f" Menade du ”{near}”?" if near else f" Lägg till det i {VOCABULARY}."
    return f"Begreppet ”{concept}” finns inte i ordlistan.{hint}"


def _check_references(path: Path, entry: Entry, data: YamlData, ids: set[str], faults: _Faults) -> None:
    if isinstance(entry, Obstacle):
        references = [("blocks", other) for other in entry.blocks]
        levels: set[str] = set()
    else:
        references = [("specialises", other) for other in entry.specialises]
        references += [("overlaps", other) for other in entry.overlaps]
        levels = {level.id for level in entry.levels}
        if len(levels) != len(entry.levels):
            faults.add(path, data.line(("levels",)), "Två nivåer har samma id. Ge varje nivå ett eget.")
        for i, example in enumerate(entry.examples.match):
            if example.level not in levels:
                faults.add(
                    path,
                    data.line(("examples", "match", i)),
                    f"Exemplet nämner nivån ”{example.level}”, som inte finns bland nivåerna.",
                )
        for level in entry.requirement_sv:
            if level not in levels:
                faults.add(
                    path,
                    data.line(("requirement_sv", level)),
                    f"Formuleringen gäller nivån ”{level}”, som inte finns bland nivåerna.",
                )
    if entry.lifecycle == "retired" and not entry.replaced_by:
        faults.add(
            path,
            data.line(("lifecycle",)),
            "Ett kriterium som dragits tillbaka ska säga vad som ersätter det (replaced_by).",
        )
    for key, other in references:
        if other == entry.id:
            faults.add(path, data.line((key,)), f"”{key}” nämner kriteriet självt. Ta bort {other}.")
        elif other not in ids:
            faults.add(path, data.line((key,)), f"”{key}” nämner {other}, som inte finns i katalogen.")


def find_entry(catalogue: Catalogue, criterion_id: str) -> Entry:
    """Return a criterion or obstacle by id; raises ``UsageError`` with the nearest ids when there is none."""
    wanted = criterion_id.upper()
    entry = catalogue.by_id.get(wanted) or catalogue.obstacles_by_id.get(wanted)
    if entry is None:
        near = difflib.get_close_matches(wanted, [*catalogue.by_id, *catalogue.obstacles_by_id], 3, 0.5)
        hint = f" Menade du {' eller '.join(near)}?" if near else " Alla visas med: cirkular-krav catalogue list."
        raise UsageError(f"Kriteriet {criterion_id} finns inte.{hint}")
    return entry
