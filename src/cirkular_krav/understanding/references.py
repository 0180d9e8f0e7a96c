"""What other places a requirement refers to: "enligt bilaga 3 punkt 4.2", "se avsnitt 5.1", "krav 3.7", "se ovan".

Laws, standards and general conditions ("13 kap. LOU", "AB 04 kap. 4") stand outside the documents and are no
references; nor is a document that is to be handed in by name alone ("Prisbilagan ska fyllas i").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cirkular_krav.models import Reference, Span
from cirkular_krav.text import remembered
from cirkular_krav.understanding.words import holds_one

# A cheap sign that a text may refer to anything.
_SIGNS = (
    "bilag", "punkt", "avsnitt", "kap", "krav", "ovan", "nedan", "specifikation", "föreskrift", "beskrivning", "flik",
    "formulär", "förteckning", "utkast", "villkor", "rubrik", "fråg", ".pdf", ".docx", ".xlsx", "enligt af", "se af", "p. ",
)  # fmt: skip
_NUMBER = r"(?:[A-ZÅÄÖ]{1,4}[-.]?)?\d{1,3}(?:[.:]\d{1,3})*(?:[a-z]\b)?"
_ANNEX = r"(?:\d{1,2}(?:[.:]\d{1,2})*[a-zA-Z]?|[A-ZÅÄÖ]\d{0,2}|[IVX]{1,4})(?![\wåäö])"
_LIST = r"(?:,? (?:och|samt|eller|respektive) |, ?| ?[–-] ?)"
_PART_WORD = (
    r"(?:punkt(?:en|erna)?|p\.|avsnitt(?:et|en)?|kap(?:itel|itlet|\.)?|(?:ska-?|skall-?|bör-?)?krav(?:et|en)?(?:[- ]?(?:id|nr|nummer)\.?)?|"
    r"rubrik(?:en)?|fråga|flik(?:en)?|stycke|tabell|rad)"
)
_NAMES = {
    "specification": r"(?:krav|produkt|varu|tjänste|uppdrags|funktions)-?(?:specifikation|beskrivning)(?:en)?|tekniska? (?:beskrivning|"
                     r"specifikation)(?:en)?|(?:miljö|rums|rivnings|rivnings- och miljö|material)beskrivning(?:en)?|kravformulär(?:et)?|"
                     r"kravlistan?",
    "contract": r"(?:ram)?avtals(?:utkast|mall|förslag|villkor)(?:et|en)?|kontrakts(?:villkor|utkast)(?:en|et)?|allmänna villkor(?:en)?|"
                r"kommersiella villkor(?:en)?|särskilda kontraktsvillkor(?:en)?",
    "price_form": r"pris-?(?:bilaga|formulär|lista|blankett)(?:n|et)?|mängdförteckning(?:en)?|anbudsformulär(?:et)?|varukorg(?:en)?",
    "instructions": r"(?:administrativa|upphandlings)-? ?föreskrifter(?:na)?|upphandlingsdokument(?:et|en)?|förfrågningsunderlag(?:et)?|"
                    r"anbudsinbjudan",
    "questions": r"frågor och svar",
}  # fmt: skip
_NAME = "|".join(f"(?P<{role}>{words})" for role, words in _NAMES.items())
_OWN_NAME = r"[A-ZÅÄÖ][\wåäö-]+(?: (?:och |för |av )?[A-ZÅÄÖa-zåäö][\wåäö-]+){0,2}"
_LEAD = (
    r"(?:enligt|jämför|jfr|se(?: även| vidare| också)?|framgår (?:av|i)|anges i|angivet i|angivna i|beskrivs i|beskrivna i|beskrivet i|"
    r"återfinns i|finns i|följer av|specificeras i|listas i|redovisas i|regleras i|uppställda i|kraven i|krav i|villkoren i|"
    r"i enlighet med|i|av|under)"
)
_STRONG_LEAD = _LEAD.replace("|i|av|under)", ")")
_OUTSIDE = re.compile(
    r",? (?:(?:i|av|ur|till) )?(?:\d|§|SS\b|EN\b|ISO\b|IEC\b|AB\b|ABT\b|ABK\b|ABM\b|AFS\b|AMA\b|LOU\b|LUF\b|LOV\b|LUK\b|GDPR\b|[a-zåäö-]*(?:lag(?:en)?|balk(?:en)?|"
    r"förordning(?:en)?|direktiv(?:et)?|standard(?:en)?|föreskrifter(?:na)?)\b|lag\b|bokför)"
)
_BEFORE_OUTSIDE = re.compile(
    r"(?:\bAB|ABT|ABK|ABM|ALOS|IT&T|LOU|LUF|LOV|GDPR|balken|lagen|förordning(?:en)?|direktiv\w*|(?:EN|ISO|SS)[ \d:-]+|\d{2,4})"
    r"(?: \d{2,4})?,? (?:bilaga \w+,? )?$"
)
_KRAV_ID = re.compile(r"1[01]\d{3}(?::\d+)?$")
_ANNEX_AT = re.compile(
    rf"\b(?i:bilag(?:a|an|or|orna|ans)|bil\.)(?: nr\.?| nummer)? (?P<first>{_ANNEX})(?P<more>(?:{_LIST}(?:(?i:bilaga) )?{_ANNEX})*)"
    rf"|\b(?i:bilag(?:a|an))(?: ?[–:-] ?| )[\"”“]?(?P<title>{_OWN_NAME})"
)
_PART_AT = re.compile(rf"\b(?i:{_PART_WORD}) (?P<first>{_NUMBER})(?P<more>(?:{_LIST}{_NUMBER})*)(?![\wåäö%])")
_AMA_AT = re.compile(rf"\b(?i:{_LEAD}) (?P<first>AF[A-H](?:\.\d+)?)(?![\w.]\d)")
_NAME_AT = re.compile(
    rf"\b(?i:{_STRONG_LEAD}) (?i:(?:bifogad[et]?|separata?|bilagda?|den|det) )?(?P<name>(?i:{_NAME}))(?![\wåäö])"
)
_SUFFIX = r"\.(?:pdf|docx?|xlsx?|ods|txt|html?)"
_FILE_AT = re.compile(
    rf"[\"”“](?P<quoted>[\w .,()-]{{1,80}}{_SUFFIX})[\"”“]|(?P<file>\w[\w.-]{{0,60}}{_SUFFIX})\b", re.IGNORECASE
)
# A document by name after its part: "avsnitt 6.3 i avtalsutkastet", "3.4 i kravspecifikationen".
_OF_NAME_AT = re.compile(rf"(?P<of> (?:i|av|ur|till) (?:den |bifogad )?)(?P<name>(?i:{_NAME}))(?![\wåäö])")
_BARE_PART_AT = re.compile(
    rf"(?<![\w.,])(?P<first>\d{{1,2}}(?:\.\d{{1,2}}){{1,3}}) (?=i (?:den |bifogad )?(?i:{_NAME}|bilaga \w))"
)
_NEAR_AT = re.compile(
    r"\b(?:(?P<above>(?:enligt|se|som) (?:(?:krav(?:et|en)|punkt(?:en|erna)|specifikation(?:en)?) )?ovan\b(?! \d)|(?:krav(?:et|en)|punkt(?:en|erna)|villkor(?:et|en)) ovan\b|ovanstående (?:krav|punkt\w*|villkor|specifikation)\w*|"
    r"föregående (?:krav|punkt|stycke))|(?P<below>(?:enligt|se) (?:(?:krav(?:et|en)|punkt(?:en|erna)|tabell(?:en)?) )?nedan\b|(?:krav(?:et|en)|punkt(?:en|erna)|villkor(?:et|en)) nedan\b|"
    r"nedanstående (?:krav|punkt\w*|villkor|tabell|lista|specifikation)\w*))",
    re.IGNORECASE,
)
# Between an annex and its part: "bilaga 3, punkt 4.2" and "punkt 4.2 i bilaga 3".
_THEN = re.compile(r",? ?(?:under |i )?$|,? \(?$| ?[/–-] ?$")
_OF = re.compile(r" (?:i|av|ur|till) (?:den |bifogad )?$")
_ONE = re.compile(rf"(?i:bilaga )?(?P<n>{_ANNEX})")
_NUMBER_AT = re.compile(_NUMBER)
_RANGE = re.compile(r"(\d{1,2}) ?[–-] ?(\d{1,2})")
_MOST_OF_RANGE = 12


@remembered
def find_references(text: str) -> tuple[Reference, ...]:
    """Return every other place that the text refers to, in order of place; where it leads is not yet known."""
    low = text.lower()
    if not holds_one(low, _SIGNS):
        return ()
    documents = [*_annexes(text), *_names(text), *_files(text)]
    parts = list(_parts(text, documents))
    documents += [d for d in _of_names(text) if any(_together(text, d.span, part.span) for part in parts)]
    joined = _joined(text, _without_overlaps(documents), parts)
    return tuple(sorted([*joined, *_near(text)], key=lambda r: (r.span.start, r.span.end)))


def _annexes(text: str) -> Iterator[Reference]:
    for match in _ANNEX_AT.finditer(text):
        if match["title"]:
            if not match["title"].split()[0].isupper() or len(match["title"]) > 3:
                yield _reference(text, match.start(), match.end(), name=match["title"])
            continue
        numbers = _numbers(match["first"], match["more"] or "", _ONE)
        for number in numbers:
            yield _reference(text, match.start(), match.end(), annex=number.upper())


def _numbers(first: str, more: str, one: re.Pattern[str]) -> list[str]:
    """Return the numbers of "3", "3 och 4" and "1–4"."""
    span = _RANGE.fullmatch(f"{first}{more}")
    if span and int(span[1]) < int(span[2]) <= int(span[1]) + _MOST_OF_RANGE:
        return [str(n) for n in range(int(span[1]), int(span[2]) + 1)]
    rest = [m.group("n") if "n" in one.groupindex else m.group() for m in one.finditer(more)]
    return list(dict.fromkeys([first, *rest]))


def _names(text: str) -> Iterator[Reference]:
    for match in _NAME_AT.finditer(text):
        yield _reference(text, match.start("name"), match.end("name"), name=match["name"])


def _of_names(text: str) -> Iterator[Reference]:
    for match in _OF_NAME_AT.finditer(text):
        yield _reference(text, match.start("name"), match.end("name"), name=match["name"])


def _files(text: str) -> Iterator[Reference]:
    for match in _FILE_AT.finditer(text):
        group = "file" if match["file"] else "quoted"
        yield _reference(text, match.start(group), match.end(group), name=match[group])


def _parts(text: str, documents: list[Reference]) -> Iterator[Reference]:
    taken = [document.span for document in documents]
    for pattern in (_PART_AT, _AMA_AT, _BARE_PART_AT):
        for match in pattern.finditer(text):
            start = match.start() if pattern is _PART_AT else match.start("first")
            end = match.start() + len(match.group().rstrip())
            outside = _OUTSIDE.match(text, end) or _BEFORE_OUTSIDE.search(text, 0, start)
            if outside or any(span.start < end and start < span.end for span in taken):
                continue
            taken.append(Span(start=start, end=end))
            more = match["more"] if "more" in pattern.groupindex else ""
            for number in _numbers(match["first"], more or "", _NUMBER_AT):
                if not _KRAV_ID.match(number):
                    yield _reference(text, start, end, number=number)


def _joined(text: str, documents: list[Reference], parts: list[Reference]) -> Iterator[Reference]:
    """Join a document and a part of it that stand together; each part and each document stands once."""
    used: set[int] = set()
    for part in parts:
        at = next((i for i, d in enumerate(documents) if _together(text, d.span, part.span)), None)
        if at is None:
            yield part
            continue
        used.add(at)
        document = documents[at]
        start, end = min(document.span.start, part.span.start), max(document.span.end, part.span.end)
        yield _reference(text, start, end, annex=document.annex, name=document.name, number=part.number)
    yield from (document for i, document in enumerate(documents) if i not in used)


def _together(text: str, document: Span, part: Span) -> bool:
    if document.end <= part.start:
        return bool(_THEN.fullmatch(text[document.end : part.start]))
    return part.end <= document.start and bool(_OF.fullmatch(text[part.end : document.start]))


def _near(text: str) -> Iterator[Reference]:
    for match in _NEAR_AT.finditer(text):
        yield _reference(text, match.start(), match.end(), near="above" if match["above"] else "below")


def _without_overlaps(references: list[Reference]) -> list[Reference]:
    kept: list[Reference] = []
    for reference in sorted(references, key=lambda r: (r.span.start, -r.span.end)):
        if not kept or reference.span.start >= kept[-1].span.end or reference.span == kept[-1].span:
            kept.append(reference)
    return kept


def _reference(text: str, start: int, end: int, **told: str) -> Reference:
    return Reference(words=text[start:end].strip(), span=Span(start=start, end=end), **told)  # type: ignore[arg-type]


def role_named(name: str) -> str:
    """Return the role of the document that a name such as "kravspecifikationen" tells, or nothing."""
    return next((role for role, words in _NAMES.items() if re.fullmatch(words, name, re.IGNORECASE)), "")
