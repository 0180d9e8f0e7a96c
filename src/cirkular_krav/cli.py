"""The command: each body parses, calls one library function and prints. Only click is imported to show help."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from cirkular_krav.errors import CirkularKravError, ExitCode

if TYPE_CHECKING:
    from cirkular_krav.models import Assessment

FOLDER = click.Path(path_type=Path)
LANGUAGE = click.option(
    "--language", type=click.Choice(["sv", "en"]), default="sv", help="Språk för gränssnittets texter."
)
CRITERIA = click.option("--criteria", type=FOLDER, metavar="MAPP", help="Egna kriterier som läggs till eller ersätter.")
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=CONTEXT, options_metavar="[FLAGGOR]", subcommand_metavar="KOMMANDO [ARGUMENT]...")
@click.version_option(package_name="cirkular-krav", prog_name="cirkular-krav", help="Visa versionen och avsluta.")
def command() -> None:
    """Läser svenska upphandlingsdokument och visar vilka cirkulära krav de ställer.

    Dokumenten lämnar aldrig datorn.
    """


@command.command(options_metavar="[FLAGGOR]", short_help="Bedöm en upphandling, eller en mapp med många.")
@click.argument("folder", metavar="MAPP", type=FOLDER)
@click.option(
    "--json", "as_json", is_flag=True, help="Skriv hela resultatet som JSON (en rad per upphandling om de är flera)."
)
@click.option(
    "--out",
    type=FOLDER,
    metavar="FIL",
    help="Spara resultatet: .json för en upphandling, .jsonl för flera. Katalogen sparas bredvid.",
)
@click.option("--workers", type=click.IntRange(1, 64), metavar="ANTAL", help="Hur många dokument som läses samtidigt.")
@click.option("--ocr", is_flag=True, help="Läs inskannade sidor med teckenläsning (kräver tillvalet ocr).")
@CRITERIA
@LANGUAGE
def assess(
    folder: Path, as_json: bool, out: Path | None, workers: int | None, ocr: bool, criteria: Path | None, language: str
) -> None:
    """Bedöm en upphandling (en mapp eller ZIP) eller en mapp med många."""
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.pipeline import assess_many, find_procurements
    from cirkular_krav.readers.pieces import Limits
    from cirkular_krav.results import write_results

    catalogue = load_catalogue(extra=criteria)
    single = find_procurements(folder) == [folder]
    exclude = [out] if out else []
    progress = _progress("reading" if single else "procurement", language)
    assessments: Iterable[Assessment] = assess_many(
        folder, catalogue, limits=Limits(ocr=ocr), workers=workers, progress=None if single else progress,
        document_progress=progress if single else None, exclude=exclude,
    )  # fmt: skip
    started = time.monotonic()
    if out:
        assessments = write_results(assessments, out, catalogue=catalogue)
    unread = _show(
        assessments,
        catalogue,
        as_json=as_json,
        single=single,
        language=language,
        seconds=lambda: time.monotonic() - started,
    )
    sys.exit(ExitCode.SOME_UNREAD if unread else ExitCode.ALL_READ)


def _show(
    assessments: Iterable[Assessment],
    catalogue: Any,
    *,
    as_json: bool,
    single: bool,
    language: str,
    seconds: Callable[[], float],
) -> int:
    """Print each assessment as it comes and return how many documents were not wholly read."""
    from cirkular_krav.reports import render
    from cirkular_krav.reports.assessment import summary_line
    from cirkular_krav.reports.words import load_words

    words = load_words(language)
    read = unread = 0
    for assessment in assessments:
        if as_json:
            click.echo(assessment.model_dump_json(indent=2 if single else None))
        elif single:
            click.echo(render(assessment, catalogue, language=language), nl=False)
        else:
            click.echo(summary_line(assessment, catalogue, words))
        read += sum(row.status == "read" for row in assessment.ledger)
        unread += sum(row.status in ("partial", "refused", "nothing") for row in assessment.ledger)
    if sys.stderr.isatty():
        click.echo(words("progress.finished", seconds=words.number(seconds(), 1), read=read, unread=unread), err=True)
    return unread


@command.command(options_metavar="[FLAGGOR]", short_help="Förklara ett krav eller en träff, faktor för faktor.")
@click.argument("result", metavar="RESULTAT", type=FOLDER)
@click.argument("identifier", metavar="ID")
@CRITERIA
@LANGUAGE
def explain(result: Path, identifier: str, criteria: Path | None, language: str) -> None:
    """Förklara ett krav eller en träff i ett sparat RESULTAT, faktor för faktor."""
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.reports.explain import explain_any
    from cirkular_krav.results import read_results

    catalogue = load_catalogue(extra=criteria)
    click.echo(explain_any(read_results(result), identifier, catalogue, language=language), nl=False)


@command.command(options_metavar="[FLAGGOR]", short_help="Räkna per organisation.")
@click.argument("root", metavar="MAPP", type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Skriv baslinjen som JSON.")
@click.option("--workers", type=click.IntRange(1, 64), metavar="ANTAL", help="Hur många dokument som läses samtidigt.")
@CRITERIA
@LANGUAGE
def baseline(root: Path, as_json: bool, workers: int | None, criteria: Path | None, language: str) -> None:
    """Räkna per organisation över en mapp med upphandlingar, eller en sparad .jsonl-fil."""
    from cirkular_krav.baseline import build_baseline
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.pipeline import assess_many
    from cirkular_krav.reports import render
    from cirkular_krav.results import read_results

    catalogue = load_catalogue(extra=criteria)
    stored = root.suffix in (".json", ".jsonl") and root.is_file()
    progress = _progress("procurement", language)
    assessments = (
        read_results(root) if stored else tuple(assess_many(root, catalogue, workers=workers, progress=progress))
    )
    found = build_baseline(assessments, catalogue)
    click.echo(found.model_dump_json(indent=2) if as_json else render(found, catalogue, language=language), nl=as_json)
    unread = any(row.status in ("partial", "refused", "nothing") for a in assessments for row in a.ledger)
    sys.exit(ExitCode.SOME_UNREAD if unread else ExitCode.ALL_READ)


@command.command(options_metavar="[FLAGGOR]", short_help="Mät träffsäkerheten på märkta upphandlingar.")
@click.argument("root", metavar="MAPP", type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Skriv allt som JSON, även det som blev fel.")
@CRITERIA
@LANGUAGE
def evaluate(root: Path, as_json: bool, criteria: Path | None, language: str) -> None:
    """Mät precision och täckning på egna märkta upphandlingar (expected/expected.yaml)."""
    from cirkular_krav.catalogue import load_catalogue
    from cirkular_krav.evaluation import evaluate as evaluate_folder
    from cirkular_krav.reports import render

    catalogue = load_catalogue(extra=criteria)
    found = evaluate_folder(root, catalogue)
    click.echo(found.model_dump_json(indent=2) if as_json else render(found, catalogue, language=language), nl=as_json)


@command.group(options_metavar="[FLAGGOR]", subcommand_metavar="KOMMANDO [ARGUMENT]...")
def catalogue() -> None:
    """Läs och kontrollera kriteriekatalogen."""


AMBITIONS = ["spearhead", "advanced", "between", "basic", "unquantified", "law"]


@catalogue.command("list", options_metavar="[FLAGGOR]")
@click.option("--category", metavar="KOD", help="Bara kriterier för en kategori, till exempel MOB.")
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

    for line in diff_catalogues(load_catalogue(old), load_catalogue(new)):
        click.echo(line)


@catalogue.command(options_metavar="[FLAGGOR]")
@click.argument("criterion_id", metavar="ID")
@click.argument("slug", metavar="NAMN")
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


def _progress(key: str, language: str) -> Callable[[int, int, str], None] | None:
    """Return a function that writes one line over and over on a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        return None
    from cirkular_krav.reports.words import load_words

    words = load_words(language)

    def show_line(done: int, total: int, name: str) -> None:
        line = words(f"progress.{key}", done=done, total=total, name=name)[:100]
        click.echo(f"\r{line:<100}" + ("\n" if done == total else ""), nl=False, err=True)

    return show_line


def main() -> NoReturn:
    """Run the command and answer the shell with the exit codes of design D12; a user never sees a traceback."""
    _prepare()
    try:
        command.main(standalone_mode=False, prog_name="cirkular-krav")
    except click.exceptions.Abort:
        _stop("Avbrutet.", ExitCode.INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.USAGE)
    except CirkularKravError as error:
        _stop(str(error), error.exit_code)
    except KeyboardInterrupt:
        _stop("Avbrutet.", ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # Nobody reads the output any longer; that is no fault.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.ALL_READ)
    except Exception as error:  # noqa: BLE001 - the last resort: a sentence instead of a traceback
        if "CIRKULAR_KRAV_DEBUG" in os.environ:
            raise
        _stop(
            f"Ett internt fel inträffade ({type(error).__name__}). Inget resultat har skrivits. Kör igen med miljövariabeln "
            "CIRKULAR_KRAV_DEBUG=1 och anmäl felet med det som då visas.",
            ExitCode.INTERNAL,
        )
    sys.exit(ExitCode.ALL_READ)


def _prepare() -> None:
    """Make texts and signals behave alike everywhere: UTF-8 out, Swedish from click, and a clean stop."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    # click's own words ("Usage", "Error") come through gettext, which looks for the language in the environment.
    import gettext

    gettext.bindtextdomain("messages", str(Path(__file__).parent / "locale"))
    os.environ["LANGUAGE"] = "sv"
    signal.signal(signal.SIGTERM, _terminated)


def _terminated(*_: object) -> None:
    sys.exit(ExitCode.TERMINATED)


def _stop(sentence: str, code: ExitCode) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(code)
