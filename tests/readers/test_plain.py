"""Plain text, Markdown and separated values: structure, encodings, and nothing lost."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cirkular_krav.errors import ProblemCode, ReadingError
from cirkular_krav.models import LinePlace, Problem
from cirkular_krav.readers.pieces import Event, Extent, Limits, Piece
from cirkular_krav.readers.plain import read
from cirkular_krav.readers.textfile import count_letters, decode, find_passages


def read_events(
    folder: Path, content: str | bytes, name: str = "krav.txt", limits: Limits | None = None
) -> list[Event]:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read(path, limits or Limits()))


def read_pieces(folder: Path, content: str | bytes, name: str = "krav.txt") -> list[Piece]:
    return [event for event in read_events(folder, content, name) if isinstance(event, Piece)]


def read_problems(folder: Path, content: str | bytes, name: str = "krav.txt") -> list[str]:
    return [event.code for event in read_events(folder, content, name) if isinstance(event, Problem)]


def outline(pieces: list[Piece]) -> list[tuple[str, int, str, str]]:
    return [(piece.kind, piece.level, piece.number, piece.text) for piece in pieces]


SWEDISH = "Möblerna ska vara återbrukade på ett sätt som är skäligt."


# --- encodings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"]
)
def test_swedish_letters_survive_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    pieces = read_pieces(tmp_path, SWEDISH.encode(encoding))
    assert [piece.text for piece in pieces] == [SWEDISH]
    assert read_problems(tmp_path, SWEDISH.encode(encoding)) == []


def test_one_damaged_byte_does_not_turn_a_utf8_file_into_windows_text(tmp_path: Path) -> None:
    raw = (SWEDISH + "\n\n").encode() + b"B\xffrd ska lagas."
    assert [piece.text for piece in read_pieces(tmp_path, raw)] == [SWEDISH, "B\ufffdrd ska lagas."]
    assert read_problems(tmp_path, raw) == [ProblemCode.WARN_TEXT]


def test_windows_quotation_marks_and_dashes_are_read_as_what_they_are(tmp_path: Path) -> None:
    pieces = read_pieces(tmp_path, "Återbruk – ”begagnat” …".encode("cp1252"))
    assert pieces[0].text == "Återbruk – ”begagnat” …"


@pytest.mark.parametrize("odd", ["\0", "\x0b", "\x0c", "\u2028", "\r"], ids=["nul", "vt", "ff", "ls", "lone cr"])
def test_characters_that_do_not_belong_in_text_are_warned_about_and_nothing_is_lost(tmp_path: Path, odd: str) -> None:
    content = f"Första raden om stolar.\nReservdelar ska finnas.{odd}Bord ska kunna lagas.\nSlut.\n"
    events = read_events(tmp_path, content)
    warnings = [event for event in events if isinstance(event, Problem)]
    assert [(warning.code, warning.place) for warning in warnings] == [(ProblemCode.WARN_TEXT, "rad 2")]
    text = " ".join(event.text for event in events if isinstance(event, Piece))
    assert count_letters(text) == count_letters(content)


def test_old_macintosh_line_ends_are_no_fault(tmp_path: Path) -> None:
    assert read_problems(tmp_path, "# Krav\rStolar ska kunna lagas.\r") == []
    assert [p.kind for p in read_pieces(tmp_path, "# Krav\rStolar ska kunna lagas.\r")] == ["heading", "paragraph"]


def test_bytes_that_are_no_text_are_refused_as_unreadable(tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as caught:
        read_events(tmp_path, bytes(range(32)) * 50)
    assert (caught.value.code, caught.value.status) == (ProblemCode.UNREADABLE_TEXT, "nothing")


def test_an_empty_file_is_refused_as_empty(tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as caught:
        read_events(tmp_path, b"")
    assert caught.value.code == ProblemCode.EMPTY_FILE


def test_a_file_larger_than_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as caught:
        read_events(tmp_path, SWEDISH, limits=Limits(max_part_bytes=10))
    assert caught.value.code == ProblemCode.TOO_BIG


@given(st.binary(max_size=300))
def test_any_bytes_are_decoded_or_refused(raw: bytes) -> None:
    with contextlib.suppress(ReadingError):
        assert "\r" not in decode(raw).text


# --- Markdown -----------------------------------------------------------------------------------


def test_markdown_headings_paragraphs_and_nested_lists_keep_their_levels_and_lines(tmp_path: Path) -> None:
    content = (
        "# Kravspecifikation\n\n## 3.1 Reservdelar ##\nLeverantören ska\nerbjuda reservdelar.\n\n"
        "- stolar\n  - sits\n    - tyg\n  - rygg\n- bord\n\n1. ett\n2. två\n"
    )
    pieces = read_pieces(tmp_path, content, "krav.md")
    assert outline(pieces) == [
        ("heading", 1, "", "Kravspecifikation"),
        ("heading", 2, "3.1", "Reservdelar"),
        ("paragraph", 0, "", "Leverantören ska erbjuda reservdelar."),
        ("list_item", 0, "-", "stolar"),
        ("list_item", 1, "-", "sits"),
        ("list_item", 2, "-", "tyg"),
        ("list_item", 1, "-", "rygg"),
        ("list_item", 0, "-", "bord"),
        ("list_item", 0, "1.", "ett"),
        ("list_item", 0, "2.", "två"),
    ]
    assert [piece.place for piece in pieces[:3]] == [LinePlace(line=1), LinePlace(line=3), LinePlace(line=4)]
    assert pieces[-1].place == LinePlace(line=14)


def test_underlined_headings_are_headings_but_a_ruler_after_a_paragraph_is_not(tmp_path: Path) -> None:
    content = "Möbler\n======\n\nReservdelar\n-----------\n\nStolar ska lagas.\nBord ska lagas.\n---\nMer text.\n"
    assert outline(read_pieces(tmp_path, content))[:2] == [
        ("heading", 1, "", "Möbler"),
        ("heading", 2, "", "Reservdelar"),
    ]
    assert [p.text for p in read_pieces(tmp_path, content, "a.md")][2:] == [
        "Stolar ska lagas. Bord ska lagas.",
        "Mer text.",
    ]


def test_a_pipe_table_becomes_rows_with_its_header_marked(tmp_path: Path) -> None:
    content = (
        "Krav:\n\n| Nr | Krav | Typ |\n|----|:----:|----:|\n| 1 | Stolar \\| bord | Ska |\n| 2 | Återtag |\n\nSlut.\n"
    )
    rows = [piece for piece in read_pieces(tmp_path, content) if piece.kind == "table_row"]
    assert [row.cells for row in rows] == [("Nr", "Krav", "Typ"), ("1", "Stolar | bord", "Ska"), ("2", "Återtag", "")]
    assert [row.is_header for row in rows] == [True, False, False]
    assert [row.place for row in rows] == [LinePlace(line=3), LinePlace(line=5), LinePlace(line=6)]


def test_two_tables_are_numbered_apart(tmp_path: Path) -> None:
    content = "| A | B |\n|---|---|\n| 1 | 2 |\n\nText.\n\n| C | D |\n|---|---|\n| 3 | 4 |\n"
    assert [piece.table for piece in read_pieces(tmp_path, content) if piece.cells] == [1, 1, 2, 2]


def test_a_framed_table_without_a_ruler_has_rows_but_no_header(tmp_path: Path) -> None:
    rows = read_pieces(tmp_path, "+---+---+\n| a | b |\n+---+---+\n| c | d |\n+---+---+\n")
    assert [(row.cells, row.is_header) for row in rows] == [(("a", "b"), False), (("c", "d"), False)]


def test_emphasis_links_and_code_marks_are_taken_away_in_markdown_only(tmp_path: Path) -> None:
    line = "**Ska-krav:** se [bilaga 2](krav.pdf) och *återtag* av `X_1`."
    assert read_pieces(tmp_path, line, "krav.md")[0].text == "Ska-krav: se bilaga 2 och återtag av X_1."
    assert read_pieces(tmp_path, line, "krav.txt")[0].text == line


def test_code_fences_vanish_but_what_they_hold_is_read(tmp_path: Path) -> None:
    pieces = read_pieces(tmp_path, "Före.\n\n```yaml\nkrav: **återbruk**\n```\n\nEfter.\n", "krav.md")
    assert [piece.text for piece in pieces] == ["Före.", "krav: **återbruk**", "Efter."]


def test_front_matter_is_text_and_not_a_heading(tmp_path: Path) -> None:
    pieces = read_pieces(tmp_path, "---\ntitle: Möbler\n---\n\n# Krav\n", "krav.md")
    assert outline(pieces) == [("paragraph", 0, "", "title: Möbler"), ("heading", 1, "", "Krav")]


def test_a_quotation_is_read_without_its_marks_and_apart_from_what_surrounds_it(tmp_path: Path) -> None:
    content = "Fråga 3:\n> Får begagnade stolar\n> erbjudas?\n>> Äldre fråga.\nSvar: Ja.\n"
    assert [p.text for p in read_pieces(tmp_path, content)] == [
        "Fråga 3:", "Får begagnade stolar erbjudas?", "Äldre fråga.", "Svar: Ja.",
    ]  # fmt: skip


def test_an_answer_below_a_quotation_is_not_joined_to_it(tmp_path: Path) -> None:
    assert [p.text for p in read_pieces(tmp_path, "> Får stolarna vara begagnade\nja, det får de\n")] == [
        "Får stolarna vara begagnade",
        "ja, det får de",
    ]


# --- plain text ---------------------------------------------------------------------------------


def test_a_numbered_short_line_over_text_is_a_heading(tmp_path: Path) -> None:
    content = (
        "3 Krav på varan\n\n3.1 Reservdelar\nReservdelar ska finnas i sju år.\n\n3.1.1 Tyg\n\nTyget ska gå att byta.\n"
    )
    assert [(p.kind, p.level, p.number, p.text) for p in read_pieces(tmp_path, content) if p.kind == "heading"] == [
        ("heading", 1, "3", "Krav på varan"),
        ("heading", 2, "3.1", "Reservdelar"),
        ("heading", 3, "3.1.1", "Tyg"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "3.1.1 Leverantören ska återta emballage",
        "3.1.2 Stolar med reservdelar, och även bord.",
        "3.1.3 Följande gäller:",
    ],
)
def test_a_numbered_requirement_is_a_paragraph_with_its_number(tmp_path: Path, line: str) -> None:
    (piece,) = read_pieces(tmp_path, f"{line}\n\n")
    number, _, words = line.partition(" ")
    assert (piece.kind, piece.number, piece.text) == ("paragraph", number, words)


def test_a_numbered_list_is_not_mistaken_for_headings(tmp_path: Path) -> None:
    for content in ("1. Stolar\n2. Bord\n3. Hyllor\n", "1. Stolar\n\n2. Bord\n\n3. Hyllor\n"):
        assert "heading" not in [piece.kind for piece in read_pieces(tmp_path, content)][:2]


def test_lines_of_a_table_of_contents_are_kept_apart_and_marked(tmp_path: Path) -> None:
    content = "1 Inledning ......... 3\n2 Krav .............. 12\n2.1 Möbler ........... 14\n\nText.\n"
    pieces = read_pieces(tmp_path, content)
    assert [piece.layer for piece in pieces] == ["contents", "contents", "contents", "body"]


def test_a_wrapped_paragraph_is_joined_and_its_hyphenated_words_healed(tmp_path: Path) -> None:
    content = (
        "Leverantören ska under hela avtalstiden tillhandahålla reserv-\n"
        "delar till samtliga möbler som ingår i leveransen. Reservdelar\n"
        "ska kunna beställas var för sig.\n"
    )
    assert [p.text for p in read_pieces(tmp_path, content)] == [
        "Leverantören ska under hela avtalstiden tillhandahålla reservdelar till samtliga möbler som ingår i leveransen. "
        "Reservdelar ska kunna beställas var för sig."
    ]


def test_lines_that_were_never_wrapped_stay_apart(tmp_path: Path) -> None:
    short = "Diarienummer: 12-2026\nSista dag: 1 maj\nAvtalstid: 2 år\n"
    assert len(read_pieces(tmp_path, short)) == 3
    long = f"{'Leverantören ska återta möbler. ' * 6}\n{'Leverantören ska laga möbler. ' * 6}\n"
    assert len(read_pieces(tmp_path, long)) == 2


def test_a_list_item_goes_on_over_its_indented_lines(tmp_path: Path) -> None:
    content = "Möblerna ska:\n  - vara hela och\n    rena\n  - ha reservdelar\na) stolar\nb) bord\n"
    assert outline(read_pieces(tmp_path, content)) == [
        ("paragraph", 0, "", "Möblerna ska:"),
        ("list_item", 0, "-", "vara hela och rena"),
        ("list_item", 0, "-", "ha reservdelar"),
        ("list_item", 0, "a)", "stolar"),
        ("list_item", 0, "b)", "bord"),
    ]


def test_line_numbers_count_the_lines_of_the_file_and_not_form_feeds(tmp_path: Path) -> None:
    pieces = read_pieces(tmp_path, "Ett.\r\n\r\nTvå.\x0cTre.\r\n\r\nFyra.\r\n")
    assert [(p.text, p.place) for p in pieces][-1] == ("Fyra.", LinePlace(line=5))


# --- separated values ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ('Nr;Krav;Typ\n1;"Stolar; bord";Ska\n2;Återtag, 10 %;Bör\n', "krav.csv"),
        ('sep=,\nNr,Krav,Typ\n1,Stolar; bord,Ska\n2,"Återtag, 10 %",Bör\n', "krav.csv"),
        ("Nr\tKrav\tTyp\n1\tStolar; bord\tSka\n2\tÅtertag, 10 %\tBör\n", "krav.tsv"),
        ("Nr\tKrav\tTyp\n1\tStolar; bord\tSka\n2\tÅtertag, 10 %\tBör\n", "krav.csv"),
    ],
    ids=["semicolon", "named separator", "tab", "tab in csv"],
)
def test_separated_values_become_rows_whatever_the_separator(tmp_path: Path, content: str, name: str) -> None:
    rows = [piece.cells for piece in read_pieces(tmp_path, content.encode("cp1252"), name) if piece.kind == "table_row"]
    assert rows == [("Nr", "Krav", "Typ"), ("1", "Stolar; bord", "Ska"), ("2", "Återtag, 10 %", "Bör")]


def test_a_cell_with_line_breaks_is_one_cell_and_later_rows_keep_their_lines(tmp_path: Path) -> None:
    rows = read_pieces(tmp_path, 'Nr;Krav\n1;"Stolar\nska lagas"\n\n2;Bord\n', "krav.csv")
    assert [(row.cells, row.place) for row in rows][1:] == [
        (("1", "Stolar\nska lagas"), LinePlace(line=2)),
        (("2", "Bord"), LinePlace(line=5)),
    ]


def test_a_separated_file_of_one_column_loses_nothing(tmp_path: Path) -> None:
    events = read_events(tmp_path, "Krav\nStolar ska lagas, och bord\nÅtertag\n", "krav.csv")
    assert ProblemCode.TEXT_LOST not in [e.code for e in events if isinstance(e, Problem)]


# --- whole documents ----------------------------------------------------------------------------


def test_the_extent_counts_the_letters_that_the_pieces_hold(tmp_path: Path) -> None:
    events = read_events(tmp_path, "# Krav\n\n- Stolar 12 st\n")
    assert [event.characters for event in events if isinstance(event, Extent)] == [14]


def test_a_text_with_more_blocks_than_the_limit_is_cut_with_a_problem(tmp_path: Path) -> None:
    events = read_events(tmp_path, "Rad.\n\n" * 50, limits=Limits(max_blocks=10))
    assert len([e for e in events if isinstance(e, Piece)]) == 10
    assert [e.code for e in events if isinstance(e, Problem)] == [ProblemCode.TOO_LONG]


@pytest.mark.parametrize(
    "line",
    [
        "-" * 500_000 + "x",
        "# " * 250_000,
        "[](" * 150_000,
        "<!--" * 120_000,
        "*a " * 150_000,
        ". " * 250_000 + "x",
        "|-" * 250_000,
    ],
    ids=["dashes", "hashes", "links", "comments", "stars", "leaders", "pipes"],
)
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.csv"])
def test_one_hostile_line_is_read_in_linear_work(tmp_path: Path, line: str, name: str) -> None:
    events = read_events(tmp_path, f"{line}\n\nSlutet ska finnas kvar.\n", name)
    assert "Slutet ska finnas kvar" in " ".join(e.text + " ".join(e.cells) for e in events if isinstance(e, Piece))


_LINES = st.sampled_from(
    ["", "Stolar ska lagas.", "- bord", "  - tyg", "# Krav", "3.1 Möbler", "| a | b |", "|---|---|", "> svar", "====", "----",
     "1. ett", "Leverantören ska under hela avtalstiden erbjuda reserv-", "delar och service", "```", "*viktigt*", "a | b"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_LINES, max_size=25), st.sampled_from(["a.txt", "a.md", "a.csv"]))
def test_no_letter_is_lost_whatever_the_lines(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], name: str
) -> None:
    content = "\n".join(lines) + "\nSlut."
    pieces = read_pieces(tmp_path_factory.mktemp("text"), content, name)
    found = sum(count_letters(p.number) + count_letters(p.text) + sum(map(count_letters, p.cells)) for p in pieces)
    assert found == count_letters(content)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\u00ad\u2010\x02-")), max_size=8))
def test_passages_hold_every_letter_of_their_lines(lines: list[str]) -> None:
    passages = list(find_passages(lines))
    assert sum(count_letters(p.number + " " + p.text) for p in passages) == sum(map(count_letters, lines))
