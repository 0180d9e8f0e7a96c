"""The kinds of proof that a requirement names, by their canonical Swedish names (``domain.md`` 3.6)."""

from __future__ import annotations

import re
from functools import lru_cache

from cirkular_krav.models import Span
from cirkular_krav.understanding.polarity import is_negated
from cirkular_krav.understanding.words import holds_one, lowered

# Canonical name and the words for it. Order matters only where two would match at one place: the longer first.
_KINDS: tuple[tuple[str, str], ...] = (
    ("tredjepartsintyg", r"(?:tredje ?parts|oberoende )-?intyg\w*|tredjepartsverifier\w+|intyg från tredje ?part"),
    ("raderingsintyg", r"(?:radering|dataradering|destruktion)s(?:intyg|certifikat|protokoll|rapport)\w*"),
    ("skriftlig försäkran",
     r"skriftlig\w* (?:försäkr\w+|utfästelse\w*|bekräftelse\w*)|(?:bekräft|försäkr)\w+ skriftlig\w*|"
     r"tillverkar\w* försäkran"),
    ("egenförsäkran", r"egen ?-?försäkran|egenförsäkr\w+|egendeklaration\w*|självdeklaration\w*"),
    ("testrapport", r"(?:test|provnings?|prov)-?(?:rapport|protokoll|resultat|intyg|certifikat)\w*"),
    ("EPD",
     r"\bepd(?:er|:er)?\b|miljövarudeklaration\w*|miljöproduktdeklaration\w*|environmental product declaration\w*"),
    ("säkerhetsdatablad", r"säkerhetsdatablad\w*"),
    ("produktblad",
     r"produkt(?:fakta|data)?-?blad\w*|\b(?:tekniska? )?datablad\w*|varuinformationsblad\w*|produktspecifikation\w*"),
    ("materialdeklaration", r"(?:material|innehålls)-?(?:deklaration|förteckning|specifikation)\w*"),
    ("byggvarudeklaration", r"byggvarudeklaration\w*|\be?bvd\b"),
    ("klimatdeklaration", r"klimatdeklaration\w*"),
    ("livscykelanalys", r"livscykelanalys\w*|\blca\b"),
    ("garantivillkor", r"garanti(?:villkor|bevis|sedel|handling)\w*"),
    ("licensnummer", r"(?:märknings)?licens-?(?:nummer|nr|bevis)\w*|märkningslicens\w*"),
    ("registrering i Byggvarubedömningen", r"byggvarubedömningen\w*|\bbvb\b"),
    ("registrering i SundaHus", r"sunda ?hus\w*"),
    ("registrering i BASTA",
     r"(?:registrera\w*|registrering\w*|bedömd\w*) i basta\b|\bbasta-?(?:registr\w+|systemet|databas\w*)"),
    ("revisionsrapport", r"(?:revisions|inspektions)-?(?:rapport|protokoll)\w*"),
    ("besiktningsprotokoll", r"besiktnings(?:protokoll|utlåtande)\w*"),
    ("vågsedel", r"våg(?:sedel|sedlar|kvitto)\w*"),
    ("mottagningsbevis", r"mottagnings(?:bevis|kvitto|kvittens)\w*"),
    ("följesedel", r"följesed(?:el|lar)\w*"),
    ("teknisk dokumentation", r"teknisk\w* dokumentation\w*"),
    ("inventeringsrapport", r"inventerings(?:rapport|protokoll)\w*"),
    ("fotodokumentation", r"foto(?:dokumentation|grafi(?:er)?|n)?\b|bilddokumentation\w*"),
    ("certifikat", r"[\wåäö-]*certifikat\w*"),
    ("intyg",
     r"(?<!läkar)\bintyg(?!ande)\w*|\b(?!läkar|sjuk|tjänstgörings|examens|utbildnings|körkorts)[\wåäö]+intyg\w{0,3}\b"),
)  # fmt: skip
_NAMES = tuple(name for name, _ in _KINDS)
_ANY = re.compile("|".join(f"(?P<k{i}>{pattern})" for i, (_, pattern) in enumerate(_KINDS)))
_SIGNS = (
    "intyg", "certifikat", "protokoll", "försäkr", "utfäst", "bekräft", "deklaration", "rapport", "resultat",
    "epd", "bvd", "lca",
    "blad", "förteckning", "specifikation", "analys", "garanti", "licens", "byggvaru", "bvb", "sunda", "basta",
    "utlåtande", "våg",
    "mottagning", "följesed", "dokumentation", "foto", "verifier", "environmental",
)  # fmt: skip
# "egen försäkran räcker inte": named, but refused as proof.
_REFUSED = re.compile(r"[^.;,]{0,40}\b(?:räcker inte|godtas inte|är inte tillräcklig\w*|accepteras inte)\b")


@lru_cache(maxsize=256)
def find_evidence(text: str) -> tuple[str, ...]:
    """Return the canonical names of the proofs asked for, in order and once each; refused proof is left out."""
    low = lowered(text)
    if not holds_one(low, _SIGNS):
        return ()
    found: list[str] = []
    for match in _ANY.finditer(low):
        name = _NAMES[int((match.lastgroup or "k0")[1:])]
        if name in found or _REFUSED.match(low, match.end()):
            continue
        if not is_negated(text, Span(start=match.start(), end=match.end())):
            found.append(name)
    return tuple(found)
