"""Labels and schemes that a requirement names (``domain.md`` 8.20), and whether an equivalent is accepted.

A label is evidence of checkability, never a criterion of its own. Names that are also words (KRAV, BASTA, TCO, MSC)
count only in their own spelling or with what makes them a label.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cirkular_krav.understanding.words import holds_one

_LABELS: tuple[tuple[str, str], ...] = (
    ("Svanen",
     r"\bSvanens?\b|\bnordiska svanen\b|\b[Ss]van(?:en)?-?(?:märk|licens|krav|kriteri)\w*|"
     r"\b[Nn]ordisk\w* [Mm]iljömärk\w+|\bNordic Swan\b"),
    ("EU Ecolabel", r"\b(?:EU[ -])?[Ee]co-?label\b|\bEU-?[Bb]lomman?\b|\bEU:s miljömärk\w+|\bEU-?miljömärk\w+"),
    ("Bra Miljöval", r"\b[Bb]ra [Mm]iljöval\b"),
    ("TCO Certified", r"\bTCO[ -]?(?:[Cc]ertifi\w+|[Mm]ärk\w+|[Gg]en\w*|Development)"),
    ("EPEAT", r"\bEPEAT\b"),
    ("Blaue Engel", r"\bBlauer? Engel\b|\bBlue Angel\b|\b[Bb]lå [Ää]ngeln?\b"),
    ("Möbelfakta", r"\b[Mm]öbelfakta\w*"),
    ("GRS", r"\bGRS\b|\b[Gg]lobal [Rr]ecycled? [Ss]tandard\b"),
    ("RCS", r"\bRCS\b|\b[Rr]ecycled [Cc]laim [Ss]tandard\b"),
    ("FSC", r"\bFSC\b"),
    ("PEFC", r"\bPEFC\b"),
    ("Cradle to Cradle", r"\b[Cc]radle[ -][Tt]o[ -][Cc]radle\b|\bC2C\b|\b[Vv]agga till vagga\b"),
    ("BASTA", r"\bBASTA\b|\bBasta-?(?:registr|system|databas|märk)\w*|\bi Basta\b"),
    ("Byggvarubedömningen", r"\b[Bb]yggvarubedömning\w*|\bBVB\b"),
    ("SundaHus", r"\bSunda ?[Hh]us\w*"),
    ("EPD", r"\bEPD(?:er|:er)?\b|\bISO 14025\b|\b[Mm]iljö(?:varu|produkt)deklaration\w*"),
    ("ISO 14001", r"\bISO[ -]?14001\b"),
    ("EMAS", r"\bEMAS\b"),
    ("OEKO-TEX", r"\b(?:OEKO|Oeko|ÖKO|Öko|oeko)[ -]?(?:TEX|Tex|tex)\b"),
    ("Fairtrade", r"\b[Ff]airtrade\w*|\bFair [Tt]rade\b"),
    ("KRAV",
     r"\bKRAV(?:-?(?:märk|certifi|godkän|ansl)\w+|(?=(?:,| eller| och| samt| och/eller| \(|"
     r"\.$))(?<![A-ZÅÄÖ] KRAV)(?<!amtliga KRAV))"),
    ("MSC", r"\bMSC\b"),
    ("EuCertPlast", r"\bEu[Cc]ert[Pp]last\b|\bEUCERTPLAST\b"),
)  # fmt: skip
_NAMES = tuple(name for name, _ in _LABELS)
_ANY = re.compile("|".join(f"(?P<l{i}>{pattern})" for i, (_, pattern) in enumerate(_LABELS)))
# Every label above has one of these in it, so that most texts cost a few substring tests.
_SIGNS = (
    "svan", "Svan", "märk", "Nordic", "label", "lomma", "iljöval", "TCO", "EPEAT", "Engel", "Blue Angel", "ngeln",
    "öbelfakta", "GRS", "ecycle",
    "RCS", "FSC", "PEFC", "radle", "C2C", "agga till", "BASTA", "Basta", "yggvarubed", "BVB", "Sunda", "EPD",
    "ISO", "iljövarud",
    "iljöproduktd", "EMAS", "eko", "EKO", "ÖKO", "Öko", "air", "KRAV", "MSC", "uCert", "EUCERT",
)  # fmt: skip
_STANDARD = re.compile(r"\b(?:SS|EN|ISO|IEC|DIN|ASTM)\b[ -]?[\w-]*\d|\bstandard\w*")
_EQUIVALENT = re.compile(
    r"(?:eller|el\.?|alternativt|alt\.?|samt|och)\s+(?:\w+\s+){0,3}?(?:likvärdig\w*|likv\.|motsvarande|jämförbar\w*)|"
    r"likvärdig\w* (?:märkning|miljömärk\w+|standard|certifiering|krav) (?:godtas|accepteras)",
    re.IGNORECASE,
)


@lru_cache(maxsize=256)
def find_labels(text: str) -> tuple[tuple[str, ...], bool]:
    """Return the labels that the text names, in order and once each, and whether "eller likvärdig" goes with them.

    Equivalence counts when a label or a standard stands before it; "utbildning eller motsvarande" does not.
    """
    if not holds_one(text, _SIGNS):
        return (), _is_equivalent(text, len(text))
    found: list[str] = []
    first = len(text)
    for match in _ANY.finditer(text):
        name = _NAMES[int((match.lastgroup or "l0")[1:])]
        first = min(first, match.start())
        if name not in found:
            found.append(name)
    return tuple(found), _is_equivalent(text, first)


def _is_equivalent(text: str, first_label: int) -> bool:
    if "likv" not in text and "motsvarande" not in text and "jämförbar" not in text:
        return False
    standard = _STANDARD.search(text)
    begin = min(first_label, standard.start() if standard else len(text))
    return _EQUIVALENT.search(text, begin) is not None
