"""What the small modules share: lower case that keeps places, and the actors of a procurement."""

from __future__ import annotations

import re

from cirkular_krav.text import remembered

# The side that buys. A duty of the buyer is no requirement on the supplier.
BUYER = (
    r"(?:beställare[nr]?|beställarna|köpare[nr]?|kommun(?:en|erna)?|region(?:en|erna)?|uppdragsgivaren?|byggherren?|"
    r"(?:upphandlande )?(?:myndighet(?:en|er|erna)?|organisation(?:en|erna)?)|upphandlande enhet(?:en|er|erna)?|"
    r"inköpscentral(?:en)?|[a-zåäö]*förbundet|landstinget|länsstyrelsen|universitetet|högskolan|"
    r"förvaltning(?:en|arna)?|nämnd(?:en)?|kommunstyrelsen|kund(?:en|erna)?|avropare[nr]?|upphandlaren?|vi(?! tillsammans))"
)
# The side that delivers.
SUPPLIER = (
    r"(?:(?:ram(?:avtals)?)?leverantör(?:en|er|erna)?|underleverantör(?:en|er|erna)?|entreprenör(?:en|er|erna)?|"
    r"utförare[nr]?|utförarna|säljare[nr]?|anbudsgivare[nr]?|anbudsgivarna|anbudssökande[nr]?|konsult(?:en|er|erna)?|"
    r"uppdragstagare[nr]?|uthyrare[nr]?|tillverkare[nr]?|totalentreprenören|projektören|försäkringsgivare[nr]?|"
    r"vårdgivare[nr]?|(?:advokat|arkitekt|revisions)?byrån|tvätteriet|åkeriet|operatören|grossisten|återförsäljaren|"
    r"(?:inrednings|landskaps)?arkitekten|konstruktören|verkstaden|(?:drift|mark|bygg|el)entreprenören|"
    r"(?:rivnings|teknik|återbruks)konsulten|(?:däck|huvud)leverantören)"
)


def last_match(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Return the last match of the pattern in the text, or none."""
    last = None
    for match in pattern.finditer(text):
        last = match
    return last


def word_set(words: str) -> frozenset[str]:
    """Return the words of a line as a set."""
    return frozenset(words.split())


# Every word of SUPPLIER holds one of these.
SUPPLIER_SIGNS = (
    "leverantör", "entreprenör", "utför", "säljare", "anbud", "konsult", "uppdragstag", "uthyrare", "tillverkare",
    "projektör", "givare", "byrån", "tvätteriet", "åkeriet", "operatören", "grossisten", "återförsäljaren",
    "arkitekt", "konstruktör", "verkstad",
)  # fmt: skip
_INFINITIVES = word_set("få gå nå ge ta se bli be stå ske le ha vara kunna")
_NOUN_ENDINGS = ("orna", "arna", "erna", "samma", "alla", "dessa", "sina", "båda", "samtliga", "vissa", "flera")


def is_infinitive(word: str) -> bool:
    """Tell whether a word has the look of an infinitive, active or passive: "återta", "repareras", not "möblerna"."""
    return word in _INFINITIVES or (word.endswith(("a", "as")) and not word.endswith(_NOUN_ENDINGS))


def holds_one(text: str, signs: tuple[str, ...]) -> bool:
    """Tell whether a text holds one of the signs: the cheap look before a costly one."""
    for sign in signs:  # noqa: SIM110 - ``any`` makes a generator for each text, which costs as much as the look
        if sign in text:
            return True
    return False


class Gated:
    """A pattern behind substrings, of which every match of it holds one: most texts cost only the substrings."""

    __slots__ = ("pattern", "signs")

    def __init__(self, pattern: str, *signs: str) -> None:
        self.pattern = re.compile(pattern)
        self.signs = signs

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match, as ``re.Pattern.search`` does."""
        for sign in self.signs:
            if sign in text:
                return self.pattern.search(text)
        return None


@remembered
def lowered(text: str) -> str:
    """Return the text in lower case with every character at the place it had (a few letters grow in ``str.lower``)."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(ch.lower() if len(ch.lower()) == 1 else ch for ch in text)
