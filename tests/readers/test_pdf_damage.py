"""PDF: what is damaged, hostile, scanned or locked is named – never silently short, never out of bounds."""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path

import pytest

from cirkular_krav.errors import ProblemCode, ReadingError
from cirkular_krav.models import PdfPlace, Problem
from cirkular_krav.readers import pdf, pdf_checks
from cirkular_krav.readers.pieces import Event, Limits, Piece
from readers.pdf_builders import (
    FONT,
    SENTENCE,
    Paper,
    bomb,
    encrypted,
    form,
    many_pages,
    one_page,
    raw_pdf,
    stream,
    with_destroyed_page,
)

TEXT = "Produkten ska kunna repareras."
SMALL = Limits(max_part_bytes=5_000_000)
PICTURE = stream(
    b"\x80" * 100, b"/Type/XObject/Subtype/Image/Width 10/Height 10/BitsPerComponent 8/ColorSpace/DeviceGray"
)


def read(folder: Path, data: bytes, limits: Limits | None = None) -> list[Event]:
    path = folder / "fil.pdf"
    path.write_bytes(data)
    return list(pdf.read(path, limits or Limits()))


def refusal(folder: Path, data: bytes, limits: Limits | None = None) -> tuple[str, str]:
    with pytest.raises(ReadingError) as caught:
        read(folder, data, limits)
    return caught.value.code, caught.value.status


def problems(events: list[Event]) -> dict[str, Problem]:
    return {event.code: event for event in events if isinstance(event, Problem)}


def texts(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Piece)]


# --- damage ---


def test_a_sound_document_has_no_problems(tmp_path: Path) -> None:
    events = read(tmp_path, one_page(SENTENCE))
    assert texts(events) == [TEXT]
    assert not problems(events)


def test_a_cut_off_tail_is_repaired_and_every_page_read(tmp_path: Path) -> None:
    events = read(tmp_path, many_pages(tmp_path / "hel.pdf", 50)[:-1_000])
    assert set(problems(events)) == {"warn-repaired"}
    assert [int(re.findall(r"\d+", text)[0]) for text in texts(events)] == list(range(1, 51))


def test_pages_whose_content_was_cut_off_are_named(tmp_path: Path) -> None:
    data = many_pages(tmp_path / "hel.pdf", 12, compress=False)
    events = read(tmp_path, data[: int(len(data) * 0.6)])
    read_pages = {
        event.place.page for event in events if isinstance(event, Piece) and isinstance(event.place, PdfPlace)
    }
    failed = {
        int(event.values["pages"]) for event in events if isinstance(event, Problem) and event.code == "page-failed"
    }
    assert 0 < len(read_pages) < 12
    assert read_pages | failed == set(range(1, 13))


def test_pages_before_a_lost_page_list_are_rescued_and_the_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    """The page list stands last, as some programs write it, and the file was cut before it."""
    data = b"%PDF-1.4\n"
    for number in range(3, 9, 2):
        page = b"<</Type/Page/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F1 %s>>>>>>" % (number + 1, FONT)
        data += b"%d 0 obj\n%s\nendobj\n%d 0 obj\n%s\nendobj\n" % (number, page, number + 1, stream(SENTENCE))
    events = read(tmp_path, data)
    assert texts(events) == [TEXT] * 3
    assert "pdf-damaged" in problems(events)


def test_one_destroyed_page_among_many_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    data = with_destroyed_page(many_pages(tmp_path / "hel.pdf", 50), 24)
    events = read(tmp_path, data)
    assert problems(events)["page-failed"].values == {"pages": "25"}
    assert [int(re.findall(r"\d+", text)[0]) for text in texts(events)] == [*range(1, 25), *range(26, 51)]


def test_one_flipped_byte_in_a_content_stream_does_not_pass_unnoticed(tmp_path: Path) -> None:
    data = bytearray(many_pages(tmp_path / "hel.pdf", 3))
    for place in range(len(data) - 1, 0, -1):
        if data[place - 7 : place] == b"stream\n" and data[place - 10 : place - 7] != b"end":
            data[place + 60] ^= 0x10
            break
    assert problems(read(tmp_path, bytes(data))) or texts(read(tmp_path, bytes(data))) == texts(
        read(tmp_path, (tmp_path / "hel.pdf").read_bytes())
    )


def test_pdfium_seeing_fewer_pages_than_there_are_is_never_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "fil.pdf"
    many_pages(path, 5)

    class Short:
        """pdfium on a document of which it finds only the first pages, before repair and after."""

        def __init__(self, source: object) -> None:
            self.document = plain(source)

        def __len__(self) -> int:
            return 3

        def __getitem__(self, index: int) -> object:
            return self.document[index]

        def close(self) -> None:
            self.document.close()

    plain = pdf_checks.pypdfium2.PdfDocument
    monkeypatch.setattr(pdf_checks, "_open_pdfium", Short)
    found = problems(list(pdf.read(path, Limits())))
    assert found["pages-missing"].values == {"found": 3, "expected": 5}


@pytest.mark.parametrize(
    "data",
    [
        raw_pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[2 0 R]>>"]),
        raw_pdf(
            [b"<</Type/Catalog/Pages 2 0 R>>"]
            + [b"<</Type/Pages/Count %d/Kids[%d 0 R %d 0 R]>>" % (2 ** (30 - n), n + 3, n + 3) for n in range(30)]
            + [b"<</Type/Page/MediaBox[0 0 595 842]>>"]
        ),
        raw_pdf(
            [b"<</Type/Catalog/Pages 2 0 R>>"]
            + [b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (n + 3) for n in range(3_000)]
            + [b"<</Type/Page/MediaBox[0 0 595 842]>>"]
        ),
        b"%PDF-1.7\n" + b"x" * 5_000,
        b"inte alls en PDF",
    ],
    ids=["contains-itself", "billion-pages", "too-deep", "empty-shell", "no-pdf"],
)  # fmt: skip
def test_a_broken_page_tree_is_refused_as_damaged(tmp_path: Path, data: bytes) -> None:
    assert refusal(tmp_path, data) == ("pdf-damaged", "refused")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"") == ("empty-file", "refused")


# --- locks ---


def test_a_document_that_needs_a_password_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, encrypted(one_page(SENTENCE), user="hemligt")) == ("encrypted", "refused")


def test_a_document_that_only_forbids_copying_is_read_with_a_warning(tmp_path: Path) -> None:
    events = read(tmp_path, encrypted(one_page(SENTENCE), user="", copying=False))
    assert texts(events) == [TEXT]
    assert "warn-restricted" in problems(events)


# --- bombs and storms ---


def fail_if_pdfium_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("pdfium was let near the page")

    monkeypatch.setattr(pdf, "PageView", refuse)


@pytest.mark.parametrize(
    "filters", [b"/Filter/FlateDecode", b"/Filter[/FlateDecode/FlateDecode]"], ids=["one", "nested"]
)
def test_a_content_stream_that_unpacks_to_too_much_is_refused_before_pdfium_sees_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filters: bytes
) -> None:
    fail_if_pdfium_is_asked(monkeypatch)
    packed = bomb(20)
    if b"[" in filters:
        packed = pdf_checks.zlib.compress(packed, 9)
    assert refusal(tmp_path, one_page(packed, filters), SMALL) == ("pdf-bomb", "refused")


def test_a_font_that_unpacks_to_too_much_is_refused_before_pdfium_sees_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_if_pdfium_is_asked(monkeypatch)
    data = one_page(SENTENCE, more=[stream(bomb(20), b"/Filter/FlateDecode")])
    data = data.replace(FONT, FONT.replace(b">>", b"/ToUnicode 6 0 R>>"))
    assert refusal(tmp_path, data, SMALL) == ("pdf-bomb", "refused")


def test_a_picture_bomb_does_not_stop_the_text(tmp_path: Path) -> None:
    picture = stream(
        bomb(20), b"/Filter/FlateDecode/Subtype/Image/Width 9/Height 9/BitsPerComponent 8/ColorSpace/DeviceGray"
    )
    assert texts(read(tmp_path, one_page(SENTENCE, resources=b"/XObject<</I 6 0 R>>", more=[picture]), SMALL)) == [TEXT]


def test_forms_that_draw_forms_without_end_cost_their_page_only(tmp_path: Path) -> None:
    forms = [form(b"/X%d Do " % (n + 1) * 10, b"/XObject<</X%d %d 0 R>>" % (n + 1, n + 7)) for n in range(9)]
    data = one_page(b"/X0 Do", resources=b"/XObject<</X0 6 0 R>>", more=[*forms, form(SENTENCE)])
    events = read(tmp_path, data)
    assert problems(events)["pdf-bomb"].values == {"pages": "1"}
    assert not texts(events)


def test_forms_that_all_draw_each_other_are_counted_too(tmp_path: Path) -> None:
    everything = b"/XObject<<%s>>" % b"".join(b"/X%d %d 0 R" % (n, n + 6) for n in range(12))
    draws = b"".join(b"/X%d Do " % n for n in range(12))
    data = one_page(draws, resources=everything, more=[form(draws, everything) for _ in range(12)])
    assert "pdf-bomb" in problems(read(tmp_path, data))


def test_a_form_that_draws_itself_is_read(tmp_path: Path) -> None:
    itself = b"/XObject<</X0 6 0 R>>"
    events = read(tmp_path, one_page(b"/X0 Do", resources=itself, more=[form(SENTENCE + b" /X0 Do", itself)]))
    assert "pdf-bomb" not in problems(events)
    assert TEXT in " ".join(texts(events))


def test_a_page_of_too_many_characters_is_read_as_far_as_the_limit_and_named(tmp_path: Path) -> None:
    lines = b"".join(b"BT /F1 9 Tf 72 %d Td (Rad %d i texten.) Tj ET " % (800 - 10 * n, n) for n in range(70))
    events = read(tmp_path, one_page(lines), Limits(max_page_characters=400))
    assert problems(events)["page-too-big"].values == {"pages": "1"}
    assert "Rad 3 i texten." in " ".join(texts(events))
    assert "Rad 60" not in " ".join(texts(events))


def test_a_page_whose_text_is_set_letter_by_letter_without_end_is_skipped_and_named(tmp_path: Path) -> None:
    letters = b"".join(b"1 0 0 1 %d %d Tm (a) Tj " % (n % 500, n // 500) for n in range(3_000))
    limits = Limits(max_page_objects=1_000)
    events = read(tmp_path, one_page(b"BT /F1 1 Tf " + letters + b"ET"), limits)
    assert problems(events)["page-too-big"].values == {"pages": "1"}


def test_fifty_thousand_lines_on_a_page_do_not_hide_its_text(tmp_path: Path) -> None:
    lines = b"".join(b"%d %d m %d %d l S " % (n % 500, n // 500, n % 500 + 1, n // 500) for n in range(50_000))
    assert texts(read(tmp_path, one_page(SENTENCE + b" " + lines))) == [TEXT]


def test_a_document_with_too_many_pages_is_read_as_far_as_the_limit(tmp_path: Path) -> None:
    events = read(tmp_path, many_pages(tmp_path / "hel.pdf", 8), Limits(max_pages=5))
    assert len(texts(events)) == 5
    assert problems(events)["too-many-pages"].values == {"limit": 5, "pages": 8}


def test_a_document_of_too_many_blocks_stops_with_a_problem(tmp_path: Path) -> None:
    events = read(tmp_path, many_pages(tmp_path / "hel.pdf", 8), Limits(max_blocks=3))
    assert len(texts(events)) == 3
    assert "too-long" in problems(events)


# --- no text, odd text ---


def test_a_scanned_page_becomes_a_problem_not_an_empty_document(tmp_path: Path) -> None:
    data = one_page(b"q 595 0 0 842 0 0 cm /I Do Q", resources=b"/XObject<</I 6 0 R>>", more=[PICTURE])
    assert refusal(tmp_path, data) == ("needs-ocr", "nothing")


def test_scanned_pages_among_others_are_listed(tmp_path: Path) -> None:
    paper = Paper(tmp_path / "blandat.pdf")
    for number in range(1, 6):
        if number in (2, 4, 5):
            paper.canvas.drawInlineImage(pytest.importorskip("PIL.Image").new("L", (20, 20)), 0, 0, 595, 842)
        else:
            paper.line(TEXT)
        paper.page()
    events = list(pdf.read(paper.save(), Limits()))
    assert problems(events)["pages-without-text"].values == {"pages": "2, 4, 5"}
    assert texts(events) == [TEXT, TEXT]


def test_blank_pages_say_no_text(tmp_path: Path) -> None:
    assert refusal(tmp_path, one_page(b"")) == ("no-text", "nothing")


def with_unicode_map(first: int) -> bytes:
    """A page whose font maps every letter to code points from ``first`` on."""
    cmap = b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange\n"
    cmap += b"1 beginbfrange <20> <7e> <%04x> endbfrange endcmap end" % first
    return one_page(SENTENCE, more=[stream(cmap)]).replace(FONT, FONT.replace(b">>", b"/ToUnicode 6 0 R>>"))


def test_text_of_private_glyphs_only_is_unreadable_not_read(tmp_path: Path) -> None:
    assert refusal(tmp_path, with_unicode_map(0xE000)) == ("unreadable-text", "nothing")


def test_invisible_text_is_kept_apart_and_warned_of(tmp_path: Path) -> None:
    hidden = b" BT 3 Tr /F1 12 Tf 72 600 Td (Osynligt krav.) Tj ET"
    events = read(tmp_path, one_page(SENTENCE + hidden))
    assert [(event.text, event.layer) for event in events if isinstance(event, Piece)] == [
        (TEXT, "body"), ("Osynligt krav.", "hidden"),
    ]  # fmt: skip
    assert problems(events)["warn-hidden"].values == {"pages": "1"}


# --- OCR, when asked for ---


def scan() -> bytes:
    return one_page(b"q 595 0 0 842 0 0 cm /I Do Q", resources=b"/XObject<</I 6 0 R>>", more=[PICTURE])


def fake_tesseract(monkeypatch: pytest.MonkeyPatch, answer: str | Exception) -> None:
    module = types.ModuleType("pytesseract")

    def image_to_string(*_: object, **__: object) -> str:
        if isinstance(answer, Exception):
            raise answer
        return answer

    class MissingError(Exception):
        pass

    module.__dict__.update(
        image_to_string=image_to_string, TesseractNotFoundError=MissingError, TesseractError=MissingError
    )
    monkeypatch.setitem(sys.modules, "pytesseract", module)


def test_ocr_text_is_flagged_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_tesseract(monkeypatch, "Produkten ska kunna repa-\nreras.\n\nReservdelar ska finnas.\n")
    events = read(tmp_path, scan(), Limits(ocr=True))
    assert texts(events) == [TEXT, "Reservdelar ska finnas."]
    assert problems(events)["warn-ocr"].values == {"pages": "1"}


def test_ocr_that_is_asked_for_but_not_installed_is_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pytesseract", None)
    path = tmp_path / "fil.pdf"
    path.write_bytes(scan())
    seen: list[Event] = []
    with pytest.raises(ReadingError) as caught:
        seen.extend(pdf.read(path, Limits(ocr=True)))
    for event in pdf.read(path, Limits(ocr=True)):
        seen.append(event)
        if isinstance(event, Problem):
            break
    assert caught.value.code == ProblemCode.NEEDS_OCR
    assert problems(seen)["missing-extra"].values == {"extra": "ocr"}
