"""Swedish organisation numbers in all their spellings: pure functions on strings.

Notices write the same buyer as ``232100-0214``, ``2321000214``, ``SE232100021401`` (value added tax number) or
``16232100-0214`` (with the century figures of the authorities' registers). A baseline that did not see through
that would count one organisation as four.
"""

from __future__ import annotations

import re

# Everything that people put between or before the digits; what remains must be an optional SE and the digits.
_BETWEEN = re.compile(r"[\s\-\u00ad\u2010-\u2015\u2212.:/]+")
_PREFIX = r"(?:orgnr|organisationsnummer|org|vatnr|vat|momsnr|momsregistreringsnummer)?(?:se)?"
_SPELLING = re.compile(_PREFIX + r"([0-9]{10,14})")
_CENTURY = "16"
_VAT_SUFFIX = "01"


def normalise_organisation_number(text: str) -> str:
    """Return the ten digits of an organisation number written in any usual way, or "" where it is none.

    The check digit is not judged here: see ``is_valid_organisation_number``.
    """
    found = _SPELLING.fullmatch(_BETWEEN.sub("", text).casefold())
    if not found:
        return ""
    digits = found.group(1)
    candidates = [digits] if len(digits) == 10 else []
    if len(digits) == 12 and digits.startswith(_CENTURY):
        candidates.append(digits[2:])
    if len(digits) == 12 and digits.endswith(_VAT_SUFFIX):
        candidates.append(digits[:10])
    if len(digits) == 14 and digits.startswith(_CENTURY) and digits.endswith(_VAT_SUFFIX):
        candidates.append(digits[2:12])
    # "162321000201" can be cut at either end; the check digit tells which was meant.
    return next((c for c in candidates if _is_sound(c)), candidates[0] if candidates else "")


def is_valid_organisation_number(text: str) -> bool:
    """Tell whether the text is an organisation number with a right check digit; personal numbers are not."""
    return _is_sound(normalise_organisation_number(text))


def format_organisation_number(text: str) -> str:
    """Return the number as it is printed, ``232100-0214``; what is no organisation number comes back unchanged."""
    digits = normalise_organisation_number(text)
    return f"{digits[:6]}-{digits[6:]}" if digits else text


def _is_sound(digits: str) -> bool:
    # The third digit of an organisation's number is at least 2, which no month in a personal number can be.
    return len(digits) == 10 and digits[2] >= "2" and _luhn_sum(digits) % 10 == 0


def _luhn_sum(digits: str) -> int:
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return sum(value - 9 if value > 9 else value for value in doubled)
