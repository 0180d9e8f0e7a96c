"""Who buys, who uses and who is responsible: three things that a notice mixes (``domain.md`` 4.6).

The list of organisations is data, ``organisations.yaml`` beside this module. It is no part of the catalogue: a new
spelling must not change the ruler that assessments are stamped with. An organisation outside the list is known by its
number, else by its name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from cirkular_krav.errors import UsageError
from cirkular_krav.models import Frozen, Procurement
from cirkular_krav.organisation_number import (
    format_organisation_number,
    is_valid_organisation_number,
    normalise_organisation_number,
)
from cirkular_krav.yamlfile import YamlFault, read_yaml

DEFAULT = Path(__file__).with_name("organisations.yaml")
# A note in brackets, or anything that is neither letter nor digit, does not make another organisation.
_NOT_NAME = re.compile(r"\([^)]*\)|[^\w]+")
# Those that buy in their own name for others to use.
_BUYS_FOR_OTHERS = ("office", "central")


class Organisation(Frozen):
    """One organisation of the list; ``number`` is empty until a source shows it."""

    id: str
    name_sv: str
    kind: Literal["region", "municipality", "state", "office", "central", "joint_body", "company"]
    number: str = ""
    number_source: str = ""
    municipality_code: str = ""
    spellings: tuple[str, ...] = ()
    buys_for: tuple[str, ...] = ()
    run_by: str = ""


class Organisations(Frozen):
    """The list, with look-up by number and by any spelling of a name."""

    schema_version: Literal[1]
    organisations: tuple[Organisation, ...]

    @cached_property
    def by_id(self) -> dict[str, Organisation]:
        """Organisations by id."""
        return {one.id: one for one in self.organisations}

    @cached_property
    def by_name(self) -> dict[str, Organisation]:
        """Organisations by every spelling of their name, as ``_plain`` writes it."""
        return {_plain(name): one for one in self.organisations for name in (one.name_sv, *one.spellings)}

    @cached_property
    def by_number(self) -> dict[str, Organisation]:
        """Organisations by the ten digits of their number."""
        return {normalise_organisation_number(one.number): one for one in self.organisations if one.number}

    def find(self, name: str, number: str = "") -> Organisation | None:
        """Return the organisation of a name and number, or none.

        A joint office has no number of its own and stands under its host's: its name is looked at before the number.
        """
        named = self.by_name.get(_plain(name))
        if named and named.run_by:
            return named
        return self.by_number.get(normalise_organisation_number(number)) or named


@dataclass(frozen=True, slots=True, order=True)
class Party:
    """An organisation as the baseline knows it: ``key`` is its id in the list, else its number, else its plain name."""

    key: str
    label: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Parties:
    """The three roles in one procurement; ``users`` is empty when nothing tells who may use the agreement."""

    buyer: Party
    responsible: Party
    users: tuple[Party, ...]


def find_parties(procurement: Procurement, organisations: Organisations) -> Parties:
    """Return who stands as buyer, who wrote the documents and who uses the agreement.

    Responsible is the buyer; but where a host buys also for others that its joint office serves, the office is.
    Users are those on whose behalf it is bought, with the buyer itself unless it buys for others only.
    """
    known = organisations.find(procurement.buyer, procurement.organisation_number)
    buyer = party_of(known, procurement.buyer, procurement.organisation_number)
    others = [(organisations.find(name), name) for name in procurement.on_behalf_of]
    office = _office_of(known, [one for one, _ in others], organisations)
    users = [party_of(one, name) for one, name in others]
    if not (known and known.kind in _BUYS_FOR_OTHERS):
        users.insert(0, buyer)
    return Parties(buyer, party_of(office) if office else buyer, tuple(dict.fromkeys(users)))


def _office_of(
    buyer: Organisation | None, others: list[Organisation | None], organisations: Organisations
) -> Organisation | None:
    if buyer is None:
        return None
    served = {one.id for one in others if one and one.id != buyer.id}
    return next((o for o in organisations.organisations if o.run_by == buyer.id and served & set(o.buys_for)), None)


def party_of(known: Organisation | None, name: str = "", number: str = "") -> Party:
    """Return the organisation as the baseline knows it: the listed one, else by number, else by name."""
    if known:
        return Party(known.id, known.name_sv, known.number)
    digits = normalise_organisation_number(number)
    return Party(digits or _plain(name), name, format_organisation_number(number))


def _plain(name: str) -> str:
    return " ".join(_NOT_NAME.sub(" ", name.casefold()).split())


@lru_cache(maxsize=8)
def load_organisations(path: Path = DEFAULT) -> Organisations:
    """Return the list of organisations; raises ``UsageError`` with the line of what is wrong."""
    try:
        data = read_yaml(path)
        listed = Organisations.model_validate(data.data)
    except OSError:
        raise UsageError(f"Organisationslistan {path} går inte att läsa. Kontrollera sökvägen.") from None
    except YamlFault as fault:
        raise UsageError(f"{path.name}, rad {fault.line}: {fault.sentence}") from None
    except ValidationError as error:
        where = error.errors()[0]["loc"]
        raise UsageError(
            f"{path.name}, rad {data.line(where)}: ”{where[-1]}” saknas, är okänt eller har fel form. "
            "Jämför med organisationerna ovanför i filen."
        ) from None
    _check(listed, path)
    return listed


def _check(listed: Organisations, path: Path) -> None:
    ids = [one.id for one in listed.organisations]
    for one in listed.organisations:
        unknown = [other for other in (*one.buys_for, *((one.run_by,) if one.run_by else ())) if other not in ids]
        if ids.count(one.id) > 1:
            raise UsageError(f"{path.name}: id ”{one.id}” står två gånger. Varje organisation ska ha ett eget.")
        if unknown:
            raise UsageError(f"{path.name}: ”{one.id}” nämner {unknown[0]}, som inte finns i listan. Lägg till den.")
        if one.number and not (is_valid_organisation_number(one.number) and one.number_source):
            raise UsageError(
                f"{path.name}: numret {one.number} för ”{one.id}” har fel kontrollsiffra eller saknar källa "
                "(number_source). Rätta det, eller lämna number tomt."
            )
