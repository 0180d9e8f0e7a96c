"""The command as a user meets it: what is printed, which exit code, and never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from builders import CRITERIA, ROOT

PROCUREMENTS = ROOT / "corpus" / "procurements"
BROKEN = ROOT / "corpus" / "broken"


def run(
    *arguments: object, env: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cirkular_krav", *map(str, arguments)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **(env or {})},
        cwd=cwd,
        timeout=300,
    )


def test_a_conflict_stands_first_with_both_places_and_a_wording_that_solves_it() -> None:
    done = run("assess", PROCUREMENTS / "mobler-norrsjo")
    assert done.returncode == 0
    sections = [line for line in done.stdout.splitlines() if line.isupper() or line.startswith("KONFLIKTER")]
    assert sections[:2] == ["VAD SOM LÄSTES", "KONFLIKTER: KRAV SOM GÖR VARANDRA OMÖJLIGA"]
    first = done.stdout.split("KONFLIKTER")[1].split(" ! ")[1]
    assert "fabriksnya och oanvända" in first
    assert "03-avtalsutkast.pdf, s. " in first
    assert "02-kravspecifikation.docx, avsnitt " in first
    assert "Förslag: " in first
    assert done.stdout.index("VAD SOM SAKNAS MEST") < done.stdout.index("POÄNG")


def test_json_holds_the_whole_result_with_every_place_and_point() -> None:
    done = run("assess", PROCUREMENTS / "mobler-norrsjo", "--json")
    result = json.loads(done.stdout)
    assert {
        "schema_version",
        "procurement",
        "ledger",
        "requirements",
        "matches",
        "obstacles",
        "conflicts",
        "score",
    } <= set(result)
    requirements = {r["id"]: r for r in result["requirements"]}
    for match in result["matches"]:
        requirement = requirements[match["requirement_id"]]
        for evidence in match["evidence"]:
            if evidence["span"]:
                span = evidence["span"]
                assert requirement["text"][span["start"] : span["end"]] == evidence["words"]
    assert result["score"]["low"] <= result["score"]["value"] <= result["score"]["high"]


def test_a_scanned_document_is_named_first_and_the_exit_code_tells_it() -> None:
    done = run("assess", PROCUREMENTS / "textilservice-sagdal")
    assert done.returncode == 1
    assert "02-avtal-skannat.pdf (ingen text)" in done.stdout
    assert "OCR" in done.stdout


@pytest.mark.parametrize(
    ("env", "workers"),
    [
        ({"LC_ALL": "C", "LANG": "C", "TZ": "Pacific/Auckland", "PYTHONHASHSEED": "1"}, 1),
        ({"LC_ALL": "tr_TR.UTF-8", "TZ": "America/New_York", "PYTHONHASHSEED": "77"}, 2),
    ],
)
def test_the_same_files_give_the_same_bytes_whatever_the_locale_time_zone_and_workers(
    env: dict[str, str], workers: int, tmp_path: Path
) -> None:
    moved = tmp_path / "datorer-exempelby"
    shutil.copytree(PROCUREMENTS / "datorer-exempelby", moved)
    plain = run("assess", PROCUREMENTS / "datorer-exempelby", "--json")
    other = run("assess", moved, "--json", "--workers", workers, env=env)
    assert other.stdout == plain.stdout


def test_a_folder_of_many_gives_a_line_each_and_a_file_that_explain_and_baseline_read(tmp_path: Path) -> None:
    root = tmp_path / "upphandlingar"
    for name in ("kontorsstolar-ornsjo", "tolktjanster-gransmark"):
        shutil.copytree(PROCUREMENTS / name, root / name)
    shutil.copy(PROCUREMENTS / "lokalvard-vikmanshult.zip", root)
    out = tmp_path / "resultat.jsonl"
    done = run("assess", root, "--out", out)
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        json.loads(line)["procurement"]["id"] for line in out.read_text(encoding="utf-8").splitlines()
    ]
    stored = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    match = next(m for result in stored for m in result["matches"])
    explained = run("explain", out, match["id"])
    assert explained.returncode == 0
    assert f"TRÄFF PÅ {match['criterion_id']}" in explained.stdout
    assert "Poäng = 100 × S × O" in explained.stdout
    baseline = run("baseline", out)
    assert "ANSVARIGA ORGANISATIONER" in baseline.stdout
    assert "Örnsjö kommun (påhittad)" in baseline.stdout
    assert "går inte att säga" in baseline.stdout


def test_a_criterion_of_the_report_can_be_explained_by_its_own_id(tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    run("assess", PROCUREMENTS / "kontorsstolar-ornsjo", "--out", out)
    done = run("explain", out, "mob-01")
    assert done.returncode == 0
    assert "TRÄFF PÅ MOB-01" in done.stdout
    assert "UPPHANDLING: " in done.stdout
    assert "Örnsjö kommun (påhittad)" in done.stdout
    table = run("export", out, "--out", tmp_path / "tabell.json")
    assert (table.returncode, (tmp_path / "tabell.json").exists()) == (2, False)
    assert "--format ocds" in table.stderr


def test_what_has_nothing_to_tell_says_so_and_what_to_do(tmp_path: Path) -> None:
    assert "Katalogerna är lika." in run("catalogue", "diff", ROOT / "criteria").stdout
    out, book = tmp_path / "r.json", tmp_path / "g.xlsx"
    run("assess", PROCUREMENTS / "kontorsstolar-ornsjo", "--out", out)
    run("review", "export", out, "--audit", "--out", book)
    empty = run("review", "import", book, "--decisions", tmp_path / "b.jsonl")
    assert (empty.returncode, "inga ifyllda omdömen" in empty.stderr) == (4, True)
    run("draw", out, "--size", "1", "--out", tmp_path / "d.json")
    missing = run(
        "review", "fill", tmp_path / "d.json", "--decisions", tmp_path / "b.jsonl", "--out", tmp_path / "f.json"
    )
    assert "cirkular-krav review import" in " ".join(missing.stderr.split())


def test_a_stored_single_result_has_a_baseline_and_is_explained_without_its_catalogue(tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    run("assess", PROCUREMENTS / "kontorsstolar-ornsjo", "--out", out)
    assert "Örnsjö kommun (påhittad)" in run("baseline", out).stdout
    out.write_text(out.read_text(encoding="utf-8").replace("MOB-01", "MOB-99"), encoding="utf-8")
    done = run("explain", out, "MOB-99")
    assert (done.returncode, done.stderr) == (0, "")
    assert "finns inte i den katalog som används nu" in done.stdout


def test_a_review_goes_from_excel_to_the_score_and_both_views_are_shown(tmp_path: Path) -> None:
    result, book, decisions = tmp_path / "r.json", tmp_path / "granskning.xlsx", tmp_path / "beslut.jsonl"
    folder = PROCUREMENTS / "kontorsstolar-ornsjo"
    run("assess", folder, "--out", result)
    assert "Börja här" in run("review", "export", result, "--out", book).stdout
    filled = openpyxl.load_workbook(book)
    filled["Börja här"]["B2"] = "Granskare A"
    for row in filled["Träffar"].iter_rows(min_row=2, max_col=3):
        row[2].value = "Fel"
    filled.save(book)
    done = run("review", "import", book, "--decisions", decisions)
    assert done.returncode == 0
    assert f"Nya i {decisions}" in done.stdout
    judged = run("assess", folder, "--decisions", decisions).stdout
    machine = json.loads(result.read_text(encoding="utf-8"))["score"]["value"]
    assert "VAD PERSONER HAR AVGJORT" in judged
    assert f"Utan personers beslut: {machine} av 100" in judged
    new = tmp_path / "ny.json"
    assert "0 användes inte" in run("review", "apply", result, "--decisions", decisions, "--out", new).stdout
    assert json.loads(new.read_text(encoding="utf-8"))["score"]["value"] < machine


def test_a_workbook_is_written_at_once_or_from_stored_results(tmp_path: Path) -> None:
    folder, result = PROCUREMENTS / "kontorsstolar-ornsjo", tmp_path / "r.json"
    assert run("assess", folder, "--out", tmp_path / "a.xlsx").returncode == 0
    run("assess", folder, "--out", result)
    assert run("workbook", result, "--out", tmp_path / "b.xlsx").returncode == 0
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_the_follow_up_list_says_how_much_has_no_date_and_what_gives_it_one(tmp_path: Path) -> None:
    result, calendar = tmp_path / "r.json", tmp_path / "u.ics"
    run("assess", PROCUREMENTS / "mobler-norrsjo", "--out", result)
    done = run("follow-up", result, "--out", tmp_path / "u.xlsx")
    assert done.returncode == 0
    assert "--start" in done.stderr
    dated = run("follow-up", result, "--out", tmp_path / "u.xlsx", "--calendar", calendar, "--start", "2027-02-01")
    assert (dated.returncode, dated.stderr) == (0, "")
    assert "DTSTART;VALUE=DATE:20280131" in calendar.read_text(encoding="utf-8")
    assert run("follow-up", result, "--out", tmp_path / "u.xlsx", "--start", "i dag").returncode == 2


def test_faults_in_a_filled_in_workbook_stop_the_import_and_write_nothing(tmp_path: Path) -> None:
    result, book, decisions = tmp_path / "r.json", tmp_path / "granskning.xlsx", tmp_path / "beslut.jsonl"
    run("assess", PROCUREMENTS / "kontorsstolar-ornsjo", "--out", result)
    run("review", "export", result, "--audit", "--out", book)
    filled = openpyxl.load_workbook(book)
    filled["Text med träffar"]["C2"] = "Kanske"
    filled.save(book)
    done = run("review", "import", book, "--decisions", decisions)
    assert done.returncode == 2
    assert "Text med träffar!C2" in done.stderr
    assert not decisions.exists()


def test_own_criteria_that_are_not_there_are_not_ignored(tmp_path: Path) -> None:
    done = run("assess", PROCUREMENTS / "kontorsstolar-ornsjo", "--criteria", tmp_path / "finns-inte")
    assert done.returncode in (2, 3)
    assert "finns-inte" in done.stderr


def test_results_are_not_written_under_a_suffix_that_promises_something_else(tmp_path: Path) -> None:
    done = run("assess", PROCUREMENTS / "tolktjanster-gransmark", "--out", tmp_path / "r.csv")
    assert done.returncode == 2
    assert ".jsonl" in done.stderr


def test_a_search_without_hits_and_an_unknown_category_say_so() -> None:
    assert "Inget kriterium" in run("catalogue", "search", "qwxzv").stdout
    done = run("catalogue", "list", "--category", "Möblemang")
    assert done.returncode == 2
    assert "MOB (Möbler)" in done.stderr


def test_an_unknown_id_is_a_sentence_that_says_where_ids_stand(tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    run("assess", PROCUREMENTS / "tolktjanster-gransmark", "--out", out)
    done = run("explain", out, "K0")
    assert done.returncode == 2
    assert "requirements[].id" in done.stderr


def test_a_missing_folder_is_a_sentence_and_exit_code_2(tmp_path: Path) -> None:
    done = run("assess", tmp_path / "saknas")
    assert (done.returncode, done.stdout) == (2, "")
    assert "finns inte" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_folder_is_a_sentence_that_names_the_file_types_and_exit_code_4(tmp_path: Path) -> None:
    done = run("assess", tmp_path)
    assert done.returncode == 4
    assert "PDF" in done.stderr
    assert str(tmp_path) in done.stderr


def test_only_unreadable_files_give_no_score_and_every_file_its_row() -> None:
    unreadable = ("skannad.pdf", "losenord.pdf", "tom.pdf", "slump.pdf", "gammal.doc")
    done = run("assess", BROKEN, "--json")
    rows = {row["path"]: row for row in json.loads(done.stdout)["ledger"]}
    assert {path.name for path in BROKEN.iterdir()} == set(rows)
    assert {rows[name]["status"] for name in unreadable} <= {"refused", "nothing"}
    assert done.returncode == 1


def test_nothing_readable_is_said_and_never_a_zero(tmp_path: Path) -> None:
    shutil.copy(BROKEN / "skannad.pdf", tmp_path)
    done = run("assess", tmp_path)
    assert done.returncode == 1
    assert "Inget dokument kunde läsas" in done.stdout
    assert "av 100" not in done.stdout


def test_the_canary_beside_a_hostile_document_is_never_read_through_it() -> None:
    canary = (BROKEN / "kanariefagel.txt").read_text(encoding="utf-8").strip()
    done = run("assess", BROKEN, "--json")
    documents = {d["path"]: d for d in json.loads(done.stdout)["procurement"]["documents"]}
    assert canary not in json.dumps(documents["xml-med-doctype.docx"], ensure_ascii=False)


def test_a_broken_criterion_file_stops_before_any_document_with_exit_code_3(tmp_path: Path) -> None:
    own = tmp_path / "egna" / "gen"
    own.mkdir(parents=True)
    (own / "GEN-99-fel.yaml").write_text("id: GEN-99\nimportance: no\n", encoding="utf-8")
    done = run("assess", PROCUREMENTS / "mobler-norrsjo", "--criteria", tmp_path / "egna")
    assert (done.returncode, done.stdout) == (3, "")
    assert "rad 2" in done.stderr
    assert "Traceback" not in done.stderr


def test_output_that_cannot_be_written_is_a_sentence_and_exit_code_74(tmp_path: Path) -> None:
    done = run("assess", PROCUREMENTS / "tolktjanster-gransmark", "--out", tmp_path / "saknas" / "r.json")
    assert done.returncode == 74
    assert "kunde inte skrivas" in done.stderr


@pytest.mark.parametrize("arguments", [[], ["assess"], ["catalogue"], ["catalogue", "show"], ["baseline"], ["explain"]])
def test_help_is_in_swedish(arguments: list[str]) -> None:
    done = run(*arguments, "--help", env={"LC_ALL": "C", "LANGUAGE": "de"})
    assert done.stdout.startswith("Användning: cirkular-krav")
    assert "Visa denna hjälp och avsluta." in done.stdout
    assert "Show " not in done.stdout


def test_a_misspelt_command_is_answered_in_swedish() -> None:
    done = run("asses")
    assert done.returncode == 2
    assert "Menade du 'assess'?" in done.stderr


def test_help_loads_nothing_but_click() -> None:
    code = "import sys, cirkular_krav.cli; print([m for m in ('pydantic', 'yaml', 'lxml', 'sklearn', 'rapidfuzz') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_assessing_never_loads_scikit_learn() -> None:
    folder = PROCUREMENTS / "tolktjanster-gransmark"
    code = f"import sys; from cirkular_krav import assess; assess({str(folder)!r}); print('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"


def test_english_changes_the_interface_and_nothing_that_was_quoted() -> None:
    swedish, english = (
        run("assess", PROCUREMENTS / "kontorsstolar-ornsjo"),
        run("assess", PROCUREMENTS / "kontorsstolar-ornsjo", "--language", "en"),
    )
    assert "WHAT IS MISSING MOST" in english.stdout
    quotations = [line for line in swedish.stdout.splitlines() if "”" in line]
    assert quotations
    assert all(line.strip().strip("”“")[:30] in english.stdout for line in quotations if line.strip().startswith("”"))


def test_the_catalogue_can_be_listed_shown_and_checked() -> None:
    assert "MOB-01" in run("catalogue", "list", "--category", "MOB").stdout
    assert "Bättre formulering" in run("catalogue", "show", "hin-01").stdout
    done = run("catalogue", "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert run("catalogue", "show", "MOB-99").returncode == 2


def test_nobody_reading_the_output_is_no_fault() -> None:
    command = f"{sys.executable} -m cirkular_krav catalogue list | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert "Traceback" not in done.stderr


def test_the_catalogue_is_found_from_any_folder(tmp_path: Path) -> None:
    assert run("catalogue", "list", cwd=tmp_path).returncode == 0
    assert CRITERIA.is_dir()
