"""``seal``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cirkular_krav.cli.options import FOLDER, LANGUAGE
from cirkular_krav.errors import ExitCode


@click.command(options_metavar="[FLAGGOR]", short_help="Försegla en baslinje, så att den kan göras om.")
@click.argument("file", metavar="LAGER|FIL", type=FOLDER)
@click.option("--out", type=FOLDER, metavar="FIL", help="Den förseglade filen (.zip).")
@click.option("--originals", default="", metavar="TEXT", help="Var originaldokumenten är arkiverade.")
@click.option(
    "--decisions",
    multiple=True,
    type=FOLDER,
    metavar="FIL",
    help="Människors beslut, eller ett ifyllt urval, som ska följa med; kan upprepas.",
)
@click.option("--verify", is_flag=True, help="Kontrollera en förseglad fil och räkna om den.")
@LANGUAGE
def seal(
    file: Path, out: Path | None, originals: str, decisions: tuple[Path, ...], verify: bool, language: str
) -> None:
    """Packa ett LAGER med allt som siffrorna vilar på – läst text, katalog, poängregler, hashar och versioner.

    Med --verify kontrolleras en förseglad FIL: alla hashar, och att samma text ger samma krav och samma poäng.
    """
    from cirkular_krav.reports.words import load_words
    from cirkular_krav.sealing import seal as seal_store
    from cirkular_krav.sealing import verify_seal

    words = load_words(language)
    if not verify:
        if not out:
            raise click.UsageError("Ange med --out vad den förseglade filen ska heta.")
        fingerprint = seal_store(file, out, originals=originals, decisions=decisions)
        click.echo(words("seal.sealed", path=out, fingerprint=fingerprint))
        return
    check = verify_seal(file)
    click.echo(words("seal.holds" if check.holds else "seal.fails", count=words.number(check.procurements)))
    for key in ("damaged", "rescored", "reread"):
        if names := getattr(check, key):
            click.echo(words(f"seal.{key}", names=", ".join(names)))
    click.echo(
        words(
            "seal.facts",
            fingerprint=check.fingerprint,
            originals=check.originals,
            then=check.sealed_with,
            now=check.checked_with,
        )
    )
    sys.exit(ExitCode.ALL_READ if check.holds else ExitCode.SOME_UNREAD)
