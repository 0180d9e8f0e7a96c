"""When something is due: "senast den 31 januari varje år", "inom sex månader från avtalsstart", "2027-03-31".

Only dates that a word of time leads in are deadlines; the date of a standard, a law or a tender is none. A day without
a year is every year's only where the text says so; else the words are kept without a date.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date

from cirkular_krav.models import Deadline
from cirkular_krav.understanding.number_words import NUMBER, number_value
from cirkular_krav.understanding.words import lowered

_MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november",
    "december",
)  # fmt: skip
_MONTH = "|".join(_MONTHS)
_LEAD = (
    r"\b(?P<lead>senast|före|innan|per|från och med|fr\.?o\.?m\.?|till och med|t\.?o\.?m\.?|med start)"
    r"(?:,? (?:i|under|vid))? "
)
_DAY = re.compile(
    rf"{_LEAD}(?:den )?(?:(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})|(?P<day>\d{{1,2}})(?:[:.]?e)? (?P<month>{_MONTH})"
    rf"(?: (?P<year>20\d{{2}}))?|(?P<whole>{_MONTH})(?: (?P<whole_year>20\d{{2}}))?)\b"
)
_EVERY_YEAR = re.compile(
    r"\b(?:varje (?:kalender)?år|årlig\w*|årsvis|per (?:kalender)?år|(?:för|avseende) (?:före|när)\w* (?:kalender)?år\w*|"
    r"(?:det |närmast )?föregående (?:kalender)?års?|en gång (?:per|om) år|respektive år)\b"
)
_START = r"(?:avtalsstart(?:en)?|avtalets (?:start|ikraftträdande|början)|avtalstidens (?:start|början)|kontraktsstart(?:en)?)"
_AFTER_START = re.compile(
    rf"\b(?:inom|senast) (?P<number>{NUMBER})(?: \(\d+\))? (?P<unit>(?:kalender)?dagar|dag|veck(?:or|a)|månad(?:er)?|år) "
    rf"(?P<way>efter|från|före|innan) (?:det att )?{_START}"
)
_AT_START = re.compile(rf"\b(?:senast (?:vid|till)|vid|före|innan|inför|från(?: och med)?) {_START}")
# "senast 30 dagar efter årsskiftet" is a day of every year; the ends of quarters and months need a start to count from.
_AFTER_YEAR = re.compile(
    rf"\b(?:inom|senast) (?P<number>{NUMBER})(?: \(\d+\))? (?:kalender)?dagar efter "
    r"(?:årsskiftet|(?:varje |respektive )?(?:kalender)?årets? (?:slut|utgång)|utgången av (?:varje )?(?:kalender)?år(?:et)?)"
)
_NO_LEAP_YEAR = 2023


def find_deadlines(text: str) -> tuple[Deadline, ...]:
    """Return every deadline that the text states, in order of place; of overlapping ones the first holds."""
    low = lowered(text)
    found = sorted([*_days(low), *_after_start(low), *_at_start(low), *_after_year(low)], key=lambda f: (f[0], -f[1]))
    out: list[Deadline] = []
    floor = 0
    for start, end, deadline in found:
        if start >= floor:
            out.append(deadline.model_copy(update={"words": text[start:end]}))
            floor = end
    return tuple(out)


_Found = tuple[int, int, Deadline]


def _days(low: str) -> Iterator[_Found]:
    yearly = _EVERY_YEAR.search(low) is not None
    for match in _DAY.finditer(low):
        deadline = _day(match, yearly=yearly)
        if deadline:
            yield match.start(), match.end(), deadline


def _day(match: re.Match[str], *, yearly: bool) -> Deadline | None:
    if match["iso"]:
        return Deadline(words="", date=match["iso"]) if _is_day(match["iso"]) else None
    if match["whole"] and match["lead"] not in ("senast", "före", "innan"):
        return None
    month = _MONTHS.index(match["month"] or match["whole"]) + 1
    year = match["year"] or match["whole_year"]
    last = calendar.monthrange(int(year or _NO_LEAP_YEAR), month)[1]
    # "senast i mars" has passed when March has; "före mars" when it begins.
    day = int(match["day"]) if match["day"] else last if match["lead"] == "senast" else 1
    if not 1 <= day <= last:
        return None
    if year:
        return Deadline(words="", date=f"{year}-{month:02d}-{day:02d}")
    return Deadline(words="", yearly=f"{month:02d}-{day:02d}" if yearly else "")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _after_start(low: str) -> Iterator[_Found]:
    for match in _AFTER_START.finditer(low):
        value = number_value(match["number"])
        if value is None or value != int(value):
            continue
        number = int(value) * (-1 if match["way"] in ("före", "innan") else 1)
        if match["unit"].startswith(("månad", "år")):
            months = number * (12 if match["unit"] == "år" else 1)
            yield match.start(), match.end(), Deadline(words="", months=months)
        else:
            days = number * (7 if match["unit"].startswith("veck") else 1)
            yield match.start(), match.end(), Deadline(words="", days=days)


def _at_start(low: str) -> Iterator[_Found]:
    for match in _AT_START.finditer(low):
        yield match.start(), match.end(), Deadline(words="", days=0)


def _after_year(low: str) -> Iterator[_Found]:
    for match in _AFTER_YEAR.finditer(low):
        value = number_value(match["number"])
        if value is not None and 1 <= value <= 365:
            day = date.fromordinal(date(_NO_LEAP_YEAR, 1, 1).toordinal() + int(value) - 1)
            yield match.start(), match.end(), Deadline(words="", yearly=f"{day:%m-%d}")
