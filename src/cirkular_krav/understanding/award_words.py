"""Weights in words: "väger dubbelt så tungt som", "väger lika", "fördelas lika mellan", "resten"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cirkular_krav.understanding.award_amounts import find_amounts
from cirkular_krav.understanding.award_names import alike, clean_name, is_name, stems
from cirkular_krav.understanding.number_words import number_value
from cirkular_krav.understanding.words import holds_one, lowered

_EQUAL_LIST = re.compile(r"\b(?:samma|lika)\b[^:.;\d]{0,40}: (?P<after>[^.;]+)", re.IGNORECASE)
_TIMES = r"(?P<times>dubbelt|tredubbelt|fyrdubbelt|halva?|hälften|(?:\w+|\d+) gånger|(?:\w+|\d+) ggr)"
_HEAVIER = re.compile(
    rf"^(?P<one>.+?) (?:ska |skall )?(?:väger|viktas|värderas|räknas|har|är|ges|får)(?: vara)? {_TIMES}"
    r"(?: (?:så|den|av)(?: \w+){0,3}?)? (?:som|av|mot|vikten av|vikt som) (?P<other>[^.;,]+)",
    re.IGNORECASE,
)
_VERB_FIRST = re.compile(
    rf"^(?:väger|viktas|värderas) (?P<one>[^,;.]+?) {_TIMES}(?: (?:så|den)(?: \\w+){{0,3}}?)? (?:som|av|mot) (?P<other>[^.;,]+)".replace(
        "\\\\", "\\"
    ),
    re.IGNORECASE,
)
_INSIDE = re.compile(
    r"^(?:inom|under|för|i) [\wåäö]+(?:delen)? (?=(?:väger|viktas|värderas|räknas|bedöms)\b)", re.IGNORECASE
)
_EQUAL = re.compile(
    r"^(?P<names>.+?) (?:ska |skall )?(?:väger|viktas|värderas|räknas|bedöms|är|har|ges|får)(?: \w+)? (?:lika|samma vikt|samma tyngd)\b|"
    r"\b(?:lika (?:stor |tung )?(?:vikt|tyngd|stor del|delar|mycket|fördelat|mellan|på)|lika)(?: ?(?:på|mellan|för|till|åt))+ (?P<after>[^.;]+?)(?:, \d|[.;]|$)",
    re.IGNORECASE,
)
_ALL_EQUAL = re.compile(
    r"\b(?:alla|samtliga|dessa|de|vilka|kriterierna|delarna|delkriterierna|båda|var och en av|varje)\b[^.;]{0,45}\b(?:lika|samma vikt)\b|"
    r"\b(?:väger|viktas|värderas|fördelas)\b[^.;]{0,45}\b(?:alla|samtliga|kriterier\w*|delar(?:na)?)\b[^.;]{0,30}\b(?:lika|samma vikt)\b",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"(?P<names>[\wåäö]+(?: och | respektive |/)[\wåäö]+)(?: (?:vägs|viktas|väger|fördelas|är|i förhållandet|med|till|enligt|:))* ?\(?(?P<first>\d{2}) ?(?:/|–|-|:| respektive ) ?(?P<second>\d{2})\b",
    re.IGNORECASE,
)
# A cheap look before the costly one: the two numbers of a pair.
_PAIR_NUMBERS = re.compile(r"\d\d ?(?:[/–:-]| respektive ) ?\d\d\b", re.IGNORECASE)
_TERM = re.compile(
    r"(?:(?P<share>\d{1,2}(?:,\d{1,3})?) ?%? ?[×*·x] ?(?P<name>[A-ZÅÄÖa-zåäö][\wåäö]*(?: [a-zåäö]+){0,3}))|"
    r"(?:(?P<name2>[A-ZÅÄÖa-zåäö][\wåäö]*(?: [a-zåäö]+){0,3}) ?[×*·x] ?(?P<share2>\d{1,2}(?:,\d{1,3})?)\b(?! ?[/(]))"
)
# A cheap look before the costly ones: a share that each has, or that is divided alike.
_EACH = re.compile(r"\b(?:lika|var(?:dera|t)?)\b", re.IGNORECASE)
_AND = re.compile(r",? (?:och|samt|respektive|som|resp\.) |, ")
_REST = re.compile(
    r"^(?:resten|återstoden|återstående|resterande|den andra hälften|övrig\w*)\b\s*(?:del(?:en)? |vikt(?:en)? |andel(?:en)? )?(?:är|utgörs av|avser|tillfaller|går till|gäller|läggs på|faller på|för|på)\s+(?P<name>[^.;\d]+)|"
    r"^(?P<name2>[^.;\d]+?) (?:utgör|väger|viktas(?: med)?|svarar för|står för|får|är|ges) (?:resten|återstoden|resterande del\w*|den andra hälften)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Relation:
    """One criterion weighs ``times`` as much as the other."""

    one: str
    other: str
    times: float


# Every sentence that weighs criteria against each other holds one of these.
_COMPARING = ("lika", "samma", "dubbel", "halv", "hälft", "gånger", "ggr", "rest", "återst", "övrig")


def says_relations(sentence: str) -> bool:
    """A cheap look: whether a sentence can say in words how criteria weigh against each other, or what gets the rest."""
    low = lowered(sentence)
    return holds_one(low, _COMPARING)


def relations_in(sentence: str) -> list[Relation]:
    """Return what a sentence says of weights in relation to each other, or nothing."""
    text = sentence.strip(" .")
    if not re.search(r"\b(?:väg\w+|vikt\w*|värderas|räknas|tyngd|tungt?|bedöms|fördelas|delas)\b", text, re.IGNORECASE):
        return []
    text = _INSIDE.sub("", text)
    heavier = _VERB_FIRST.match(text) or _HEAVIER.match(text)
    if heavier and (times := _times(heavier["times"])):
        one, other = _name(heavier["one"]), _name(heavier["other"])
        return [Relation(one, other, times)] if one and other else []
    equal = _EQUAL_LIST.search(text)
    if equal:
        names = [n for part in _AND.split(equal["after"]) if (n := _name(part))]
        if len(names) > 1:
            return [Relation(names[0], other, 1.0) for other in names[1:]]
    equal = _EQUAL.search(text)
    if equal and not find_amounts(sentence):
        names = [n for part in _AND.split(equal["names"] or equal["after"]) if (n := _name(part))]
        if len(names) > 1:
            return [Relation(names[0], other, 1.0) for other in names[1:]]
    return []


def equal_names(sentence: str) -> list[str]:
    """Return the criteria that share an amount equally, or have it each: "20 procent fördelas lika mellan A och B"."""
    if not _EACH.search(sentence):
        return []
    equal = re.search(r"\blika(?: \w+){0,2} (?:mellan|på) (?P<names>[^.;]+)", sentence, re.IGNORECASE) or re.search(
        r"^(?P<names>[^.;\d]+?) (?:väger|viktas|utgör|ger|ges|får|har)\b[^.;]*\bvar(?:dera|t)?\b",
        sentence,
        re.IGNORECASE,
    )
    names = [n for part in _AND.split(equal["names"]) if (n := _name(part))] if equal else []
    return names if len(names) > 1 else []


def formula_in(line: str) -> tuple[str, list[tuple[str, float]]]:
    """Return the sum and its weighed terms of "K = 0,5 × K1 + 0,3 × K2 + 0,2 × K3", in per cent; or nothing."""
    left, is_formula, right = line.partition("=")
    if not is_formula:
        return "", []
    terms = [
        (m["name"] or m["name2"], float((m["share"] or m["share2"]).replace(",", ".")), m[0])
        for m in _TERM.finditer(right)
    ]
    whole = sum(share for _, share, _ in terms)
    if len(terms) < 2 or not (abs(whole - 1) < 0.006 or abs(whole - 100) < 0.6):
        return "", []
    return left.strip(), [(name.strip(), share * (100 if whole < 2 else 1)) for name, share, _ in terms]


def pair_in(sentence: str) -> list[tuple[str, float]]:
    """Return the two criteria of "pris och kvalitet vägs 70/30" with their per cent."""
    match = _PAIR.search(sentence) if _PAIR_NUMBERS.search(sentence) else None
    if not match or int(match["first"]) + int(match["second"]) != 100:
        return []
    names = [_name(part) for part in _AND.split(match["names"].replace("/", " och "))]
    return (
        list(zip(names, (float(match["first"]), float(match["second"])), strict=True))
        if len(names) == 2 and all(names)
        else []
    )


def says_all_equal(sentence: str) -> bool:
    """Tell whether criteria that stand listed are said to weigh the same."""
    return _ALL_EQUAL.search(sentence) is not None


def rest_of(sentence: str) -> str:
    """Return what gets the rest of the weight: "resten avser miljö"."""
    match = _REST.match(sentence.strip())
    return _name(match["name"] or match["name2"]) if match else ""


def solve(relations: Sequence[Relation]) -> Iterator[list[tuple[str, float]]]:
    """Return the sets of criteria that relations tie together, each with a number to weigh it by."""
    left = list(relations)
    while left:
        first = left.pop(0)
        found = [(first.one, first.times), (first.other, 1.0)]
        is_growing = True
        while is_growing:
            is_growing = False
            for relation in list(left):
                one = next((v for n, v in found if _same(n, relation.one)), None)
                other = next((v for n, v in found if _same(n, relation.other)), None)
                if one is None and other is None:
                    continue
                if one is None and other is not None:
                    found.append((relation.one, other * relation.times))
                elif other is None and one is not None:
                    found.append((relation.other, one / relation.times))
                left.remove(relation)
                is_growing = True
        yield found


def _same(one: str, other: str) -> bool:
    return alike(one, other) or set(stems(one)) == set(stems(other))


def _times(words: str) -> float | None:
    low = words.lower()
    known = {"dubbelt": 2.0, "tredubbelt": 3.0, "fyrdubbelt": 4.0, "halv": 0.5, "halva": 0.5, "hälften": 0.5}
    if low in known:
        return known[low]
    word = low.split()[0]
    try:
        return number_value(word) or None
    except ValueError:
        return None


def _name(text: str) -> str:
    name = clean_name(
        re.sub(r"^(?:inom|under|för|i) \w+ ", "", text.strip(), flags=re.IGNORECASE)
        if re.match(r"^inom \w+ (?:väger|viktas)", text.strip(), re.IGNORECASE)
        else text
    )
    return (
        name
        if is_name(name, prose=True)
        and not re.match(r"^(?:alla|samtliga|båda|kriterierna|delarna|dessa)\b", name, re.IGNORECASE)
        else ""
    )
