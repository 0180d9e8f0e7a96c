"""A template for a new criterion or obstacle: valid in form, and failing the check until it is filled in."""

from __future__ import annotations

import re
from pathlib import Path

from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.errors import CannotWriteError, UsageError

UNFILLED = "FYLL I"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_ID = re.compile(r"[A-Z]{2,4}-[0-9]{2,3}\Z")

_CRITERION = """\
# Sex steg: criteria/README.md. Allt som är märkt {unfilled} ska skrivas; kontrollera med: cirkular-krav catalogue check {folder}
schema_version: 1
id: {id}
lifecycle: draft             # draft räknas inte; skriv stable när allt är ifyllt; retired kräver replaced_by
revision: 1                  # höj när innebörden ändras
specialises: []              # till exempel [GEN-05] om det är ett allmänt kriterium i en kategori
counts: circular             # circular | supporting | sustainability
strategies: [R3]             # R0–R9 eller EN, den viktigaste först
goals: [A]                   # A använda mindre, B andra råvaror, C längre liv, D återanvändning, E materialåtervinning
importance: 2                # 1–3
title_sv: {unfilled} titel
title_en: {unfilled} title
question_sv: "{unfilled}: Kräver eller belönar upphandlingen att …?"
why_sv: "{unfilled}: två eller tre meningar om varför det spelar roll."
applies_to: {{categories: [{category}]}}
asks_for:                    # det första begreppet måste stå i kravet; begreppen finns i languages/sv.yaml
  - {{all_of: [reused, goods], unless: []}}
levels:                      # starkast först; den första som passar gäller
  - {{id: share, ambition: advanced, quantity: {{percent: ">= 30"}}, basis: judgement, read_on: unknown}}
  - {{id: stated, ambition: unquantified, basis: judgement, read_on: unknown}}
kinds: [technical_specification, contract_condition]
evidence_sv: ["{unfilled}"]
follow_up_sv: "{unfilled}"
requirement_sv:
  stated: {{motive: "{unfilled}", requirement: "{unfilled}", verification: "{unfilled}"}}
proportionality_sv: "{unfilled}"
small_suppliers: {{effect: neutral, note_sv: "{unfilled}"}}
agenda_2030: ["12.5"]
sources: []
examples:                    # minst fem som ska träffa (varav två omskrivningar) och fem som inte ska det
  match:
    - {{text: "{unfilled}: en mening som ska träffa", level: stated, attested: false}}
  no_match:
    - {{text: "{unfilled}: en mening som liknar men inte ska träffa", why: "{unfilled}: varför"}}
  known_miss: []
"""

_OBSTACLE = """\
# Sex steg: criteria/README.md. Allt som är märkt {unfilled} ska skrivas; kontrollera med: cirkular-krav catalogue check {folder}
schema_version: 1
id: {id}
lifecycle: draft             # draft räknas inte; skriv stable när allt är ifyllt
revision: 1
title_sv: {unfilled} titel
title_en: {unfilled} title
question_sv: "{unfilled}: Kräver upphandlingen att …?"
why_sv: "{unfilled}: varför det hindrar."
justified_sv: "{unfilled}: när det ändå är berättigat (hygien, säkerhet, passform)."
justified_by: []
better_wording_sv: "{unfilled}: ett helt krav som skyddar köparens intresse och öppnar för cirkulära lösningar."
blocks: [GEN-01]
applies_to: {{categories: [OVR]}}
asks_for:
  - {{all_of: [new_only, goods]}}
examples:
  match:
    - {{text: "{unfilled}: en mening som visar hindret", level: "", attested: false}}
  no_match:
    - {{text: "{unfilled}: en mening som liknar", why: "{unfilled}: varför"}}
"""


def new_criterion(entry_id: str, slug: str, folder: Path, catalogue: Catalogue) -> Path:
    """Write a template and return its path; ``HIN-…`` becomes an obstacle, all else a criterion.

    Raises ``UsageError`` for an id that is taken, used before or of the wrong form.
    """
    entry_id = entry_id.upper()
    if not _ID.match(entry_id):
        raise UsageError(
            f"{entry_id} har inte formen ABC-12. Välj två till fyra versaler, bindestreck och två siffror."
        )
    if entry_id in catalogue.by_id or entry_id in catalogue.obstacles_by_id:
        raise UsageError(
            f"{entry_id} finns redan. Välj nästa lediga nummer; alla visas med: cirkular-krav catalogue list."
        )
    if not _SLUG.match(slug):
        raise UsageError(
            f"{slug} duger inte som filnamn. Skriv små bokstäver a–z, siffror och bindestreck: used-furniture."
        )
    prefix = entry_id.split("-")[0]
    is_obstacle = prefix == "HIN"
    category = prefix if prefix in catalogue.categories_by_id else "OVR"
    path = folder / ("obstacles" if is_obstacle else prefix.lower()) / f"{entry_id}-{slug}.yaml"
    text = (_OBSTACLE if is_obstacle else _CRITERION).format(
        id=entry_id, unfilled=UNFILLED, category=category, folder=folder.as_posix()
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} finns redan och skrivs inte över.") from None
    except OSError:
        raise CannotWriteError(
            f"{path} kunde inte skrivas. Kontrollera skrivrätten, eller ange en annan mapp med --folder."
        ) from None
    return path
