"""The strict YAML loader: surprises and bombs are refused with the line and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from cirkular_krav.yamlfile import MAX_BYTES, YamlFault, parse_yaml, read_yaml


def test_plain_data_comes_with_the_line_of_every_value() -> None:
    found = parse_yaml(b'a: 1\nb:\n  - x: ett\n    y: 2.5\nc: true\nd: "2026-05-12"\n')
    assert found.data == {"a": 1, "b": [{"x": "ett", "y": 2.5}], "c": True, "d": "2026-05-12"}
    assert found.line(("b", 0, "y")) == 4
    assert found.line(("b", 0, "missing")) == 3


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("a: 1\na: 2\n", 2, "två gånger"),
        ("a: 2026-05-12\n", 1, "citattecken"),
        ("a: no\n", 1, "citattecken"),
        ("a: 012\n", 1, "citattecken"),
        ("a: 12:30\n", 1, "citattecken"),
        ("a: 1.10\n", 1, "nolla"),
        ("a:\nb: 1\n", 1, "tomt"),
        ("a: &x 1\nb: 2\n", 1, "Ankare"),
        ("a: [1]\nb: *x\n", 2, "Alias"),
        ("a:\n  <<: {b: 1}\n", 2, "Sammanslagning"),
        ("a: !!python/object:os.system x\n", 1, "taggar"),
        ("a: [1, 2\nb: 3\n", 2, "YAML-felet"),
        ("a: 1\n---\nb: 2\n", 3, "dokument"),
        ("? [a]\n: 1\n", 1, "nyckel"),
    ],
)
def test_what_yaml_would_misread_is_refused_with_its_line(text: str, line: int, part: str) -> None:
    with pytest.raises(YamlFault) as caught:
        parse_yaml(text.encode())
    assert caught.value.line == line
    assert part in caught.value.sentence


def test_deep_nesting_is_refused_before_anything_is_built() -> None:
    with pytest.raises(YamlFault, match="nivåer"):
        parse_yaml(("a: " + "[" * 50_000).encode())


def test_a_file_that_is_not_utf_8_is_refused_with_the_line() -> None:
    with pytest.raises(YamlFault, match="UTF-8") as caught:
        parse_yaml("a: 1\nb: möbler\n".encode("latin-1"))
    assert caught.value.line == 2


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "stor.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(YamlFault, match="gränsen"):
        read_yaml(path)
