"""The frame: the same procurement is found, the missing are counted, a skewed sample is said to be, files are made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from builders import ROOT, make_document
from cirkular_krav.catalogue import load_catalogue
from cirkular_krav.errors import UsageError
from cirkular_krav.facts import read_facts_file
from cirkular_krav.frame import compare_frame
from cirkular_krav.frame_file import FrameRow, read_frame
from cirkular_krav.frame_folders import make_folders, plain
from cirkular_krav.models import Assessment, Document, Notice
from cirkular_krav.pipeline import assess, find_procurements
from cirkular_krav.reports.frame import frame_text, write_fetch_lists

# The columns of the national export, in its order; the rows are invented.
HEAD = (
    "År,Namn för köpare,Organisationsnummer för köpare,Sektor för köpare,Delsektor för köpare,Juridisk form för köpare,"
    "SNI-Avdelning för köpare,Upphandlingsslag,CPV-Huvudgrupp,CPV-Grupp,CPV-Undergrupp,CPV-Kategori,CPV-Underkategori,"
    "Huvudsaklig CPV-kod,Rättslig grund,Direktivstyrd,Förfarande,Typ av avtal,Dynamiskt inköpssystem,Elektronisk auktion,"
    "Anbudsområden,Samordnad upphandling,Miljömässigt hållbar upphandling,Socialt hållbar upphandling,"
    "Innovationsupphandling,Reserverad upphandling,Reserverat genomförande,Annonsdatabas,Överprövad,Upphandlings-ID,"
    'Upphandlingens titel,Publiceringsdatum,"Antal upphandlingar, Summa"'
)
LINE = (
    "2021,{buyer},{number},Kommun,Kommun,Kommuner,Q,Varor,,,,,,{cpv},Direktiv 2014/24/EU,{directive},Öppet förfarande,"
    '{form},False,False,False,False,{ticked},,,False,False,{database},False,{id},"{title}",2021-03-01,1'
)
PLAIN: dict[str, str] = {
    "buyer": "PÅHITTADE KOMMUNEN NORRSJÖ", "number": "9999001010", "cpv": "39130000 Kontorsmöbler", "directive": "True",
    "form": "Kontrakt", "ticked": "", "database": "Påhittad databas", "id": "PD1", "title": "Möbler, begagnade",
}  # fmt: skip


def export(path: Path, *changes: dict[str, str]) -> Path:
    lines = [HEAD, *(LINE.format(**{**PLAIN, "id": f"PD{n}", **change}) for n, change in enumerate(changes, start=1))]
    path.write_text("\ufeff" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def row(frame_id: str = "A1", **more: Any) -> FrameRow:
    return FrameRow(**{"frame_id": frame_id, "title": "Möbler", "organisation_number": "9999001010", **more})


@pytest.fixture(scope="module")
def furniture() -> Assessment:
    return assess(ROOT / "corpus" / "procurements" / "mobler-norrsjo")


def named(assessment: Assessment, **changes: Any) -> Assessment:
    return assessment.model_copy(update={"procurement": assessment.procurement.model_copy(update=changes)})


# --- the list -----------------------------------------------------------------------------------


def test_the_national_export_is_read_as_it_is_and_empty_is_not_no(tmp_path: Path) -> None:
    path = export(
        tmp_path / "u.csv", {}, {"ticked": "True", "form": "Ramavtal", "directive": "False"}, {"directive": ""}
    )
    first, second, third = read_frame(path)
    assert (first.frame_id, first.title, first.cpv) == ("PD1", "Möbler, begagnade", "39130000")
    assert (first.organisation_number, first.published, first.agreement_form) == ("9999001010", "2021-03-01", "own")
    assert (first.environmental, second.environmental) == (None, True)
    assert (first.directive, second.directive, third.directive) == (True, False, None)
    assert second.agreement_form == "framework"


def test_only_the_named_organisations_are_taken_by_number_never_by_name(tmp_path: Path) -> None:
    path = export(tmp_path / "u.csv", {}, {"number": "9999002018"})
    assert [r.frame_id for r in read_frame(path, organisations=["999900-2018"])] == ["PD2"]
    with pytest.raises(UsageError, match="organisationer som angavs"):
        read_frame(path, organisations=["9999003016"])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_a_list_of_ones_own_may_use_semicolons_short_names_and_windows_letters(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "egen.csv"
    path.write_text(
        "Titel;Köpare;Diarienummer;CPV\nMöbler till skolan;Norrsjö;KS 2025/12;39130000-2\n", encoding=encoding
    )
    (one,) = read_frame(path)
    assert (one.title, one.buyer, one.diary, one.cpv, one.frame_id) == (
        "Möbler till skolan", "Norrsjö", "KS 2025/12", "39130000", "KS 2025/12",
    )  # fmt: skip


def test_a_workbook_is_read_like_a_csv(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "u.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Upphandlings-ID", "Titel", "Organisationsnummer", "Publicerad"])
        sheet.write_row(1, 0, ["PD1", "Möbler", 9999001010, "2025-01-02"])
    (one,) = read_frame(tmp_path / "u.xlsx")
    assert (one.frame_id, one.organisation_number, one.published) == ("PD1", "9999001010", "2025-01-02")


def test_what_is_wrong_with_a_list_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("namn,antal\nx,1\n", encoding="utf-8")
    (tmp_path / "b.xlsx").write_bytes(b"ingen arbetsbok")
    for name, said in (("a.csv", "saknar kolumner"), ("b.xlsx", "kalkylblad"), ("c.csv", "finns inte")):
        with pytest.raises(UsageError, match=said):
            read_frame(tmp_path / name)
    with pytest.raises(UsageError, match="PD1 två gånger"):
        read_frame(export(tmp_path / "d.csv", {"id": "PD1"}, {"id": "PD1"}))


# --- the same procurement -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "of_row", "by"),
    [
        ({"id": "x", "frame_id": "a 1"}, {}, "frame_id"),
        ({"id": "A1"}, {}, "id"),
        ({"id": "b-2"}, {"notice_id": "B-2"}, "notice_id"),
        ({"id": "KS 2025/12"}, {"diary": "KS2025/12"}, "diary"),
        ({"id": "KS 2025/12", "organisation_number": "9999002018"}, {"diary": "KS2025/12"}, ""),
        ({"id": "någon annan"}, {}, ""),
    ],
)
def test_a_procurement_is_found_by_its_id_notice_or_the_organisations_own_diary(
    furniture: Assessment, changes: dict[str, str], of_row: dict[str, str], by: str
) -> None:
    report = compare_frame([row(**of_row)], [named(furniture, **changes)], load_catalogue())
    assert report.items[0].joined_by == by
    assert report.items[0].state == ("read" if by else "missing")
    assert report.outside == (() if by else (changes["id"],))


def test_a_second_reading_of_the_same_procurement_is_not_counted_again(furniture: Assessment) -> None:
    report = compare_frame(
        [row()], [named(furniture, id="A1"), named(furniture, id="Ö", frame_id="A1")], load_catalogue()
    )
    assert report.twice == ("Ö",)
    assert report.cells[0].read == 1


# --- counts and skew ----------------------------------------------------------------------------


def frame_of(furniture: Assessment, furniture_read: int, cars_read: int) -> tuple[list[FrameRow], list[Assessment]]:
    rows = [row(f"M{n}", cpv="39130000") for n in range(20)] + [row(f"F{n}", cpv="34110000") for n in range(20)]
    read = [f"M{n}" for n in range(furniture_read)] + [f"F{n}" for n in range(cars_read)]
    return rows, [named(furniture, id=name) for name in read]


def test_a_read_procurement_stands_for_the_missing_of_its_kind(furniture: Assessment) -> None:
    report = compare_frame(*frame_of(furniture, 10, 4), load_catalogue())
    assert [(c.category, c.frame, c.read, c.weight) for c in report.cells] == [
        ("FOR", 20, 4, 5.0),
        ("MOB", 20, 10, 2.0),
    ]
    assert sum(item.weight or 0 for item in report.items) == len(report.items)


def test_a_kind_that_was_never_read_has_no_weight_and_is_told(furniture: Assessment) -> None:
    report = compare_frame(*frame_of(furniture, 10, 0), load_catalogue())
    assert report.cells[0].weight is None
    text = frame_text(report, load_catalogue())
    assert "Fordon och transport: 0 av 20 lästa – går inte att väga upp" in text
    assert "20 av 40 upphandlingar hör till en kategori hos en köpare där ingen är läst" in " ".join(text.split())


@pytest.mark.parametrize(
    ("furniture_read", "cars_read", "skewed"), [(10, 0, True), (12, 2, True), (6, 5, False), (2, 0, False)]
)
def test_a_skewed_sample_is_warned_of_and_chance_is_not(
    furniture: Assessment, furniture_read: int, cars_read: int, skewed: bool
) -> None:
    report = compare_frame(*frame_of(furniture, furniture_read, cars_read), load_catalogue())
    assert bool(report.skews) is skewed
    assert report == compare_frame(*frame_of(furniture, furniture_read, cars_read), load_catalogue())
    if skewed:
        assert (report.skews[0].over, report.skews[0].under) == (("MOB",), ("FOR",))
        assert "för lite i Fordon och transport" in " ".join(frame_text(report, load_catalogue()).split())


# --- the flag and the text ----------------------------------------------------------------------


def test_what_was_ticked_stands_beside_what_the_documents_ask_both_ways(furniture: Assessment) -> None:
    quiet = assess(ROOT / "corpus" / "procurements" / "tolktjanster-gransmark")
    rows = [row("A1"), row("A2", environmental=True, database="D"), row("A3", environmental=True)]
    read = [
        named(furniture, id="A1"),
        named(quiet.model_copy(update={"matches": ()}), id="A2", claims=("circ-econ",)),
    ]
    report = compare_frame(rows, read, load_catalogue())
    assert [(i.ticked, i.asks_circular, i.asks_any) for i in report.items] == [
        ("not_reported", True, True), ("yes", False, False), ("yes", None, None),
    ]  # fmt: skip
    assert [(p.database, p.ticked.numerator, p.ticked.denominator) for p in report.platforms] == [
        ("", 1, 2),
        ("D", 1, 1),
    ]
    text = frame_text(report, load_catalogue())
    said, found = text.split("Funnen men ej angiven")
    assert "A2" in said.split("Angiven men ej funnen:")[1]
    assert "A1" in found
    assert "A3" not in said.split("Angiven men ej funnen:")[1]


def test_the_notices_own_word_on_strategic_procurement_stands_beside_the_box_and_the_text(
    furniture: Assessment,
) -> None:
    def told(code: str) -> tuple[Document, ...]:
        notice = make_document("annons.xml", role="notice", format="notice")
        return (notice.model_copy(update={"notice": Notice(strategic_procurement=(code,))}),)

    silent = furniture.model_copy(update={"matches": ()})
    rows = [row("A1", environmental=True), row("A2", environmental=False), row("A3"), row("A4")]
    read = [
        named(furniture, id="A1", documents=told("env-imp")),
        named(silent, id="A2", documents=told("env-imp")),
        named(furniture, id="A3", documents=told("none")),
        named(furniture, id="A4", documents=()),
    ]
    report = compare_frame(rows, read, load_catalogue())
    assert [item.strategic_says for item in report.items] == ["yes", "yes", "no", "not_reported"]
    flags = {flag.says: flag.asks_any for flag in report.flags if flag.source == "notice"}
    assert {says: share.denominator for says, share in flags.items()} == {"yes": 2, "no": 1, "not_reported": 1}
    text = frame_text(report, load_catalogue())
    assert "minskad miljöpåverkan (env-imp), inga sådana krav funna: 1 (0)" in text
    assert "inte miljö, dokumenten ställer hållbarhetskrav: 1 (1)" in text
    assert "säger olika i 1 av 2 upphandlingar" in text
    said, found = text.split("Funnen men ej angiven")
    assert "A2" in said.split("Angiven men ej funnen:")[1]
    assert "A3" in found
    assert "A1" not in found


def test_a_list_without_the_box_says_that_ticks_cannot_be_compared_and_sets_none_against_the_text(
    furniture: Assessment,
) -> None:
    report = compare_frame([row("A1", environmental=None)], [named(furniture, id="A1")], load_catalogue())
    text = " ".join(frame_text(report, load_catalogue()).split())
    assert "Kryss och text går därför inte att jämföra" in text
    assert "ikryssad i 0 av" not in text
    assert "Funnen men ej angiven" not in text


def test_what_could_not_be_read_says_nothing_of_what_is_not_there(furniture: Assessment) -> None:
    unread = furniture.model_copy(
        update={"matches": (), "score": furniture.score.model_copy(update={"status": "nothing_read"})}
    )
    (item,) = compare_frame([row("A1")], [named(unread, id="A1")], load_catalogue()).items
    assert (item.state, item.asks_circular, item.asks_any, item.weight) == ("unread", None, None, None)


# --- folders ------------------------------------------------------------------------------------


def test_the_folders_are_procurements_whose_facts_are_those_of_the_list(tmp_path: Path) -> None:
    rows = read_frame(export(tmp_path / "u.csv", {"title": "Möbler: ”nya”\\ # {{x}}"}, {"form": "Ramavtal"}))
    folders = make_folders(rows, tmp_path / "rot")
    lists = write_fetch_lists(folders, tmp_path / "rot")
    found = find_procurements(tmp_path / "rot")
    assert found == [folder for _, folder in folders["pahittade-kommunen-norrsjo"]]
    for one, folder in zip(rows, found, strict=True):
        facts, problems = read_facts_file(folder)
        assert problems == []
        assert (facts.frame_id, facts.id, facts.title, facts.cpv) == (one.frame_id, one.frame_id, one.title, (one.cpv,))
        assert (facts.organisation_number, facts.agreement_form) == ("999900-1010", one.agreement_form)
        (folder / "documents" / "krav.txt").write_text("Möblerna ska vara återbrukade.", encoding="utf-8")
        assessment = assess(folder)
        assert assessment.procurement.frame_id == one.frame_id
        assert assessment.procurement.categories == ("MOB",)
    text = lists[0].read_text(encoding="utf-8")
    assert lists[0].name == "hämtlista.md"
    assert all(one.title in text and one.frame_id in text for one in rows)
    assert f"Lägg i: {found[0].name}/documents/" in text


def test_facts_that_a_person_has_changed_are_never_written_over(tmp_path: Path) -> None:
    ((_, folder),) = make_folders([row(buyer="Norrsjö")], tmp_path)["norrsjo"]
    (folder / "procurement.yaml").write_text('title: "Min"\n', encoding="utf-8")
    make_folders([row(buyer="Norrsjö")], tmp_path)
    assert (folder / "procurement.yaml").read_text(encoding="utf-8") == 'title: "Min"\n'


@pytest.mark.parametrize(("name", "short"), [("Åre & Östersund", "are-ostersund"), ("../..", ""), ("x" * 99, "x" * 60)])
def test_a_folder_name_suits_every_file_system(name: str, short: str) -> None:
    assert plain(name) == short


def test_the_command_compares_with_a_stored_result_and_makes_folders(tmp_path: Path, furniture: Assessment) -> None:
    from cirkular_krav.results import write_results

    path = export(tmp_path / "u.csv", {"id": "mobler-norrsjo"}, {})
    write_results([furniture], tmp_path / "r.jsonl")
    command = [sys.executable, "-m", "cirkular_krav", "frame", str(path)]
    done = subprocess.run(
        [*command, "--result", str(tmp_path / "r.jsonl")], capture_output=True, text=True, encoding="utf-8"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "(999900-1010): 1 av 2 lästa, 0 går inte att läsa helt, 1 saknas" in done.stdout
    assert "Möbler: 1 av 2 lästa, vikt 2,0" in done.stdout
    done = subprocess.run(
        [*command, "--make-folders", str(tmp_path / "rot")], capture_output=True, text=True, encoding="utf-8"
    )
    assert "hämtlista.md" in done.stdout
