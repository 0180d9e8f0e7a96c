from __future__ import annotations

import struct
from pathlib import Path

import pytest

from cirkular_krav.errors import ProblemCode, ReadingError
from cirkular_krav.readers.package import Package, office_part, ole_kind, open_package
from cirkular_krav.readers.pieces import Limits
from cirkular_krav.readers.xmlsafe import iterate_xml, parse_xml
from office_files import CONTENT_TYPES, docx, ole, paragraph, relations, write_zip, write_zip_with_twins

LIMITS = Limits()


def refusal(path: Path, part: str = "", limits: Limits = LIMITS) -> ProblemCode:
    with pytest.raises(ReadingError) as caught, open_package(path, limits) as package:
        package.read(part or package.names[0])
    return caught.value.code


def test_a_part_is_found_in_any_case_of_letters_in_office_packages(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.docx", {"[Content_Types].xml": CONTENT_TYPES, "Word/Document.xml": "<a/>"})
    with open_package(path, LIMITS) as package:
        assert package.read("word/document.xml") == b"<a/>"


def test_names_that_differ_only_in_case_are_two_files_in_other_archives(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"krav.txt": "ett", "Krav.txt": "två"})
    with open_package(path, LIMITS) as package:
        assert (package.read("krav.txt"), package.read("Krav.txt")) == (b"ett", "två".encode())


def test_two_parts_of_one_name_and_different_content_are_ambiguous(tmp_path: Path) -> None:
    parts = [("[Content_Types].xml", CONTENT_TYPES), ("word/document.xml", "<a/>"), ("word/document.xml", "<b/>")]
    path = write_zip_with_twins(tmp_path / "a.docx", parts)
    assert refusal(path) == ProblemCode.ZIP_AMBIGUOUS


def test_parts_whose_names_differ_only_in_case_are_ambiguous_in_office_packages(tmp_path: Path) -> None:
    parts: dict[str, str | bytes] = {"[Content_Types].xml": "", "xl/sheet1.xml": "a", "xl/Sheet1.xml": "b"}
    assert refusal(write_zip(tmp_path / "a.xlsx", parts)) == ProblemCode.ZIP_AMBIGUOUS


def test_the_same_part_twice_with_the_same_content_is_harmless(tmp_path: Path) -> None:
    path = write_zip_with_twins(tmp_path / "a.zip", [("a.txt", "lika"), ("a.txt", "lika")])
    with open_package(path, LIMITS) as package:
        assert package.read("a.txt") == b"lika"


def test_too_many_entries_are_refused_before_they_are_listed(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {f"{number}": "" for number in range(50)})
    assert refusal(path, limits=Limits(max_zip_entries=49)) == ProblemCode.ZIP_ENTRIES
    with Package(path, Limits(max_zip_entries=50)) as package:
        assert package.names[0] == "0"


def test_a_part_that_inflates_beyond_measure_is_a_bomb(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"bomb": bytes(30_000_000)})
    assert refusal(path) == ProblemCode.ZIP_BOMB


def test_a_bomb_whose_directory_lies_about_its_size_is_found_while_inflating(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"bomb": bytes(30_000_000)})
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", 30_000_000), struct.pack("<I", 100)))
    assert refusal(path) == ProblemCode.ZIP_BOMB


def test_a_directory_that_lies_about_a_small_part_makes_the_file_damaged(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"part": "Leverantören ska " * 100})
    size = len("Leverantören ska ".encode()) * 100
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", size), struct.pack("<I", 100)))
    assert refusal(path) == ProblemCode.ZIP_DAMAGED


def test_a_small_part_may_be_as_dense_as_it_likes(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"part": bytes(5_000_000)})
    with open_package(path, LIMITS) as package:
        assert len(package.read("part")) == 5_000_000


def test_a_picture_bomb_that_is_not_asked_for_does_not_stop_the_rest(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.docx", {"word/media/image1.png": bytes(40_000_000), "word/document.xml": "<a/>"})
    with open_package(path, LIMITS) as package:
        assert package.read("word/document.xml") == b"<a/>"


def test_parts_that_together_are_too_large_are_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a": b"x" * 600, "b": b"y" * 600})
    with open_package(path, Limits(max_unpacked_bytes=1_000)) as package:
        package.read("a")
        with pytest.raises(ReadingError) as caught:
            package.read("b")
    assert caught.value.code == ProblemCode.TOO_BIG


def test_a_file_larger_than_the_limit_is_refused_unopened(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a": "text"})
    assert refusal(path, limits=Limits(max_file_bytes=10)) == ProblemCode.TOO_BIG


def test_half_a_zip_is_damaged(tmp_path: Path) -> None:
    path = docx(tmp_path / "a.docx", paragraph("Krav"))
    path.write_bytes(path.read_bytes()[:-100])
    assert refusal(path) == ProblemCode.ZIP_DAMAGED


def test_a_part_with_a_flipped_bit_is_damaged(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"part": "Leverantören ska " * 100})
    raw = bytearray(path.read_bytes())
    raw[45] ^= 0xFF
    path.write_bytes(raw)
    assert refusal(path, "part") == ProblemCode.ZIP_DAMAGED


def test_a_zip_with_a_password_is_encrypted(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"part": "text"})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    assert refusal(path) == ProblemCode.ENCRYPTED


def test_an_empty_file_and_a_file_that_is_no_zip_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "empty.docx").write_bytes(b"")
    (tmp_path / "text.docx").write_bytes(b"MZ\x90 inte ett dokument")
    assert refusal(tmp_path / "empty.docx") == ProblemCode.EMPTY_FILE
    assert refusal(tmp_path / "text.docx") == ProblemCode.WRONG_TYPE


@pytest.mark.parametrize(
    ("streams", "kind"),
    [
        (("EncryptionInfo", "EncryptedPackage"), "encrypted"),
        (("WordDocument", "1Table"), "doc"),
        (("PowerPoint Document",), "ppt"),
        (("__properties_version1.0", "__substg1.0_0037001F"), "msg"),
        (("WORKBOOK",), "xls"),
        (("Book",), "xls"),
        (("VisioDocument",), "other"),
    ],
)
def test_an_old_container_is_known_by_its_streams(tmp_path: Path, streams: tuple[str, ...], kind: str) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(ole(*streams))
    assert ole_kind(path) == kind
    assert refusal(path) == (ProblemCode.ENCRYPTED if kind == "encrypted" else ProblemCode.OLD_FORMAT)


def test_an_encrypted_file_with_a_damaged_directory_is_still_known(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(ole("EncryptedPackage")[:8] + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    assert refusal(path) == ProblemCode.ENCRYPTED


def test_external_relationships_are_left_out(tmp_path: Path) -> None:
    rels = relations(("attachedTemplate", "http://127.0.0.1:9/mall.dotx"), ("styles", "styles.xml"))
    parts: dict[str, str | bytes] = {"word/document.xml": "<a/>", "word/_rels/document.xml.rels": rels}
    with open_package(write_zip(tmp_path / "a.docx", parts), LIMITS) as package:
        assert [(item.kind, item.target) for item in package.relationships("word/document.xml")] == [
            ("styles", "word/styles.xml")
        ]


def test_the_main_part_is_found_by_its_relationship_whatever_its_name(tmp_path: Path) -> None:
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": relations(("officeDocument", "/word/document2.xml")),
        "word/document2.xml": "<a/>",
    }
    with open_package(write_zip(tmp_path / "a.docx", parts), LIMITS) as package:
        assert office_part(package) == "word/document2.xml"


# --- XML --------------------------------------------------------------------------------------------------------


def xml_refusal(data: bytes, limits: Limits = LIMITS, *, long_text: bool = False) -> ProblemCode:
    with pytest.raises(ReadingError) as caught:
        parse_xml(data, limits, long_text=long_text)
    return caught.value.code


LAUGHS = b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><a>f\xc3\xb6re &y; efter</a>'


@pytest.mark.parametrize(
    "data",
    [
        LAUGHS,
        b"\xef\xbb\xbf\n" + LAUGHS,
        b"<?xml version='1.0'?><!-- <a> --> " + LAUGHS,
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
        LAUGHS.decode().encode("utf-16"),
        ('<?xml version="1.0" encoding="UTF-32"?>' + LAUGHS.decode()).encode("utf-32"),
    ],
    ids=["laughs", "bom", "comment", "external", "local", "utf-16", "utf-32"],
)
def test_any_doctype_is_refused(data: bytes) -> None:
    assert xml_refusal(data) == ProblemCode.XML_DTD


def test_a_text_that_mentions_a_doctype_is_read() -> None:
    root = parse_xml(b"<a><![CDATA[<!DOCTYPE html>]]></a>", LIMITS)
    assert root.text == "<!DOCTYPE html>"


def test_xinclude_is_inert() -> None:
    data = b'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/hostname" parse="text"/>text</a>'
    assert "".join(parse_xml(data, LIMITS).itertext()) == "text"


@pytest.mark.parametrize(("depth", "is_read"), [(257, True), (500, True), (501, False), (5_000, False)])
def test_depth_is_read_up_to_the_limit_and_no_further(depth: int, is_read: bool) -> None:
    data = b"<a>" * depth + b"</a>" * depth
    if is_read:
        assert parse_xml(data, LIMITS).tag == "a"
    else:
        assert xml_refusal(data) == ProblemCode.XML_DEPTH


def test_a_very_long_text_is_read_only_where_it_is_expected() -> None:
    data = b"<a>" + b"ord " * 3_000_000 + b"</a>"
    assert xml_refusal(data) == ProblemCode.XML_TOO_BIG
    assert len(parse_xml(data, LIMITS, long_text=True).text or "") == 12_000_000


def test_a_part_larger_than_the_limit_is_refused() -> None:
    assert xml_refusal(b"<a>text</a>", Limits(max_part_bytes=5)) == ProblemCode.XML_TOO_BIG


def test_a_part_whose_tree_would_fill_the_memory_is_refused_before_it_is_built() -> None:
    assert xml_refusal(b"<a>" + b"<b/>" * 6_000_000 + b"</a>") == ProblemCode.XML_TOO_BIG


def test_broken_xml_is_damaged() -> None:
    assert xml_refusal(b"<a><b></a>") == ProblemCode.XML_DAMAGED


def test_elements_come_one_by_one_and_are_let_go() -> None:
    seen = []
    for element in iterate_xml(b"<t xmlns='u'><r><c>1</c></r><r><c>2</c></r></t>", LIMITS, ("r",)):
        parent = element.getparent()
        assert parent is not None
        seen.append((element[0].text, len(parent)))
    assert [text for text, _ in seen] == ["1", "2"]
    assert max(size for _, size in seen) <= 2


def test_a_doctype_is_refused_also_when_elements_come_one_by_one() -> None:
    with pytest.raises(ReadingError) as caught:
        list(iterate_xml(LAUGHS, LIMITS, ("a",)))
    assert caught.value.code == ProblemCode.XML_DTD
