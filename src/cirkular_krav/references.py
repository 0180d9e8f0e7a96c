"""Where the references of requirements lead: "bilaga 3 punkt 4.2" to that point of that file, or nowhere.

An annex is known by its file's name, by the title inside it, by a heading of another document, or by the list of annexes
("Bilaga 3 – Prisformulär" beside a file with that name). A part is a heading or a requirement with the number, in the
document that is named or else in the same one; elsewhere only when no other document has such a part. What cannot be
told is left unfollowed, never guessed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from cirkular_krav.models import Block, Document, Procurement, Reference, Requirement
from cirkular_krav.text import cut
from cirkular_krav.understanding.references import find_references, role_named

_ANNEX_NAME = re.compile(
    r"(?:^|[^a-zåäö])bil(?:aga|\.)?[ _.-]*(?:nr[ _.-]*)?(\d{1,2}(?:\.\d{1,2})*[a-z]?|[a-z]\d?)(?![a-zåäö\d])"
)
_ANNEX_TITLE = re.compile(
    r"^bilag(?:a|an) (\d{1,2}(?:\.\d{1,2})*[a-z]?|[a-z]\d?)(?![a-zåäö\d])[ :.,–-]*(.{0,80})", re.IGNORECASE
)
# What there is one of in a procurement, so that its role tells which it is whatever it is called.
_MAIN = re.compile(
    r"kravspecifikation|(?:ram)?avtals(?:utkast|mall|förslag|villkor)|kontrakts|upphandlingsföreskrift|upphandlingsdokument|"
    r"förfrågningsunderlag|anbudsinbjudan|frågor och svar",
    re.IGNORECASE,
)
# How far into a document the title that names it as an annex may stand.
_TITLE_BLOCKS = 6
_MOST_BLOCKS = 60
_MOST_HEADING = 120
# A name this short has no definite ending to take away.
_SHORT_NAME = 6


def link_references(requirements: Sequence[Requirement], procurement: Procurement) -> tuple[Requirement, ...]:
    """Return the same requirements with what they refer to, and where that was found."""
    resolver: _Resolver | None = None
    out = []
    for i, requirement in enumerate(requirements):
        told = find_references(f"{requirement.text} {requirement.support}".strip())
        if told:
            resolver = resolver or _Resolver(requirements, procurement)
            found = tuple(r for r in (resolver.follow(t, requirement, i) for t in told) if r is not None)
            requirement = requirement.model_copy(update={"references": found})
        out.append(requirement)
    return tuple(out)


class _Resolver:
    """The documents and requirements of one procurement by what may name them."""

    def __init__(self, requirements: Sequence[Requirement], procurement: Procurement) -> None:
        self.requirements = requirements
        self.documents = {document.path: document for document in procurement.documents}
        self.by_document: dict[str, list[Requirement]] = defaultdict(list)
        for requirement in requirements:
            self.by_document[requirement.document].append(requirement)
        self.annexes = _annexes(procurement.documents)

    def follow(self, told: Reference, requirement: Requirement, at: int) -> Reference | None:
        """Return the reference with where it leads; none when it only names the requirement itself."""
        if told.near:
            return self._near(told, requirement, at)
        if told.number and not told.annex and not told.name and _same(told.number, requirement.number):
            return None
        named = self._documents(told)
        if (told.annex or told.name) and not named:
            return told
        if not told.number:
            if named == [requirement.document] and not told.annex:
                return None  # "kraven i kravspecifikationen" in the specification itself
            return self._whole(told, named)
        return self._part(told, named, requirement)

    def _documents(self, told: Reference) -> list[str]:
        """Return the paths that an annex or a name may mean."""
        if told.annex:
            return [path for path, _ in self.annexes.get(told.annex.lower(), ())]
        return self._named(told.name) if told.name else []

    def _named(self, name: str) -> list[str]:
        wanted = _stem(name)
        same = [path for path in self.documents if PurePosixPath(path).name.lower() == name.lower()]
        same = same or [path for path in self.documents if wanted and wanted in _plain(PurePosixPath(path).stem)]
        same = same or [
            path for path, document in self.documents.items()
            if any(wanted and wanted in _plain(block.text) for block in document.blocks[:_TITLE_BLOCKS] if block.kind == "heading")
        ]  # fmt: skip
        role = role_named(name) if _MAIN.match(name) else ""
        return same or [path for path, document in self.documents.items() if role and document.role == role]

    def _whole(self, told: Reference, named: list[str]) -> Reference:
        if len(named) != 1:
            return told
        block = next((b for path, b in self.annexes.get(told.annex.lower(), ()) if b), None) if told.annex else None
        if block is not None:
            return self._section(told, named[0], block)
        return told.model_copy(update={"document": named[0]})

    def _part(self, told: Reference, named: list[str], requirement: Requirement) -> Reference:
        for paths in ([*named] if named else [requirement.document], [] if named else [*self.documents]):
            found = [hit for path in paths for hit in self._numbered(told, path)]
            documents = {hit.document for hit in found}
            if len(documents) == 1:
                return found[0]
            if found:
                return told  # more than one document has such a part
        return told

    def _numbered(self, told: Reference, path: str) -> Iterator[Reference]:
        """Yield where a document has a requirement or a heading with the number: at most one answer."""
        own = [r for r in self.by_document[path] if _same(told.number, r.number)]
        if own:
            yield told.model_copy(
                update={
                    "document": path, "heading": " / ".join(own[0].heading_path), "location": own[0].location,
                    "requirement_ids": tuple(r.id for r in own),
                }
            )  # fmt: skip
            return
        for block in self.documents[path].blocks:
            if block.layer != "contents" and (_same(told.number, block.number) or _begins(block, told.number)):
                yield self._section(told, path, block)
                return

    def _section(self, told: Reference, path: str, start: Block) -> Reference:
        """Return the reference as leading to a heading or paragraph and what stands under it."""
        blocks = [start]
        if start.kind == "heading":
            document = self.documents[path].blocks
            at = next(i for i, block in enumerate(document) if block is start)
            for block in document[at + 1 :]:
                if block.kind == "heading" and block.level <= start.level:
                    break
                blocks.append(block)
        ids = {block.id for block in blocks}
        under = tuple(r.id for r in self.by_document[path] if ids.intersection(r.block_ids))
        return told.model_copy(
            update={
                "document": path, "heading": cut(f"{start.number} {start.text}".strip(), _MOST_HEADING), "location": start.place,
                "requirement_ids": under, "block_ids": () if under else tuple(b.id for b in blocks[:_MOST_BLOCKS]),
            }
        )  # fmt: skip

    def _near(self, told: Reference, requirement: Requirement, at: int) -> Reference:
        """What stands right above or below under the same heading; the requirement before or after."""
        steps = range(at - 1, -1, -1) if told.near == "above" else range(at + 1, len(self.requirements))
        for i in steps:
            other = self.requirements[i]
            if other.document != requirement.document or other.heading_path != requirement.heading_path:
                break
            if other.block_ids != requirement.block_ids:
                return told.model_copy(
                    update={
                        "document": other.document, "heading": " / ".join(other.heading_path), "location": other.location,
                        "requirement_ids": (other.id,),
                    }
                )  # fmt: skip
        return told


def _annexes(documents: Sequence[Document]) -> dict[str, list[tuple[str, Block | None]]]:
    """Return annex → the documents it may be, with the heading it begins at where it is a part of a document."""
    names: dict[str, set[str]] = defaultdict(set)
    inside: dict[str, list[tuple[str, Block | None]]] = defaultdict(list)
    listed: dict[str, str] = {}
    for document in documents:
        if match := _ANNEX_NAME.search(PurePosixPath(document.path).stem.lower()):
            names[match[1]].add(document.path)
        titles = [(i, b, m) for i, b in enumerate(document.blocks) if (m := _annex_title(b))]
        alone = sum(i < _TITLE_BLOCKS for i, _, _ in titles) == 1  # else it is a list of annexes
        for i, block, title in titles:
            number = title[1].lower()
            if alone and i < _TITLE_BLOCKS and block.kind != "table_row":
                names[number].add(document.path)
            elif block.kind == "heading" and block.layer == "body":
                inside[number].append((document.path, block))
            elif title[2].strip():
                listed.setdefault(number, title[2])
    out: dict[str, list[tuple[str, Block | None]]] = {
        n: [(p, None) for p in sorted(paths)] for n, paths in names.items()
    }
    for number, hits in inside.items():
        out.setdefault(number, hits)
    for number, told in listed.items():
        paths = [d.path for d in documents if _names(told, d.path)]
        if len(paths) == 1:
            out.setdefault(number, [(paths[0], None)])
    return out


def _annex_title(block: Block) -> re.Match[str] | None:
    return _ANNEX_TITLE.match(block.text) if len(block.text) < _MOST_HEADING and block.layer != "contents" else None


def _names(title: str, path: str) -> bool:
    """Tell whether a title and a file's name are the same name."""
    wanted, name = _stem(title), _plain(PurePosixPath(path).stem)
    return bool(wanted and name) and (wanted in name or name in _plain(title))


def _plain(name: str) -> str:
    """Return a name's letters alone, without numbers, dots over å, ä and ö, and the word bilaga."""
    letters = re.sub(r"\bbilag(?:a|an)\b|[^a-zåäö]", "", name.lower().replace("_", " "))
    return letters.translate(str.maketrans("åäö", "aao"))


def _stem(name: str) -> str:
    """Return a plain name without its suffix and definite ending, to be looked for in the name of a file."""
    plain = _plain(re.sub(r"\.[a-z]{3,4}$", "", name.lower()))
    return re.sub(r"(?:en|et|na|n|t)$", "", plain) if len(plain) > _SHORT_NAME else plain


def _same(number: str, other: str) -> bool:
    return bool(other) and number.strip(" .:").lower() == other.strip(" .:()").lower()


def _begins(block: Block, number: str) -> bool:
    """Tell whether an unnumbered heading, or a sheet, begins with the number."""
    return block.kind == "heading" and bool(re.match(rf"{re.escape(number)}(?![.\d:])\W", block.text, re.IGNORECASE))
