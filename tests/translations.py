"""Compiles messages.po to messages.mo: ``python tests/translations.py`` after a change of the .po file."""

from __future__ import annotations

import ast
import re
import struct
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "src" / "cirkular_krav" / "locale" / "sv" / "LC_MESSAGES"


def compile_po(text: str) -> bytes:
    """Return the binary catalogue of a .po file that holds one string a line."""
    entries: dict[bytes, bytes] = {}
    for block in re.split(r"\n\s*\n", text):
        fields = {key: ast.literal_eval(value) for key, value in re.findall(r'^(msg\S+) (".*")$', block, re.MULTILINE)}
        if "msgid_plural" in fields:
            key = f"{fields['msgid']}\0{fields['msgid_plural']}"
            entries[key.encode()] = f"{fields['msgstr[0]']}\0{fields['msgstr[1]']}".encode()
        elif "msgid" in fields:
            entries[fields["msgid"].encode()] = fields["msgstr"].encode()
    keys = sorted(entries)
    count = len(keys)
    offset = 28 + 16 * count
    originals, translations, data = b"", b"", b""
    for key in keys:
        originals += struct.pack("<II", len(key), offset + len(data))
        data += key + b"\0"
    for key in keys:
        translations += struct.pack("<II", len(entries[key]), offset + len(data))
        data += entries[key] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, offset)
    return head + originals + translations + data


if __name__ == "__main__":
    (FOLDER / "messages.mo").write_bytes(compile_po((FOLDER / "messages.po").read_text(encoding="utf-8")))
