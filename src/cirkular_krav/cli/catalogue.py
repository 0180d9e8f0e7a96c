"""``catalogue`` and what stands under it."""

from __future__ import annotations

from pathlib import Path

import click

from cirkular_krav.cli.options import CRITERIA, FOLDER, LANGUAGE


@click.group(options_metavar="[FLAGGOR]", subcommand_metavar="KOMMANDO [ARGUMENT]...")
def catalogue() -> None:
    """Läs och kontrollera kriteriekatalogen."""


AMBITIONS = ["spearhead", "advanced", "between", "basic", "unquantified", "law"]


@catalogue.command("list", options_metavar="[FLAGGOR]")
@click.option("--category", metavar="KOD", help="Bara kriterier för en kategori, till exempel MOB eller Möbler.")
@click.option("--strategy", metavar="R", help="Bara kriterier med en strategi, till exempel R4.")
@click.option("--goal", metavar="MÅL", help="Bara kriterier för ett mål A–E.")
@click.option("--level", "ambition", type=click.Choice(AMBITIONS), help="Bara kriterier som har en viss nivå.")
@click.option(
    "--lifecycle", type=click.Choice(["draft", "stable", "retired"]), help="Utkast, stabila eller tillbakadragna."
)
@click.option("--counts", type=click.Choice(["circular", "supporting", "sustainability"]), help="Vad de räknas som.")
@CRITERIA
@LANGUAGE
def list_(criteria: Path | None, language: str, **wanted: str | None) -> None:
    """Lista kriterier, urvalet efter kategori, strategi, mål, nivå eller livscykel, och hinder."""
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.catalogue_search import select
    from cirkular_krav.reports.criterion import entry_line

    loaded = load_catalogue(extra=criteria)
    obstacles = loaded.obstacles if not any(wanted.values()) else ()
    for criterion in select(loaded, **wanted):
        click.echo(entry_line(criterion, language))
    for obstacle in obstacles:
        click.echo(entry_line(obstacle, language))


@catalogue.command(options_metavar="[FLAGGOR]")
@click.argument("text", metavar="TEXT")
@CRITERIA
@LANGUAGE
def search(text: str, criteria: Path | None, language: str) -> None:
    """Sök kriterier och hinder på ord; stavfel förlåts."""
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.catalogue_search import search as search_catalogue
    from cirkular_krav.reports.criterion import entry_line
    from cirkular_krav.reports.words import load_words

    found = search_catalogue(load_catalogue(extra=criteria), text)
    for entry in found:
        click.echo(entry_line(entry, language))
    if not found:
        click.echo(load_words(language)("catalogue.nothing_found"))


@catalogue.command(options_metavar="[FLAGGOR]")
@click.argument("criterion_id", metavar="ID")
@CRITERIA
@LANGUAGE
def show(criterion_id: str, criteria: Path | None, language: str) -> None:
    """Visa ett kriterium eller hinder."""
    from cirkular_krav.catalogue import find_entry, load_catalogue
    from cirkular_krav.reports import render

    loaded = load_catalogue(extra=criteria)
    click.echo(render(find_entry(loaded, criterion_id), loaded, language=language), nl=False)


@catalogue.command(options_metavar="[FLAGGOR]")
@click.argument("folder", metavar="[MAPP]", type=FOLDER, required=False)
@click.option("--judgements", "show_judgements", is_flag=True, help="Lista i stället de nivåer som vilar på bedömning.")
def check(folder: Path | None, show_judgements: bool) -> None:
    """Kontrollera katalogen, och egna kriterier i MAPP: form, hänvisningar och alla exempel."""
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.catalogue_check import check_catalogue, examples_in, judgements
    from cirkular_krav.errors import CatalogueError
    from cirkular_krav.reports.words import load_words

    loaded = load_catalogue(extra=folder)
    if show_judgements:
        click.echo("\n".join(judgements(loaded)))
        return
    faults = check_catalogue(loaded)
    if faults:
        raise CatalogueError(faults)
    counts = {"criteria": len(loaded.criteria), "obstacles": len(loaded.obstacles), "examples": examples_in(loaded)}
    click.echo(load_words()("catalogue.ok", **counts))


@catalogue.command(options_metavar="[FLAGGOR]")
@click.argument("old", metavar="GAMMAL", type=FOLDER)
@click.argument("new", metavar="[NY]", type=FOLDER, required=False)
def diff(old: Path, new: Path | None) -> None:
    """Visa i ord vad som skiljer två kataloger (mappar); utan NY jämförs med den installerade."""
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.catalogue_diff import diff_catalogues

    lines = list(diff_catalogues(load_catalogue(old), load_catalogue(new)))
    click.echo("\n".join(lines or ["Katalogerna är lika."]))


@catalogue.command(options_metavar="[FLAGGOR]")
@click.argument("criterion_id", metavar="ID")
@click.argument("slug", metavar="FILNAMN")
@click.option("--folder", metavar="MAPP", type=FOLDER, default=Path("egna-kriterier"), help="Mapp för egna kriterier.")
def new(criterion_id: str, slug: str, folder: Path) -> None:
    """Skriv en mall för ett nytt kriterium; den godkänns inte förrän den är ifylld."""
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.catalogue_new import new_criterion
    from cirkular_krav.reports.words import load_words

    path = new_criterion(criterion_id, slug, folder, load_catalogue())
    click.echo(load_words()("export.written", path=path))


@catalogue.command(options_metavar="[FLAGGOR]")
@click.option("--out", metavar="FIL", type=FOLDER, required=True, help="Fil att skriva: .xlsx eller .html.")
@CRITERIA
@LANGUAGE
def export(out: Path, criteria: Path | None, language: str) -> None:
    """Skriv katalogen till Excel eller till en tillgänglig webbsida."""
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.reports.catalogue_export import export_catalogue
    from cirkular_krav.reports.words import load_words
    from cirkular_krav.results import write_bytes

    write_bytes(out, export_catalogue(load_catalogue(extra=criteria), out.suffix, language=language))
    click.echo(load_words(language)("export.written", path=out))
