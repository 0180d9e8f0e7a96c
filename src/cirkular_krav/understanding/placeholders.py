"""Whether a requirement still holds an unfilled gap of its template, so that its quantity is undefined."""

from __future__ import annotations

import re

from cirkular_krav.understanding.words import holds_one

_MEASURE = r"(?:år|%|procent|månader|mån|kg|st|kr|kronor|sek|dagar|veckor|timmar|poäng|cykler|tvättar|viktprocent)\b"
_SIGNS = ("[", "<", "_", "...", "……", "x", "X", "BESTÄLLAREN!", "licka här", "nn ", "NN ", "N ")
_BRACKET = re.compile(r"\[([^\[\]]{1,200})\]")
# What a gap to fill in says of itself.
_GAP_WORD = re.compile(
    r"\b(?:ange|anges|fyll|fylls|ifylls|specificer\w+|infoga\w*|skriv|välj|väljs|antal|datum|belopp|namn|"
    r"till beställaren|x{1,4}|n{2,3}|"
    r"åååå|procentsats|nivå här|alternativ|text|stryk|markera|komplettera\w*|kompletteras|justera\w*)\b"
)
# A bracket that holds only parties or things to choose between: "[Entreprenören/konsulten]".
_CHOICE = re.compile(r"[\wåäö]+(?:[/ ]+(?:eller )?[\wåäö]+){0,3}")
_PARTY = re.compile(r"leverantör|entreprenör|konsult|beställar|kommun|region|myndighet|köpar|produkt|organisation")
_ANSWER = re.compile(r"(?:ja|nej|x|v|ja/nej|fritext|bifogad fil|s|b|o|ska|bör|\.{3}|…| )+")
_UNFILLED = re.compile(
    r"(?:(?<=\bom )|(?<=\bminst )|(?<=\bhögst )|(?<=\blägst )|(?<=\bmax )|(?<=\bmed )|(?<=\bi )|(?<=\binom )|"
    r"(?<=\bpå ))"
    rf"(?:x{{1,4}}|y{{1,3}}|z|n{{1,3}}|\[x{{0,3}}\]) ?{_MEASURE}|\b(?:xx{{1,3}}|nn) ?{_MEASURE}|\[x{{0,3}}\] ?(?:%|"
    rf"{_MEASURE})"
    rf"|(?<=\bminst )xx?\b(?! ?-)|(?<!\.)(?:\.{{3,200}}|…{{1,4}}) ?(?:%|{_MEASURE})|\bx{{1,4}} ?%|\b20xx\b|\bxx-xx\b"
)
_ANGLE = re.compile(
    r"<(?=[^<>]*\b(?:ange|fyll|namn|datum|antal|välj|infoga|belopp|x+|procent)\b)[a-zåäö][^<>@=]{0,60}>"
)
_LINE = re.compile(r"_{3,}")
# A line to write on is an answer box, not a gap in the demand.
_ANSWER_LINE = re.compile(
    r"\b(?:svar|namn|underskrift|namnteckning|datum|ort|företag|org\S*|telefon|e-post|kommentar|signatur|befattning|"
    r"namnförtydligande|titel|kontaktperson)[^_]{0,15}$|\bange\b[^_.]{0,40}: ?$"
)


def has_placeholder(text: str) -> bool:
    """Tell whether an unfilled gap is left: "[ange antal]", "XX år", "____", "<ange>", "[TILL BESTÄLLAREN! …]".

    References ("[1]"), answer boxes ("[ ] Ja", "Underskrift: ____") and optional clauses in brackets are none.
    """
    if not holds_one(text, _SIGNS):
        return False
    low = text.lower()
    if "till beställaren!" in low or "klicka här för att" in low or "klicka eller tryck här" in low:
        return True
    if "[" in low and any(_is_gap(match[1]) for match in _BRACKET.finditer(low)):
        return True
    if "_" in low and any(not _ANSWER_LINE.search(low[: m.start()]) for m in _LINE.finditer(low)):
        return True
    return bool(_UNFILLED.search(low) or ("<" in low and _ANGLE.search(low)))


def _is_gap(inside: str) -> bool:
    if _ANSWER.fullmatch(inside) or not any(ch.isalpha() for ch in inside):
        return False
    if len(inside) > 60 and inside.rstrip().endswith("."):
        return False  # an optional clause: whole sentences in brackets
    if _GAP_WORD.search(inside):
        return True
    return bool(_CHOICE.fullmatch(inside) and _PARTY.search(inside))
