"""PDF: lines become paragraphs, headings, lists and table rows, in the order and with the pages they were printed on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pypdfium2
import pytest

from cirkular_krav.models import PdfPlace, Problem
from cirkular_krav.readers import pdf
from cirkular_krav.readers.pieces import Event, Extent, Limits, Piece
from readers.pdf_builders import BOLD, HEIGHT, WIDTH, Paper, one_page


def events(path: Path, limits: Limits | None = None) -> list[Event]:
    return list(pdf.read(path, limits or Limits()))


def pieces(path: Path, layer: str = "body") -> list[Piece]:
    return [event for event in events(path) if isinstance(event, Piece) and event.layer == layer]


def codes(path: Path) -> list[str]:
    return [event.code for event in events(path) if isinstance(event, Problem)]


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    return Paper(tmp_path / "krav.pdf")


# --- headings, paragraphs, lists ---


def test_the_extent_comes_first_and_tells_the_number_of_pages(paper: Paper) -> None:
    for number in range(3):
        paper.line(f"Sida nummer {number} i ordningen.")
        paper.page()
    assert events(paper.save())[0] == Extent(pages=3)


def test_numbered_headings_keep_their_number_and_get_their_level_from_it(paper: Paper) -> None:
    paper.heading("1. Inledning", 16)
    paper.heading("1.1 Bakgrund", 14)
    paper.heading("1.1.1 Krav på reservdelar", 12)
    paper.paragraph("Leverantören ska tillhandahålla reservdelar under hela", "avtalstiden och tio år därefter.")
    found = pieces(paper.save())
    assert [(piece.kind, piece.number, piece.level, piece.text) for piece in found] == [
        ("heading", "1", 1, "Inledning"),
        ("heading", "1.1", 2, "Bakgrund"),
        ("heading", "1.1.1", 3, "Krav på reservdelar"),
        ("paragraph", "", 0, "Leverantören ska tillhandahålla reservdelar under hela avtalstiden och tio år därefter."),
    ]


def test_a_numbered_requirement_is_a_paragraph_with_its_number_not_a_heading(paper: Paper) -> None:
    paper.heading("3.2 Miljökrav")
    paper.paragraph("3.2.1 Leverantören ska återta uttjänta produkter utan kostnad för")
    paper.y += 8
    paper.paragraph("den upphandlande myndigheten.")
    paper.paragraph("3.2.2 Reservdelar ska finnas.")
    found = pieces(paper.save())
    assert [(piece.kind, piece.number) for piece in found] == [
        ("heading", "3.2"), ("paragraph", "3.2.1"), ("paragraph", "3.2.2"),
    ]  # fmt: skip
    assert found[1].text.endswith("för den upphandlande myndigheten.")


def test_ama_codes_become_numbers_of_headings(paper: Paper) -> None:
    paper.line("AFC.1 Omfattning", font=BOLD)
    paper.line("AFC.15 Miljöledning hos entreprenören", font=BOLD)
    paper.paragraph("Entreprenören ska upprätta en miljöplan för entreprenaden", "och hålla den aktuell.")
    found = pieces(paper.save())
    assert [(piece.kind, piece.number, piece.level) for piece in found[:2]] == [
        ("heading", "AFC.1", 3),
        ("heading", "AFC.15", 4),
    ]
    assert found[1].text == "Miljöledning hos entreprenören"


def test_words_hyphenated_at_a_line_end_are_healed_but_suspended_hyphens_stay(paper: Paper) -> None:
    paper.paragraph(
        "Leverantören ska redovisa andelen återvunnet mate-", "rial i produkterna samt miljö-", "och klimatdata."
    )
    assert "återvunnet material i produkterna" in pieces(paper.save())[0].text
    assert "miljö- och klimatdata" in pieces(paper.path)[0].text


def test_a_short_last_line_ends_a_paragraph_even_without_space_below(paper: Paper) -> None:
    long = "Leverantören ska ha rutiner för hur produkter tas om hand när de lämnas tillbaka av"
    for words in (
        long,
        "beställaren.",
        "Reservdelar ska finnas tillgängliga i minst tio år från leverans, och pris ska anges",
    ):
        paper.line(words)
    assert [piece.text for piece in pieces(paper.save())] == [
        f"{long} beställaren.",
        "Reservdelar ska finnas tillgängliga i minst tio år från leverans, och pris ska anges",
    ]


def test_list_items_keep_their_bullets_and_their_depth(paper: Paper) -> None:
    paper.paragraph("Anbudet ska innehålla:")
    paper.line("• en plan för återtag som omfattar samtliga produkter i sortimentet och som visar hur de")
    paper.line("tas om hand", x=80)
    paper.line("– hämtning", x=90)
    paper.line("– sortering", x=90)
    paper.line("• en prislista")
    paper.line("a) reservdelar")
    found = pieces(paper.save())
    assert [(piece.kind, piece.number, piece.level, piece.text.split()[0]) for piece in found[1:]] == [
        ("list_item", "•", 0, "en"), ("list_item", "–", 1, "hämtning"), ("list_item", "–", 1, "sortering"),
        ("list_item", "•", 0, "en"), ("list_item", "a)", 0, "reservdelar"),
    ]  # fmt: skip
    assert found[1].text.endswith("visar hur de tas om hand")


def test_a_bullet_written_after_its_text_still_stands_before_it(paper: Paper) -> None:
    """As in TendSign's exports: the text of an item of two lines first, then its bullet."""
    paper.text(94, 700, "Minst ett års erfarenhet av att leda arbete med återbruk i offentliga")
    paper.text(94, 686, "organisationer.")
    paper.text(82, 700, "•")
    paper.text(82, 672, "• Minst två års erfarenhet av renovering.")
    found = pieces(paper.save())
    assert [(piece.kind, piece.number) for piece in found] == [("list_item", "•")] * 2
    assert found[0].text == "Minst ett års erfarenhet av att leda arbete med återbruk i offentliga organisationer."


def test_a_bullet_set_a_little_higher_than_its_text_still_stands_before_it(paper: Paper) -> None:
    paper.text(82, 704, "•", 16)
    paper.text(94, 700, "Minst ett års erfarenhet.")
    assert [(piece.kind, piece.number, piece.text) for piece in pieces(paper.save())] == [
        ("list_item", "•", "Minst ett års erfarenhet.")
    ]


def test_columns_are_read_in_stream_order_one_after_the_other(paper: Paper) -> None:
    left = ["Den vänstra spalten handlar om", "återbruk av möbler och hur", "de renoveras."]
    right = ["Den högra spalten handlar om", "reservdelar och hur länge", "de finns."]
    for x, column in ((72, left), (320, right)):
        for number, words in enumerate(column):
            paper.text(x, 700 - 14 * number, words)
    assert [piece.text for piece in pieces(paper.save())] == [" ".join(left), " ".join(right)]


def test_a_bold_requirement_in_a_box_is_no_heading_and_its_answer_control_follows_it(paper: Paper) -> None:
    paper.heading("1.2 Krav på återtag")
    paper.canvas.setLineWidth(0.5)
    paper.canvas.rect(72, 640, 440, 60)
    paper.text(80, 684, "Rutiner för återtag av uttjänta produkter", 11, BOLD)
    paper.text(80, 650, "Ja/Nej. Ja krävs", 8)
    paper.text(72, 610, "Text efter rutan står för sig.")
    found = pieces(paper.save())
    assert [(piece.kind, piece.text) for piece in found[1:]] == [
        ("paragraph", "Rutiner för återtag av uttjänta produkter"),
        ("paragraph", "Ja/Nej. Ja krävs"),
        ("paragraph", "Text efter rutan står för sig."),
    ]


def test_tendsign_symbols_are_read_from_their_legend_and_follow_what_they_stand_beside(paper: Paper) -> None:
    paper.text(72, 740, "Symbolförklaring", 10, BOLD)
    for x, y, which, meaning in (
        (72, 716, 3, "Krav som måste uppfyllas"),
        (300, 716, 7, "Frågan är viktad"),
        (72, 690, 9, "I annonsen"),
    ):
        paper.symbol(x, y, which)
        paper.text(x + 24, y + 6, meaning, 8)
    paper.text(72, 600, "1.1 Krav på återtag", 12, BOLD)
    paper.symbol(500, 598, 3)
    paper.text(72, 580, "Leverantören ska återta produkterna.")
    paper.page()
    paper.canvas.rect(72, 640, 460, 60)
    paper.text(80, 684, "Beskriv hur återtag går till", 11, BOLD)
    paper.symbol(500, 678, 7)
    paper.text(80, 650, "Fritext", 8)
    path = paper.save()
    found = [event for event in events(path) if isinstance(event, Piece)]
    assert [(piece.layer, piece.text) for piece in found if piece.place.page == 1 and piece.layer == "body"] == [
        ("body", "Krav på återtag"), ("body", "Leverantören ska återta produkterna."),
    ]  # fmt: skip
    after = {piece.text: (found[number + 1].number, found[number + 1].text) for number, piece in enumerate(found[:-1])}
    assert after["Krav på återtag"] == ("symbol", "Krav som måste uppfyllas")
    assert after["Beskriv hur återtag går till"] == ("symbol", "Frågan är viktad")


# --- what surrounds the text ---


def test_running_headers_and_footers_get_layers_and_do_not_cut_sentences(paper: Paper) -> None:
    for number in range(1, 5):
        paper.text(72, 810, "Region Exempel – upphandling av möbler", 8)
        paper.line(("Texten börjar här", "och den fortsätter", "utan att ta slut", "förrän nu.")[number - 1])
        paper.footer(number, 4)
        paper.page()
    path = paper.save()
    assert {piece.text for piece in pieces(path, "header")} == {"Region Exempel – upphandling av möbler"}
    assert [piece.text for piece in pieces(path, "footer")] == [f"Sida {number} (4)" for number in range(1, 5)]
    assert [piece.text for piece in pieces(path)] == [
        "Texten börjar här och den fortsätter utan att ta slut förrän nu."
    ]


def test_a_single_page_knows_its_footer_by_the_page_number(paper: Paper) -> None:
    paper.paragraph("Stolarna ska gå att laga.")
    paper.text(72, 30, "Krav på stolar – Sida 1 av 1", 8)
    assert [piece.text for piece in pieces(paper.save())] == ["Stolarna ska gå att laga."]


def test_a_running_title_with_the_page_number_at_its_end_is_a_header(paper: Paper) -> None:
    for number in range(1, 5):
        paper.text(72, 810, f"Kravspecifikation möbler {number}", 9)
        paper.paragraph(f"Text nummer {number} på sidan.")
        paper.page()
    assert len(pieces(paper.save(), "header")) == 4


def test_headings_that_number_attachments_at_page_tops_are_not_running_headers(paper: Paper) -> None:
    for number in range(1, 5):
        paper.text(72, 800, f"Anbudsområde {number}", 16, BOLD)
        paper.paragraph("Området omfattar möbler.")
        paper.page()
    assert [piece.text for piece in pieces(paper.save()) if piece.kind == "heading"] == [
        f"Anbudsområde {number}" for number in range(1, 5)
    ]


def test_contents_pages_have_their_own_layer(paper: Paper) -> None:
    paper.heading("Innehåll")
    paper.line("1 Inledning ........................................ 2")
    paper.line("1.1 Krav på reservdelar ............................ 3")
    paper.page()
    paper.heading("1 Inledning", 16)
    paper.paragraph("Leverantören ska läsa kraven noga innan anbudet lämnas.")
    path = paper.save()
    assert [piece.text.split()[0] for piece in pieces(path, "contents")] == ["Innehåll", "1", "1.1"]
    assert [piece.kind for piece in pieces(path)] == ["heading", "paragraph"]


def test_footnotes_get_their_own_layer(paper: Paper) -> None:
    paper.paragraph("Leverantören ska följa standarden för återtillverkade produkter", "som anges nedan.")
    paper.text(72, 90, "1 Standarden kan köpas av Svenska institutet för standarder.", 8)
    path = paper.save()
    assert [piece.text[:12] for piece in pieces(path, "note")] == ["1 Standarden"]


def test_a_paragraph_cut_by_a_page_break_is_joined_and_says_both_pages(paper: Paper) -> None:
    paper.paragraph("Leverantören ska på begäran visa att alla möbler kan demonteras och att deras")
    paper.footer(1, 2)
    paper.page()
    paper.paragraph("delar kan bytas.", "En ny mening börjar här, med stor bokstav, och hör inte till den förra.")
    paper.footer(2, 2)
    found = pieces(paper.save())
    assert found[0].text.endswith("demonteras och att deras delar kan bytas.")
    assert found[0].place == PdfPlace(page=1, end_page=2)
    assert found[1].place == PdfPlace(page=2)


def test_a_paragraph_that_ended_is_not_joined_over_the_page_break(paper: Paper) -> None:
    paper.paragraph("Meningen är slut.")
    paper.page()
    paper.paragraph("med liten bokstav börjar nästa sida.")
    assert [piece.place for piece in pieces(paper.save())] == [PdfPlace(page=1), PdfPlace(page=2)]


def test_pages_are_yielded_before_later_ones_are_read(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 31):
        paper.paragraph(f"Krav {number} gäller hela avtalstiden.")
        paper.page()
    path = paper.save()
    read_so_far: list[int] = []
    plain = pdf._read_page

    def counted(source: object, index: int, *rest: object) -> object:
        read_so_far.append(index + 1)
        return plain(source, index, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(pdf, "_read_page", counted)
    for event in pdf.read(path, Limits()):
        if isinstance(event, Piece):
            assert isinstance(event.place, PdfPlace)
            assert read_so_far[-1] <= event.place.page + 3


# --- tables ---

HEADER = ("Nr", "Krav", "Typ")


def test_a_ruled_table_becomes_rows_and_its_text_is_not_repeated(paper: Paper) -> None:
    paper.paragraph("Kraven framgår av tabellen:")
    paper.table(
        700, [40, 300, 60],
        [HEADER, ("1", "Möblerna ska kunna demonteras\nmed vanliga verktyg.", "Ska"), ("2", "Klädseln ska gå att byta.", "Bör")], bold=1,
    )  # fmt: skip
    paper.paragraph("Efter tabellen fortsätter texten.")
    found = pieces(paper.save())
    assert [piece.kind for piece in found] == ["paragraph", "table_row", "table_row", "table_row", "paragraph"]
    assert found[1].cells == HEADER
    assert [piece.is_header for piece in found[1:4]] == [True, False, False]
    assert found[2].cells == ("1", "Möblerna ska kunna demonteras med vanliga verktyg.", "Ska")
    assert {piece.table for piece in found[1:4]} == {1}


def test_list_items_in_a_cell_stay_apart(paper: Paper) -> None:
    paper.table(700, [40, 300], [("1", "Leverantören ska redovisa:\n• vikt\n• material"), ("2", "Inget")])
    assert pieces(paper.save())[0].cells[1] == "Leverantören ska redovisa:\n• vikt\n• material"


def test_a_table_goes_on_over_the_page_break_without_its_repeated_header(paper: Paper) -> None:
    paper.table(300, [40, 300, 60], [HEADER, ("1", "Reservdelar ska finnas i minst", "Ska")], bold=1)
    paper.page()
    paper.table(770, [40, 300, 60], [HEADER, ("", "tio år.", ""), ("2", "Klädseln ska gå att byta.", "Bör")], bold=1)
    found = pieces(paper.save())
    assert [piece.cells for piece in found] == [
        HEADER, ("1", "Reservdelar ska finnas i minst tio år.", "Ska"), ("2", "Klädseln ska gå att byta.", "Bör"),
    ]  # fmt: skip
    assert [piece.table for piece in found] == [1, 1, 1]
    assert found[1].place == PdfPlace(page=1, end_page=2)


def test_two_tables_on_one_page_keep_apart(paper: Paper) -> None:
    end = paper.table(700, [40, 300], [("1", "Första tabellen"), ("2", "har två rader")])
    paper.table(end - 40, [40, 300], [("1", "Andra tabellen"), ("2", "också")])
    assert [piece.table for piece in pieces(paper.save())] == [1, 1, 2, 2]


def test_a_merged_header_cell_leaves_the_columns_below_it_in_place(paper: Paper) -> None:
    paper.canvas.setLineWidth(0.5)
    for x, y, width in ((72, 660, 300), (72, 640, 100), (172, 640, 100), (272, 640, 100)):
        paper.canvas.rect(x, y, width, 20)
    paper.text(76, 666, "Delområden", 10)
    for x, words in ((76, "Möbler"), (176, "Textil"), (276, "IT")):
        paper.text(x, 646, words, 10)
    assert [piece.cells for piece in pieces(paper.save())] == [("Delområden", "", ""), ("Möbler", "Textil", "IT")]


def test_a_table_without_outer_border_is_still_a_table(paper: Paper) -> None:
    paper.canvas.setLineWidth(0.5)
    for y in (700, 680, 660):
        paper.canvas.line(72, y, 472, y)
    paper.canvas.line(120, 700, 120, 660)
    for x, y, words in (
        (76, 686, "1"),
        (126, 686, "Reservdelar ska finnas."),
        (76, 666, "2"),
        (126, 666, "Klädsel ska bytas."),
    ):
        paper.text(x, y, words, 10)
    assert [piece.cells for piece in pieces(paper.save())] == [
        ("1", "Reservdelar ska finnas."),
        ("2", "Klädsel ska bytas."),
    ]


def test_columns_without_rulings_under_a_header_row_become_a_table(paper: Paper) -> None:
    rows = [
        HEADER,
        ("1", "Möblerna ska kunna demonteras", "Ska"),
        ("", "med vanliga verktyg.", ""),
        ("2", "Klädseln ska gå att byta.", "Bör"),
    ]
    for number, row in enumerate(rows):
        for x, words in zip((72, 130, 450), row, strict=True):
            paper.text(x, 700 - 15 * number, words, 10)
    paper.text(72, 560, "Löpande text efter tabellen som går tvärs över alla kolumnerna på sidan och inte hör dit.", 10)
    found = pieces(paper.save())
    assert [piece.cells for piece in found[:3]] == [
        HEADER, ("1", "Möblerna ska kunna demonteras med vanliga verktyg.", "Ska"), ("2", "Klädseln ska gå att byta.", "Bör"),
    ]  # fmt: skip
    assert [piece.kind for piece in found[3:]] == ["paragraph"]


def test_a_frame_around_the_page_is_not_a_table(paper: Paper) -> None:
    paper.canvas.rect(40, 40, WIDTH - 80, HEIGHT - 80)
    paper.canvas.line(40, 780, WIDTH - 40, 780)
    paper.paragraph("Entreprenören ska redovisa massbalansen.")
    paper.paragraph("Överskottsmassor ska i första hand återanvändas.")
    assert [piece.kind for piece in pieces(paper.save())] == ["paragraph", "paragraph"]


def test_a_page_turned_sideways_gives_the_same_table(paper: Paper) -> None:
    paper.canvas.setPageRotation(90)
    paper.canvas.translate(WIDTH, 0)
    paper.canvas.rotate(90)
    paper.table(500, [40, 300], [("1", "Reservdelar ska finnas."), ("2", "Klädsel ska bytas.")])
    assert [piece.cells for piece in pieces(paper.save())] == [
        ("1", "Reservdelar ska finnas."),
        ("2", "Klädsel ska bytas."),
    ]


def test_words_marked_in_colour_do_not_become_a_table(paper: Paper) -> None:
    paper.canvas.setFillColorRGB(1, 1, 0)
    for x, y, width in ((72, 697, 60), (150, 697, 44), (200, 697, 90), (72, 683, 130), (230, 683, 30)):
        paper.canvas.rect(x, y, width, 12, stroke=0, fill=1)
    paper.canvas.setFillColorRGB(0, 0, 0)
    paper.text(72, 700, "Leverantören ska särskilt beakta att reservdelar")
    paper.text(72, 686, "finns att köpa under hela avtalstiden.")
    assert [piece.kind for piece in pieces(paper.save())] == ["paragraph"]


def test_a_drawing_of_many_lines_gives_its_text_and_no_table(tmp_path: Path) -> None:
    net = b"".join(b"%d %d 6 6 re S " % (60 + 6 * (n % 70), 200 + 6 * (n // 70)) for n in range(70 * 70))
    path = tmp_path / "ritning.pdf"
    path.write_bytes(one_page(net + b"BT /F1 5 Tf 121 501 Td (A) Tj ET BT /F1 12 Tf 72 700 Td (Ritning 7) Tj ET"))
    assert [(piece.kind, piece.text) for piece in pieces(path)] == [("paragraph", "A"), ("paragraph", "Ritning 7")]


def test_no_letter_is_lost_or_repeated_between_text_and_tables(paper: Paper) -> None:
    paper.heading("2.1 Möbler")
    paper.paragraph("Leverantören ska lämna uppgifter om varje produkts inne-", "håll av återvunnet material.")
    paper.table(600, [40, 250, 100], [(*HEADER,), ("1", "Stolar\noch bord", "Ska"), ("2", "", "Bör")], bold=1)
    paper.paragraph("• Slutord", "efter tabellen")
    path = paper.save()
    printed = Counter(char for char in pypdfium2.PdfDocument(path)[0].get_textpage().get_text_range() if char.isalnum())
    read = Counter(
        char
        for piece in pieces(path)
        for text in (piece.number, piece.text, *piece.cells)
        for char in text
        if char.isalnum()
    )
    assert read == printed
