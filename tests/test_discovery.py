from __future__ import annotations

import io
import os
import stat
import sys
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cirkular_krav.archive import safe_parts, unpack_zip
from cirkular_krav.discovery import Found, find_files, open_files, shown
from cirkular_krav.errors import ReadingError
from cirkular_krav.ledger import status_of
from cirkular_krav.models import Problem
from cirkular_krav.readers.pieces import Limits

LIMITS = Limits()


def put(folder: Path, *names: str, text: str = "text") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def put_zip(path: Path, members: dict[str, str | bytes], packed: int = zipfile.ZIP_DEFLATED) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", packed) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def rows(files: list[Found]) -> dict[str, str]:
    """Path → problem code, '' for what will be read; fails if a path stands twice."""
    found = {item.relative_path: item.problem.code if item.problem else "" for item in files}
    assert len(found) == len(files)
    return found


# --- folders ------------------------------------------------------------------------------------


def test_files_are_ordered_by_their_composed_names(tmp_path: Path) -> None:
    names = ["b.txt", "a.txt", "Å.txt", unicodedata.normalize("NFD", "é.txt"), "z/a.txt", "a/z.txt"]
    put(tmp_path, *names)
    found = [item.relative_path for item in find_files(tmp_path, limits=LIMITS)]
    assert found == sorted(names, key=lambda name: unicodedata.normalize("NFC", name))


def test_only_the_documents_folder_is_read_where_there_is_one(tmp_path: Path) -> None:
    put(tmp_path, "documents/krav.txt", "documents/bilagor/a.txt", "expected/krav.txt", "procurement.yaml", "x.txt")
    assert rows(find_files(tmp_path, limits=LIMITS)) == {"krav.txt": "", "bilagor/a.txt": ""}


def test_facts_labels_goals_and_decisions_are_not_documents(tmp_path: Path) -> None:
    put(tmp_path, "procurement.yaml", "expected/a.txt", "styrdokument/mål.txt", "decisions/a.jsonl", "decisions.jsonl")
    put(tmp_path, "krav.txt", "sub/expected/b.txt")
    assert rows(find_files(tmp_path, limits=LIMITS)) == {"krav.txt": "", "sub/expected/b.txt": ""}


def test_a_documents_folder_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/secret.txt")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "documents").symlink_to(tmp_path / "elsewhere")
    assert rows(find_files(tmp_path / "in", limits=LIMITS)) == {"documents": "link"}


def test_links_are_never_followed(tmp_path: Path) -> None:
    put(tmp_path, "outside/canary.txt", "in/real.txt")
    for name, target in {
        "ut": "../outside", "fil": "../outside/canary.txt", "själv": "själv", "upp": "..", "bruten": "ingenstans",
    }.items():  # fmt: skip
        (tmp_path / "in" / name).symlink_to(target)
    found = rows(find_files(tmp_path / "in", limits=LIMITS))
    assert found == {"real.txt": "", **dict.fromkeys(("ut", "fil", "själv", "upp", "bruten"), "link")}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_pipes_and_devices_are_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rör.pdf")
    (tmp_path / "mapp.pdf").mkdir()
    put(tmp_path, "full.pdf/a.txt")
    assert rows(find_files(tmp_path, limits=LIMITS)) == {
        "rör.pdf": "not-a-file", "mapp.pdf/": "not-a-file", "full.pdf/a.txt": "",
    }  # fmt: skip


def test_what_programs_leave_behind_is_skipped(tmp_path: Path) -> None:
    names = ("~$krav.docx", ".~lock.krav.odt#", "Thumbs.db", ".DS_Store", "desktop.ini", ".gömd.txt")
    put(tmp_path, *names, ".git/config", "__MACOSX/._a.pdf")
    expected = dict.fromkeys((*names, ".git/", "__MACOSX/"), "temporary")
    assert rows(find_files(tmp_path, limits=LIMITS)) == expected


def test_a_file_that_is_too_big_is_refused_without_being_read(tmp_path: Path) -> None:
    with (tmp_path / "gles.pdf").open("wb") as file:
        file.truncate(1 << 36)
    [found] = find_files(tmp_path, limits=LIMITS)
    assert found.problem == Problem(code="too-big", values={"bytes": 1 << 36, "limit": LIMITS.max_file_bytes})


def test_what_may_not_be_read_is_refused_and_named(tmp_path: Path) -> None:
    put(tmp_path, "stängd.txt", "mapp/a.txt")
    (tmp_path / "stängd.txt").chmod(0)
    (tmp_path / "mapp").chmod(0)
    if os.access(tmp_path / "mapp", os.R_OK):
        pytest.skip("everything is readable for this user")
    try:
        assert rows(find_files(tmp_path, limits=LIMITS)) == {"stängd.txt": "permission", "mapp/": "permission"}
    finally:
        (tmp_path / "mapp").chmod(0o700)


def test_our_own_output_is_never_read(tmp_path: Path) -> None:
    put(tmp_path, "resultat.json", text='{"schema_version": 1, "versions": {"catalogue_fingerprint": "x"')
    put(tmp_path, "rapport.html", text='<html><meta name="generator" content="cirkular-krav 0.1">')
    put(tmp_path, "data.json", text='{"schema_version": 1}')
    put(tmp_path, "ut/a.pdf", "b.xlsx", "krav.txt")
    found = find_files(tmp_path, limits=LIMITS, exclude=[tmp_path / "ut", tmp_path / "sub" / ".." / "b.xlsx"])
    assert rows(found) == {
        "resultat.json": "own-output", "rapport.html": "own-output", "data.json": "", "ut/": "own-output",
        "b.xlsx": "own-output", "krav.txt": "",
    }  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="makes a path longer than the system takes")
def test_a_path_that_is_too_long_is_skipped(tmp_path: Path) -> None:
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        for _ in range(20):
            Path("d" * 240).mkdir()
            os.chdir("d" * 240)
    finally:
        os.chdir(before)
    [found] = find_files(tmp_path, limits=LIMITS)
    assert found.problem == Problem(code="path-too-long")


HOSTILE = [
    "rad\nbruten.txt", "\x1b[31mröd.txt", "\u202efdp.txt", "noll\u200bbredd.txt", "--help", "$(id).txt",
    "=cmd.txt", "<img onerror=x>.txt", "Krav.txt", "krav.txt", "é.txt", unicodedata.normalize("NFD", "é.txt"),
    "å" * 120 + ".txt",
]  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="names that other systems refuse")
def test_hostile_names_are_carried_as_they_are_and_shown_in_one_line(tmp_path: Path) -> None:
    put(tmp_path, *HOSTILE)
    (tmp_path / os.fsdecode(b"\xff\xfe.txt")).write_text("x", encoding="utf-8")
    found = rows(find_files(tmp_path, limits=LIMITS))
    assert set(found) == {*HOSTILE, "\\xff\\xfe.txt"}
    for name in found:
        assert shown(name).isprintable()
        name.encode()


def test_shown_escapes_what_would_change_the_line() -> None:
    assert shown("krav\n\x1b[31m\u202e\U000e0041å ö.pdf\udce5") == "krav\\n\\x1b[31m\\u202e\\U000e0041å ö.pdf\\xe5"


@given(st.text(alphabet=st.characters(), max_size=40))
def test_shown_is_always_one_printable_line(name: str) -> None:
    assert shown(name).isprintable()
    assert shown(shown(name)) == shown(name)


def test_content_exists_exactly_when_something_was_read() -> None:
    for code in ("link", "needs-ocr", "reader-crashed", "page-failed", "encrypted", "warn-type"):
        with_text = status_of([Problem(code=code)], True)
        without = status_of([Problem(code=code)], False)
        assert without in ("refused", "nothing", "skipped")
        assert with_text in (("refused",) if code == "encrypted" else ("read", "partial"))
    assert status_of([Problem(code="warn-type")], True) == "read"
    assert status_of([Problem(code="warn-type")], False) == "nothing"
    assert status_of([Problem(code="needs-ocr"), Problem(code="page-failed")], False) == "refused"
    assert status_of([Problem(code="drawing")], False, "skipped") == "skipped"


# --- archives -----------------------------------------------------------------------------------


def test_a_plain_zip_in_a_folder_is_read_as_documents(tmp_path: Path) -> None:
    put(tmp_path, "krav.txt")
    put_zip(tmp_path / "bilagor.zip", {"sub/a.txt": "a", "b.pdf": "b", "~$b.docx": "", "documents/c.txt": "c"})
    with open_files(tmp_path, LIMITS) as opened:
        assert rows(opened.files) == {
            "krav.txt": "", "bilagor.zip/sub/a.txt": "", "bilagor.zip/b.pdf": "", "bilagor.zip/~$b.docx": "temporary",
            "bilagor.zip/documents/c.txt": "",
        }  # fmt: skip
        by_name = {item.relative_path: item.path for item in opened.files}
        assert by_name["bilagor.zip/sub/a.txt"].read_text() == "a"
        unpacked = by_name["bilagor.zip/b.pdf"].parent
        assert stat.S_IMODE(unpacked.stat().st_mode) == 0o700 or sys.platform == "win32"
    assert opened.folder == tmp_path
    assert not unpacked.exists()


def test_a_word_file_called_zip_is_a_document(tmp_path: Path) -> None:
    put_zip(tmp_path / "krav.zip", {"word/document.xml": "<x/>"})
    with open_files(tmp_path, LIMITS) as opened:
        assert rows(opened.files) == {"krav.zip": ""}


def test_an_archive_in_an_archive_is_left_for_the_reader_to_refuse(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("x.txt", "x")
    put_zip(tmp_path / "yttre.zip", {"inre.zip": inner.getvalue()})
    with open_files(tmp_path, LIMITS) as opened:
        assert rows(opened.files) == {"yttre.zip/inre.zip": ""}


@pytest.mark.parametrize("wrapping", ["", "Upphandling 7/"])
def test_a_zip_of_a_procurement_keeps_its_labels_out(tmp_path: Path, wrapping: str) -> None:
    members: dict[str, str | bytes] = {
        f"{wrapping}procurement.yaml": "id: x",
        f"{wrapping}documents/krav.txt": "x",
        f"{wrapping}documents/bomb.txt": b"\0" * 5_000_000,
        f"{wrapping}expected/bomb.txt": b"\0" * 5_000_000,
    }
    with open_files(put_zip(tmp_path / "u.zip", members), LIMITS) as opened:
        assert rows(opened.files) == {"krav.txt": "", "bomb.txt": "zip-bomb"}
        assert opened.folder is not None
        assert (opened.folder / "procurement.yaml").read_text() == "id: x"


def test_a_single_file_is_a_procurement_of_one_document(tmp_path: Path) -> None:
    put(tmp_path, "krav.txt", "procurement.yaml")
    with open_files(tmp_path / "krav.txt", LIMITS) as opened:
        assert (rows(opened.files), opened.folder) == ({"krav.txt": ""}, None)


def test_an_archive_that_cannot_be_opened_has_a_row_of_its_own(tmp_path: Path) -> None:
    put(tmp_path, "trasig.zip")
    put_zip(tmp_path / "tom.zip", {})
    put_zip(tmp_path / "många.zip", {f"{number}.txt": "" for number in range(30)})
    with open_files(tmp_path, Limits(max_zip_entries=20)) as opened:
        assert rows(opened.files) == {"trasig.zip": "zip-damaged", "tom.zip": "no-text", "många.zip": "zip-entries"}
    for name in ("trasig.zip", "tom.zip", "många.zip"):
        with open_files(tmp_path / name, Limits(max_zip_entries=20)) as opened:
            assert list(rows(opened.files)) == [name]


def test_each_faulty_member_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("hel.txt", "hel")
        archive.writestr("bomb.txt", b"\0" * 20_000_000)
        link = zipfile.ZipInfo("länk.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr(zipfile.ZipInfo("konstig.txt"), "x" * 100, zipfile.ZIP_LZMA)
        archive.writestr(zipfile.ZipInfo("skadad.txt"), "detta är skadat", zipfile.ZIP_STORED)
        archive.writestr(zipfile.ZipInfo("stor.txt"), os.urandom(3_000_000), zipfile.ZIP_STORED)
    data = path.read_bytes().replace("detta är skadat".encode(), "detta är SKADAT".encode())
    path.write_bytes(data)
    with unpack_zip(path, Limits(max_file_bytes=2_000_000), tmp_path) as unpacked:
        left_out = {name: problem.code for name, problem in unpacked.left_out}
        assert left_out == {
            "bomb.txt": "zip-bomb", "länk.txt": "link", "konstig.txt": "unsupported", "skadad.txt": "zip-damaged",
            "stor.txt": "too-big",
        }  # fmt: skip
        assert [item.name for item in unpacked.folder.iterdir()] == ["hel.txt"]


def test_a_member_with_a_password_is_refused(tmp_path: Path) -> None:
    path = put_zip(tmp_path / "a.zip", {"a.txt": "x"})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with unpack_zip(path, LIMITS) as unpacked:
        assert [(name, problem.code) for name, problem in unpacked.left_out] == [("a.txt", "encrypted")]


def test_the_sum_of_what_is_unpacked_is_bounded(tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {f"{number}.txt": bytes(range(250)) * 2_000 for number in range(6)}
    path = put_zip(tmp_path / "a.zip", members)
    with unpack_zip(path, Limits(max_unpacked_bytes=1_200_000)) as unpacked:
        assert [(name, problem.code) for name, problem in unpacked.left_out] == [
            (f"{number}.txt", "too-big") for number in (2, 3, 4, 5)
        ]


def test_no_member_lands_outside_or_on_another(tmp_path: Path) -> None:
    names = [
        "../ut.txt", "/etc/passwd", "C:\\Windows\\a.txt", "a/../../b.txt", "dubbel.txt", "DUBBEL.txt", "con.txt",
        "slut. ", "a\x07b?.txt", "mapp", "mapp/under.txt", "", "..", "x" * 300 + ".pdf", "d/" * 60 + "djup.txt",
    ]  # fmt: skip
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), name)
    with unpack_zip(tmp_path / "a.zip", LIMITS, scratch) as unpacked:
        assert unpacked.left_out == ()
        written = [path for path in unpacked.folder.rglob("*") if path.is_file()]
        assert sorted(path.read_text() for path in written) == sorted(names)
        places = {path.relative_to(unpacked.folder).as_posix() for path in written}
    assert {"ut.txt", "etc/passwd", "Windows/a.txt", "a/b.txt", "dubbel.txt", "DUBBEL (2).txt", "_con.txt"} <= places
    assert {"slut", "a_b_.txt", "mapp", "mapp_/under.txt"} <= places
    assert {path.name for path in tmp_path.iterdir()} == {"a.zip", "scratch"}
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("encoding", ["cp437", "utf-8"])
def test_names_without_a_flag_are_understood(tmp_path: Path, encoding: str) -> None:
    raw = "kravspecifikation åäö.txt".encode(encoding)
    path = put_zip(tmp_path / "a.zip", {"x" * len(raw): "text"})
    path.write_bytes(path.read_bytes().replace(b"x" * len(raw), raw))
    with unpack_zip(path, LIMITS) as unpacked:
        assert [item.name for item in unpacked.folder.iterdir()] == ["kravspecifikation åäö.txt"]


def test_a_table_of_contents_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = put_zip(tmp_path / "a.zip", {f"{number:05}{'n' * 200}.txt": "" for number in range(40)})
    with pytest.raises(ReadingError) as caught, unpack_zip(path, Limits(max_zip_entries=10)):
        pass
    assert caught.value.code == "zip-entries"
    lying = bytearray(path.read_bytes())
    lying[-14:-10] = b"\x01\x00\x01\x00"  # one entry, says the end; the table is as large as before
    path.write_bytes(lying)
    with pytest.raises(ReadingError) as caught, unpack_zip(path, Limits(max_zip_entries=10)):
        pass
    assert caught.value.code == "zip-entries"


@given(st.text(max_size=60))
def test_a_safe_name_stays_inside(name: str) -> None:
    parts = safe_parts(name)
    assert parts
    for part in parts:
        assert part not in ("", ".", "..")
        assert not set(part) & set('/\\:\0\n<>"|?*')
        assert len(part.encode()) < 256
