"""What the small modules share: lower case that keeps places, and the actors of a procurement."""

from __future__ import annotations

from functools import lru_cache

# The side that buys. A duty of the buyer is no requirement on the supplier.
BUYER = (
    r"(?:beställare[nr]?|beställarna|köpare[nr]?|kommun(?:en|erna)?|region(?:en|erna)?|uppdragsgivaren?|byggherren?|"
    r"(?:upphandlande )?(?:myndighet(?:en|erna)?|enhet(?:en)?|organisation(?:en|erna)?)|inköpscentral(?:en)?|"
    r"förvaltning(?:en|arna)?|nämnd(?:en)?|kommunstyrelsen|kund(?:en|erna)?|avropare[nr]?|upphandlaren?|vi)"
)
# The side that delivers.
SUPPLIER = (
    r"(?:(?:ram(?:avtals)?)?leverantör(?:en|er|erna)?|underleverantör(?:en|er|erna)?|entreprenör(?:en|er|erna)?|"
    r"utförare[nr]?|utförarna|säljare[nr]?|anbudsgivare[nr]?|anbudsgivarna|anbudssökande[nr]?|konsult(?:en|er|erna)?|"
    r"uppdragstagare[nr]?|uthyrare[nr]?|tillverkare[nr]?|totalentreprenören|projektören)"
)


@lru_cache(maxsize=256)
def lowered(text: str) -> str:
    """Return the text in lower case with every character at the place it had (a few letters grow in ``str.lower``)."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(ch.lower() if len(ch.lower()) == 1 else ch for ch in text)
