"""What the README and the notebooks promise: the commands exist, the names are the library's, the code runs."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import click
import nbformat
import pytest
from nbclient import NotebookClient

import cirkular_krav
from builders import ROOT
from cirkular_krav.cli import command
from cirkular_krav.reports.words import languages, load_words
from cirkular_krav.yamlfile import read_yaml

README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands(group: click.Group, prefix: str = "") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name, sub in group.commands.items():
        if isinstance(sub, click.Group):
            found |= commands(sub, f"{prefix}{name} ")
        else:
            found[f"{prefix}{name}"] = sub
    return found


@pytest.mark.parametrize("name", sorted(commands(command)))
def test_every_command_stands_in_the_readme_and_has_swedish_help(name: str) -> None:
    assert f"cirkular-krav {name}" in README
    text = commands(command)[name].help or ""
    assert re.search(r"[åäöÅÄÖ]|\b(och|eller|ett)\b", text), text


def test_the_readmes_table_of_functions_is_what_the_library_exports() -> None:
    functions = {name for name in cirkular_krav.__all__ if callable(getattr(cirkular_krav, name)) and name.islower()}
    assert functions == set(re.findall(r"^\| `(\w+)\(", README, re.MULTILINE))


@pytest.mark.parametrize("name", cirkular_krav.__all__)
def test_every_exported_name_exists_and_tells_what_it_promises(name: str) -> None:
    assert (getattr(cirkular_krav, name).__doc__ or "").strip()


def test_the_readmes_commands_are_the_ones_that_are_run_for_every_change() -> None:
    for marker in ("run-sh", "test-sh"):
        block = re.search(rf"<!-- {marker} -->\n```sh\n(.+)\n```", README)
        assert block, f"the README has no block marked {marker}"
        assert len(block.group(1).splitlines()) == 1


def test_how_right_the_program_was_stands_in_one_file_that_the_readme_agrees_with() -> None:
    measured = read_yaml(ROOT / "src/cirkular_krav/reports/measured.yaml").data
    row = re.search(
        r"^\| criterion family: precision / recall \|.*\| \*\*([\d.]+)\*\*.*/ \*\*([\d.]+)\*\*", README, re.MULTILINE
    )
    assert row
    assert [float(figure) for figure in row.groups()] == [measured["right"], measured["found"]]
    assert measured["measured_on"] in README
    for language in languages():
        sentence = load_words(language).measured()
        texts = (ROOT / f"src/cirkular_krav/reports/texts/{language}.yaml").read_text(encoding="utf-8")
        assert re.findall(r"\d+", sentence) == [
            str(round(10 * measured["right"])),
            "10",
            str(round(10 * measured["found"])),
            "10",
        ]
        assert not re.search(r"\d av 10 |\d of 10 ", texts)


NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.filterwarnings("ignore")  # those of the notebook machinery are not ours
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_a_notebook_runs_from_top_to_bottom(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_a_notebook_imports_root_names_only_and_defines_no_long_function(path: Path) -> None:
    cells = [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
    code = "\n".join("".join(cell["source"]) for cell in cells)
    assert not re.search(r"from cirkular_krav\.|import cirkular_krav\.", code)
    functions = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)]
    assert all((f.end_lineno or 0) - f.lineno < 10 for f in functions)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_a_notebook_keeps_small_outputs_and_no_path_of_a_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert '"outputs": [' in text
    assert any(cell.get("outputs") for cell in json.loads(text)["cells"])
    assert len(text) < 40_000
    assert not re.search(r"/(?:home|tmp|Users|work)/", text)


# What the library's own codes are, which a reader of a Swedish table should not meet.
CODES = {
    "scored", "incomplete", "not_relevant", "few_applicable", "nothing_read", "asked", "partly", "not_asked", "year", "quarter", "month",
    "circular", "supporting", "sustainability", "source", "judgement", "spearhead", "advanced", "basic", "between", "unquantified", "law",
    "reject", "accept", "leading", "count", "dtype", "&lt;NA&gt;",
}  # fmt: skip


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_a_notebooks_tables_have_no_code_where_a_reader_expects_swedish(path: Path) -> None:
    outputs = [o for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] for o in cell.get("outputs", ())]
    for output in outputs:
        data = output.get("data", {})
        cells = re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", "".join(data.get("text/html", ())))
        bare = "".join(data.get("text/plain", ())) if "text/html" not in data else ""
        assert not CODES & {*cells, *re.findall(r"[\w-]+", bare)}


def test_the_notebooks_draw_with_the_charts_of_the_report() -> None:
    drawn = [path.read_text(encoding="utf-8") for path in NOTEBOOKS if "chart(" in path.read_text(encoding="utf-8")]
    assert len(drawn) >= 2
    assert all("<svg" in text for text in drawn)


def test_the_notebooks_are_numbered_without_gaps() -> None:
    assert [int(path.name[:2]) for path in NOTEBOOKS] == list(range(1, len(NOTEBOOKS) + 1))


def test_the_readmes_output_is_what_the_command_prints() -> None:
    block = re.search(r"<!-- output -->\n```text\n(.*?)\n```", README, re.DOTALL)
    assert block
    command = [
        sys.executable,
        "-m",
        "cirkular_krav",
        "assess",
        str(ROOT / "corpus" / "procurements" / "mobler-norrsjo"),
    ]
    printed = subprocess.run(command, capture_output=True, text=True, encoding="utf-8").stdout.splitlines()
    shown = [line for line in block.group(1).splitlines() if line.strip() != "[...]"]
    assert [line for line in shown if line not in printed] == []
