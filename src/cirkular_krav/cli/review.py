"""``review`` and what stands under it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cirkular_krav.cli.options import CRITERIA, FOLDER, LANGUAGE, catalogue_beside
from cirkular_krav.errors import NothingToDoError

WORKBOOK = click.option("--out", metavar="FIL", type=FOLDER, required=True, help="Arbetsbok att skriva (.xlsx).")


@click.group(options_metavar="[FLAGGOR]", subcommand_metavar="KOMMANDO [ARGUMENT]...")
def review() -> None:
    """Låt personer granska träffar i Excel, och läs in vad de har avgjort."""


@review.command(options_metavar="[FLAGGOR]")
@click.argument("result", metavar="RESULTAT", type=FOLDER)
@WORKBOOK
@click.option("--audit", is_flag=True, help="Revision: hela upphandlingars text, hälften utan träffar.")
@click.option(
    "--most", type=click.IntRange(1), metavar="ANTAL", help="Högst så många träffar (200), eller upphandlingar."
)
@click.option("--procurement", "only", metavar="ID", multiple=True, help="Bara den upphandlingen; kan upprepas.")
@click.option("--draw", type=FOLDER, metavar="FIL", help="Revision av det urval som cirkular-krav draw skrev.")
@click.option("--seed", type=int, default=1, metavar="TAL", help="Frö för lottningen av upphandlingar till revisionen.")
@click.option("--decisions", type=FOLDER, metavar="FIL", help="Utelämna det som redan är avgjort i filen.")
@CRITERIA
@LANGUAGE
def export(
    result: Path, out: Path, audit: bool, most: int | None, only: tuple[str, ...], draw: Path | None, seed: int, decisions: Path | None,
    criteria: Path | None, language: str,
) -> None:  # fmt: skip
    """Skriv en arbetsbok att granska i: de tveksammaste träffarna, eller en revision av hela upphandlingar."""
    from cirkular_krav.baseline.draw_file import read_draw
    from cirkular_krav.decisions import read_decisions
    from cirkular_krav.reports.words import load_words
    from cirkular_krav.results import read_results, write_bytes
    from cirkular_krav.review.doubt import chosen
    from cirkular_krav.review.export import MOST_DOUBTS, export_audit, export_review

    catalogue = catalogue_beside(result, criteria)
    if draw:
        only = (*only, *(one.id for one in read_draw(draw).procurements))
    assessments = chosen(read_results(result), only)
    if audit or draw:
        content = export_audit(assessments, catalogue, most=most, seed=seed, language=language)
    else:
        known = read_decisions(decisions) if decisions and decisions.exists() else ()
        content = export_review(assessments, catalogue, decisions=known, most=most or MOST_DOUBTS, language=language)
    write_bytes(out, content)
    words = load_words(language)
    click.echo(words("review_form.written", path=out, sheet=words("review_form.sheets.start")))


@review.command("import", options_metavar="[FLAGGOR]")
@click.argument("workbook", metavar="ARBETSBOK", type=FOLDER)
@click.option(
    "--decisions", "out", type=FOLDER, metavar="FIL", required=True, help="Fil att lägga besluten i (.jsonl)."
)
@LANGUAGE
def import_(workbook: Path, out: Path, language: str) -> None:
    """Läs in en ifylld arbetsbok och lägg besluten sist i en fil; inget som står där ändras."""
    from cirkular_krav.decisions import write_decisions
    from cirkular_krav.reports.words import load_words
    from cirkular_krav.review.read_back import read_review

    words = load_words(language)
    found = read_review(workbook, today=date.today().isoformat())  # noqa: DTZ011 - the day where the person sits
    if not found:
        raise NothingToDoError(words("review_form.nothing_filled", file=workbook))
    new = write_decisions(found, out)
    click.echo(words("review_form.imported", count=len(found), file=workbook, out=out, new=new, old=len(found) - new))


@review.command(options_metavar="[FLAGGOR]")
@click.argument("result", metavar="RESULTAT", type=FOLDER)
@click.option("--decisions", type=FOLDER, metavar="FIL", required=True, help="Personers beslut (.jsonl).")
@click.option("--out", metavar="FIL", type=FOLDER, required=True, help="Nytt resultat att skriva (.json eller .jsonl).")
@CRITERIA
@LANGUAGE
def apply(result: Path, decisions: Path, out: Path, criteria: Path | None, language: str) -> None:
    """Räkna om ett sparat RESULTAT med personers beslut, utan att läsa dokumenten igen."""
    from cirkular_krav.decisions import read_decisions
    from cirkular_krav.pipeline import judge_many
    from cirkular_krav.reports.words import load_words
    from cirkular_krav.results import read_results, write_results

    catalogue = catalogue_beside(result, criteria)
    made = read_decisions(decisions)
    judged = judge_many(read_results(result), made, catalogue)
    write_results(judged.assessments, out, catalogue=catalogue)
    words = load_words(language)
    click.echo(words("review_form.applied", used=judged.used, unused=judged.unused, elsewhere=judged.elsewhere))
    if audits := sum(decision.purpose == "audit" for decision in made):
        click.echo(words("review_form.audits", count=audits))


@review.command(options_metavar="[FLAGGOR]")
@click.argument("drawn", metavar="URVAL", type=FOLDER)
@click.option("--decisions", type=FOLDER, metavar="FIL", required=True, help="Revisionens beslut (.jsonl).")
@click.option("--out", metavar="FIL", type=FOLDER, required=True, help="Ifyllt urval att skriva (.json).")
@LANGUAGE
def fill(drawn: Path, decisions: Path, out: Path, language: str) -> None:
    """Fyll i ett draget URVAL med revisionens beslut, så att baseline --audit kan rätta andelen."""
    from cirkular_krav.baseline.draw_file import read_draw
    from cirkular_krav.decisions import read_decisions
    from cirkular_krav.reports.words import load_words
    from cirkular_krav.results import write_bytes
    from cirkular_krav.review.fill import fill_draw

    filled = fill_draw(read_draw(drawn), read_decisions(decisions))
    write_bytes(out, filled.model_dump_json(indent=2).encode() + b"\n")
    read = sum(one.read_whole for one in filled.procurements)
    click.echo(load_words(language)("review_form.filled", path=out, read=read, total=len(filled.procurements)))


@review.command(options_metavar="[FLAGGOR]")
@click.argument("result", metavar="RESULTAT", type=FOLDER)
@WORKBOOK
@LANGUAGE
def ratings(result: Path, out: Path, language: str) -> None:
    """Skriv ett betygsblad (0–5 per upphandling) för sakkunniga, utan träffar och poäng."""
    from cirkular_krav.reports.words import load_words
    from cirkular_krav.results import read_results, write_bytes
    from cirkular_krav.review.ratings import export_ratings

    write_bytes(out, export_ratings(read_results(result), language=language))
    words = load_words(language)
    click.echo(words("review_form.written", path=out, sheet=words("review_form.sheets.start")))
