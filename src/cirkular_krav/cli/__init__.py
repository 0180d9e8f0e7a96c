"""The command: each body parses, calls one library function and prints. Only click is imported to show help.

A command lives in the module of its name (or of its group); here they are gathered, and errors become exit codes.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

import click

from cirkular_krav.cli.assess import assess, explain
from cirkular_krav.cli.baseline import baseline
from cirkular_krav.cli.catalogue import catalogue
from cirkular_krav.cli.compare import compare
from cirkular_krav.cli.draw import draw
from cirkular_krav.cli.evaluate import evaluate
from cirkular_krav.cli.export import export
from cirkular_krav.cli.find import find
from cirkular_krav.cli.follow_up import follow_up
from cirkular_krav.cli.frame import frame
from cirkular_krav.cli.report import report
from cirkular_krav.cli.review import review
from cirkular_krav.cli.seal import seal
from cirkular_krav.cli.train import train
from cirkular_krav.cli.workbook import workbook
from cirkular_krav.errors import CirkularKravError, ExitCode

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=CONTEXT, options_metavar="[FLAGGOR]", subcommand_metavar="KOMMANDO [ARGUMENT]...")
@click.version_option(package_name="cirkular-krav", prog_name="cirkular-krav", help="Visa versionen och avsluta.")
def command() -> None:
    """Läser svenska upphandlingsdokument och visar vilka cirkulära krav de ställer.

    Dokumenten lämnar aldrig datorn.
    """


for one in (
    assess, explain, find, workbook, export, follow_up, report, review, baseline, compare, draw, frame, seal, evaluate, train, catalogue,
):  # fmt: skip
    command.add_command(one)


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

    gettext.bindtextdomain("messages", str(Path(__file__).parents[1] / "locale"))
    os.environ["LANGUAGE"] = "sv"
    signal.signal(signal.SIGTERM, _terminated)


def _terminated(*_: object) -> None:
    sys.exit(ExitCode.TERMINATED)


def _stop(sentence: str, code: ExitCode) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(code)
