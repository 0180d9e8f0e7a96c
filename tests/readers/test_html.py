"""HTML: structure, hidden text, tables, damage – and no letter lost, however the page is built."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cirkular_krav.errors import ProblemCode, ReadingError
from cirkular_krav.models import LinePlace, Problem
from cirkular_krav.readers.html import read
from cirkular_krav.readers.html_tokens import tokenize
from cirkular_krav.readers.pieces import Event, Extent, Limits, Piece
from cirkular_krav.readers.textfile import count_letters


def read_events(folder: Path, content: str | bytes, limits: Limits | None = None) -> list[Event]:
    path = folder / "krav.html"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read(path, limits or Limits()))


def read_pieces(folder: Path, content: str | bytes) -> list[Piece]:
    return [event for event in read_events(folder, content) if isinstance(event, Piece)]


def read_problems(folder: Path, content: str | bytes) -> list[str]:
    return [event.code for event in read_events(folder, content) if isinstance(event, Problem)]


def outline(pieces: list[Piece]) -> list[tuple[str, int, str, str]]:
    return [(piece.kind, piece.level, piece.number, piece.text) for piece in pieces]


def rows_of(pieces: list[Piece]) -> list[tuple[str, ...]]:
    return [piece.cells for piece in pieces if piece.kind == "table_row"]


# --- structure ----------------------------------------------------------------------------------


def test_headings_and_paragraphs_keep_their_levels_numbers_and_lines(tmp_path: Path) -> None:
    content = "<h1>Krav</h1>\n<h2>3.1 Reserv<b>delar</b></h2>\n<p>\n  Stolar ska\n  lagas.\n<p>Bord <i>ska</i> bytas.<div>Slut</div>"
    pieces = read_pieces(tmp_path, content)
    assert outline(pieces) == [
        ("heading", 1, "", "Krav"),
        ("heading", 2, "3.1", "Reservdelar"),
        ("paragraph", 0, "", "Stolar ska lagas."),
        ("paragraph", 0, "", "Bord ska bytas."),
        ("paragraph", 0, "", "Slut"),
    ]
    assert [piece.place for piece in pieces[:4]] == [LinePlace(line=n) for n in (1, 2, 4, 6)]


def test_lists_keep_their_nesting_and_the_numbers_that_a_browser_prints(tmp_path: Path) -> None:
    content = (
        "<ul><li>stolar<li>bord<ol start=3 type=a><li>skiva<li>ben</ol></ul>"
        "<ol type=I><li>ett<li value=9>nio</ol><ol><li>först</ol>"
    )
    assert outline(read_pieces(tmp_path, content)) == [
        ("list_item", 0, "•", "stolar"),
        ("list_item", 0, "•", "bord"),
        ("list_item", 1, "c.", "skiva"),
        ("list_item", 1, "d.", "ben"),
        ("list_item", 0, "I.", "ett"),
        ("list_item", 0, "IX.", "nio"),
        ("list_item", 0, "1.", "först"),
    ]


def test_only_the_first_paragraph_of_a_list_item_carries_its_number(tmp_path: Path) -> None:
    pieces = read_pieces(tmp_path, "<ol><li><p>ett</p><p>mer</p></ol>")
    assert outline(pieces) == [("list_item", 0, "1.", "ett"), ("list_item", 0, "", "mer")]


def test_bullets_typed_as_text_become_list_items(tmp_path: Path) -> None:
    content = "<p>Möblerna ska:<br>- vara hela<br>- ha reservdelar</p><p>·<span>&nbsp;&nbsp; </span>vara rena</p>"
    assert outline(read_pieces(tmp_path, content)) == [
        ("paragraph", 0, "", "Möblerna ska:"),
        ("list_item", 0, "-", "vara hela"),
        ("list_item", 0, "-", "ha reservdelar"),
        ("list_item", 0, "·", "vara rena"),
    ]


def test_an_empty_line_made_of_breaks_begins_a_new_paragraph(tmp_path: Path) -> None:
    pieces = read_pieces(tmp_path, "<div>Stolar ska kunna<br>lagas.<br><br>Bord ska bytas.</div>")
    assert [piece.text for piece in pieces] == ["Stolar ska kunna lagas.", "Bord ska bytas."]


def test_definitions_quotations_preformatted_text_and_details_are_read(tmp_path: Path) -> None:
    content = (
        "<dl><dt>Garanti<dd>fem år<dt>Återtag<dd>ska erbjudas</dl><blockquote>Citat</blockquote>"
        "<pre>rad ett\nrad två\n\nrad fyra</pre><details><summary>Villkor</summary>Vite utgår.</details>"
    )
    assert outline(read_pieces(tmp_path, content)) == [
        ("paragraph", 0, "", "Garanti"),
        ("list_item", 0, "", "fem år"),
        ("paragraph", 0, "", "Återtag"),
        ("list_item", 0, "", "ska erbjudas"),
        ("paragraph", 0, "", "Citat"),
        ("paragraph", 0, "", "rad ett rad två"),
        ("paragraph", 0, "", "rad fyra"),
        ("heading", 6, "", "Villkor"),
        ("paragraph", 0, "", "Vite utgår."),
    ]


def test_a_heading_that_is_never_closed_does_not_turn_the_page_into_headings(tmp_path: Path) -> None:
    pieces = read_pieces(tmp_path, "<h2>Krav<p>Stolar ska lagas.<p>Bord ska lagas.")
    assert [piece.kind for piece in pieces] == ["heading", "paragraph", "paragraph"]


def test_emphasis_that_ends_inside_another_block_does_not_cut_it(tmp_path: Path) -> None:
    assert [p.text for p in read_pieces(tmp_path, "<i><p>Stolar</i> ska lagas.</p>")] == ["Stolar ska lagas."]


def test_scripts_styles_templates_comments_and_the_head_are_no_text(tmp_path: Path) -> None:
    content = (
        "<html><head><title>Titel</title><style>p{}</style></head><body><script>if (a<b) x('<p>nej</p>')</script>"
        "<!-- <p>nej</p> --><template><p>nej</p></template><p>Ja</p><noscript>Utan skript</noscript></body></html>"
    )
    assert [piece.text for piece in read_pieces(tmp_path, content)] == ["Ja", "Utan skript"]


def test_what_stands_in_an_unclosed_head_is_read(tmp_path: Path) -> None:
    assert [p.text for p in read_pieces(tmp_path, "<head><title>T</title><p>Stolar</p>")] == ["Stolar"]
    assert [p.text for p in read_pieces(tmp_path, "<head><meta name=x>Stolar")] == ["Stolar"]


def test_a_less_than_sign_in_the_text_is_text(tmp_path: Path) -> None:
    assert [p.text for p in read_pieces(tmp_path, "<p>vikt < 5 kg & längd <3 m, a<-b</p>")] == [
        "vikt < 5 kg & längd <3 m, a<-b"
    ]


def test_a_tag_sign_within_an_attribute_does_not_end_the_tag(tmp_path: Path) -> None:
    assert [p.text for p in read_pieces(tmp_path, "<p title='a > b' data-x=\"<p>\">Stolar</p>")] == ["Stolar"]


def test_answers_in_text_fields_are_read(tmp_path: Path) -> None:
    assert [p.text for p in read_pieces(tmp_path, "<textarea name=a>Svar: <b> &amp; ja</textarea>")] == [
        "Svar: <b> & ja"
    ]


# --- what is not on the page --------------------------------------------------------------------


@pytest.mark.parametrize(
    "attribute",
    [
        "hidden",
        'style="color:red;DISPLAY : none"',
        'aria-hidden="true"',
        'style="visibility:hidden"',
        'hidden="hidden"',
    ],
)
@pytest.mark.parametrize("tag", ["div", "span", "p"])
def test_hidden_text_is_kept_in_its_own_layer_and_warned_about(tmp_path: Path, attribute: str, tag: str) -> None:
    events = read_events(tmp_path, f"<p>Stolar ska</p>\n<{tag} {attribute}>dold <b>text</b></{tag}><p>lagas.</p>")
    pieces = [event for event in events if isinstance(event, Piece)]
    assert [(piece.text, piece.layer) for piece in pieces] == [
        ("Stolar ska", "body"), ("dold text", "hidden"), ("lagas.", "body"),
    ]  # fmt: skip
    assert [(e.code, e.place) for e in events if isinstance(e, Problem)] == [(ProblemCode.WARN_HIDDEN, "rad 2")]


def test_a_hidden_word_does_not_cut_the_sentence_around_it(tmp_path: Path) -> None:
    pieces = read_pieces(tmp_path, "<p>Stolar <span style='display:none'>inte</span>ska lagas.</p>")
    assert sorted((piece.layer, piece.text) for piece in pieces) == [("body", "Stolar ska lagas."), ("hidden", "inte")]


def test_text_that_only_waits_to_be_found_is_not_hidden(tmp_path: Path) -> None:
    assert [p.layer for p in read_pieces(tmp_path, '<p hidden="until-found">Stolar</p>')] == ["body"]


def test_a_hidden_cell_is_not_part_of_its_row(tmp_path: Path) -> None:
    content = "<table><tr><th>Nr<th>Krav<tr><td>1<td style='display:none'>dolt<td>Stolar</table>"
    pieces = read_pieces(tmp_path, content)
    assert rows_of(pieces) == [("Nr", "Krav"), ("1", "Stolar")]
    assert [(piece.text, piece.layer) for piece in pieces if piece.text] == [("dolt", "hidden")]


def test_menus_and_the_top_and_foot_of_the_page_get_their_layers_but_an_articles_header_is_body(tmp_path: Path) -> None:
    content = (
        "<header><h1>Kommunen</h1><p>Logga in</p></header><nav><h2>Meny</h2><a>Start</a></nav>"
        "<main><header><h2>Krav</h2><p>Ingress</p></header><p>Text</p></main><div role=contentinfo>Adress</div>"
    )
    assert [(piece.text, piece.layer) for piece in read_pieces(tmp_path, content)] == [
        ("Kommunen", "body"), ("Logga in", "header"), ("Meny", "header"), ("Start", "header"),
        ("Krav", "body"), ("Ingress", "body"), ("Text", "body"), ("Adress", "footer"),
    ]  # fmt: skip


# --- tables -------------------------------------------------------------------------------------


def test_a_table_becomes_rows_with_header_and_caption(tmp_path: Path) -> None:
    content = (
        "<table><caption>Krav på stolar</caption>\n<tr><th>Nr<th>Krav\n<tr><td>1<td>Ska <b>lagas</b>\n"
        "<tr><th>2<td><ul><li>hel<li>ren</ul></table><table><tr><td>a<td>b<tr><td>c<td>d</table>"
    )
    pieces = read_pieces(tmp_path, content)
    assert (pieces[0].kind, pieces[0].text) == ("paragraph", "Krav på stolar")
    assert rows_of(pieces) == [("Nr", "Krav"), ("1", "Ska lagas"), ("2", "• hel\n• ren"), ("a", "b"), ("c", "d")]
    assert [piece.is_header for piece in pieces[1:]] == [True, False, False, False, False]
    assert [piece.table for piece in pieces[1:]] == [1, 1, 1, 2, 2]
    assert [piece.place for piece in pieces[1:4]] == [LinePlace(line=n) for n in (2, 3, 4)]


def test_rows_of_a_table_head_are_headers_even_of_ordinary_cells(tmp_path: Path) -> None:
    content = "<table><thead><tr><td>Nr<td>Krav</thead><tbody><tr><td>1<td>Stolar</table>"
    assert [piece.is_header for piece in read_pieces(tmp_path, content)] == [True, False]


def test_spans_keep_the_columns_in_place_and_a_wide_header_names_all_it_spans(tmp_path: Path) -> None:
    content = (
        "<table><tr><th>Nr<th colspan=2>Krav<th>Svar<tr><td rowspan=2>1<td>Stolar<td>Ska<td>Ja"
        "<tr><td>Bord<td>Bör<td>Nej<tr><td colspan=4>Slut</table>"
    )
    assert rows_of(read_pieces(tmp_path, content)) == [
        ("Nr", "Krav", "Krav", "Svar"),
        ("1", "Stolar", "Ska", "Ja"),
        ("", "Bord", "Bör", "Nej"),
        ("Slut", "", "", ""),
    ]


def test_an_endless_span_is_cut_with_a_problem(tmp_path: Path) -> None:
    content = "<table><tr><td colspan=999999 rowspan=999999>Stolar<td>Bord<tr><td>Slut<td>x</table>"
    pieces = read_pieces(tmp_path, content)
    assert [[cell for cell in row if cell] for row in rows_of(pieces)] == [["Stolar", "Bord"], ["Slut", "x"]]
    assert read_problems(tmp_path, content) == [ProblemCode.TABLE_SPAN]


def test_a_table_inside_a_cell_is_text_of_that_cell(tmp_path: Path) -> None:
    content = "<table><tr><th>A<th>B<tr><td>x<td><table><tr><td>1<td>2</table><tr><td>y<td>z</table>"
    assert rows_of(read_pieces(tmp_path, content)) == [("A", "B"), ("x", "1 2"), ("y", "z")]


@pytest.mark.parametrize(
    "content",
    [
        "<table><tr><td><h2>Krav</h2><p>Text</td><tr><td><ul><li>stol</ul></table>",
        "<table role=presentation><tr><td><h2>Krav</h2><td>Text<td><ul><li>stol</ul></table>",
        "<table><tr><td><h2>Krav</h2><p>Text<td><ul><li>stol</ul></table>",
    ],
    ids=["one column", "role", "heading inside"],
)
def test_a_table_that_only_places_things_gives_what_stands_in_it(tmp_path: Path, content: str) -> None:
    assert outline(read_pieces(tmp_path, content)) == [
        ("heading", 2, "", "Krav"), ("paragraph", 0, "", "Text"), ("list_item", 0, "•", "stol"),
    ]  # fmt: skip


def test_the_caption_of_a_table_that_only_places_things_is_read(tmp_path: Path) -> None:
    content = "<table><caption>Krav</caption><tr><td>Stolar</table>"
    assert [piece.text for piece in read_pieces(tmp_path, content)] == ["Krav", "Stolar"]


def test_a_table_of_data_in_a_table_that_only_places_things_keeps_its_rows(tmp_path: Path) -> None:
    content = "<table><tr><td>Meny<td><table><tr><th>Nr<th>Krav<tr><td>1<td>Stolar</table></table>"
    assert rows_of(read_pieces(tmp_path, content)) == [("Nr", "Krav"), ("1", "Stolar")]


def test_stray_end_tags_in_a_cell_do_not_break_the_table(tmp_path: Path) -> None:
    content = (
        "<div><p>Före<table><tr><td>a</div></p></li></ul><td>b</tr></tr><tr><td>c</td></td><td>d</table>Efter</div>"
    )
    pieces = read_pieces(tmp_path, content)
    assert rows_of(pieces) == [("a", "b"), ("c", "d")]
    assert pieces[-1].text == "Efter"


# --- encodings ----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_swedish_letters_survive_without_a_declared_encoding(tmp_path: Path, encoding: str) -> None:
    assert [p.text for p in read_pieces(tmp_path, "<p>återbrukade möbler är bäst</p>".encode(encoding))] == [
        "återbrukade möbler är bäst"
    ]


def test_a_declared_encoding_is_followed(tmp_path: Path) -> None:
    content = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2"><p>Łódź</p>'
    assert [p.text for p in read_pieces(tmp_path, content.encode("iso-8859-2"))] == ["Łódź"]


def test_what_is_declared_as_latin_1_is_read_as_the_windows_text_it_is(tmp_path: Path) -> None:
    content = "<meta charset=iso-8859-1><p>”återbruk” – alltid</p>".encode("cp1252")
    assert [p.text for p in read_pieces(tmp_path, content)] == ["”återbruk” – alltid"]


def test_sound_utf8_goes_before_a_wrong_declaration(tmp_path: Path) -> None:
    assert [p.text for p in read_pieces(tmp_path, "<meta charset=iso-8859-1><p>återbruk</p>")] == ["återbruk"]


def test_an_unknown_declared_encoding_is_ignored(tmp_path: Path) -> None:
    assert [p.text for p in read_pieces(tmp_path, "<meta charset=påhitt><p>återbruk</p>".encode("cp1252"))] == [
        "återbruk"
    ]


def test_character_references_are_read_and_impossible_ones_do_no_harm(tmp_path: Path) -> None:
    pieces = read_pieces(tmp_path, "<p>&aring;terbruk &#x2265; 5 &#xD800; &#0; &okand; &amp;</p>")
    assert pieces[0].text == "återbruk ≥ 5 \ufffd \ufffd &okand; &"


def test_control_characters_are_warned_about(tmp_path: Path) -> None:
    assert read_problems(tmp_path, "<p>Stolar\0 och bord ska kunna lagas</p>") == [ProblemCode.WARN_TEXT]


# --- hostile and damaged pages ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<div>", "</div>"),
        ("<ul><li>", ""),
        ("<table><tr><td>", ""),
        ("<b>", "</b>"),
        ("<h1>", ""),
        ("<span hidden>", ""),
    ],
)
def test_text_below_thousands_of_nested_elements_is_found(tmp_path: Path, before: str, after: str) -> None:
    pieces = read_pieces(tmp_path, before * 30_000 + "Möbler ska återbrukas." + after * 30_000)
    assert [piece.text for piece in pieces] == ["Möbler ska återbrukas."]


def test_a_page_of_one_very_long_line_is_read_whole(tmp_path: Path) -> None:
    pieces = read_pieces(tmp_path, "<html><body><p>" + "Möbler ska återbrukas. " * 200_000 + "<p>Slut")
    assert len(pieces[0].text) == 200_000 * 23 - 1
    assert pieces[1].text == "Slut"


@pytest.mark.parametrize(
    "bad",
    [
        "<a ",
        "<!--",
        "<div",
        "</",
        "&#",
        '<a b="',
        "<",
        "<!",
        "<p =",
        "</span>",
        "<ul><li></li>",
        "<script>",
        "<td colspan=90>x",
    ],
)
def test_a_repeated_fragment_is_read_in_linear_work(tmp_path: Path, bad: str) -> None:
    events = read_events(tmp_path, "<p>Stolar ska lagas.</p>" + bad * 20_000)
    assert "Stolar ska lagas." in [event.text for event in events if isinstance(event, Piece)]


@pytest.mark.parametrize("cut", ["<!-- slut ", "<script>var a ", "<template> ", "<a href='x "])
def test_text_swallowed_by_something_unfinished_is_reported_lost(tmp_path: Path, cut: str) -> None:
    assert ProblemCode.TEXT_LOST in read_problems(tmp_path, f"<p>Stolar ska lagas.</p>{cut}Bord ska lagas.")


def test_an_attribute_whose_quotation_never_ends_does_not_swallow_the_page(tmp_path: Path) -> None:
    pieces = read_pieces(tmp_path, '<p title="oavslutad>Stolar ska lagas.</p><p>Bord.</p>')
    assert [piece.text for piece in pieces] == ["Stolar ska lagas.", "Bord."]
    pieces = read_pieces(tmp_path, '<p title="oavslutad>Stolar kallade "pallar" ska lagas.')
    assert [piece.text for piece in pieces] == ['Stolar kallade "pallar" ska lagas.']


def test_script_and_event_payloads_are_text_or_nothing(tmp_path: Path) -> None:
    content = (
        "<p onclick=alert(1)>=cmd|' /C calc'!A0 &lt;script&gt;alert(1)&lt;/script&gt;</p><img src=x onerror=alert(1)>"
    )
    assert [p.text for p in read_pieces(tmp_path, content)] == ["=cmd|' /C calc'!A0 <script>alert(1)</script>"]


def test_a_page_with_more_blocks_than_the_limit_is_cut_with_a_problem(tmp_path: Path) -> None:
    events = read_events(tmp_path, "<p>Rad" * 50, Limits(max_blocks=10))
    assert len([e for e in events if isinstance(e, Piece)]) == 10
    assert [e.code for e in events if isinstance(e, Problem)] == [ProblemCode.TOO_LONG]


def test_a_page_larger_than_the_limit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as caught:
        read_events(tmp_path, "<p>Stolar", Limits(max_part_bytes=4))
    assert caught.value.code == ProblemCode.TOO_BIG


# --- nothing lost -------------------------------------------------------------------------------


def test_the_extent_counts_the_letters_of_the_page(tmp_path: Path) -> None:
    events = read_events(tmp_path, "<title>T</title><p>Stolar 12 st<script>x</script>")
    assert [event.characters for event in events if isinstance(event, Extent)] == [10]


class _OtherParser(HTMLParser):
    """The standard library's view of the text, as an independent witness."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []

    def handle_data(self, data: str) -> None:
        self.text.append(data)


_TAGS = [
    "p",
    "div",
    "b",
    "span",
    "ul",
    "ol",
    "li",
    "table",
    "tr",
    "td",
    "th",
    "h2",
    "dl",
    "dt",
    "dd",
    "caption",
    "thead",
    "pre",
]
_FRAGMENTS = st.one_of(
    st.sampled_from(
        [f"<{tag}>" for tag in _TAGS] + [f"</{tag}>" for tag in _TAGS] + ["<br>", "<hr>", "<p hidden>", "<br/>"]
    ),
    st.sampled_from(
        ["Stolar ", "ska lagas. ", "1. ett", "- bord", "3.1 Krav", "a < b", "\n", "&aring;", "<td rowspan=2>"]
    ),
)


@settings(max_examples=500, deadline=None)
@given(st.lists(_FRAGMENTS, max_size=40))
def test_no_letter_is_lost_or_doubled_whatever_the_tags(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str]
) -> None:
    content = "".join(parts)
    other = _OtherParser()
    other.feed(content)
    other.close()
    events = read_events(tmp_path_factory.mktemp("page"), content or " ")
    pieces = [event for event in events if isinstance(event, Piece)]
    words = " ".join(piece.number + " " + piece.text + " " + " ".join(piece.cells) for piece in pieces)
    for word in ("Stolar", "lagas", "bord", "ett", "å", "Krav"):
        if content.count("<th>") == 0:  # a header may be repeated over the columns that it spans
            assert len(re.findall(word, words)) == len(re.findall(word, "".join(other.text)))
    assert ProblemCode.TEXT_LOST not in [event.code for event in events if isinstance(event, Problem)]


@given(st.text(alphabet="<>/!-=\"' abp\n&;#x", max_size=60))
def test_any_text_can_be_cut_into_tags_and_text(text: str) -> None:
    tokens = list(tokenize(text))
    assert [token.line for token in tokens] == sorted(token.line for token in tokens)
    assert sum(count_letters(token.text) for token in tokens) <= 2 * count_letters(text)
