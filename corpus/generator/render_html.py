"""HTML files, and PDFs by WeasyPrint: justified and hyphenated text, columns, contents with dot leaders."""

from __future__ import annotations

import html
import re
from pathlib import Path

from markup import Node, Source

_BASE = """
body { font-size: 11pt; line-height: 1.42; }
h1 { font-size: 15pt; margin: 1.2em 0 .4em; break-after: avoid; }
h2 { font-size: 12pt; margin: 1.1em 0 .3em; break-after: avoid; }
h3, h4 { font-size: 10.5pt; margin: .9em 0 .2em; break-after: avoid; }
p { margin: 0 0 .7em; }
ul, ol { margin: 0 0 .6em; padding-left: 1.5em; }
table { border-collapse: collapse; width: 100%; margin: .4em 0 .9em; font-size: 9.5pt; }
td, th { vertical-align: top; text-align: left; padding: 2.5pt 4pt; hyphens: auto; }
table.grid td, table.grid th { border: .6pt solid #444; }
table.lines tr { border-bottom: .5pt solid #999; }
table.grid th { background: #e4e9ec; }
.box { border: .8pt solid #555; padding: 6pt 9pt; margin: .6em 0; background: #f5f5f0; }
.small { font-size: 7.5pt; color: #555; margin-top: 2em; }
.control { font-size: 8pt; color: #666; margin: 0 0 1em 1.2em; font-style: italic; }
.cover { text-align: left; padding-top: 55mm; break-after: page; }
.cover .t { font-size: 24pt; line-height: 1.15; margin-bottom: 8mm; }
.toc { break-after: page; }
.toc a { display: block; color: black; text-decoration: none; }
.toc a.l2 { margin-left: 1.6em; }
.toc a::after { content: leader('.') ' ' target-counter(attr(href url), page); }
.pagebreak { break-after: page; }
svg.icon { width: 9pt; height: 9pt; margin-right: 5pt; }
"""
_STYLES = {
    "kommun": "body { font-family: 'Liberation Sans'; } h1 { color: #14505c; }",
    "region": "body { font-family: 'Liberation Serif'; font-size: 11pt; text-align: justify; hyphens: auto; } "
    "h1, h2, h3 { font-family: 'Liberation Sans'; text-align: left; }",
    "tva": "body { font-family: 'TeX Gyre Termes', 'Liberation Serif'; text-align: justify; hyphens: auto; "
    "font-size: 9.5pt; } h1, h2, h3 { text-align: left; } .columns { columns: 2; column-gap: 8mm; }",
    "export": "body { font-family: 'DejaVu Sans'; font-size: 8.5pt; } h1 { background: #eef3f8; padding: 3pt; "
    "font-size: 12pt; } h2 { font-size: 10pt; } h3 { font-size: 9pt; }",
}
_ICONS = {
    "M": '<circle cx="5" cy="5" r="4.5" fill="#b3261e"/><path d="M5 2v4M5 7.4v.8" stroke="white" stroke-width="1.3"/>',
    "E": '<rect x=".5" y=".5" width="9" height="9" fill="#2e5fa8"/><path d="M2 8V5M5 8V2M8 8V4" stroke="white"/>',
    "I": '<circle cx="5" cy="5" r="4.5" fill="#5f6b72"/><path d="M5 4.4v4M5 2v1" stroke="white" stroke-width="1.3"/>',
    "T": '<rect x=".5" y="2" width="9" height="6" fill="none" stroke="#333"/>',
    "F": '<path d="M2 1h4l2 2v6H2z" fill="none" stroke="#333"/>',
}


def inline(text: str) -> str:
    """Escape the text and turn ``**bold**`` into ``<b>``."""
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html.escape(text, quote=False))


def body(source: Source) -> str:
    """Return the nodes as HTML."""
    out: list[str] = []
    anchors = 0
    open_list = ""
    columns = False
    for node in source.nodes:
        want = {"bullet": "ul", "ordered": "ol"}.get(node.kind, "")
        if open_list and want != open_list:
            out.append(f"</{open_list}>")
            open_list = ""
        if want and not open_list:
            kind = ' type="a"' if want == "ol" and node.options["label"].isalpha() else ""
            out.append(f"<{want}{kind}>")
            open_list = want
        if node.kind == "heading":
            anchors += 1
            number = f"{node.number} " if node.number else ""
            out.append(f'<h{node.level} id="h{anchors}">{number}{inline(node.text)}</h{node.level}>')
        elif node.kind == "columns":
            out.append("</div>" if columns else "")
            columns = node.text == "2"
            out.append('<div class="columns">' if columns else "")
        else:
            out.append(_node(node, source))
    if open_list:
        out.append(f"</{open_list}>")
    if columns:
        out.append("</div>")
    return "\n".join(part for part in out if part)


def _node(node: Node, source: Source) -> str:
    icon = ""
    if "icon" in node.options:
        icon = f'<svg class="icon" viewBox="0 0 10 10">{_ICONS[node.options["icon"]]}</svg>'
    if node.kind == "para":
        return f"<p>{icon}{inline(node.text)}</p>"
    if node.kind in ("bullet", "ordered"):
        return f"<li>{inline(node.text)}</li>"
    if node.kind in ("box", "small", "control"):
        return f'<p class="{node.kind}">{inline(node.text)}</p>'
    if node.kind == "table":
        return _table(node)
    if node.kind == "pagebreak":
        return '<div class="pagebreak"></div>'
    if node.kind == "cover":
        title, *rest = node.text.split(" | ")
        lines = "".join(f"<p>{inline(line)}</p>" for line in rest)
        return f'<div class="cover"><p class="t">{inline(title)}</p>{lines}</div>'
    if node.kind == "toc":
        return _toc(source)
    return ""


def _toc(source: Source) -> str:
    rows = []
    for n, node in enumerate((n for n in source.nodes if n.kind == "heading"), 1):
        if node.level <= 2:
            rows.append(f'<a class="l{node.level}" href="#h{n}">{node.number} {html.escape(node.text)}</a>')
    return f'<div class="toc"><p><b>Innehållsförteckning</b></p>{"".join(rows)}</div>'


def _table(node: Node) -> str:
    style = node.options.get("style", "grid")
    widths = node.options.get("widths", "")
    cols = "".join(f'<col style="width:{w}%">' for w in widths.split(",")) if widths else ""
    rows = []
    for n, row in enumerate(node.rows):
        tag = "th" if n == 0 and node.header else "td"
        cells = "".join(f"<{tag}>{inline(cell)}</{tag}>" for cell in row)
        rows.append(f"<tr>{cells}</tr>")
    if node.header:
        rows[0] = f"<thead>{rows[0]}</thead><tbody>"
        rows.append("</tbody>")
    return f'<table class="{style}">{cols}{"".join(rows)}</table>'


def write_html(source: Source, path: Path) -> None:
    """Write a plain HTML page."""
    title = html.escape(str(source.settings.get("title", "")))
    page = f'<!DOCTYPE html>\n<html lang="sv">\n<head><meta charset="utf-8"><title>{title}</title></head>\n<body>\n'
    path.write_text(page + body(source) + "\n</body>\n</html>\n", encoding="utf-8")


def write_weasy(source: Source, path: Path) -> None:
    """Write a PDF through WeasyPrint with running header and footer."""
    from weasyprint import HTML

    from files import settle_pdf

    settings = source.settings
    left, right = (html.escape(str(settings.get(key, ""))) for key in ("header_left", "header_right"))
    page = f"""@page {{ size: {settings.get("page", "A4")}; margin: 27mm 25mm 25mm 27mm;
      @top-left {{ content: "{left}"; font: 8pt 'Liberation Sans'; color: #444; }}
      @top-right {{ content: "{right}"; font: 8pt 'Liberation Sans'; color: #444; }}
      @bottom-left {{ content: "{settings.get("footer", "")}"; font: 8pt 'Liberation Sans'; color: #444; }}
      @bottom-right {{ content: "Sida " counter(page) " (" counter(pages) ")"; font: 8pt 'Liberation Sans'; }} }}"""
    style = _STYLES[settings.get("style", "kommun")]
    title = html.escape(str(settings.get("title", "")))
    text = (
        f'<html lang="sv"><head><title>{title}</title><style>{page}{_BASE}{style}</style></head>'
        f"<body>{body(source)}</body></html>"
    )
    HTML(string=text).write_pdf(path, pdf_identifier=b"cirkular-krav")
    settle_pdf(path, str(settings.get("title", "")))
