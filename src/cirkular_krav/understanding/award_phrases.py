"""What one line of an evaluation chapter says of weights: names with their amounts, totals, and amounts without a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from cirkular_krav.text import remembered, sentences
from cirkular_krav.understanding.award_amounts import Amount, find_amounts
from cirkular_krav.understanding.award_names import (
    clean_name,
    code_of,
    is_name,
    is_price,
    is_quality,
    is_step,
    is_step_start,
    is_total,
    unmark,
)
from cirkular_krav.understanding.words import holds_one, lowered

# "total": said of the whole or a part; "nameless": the heading, or the sentence before, has the name.
Form = Literal["label", "prose", "total", "nameless"]

_VARAV = re.compile(r"\b(?:varav|därav)\b", re.IGNORECASE)
_SHARED_OUT = re.compile(
    r"^[\s,)]*(?:(?:som|vilka|och) )?(?:(?:ska|skall|kan|är|i sin tur) )*(?:delas|delat|fördela\w*|uppdela\w*|delad|sammansatt|består)\b",
    re.IGNORECASE,
)
_OF_NAME = re.compile(r"^[\s)]*(?:av|inom) (?:den |det |de |totala |hela )*(?P<of>[^,.;:()\d]{1,50})", re.IGNORECASE)
_OF_CODE = re.compile(r"^[\s)]*(?:av )?(?P<of>[A-ZÅÄÖ]\d?)\b")
_OF_WHOLE = re.compile(
    r"^(?:utvärdering|bedömning|helhet|total|tilldelning|viktning|omdöme|betyg|vikten|poängen|poängsumman|slut|samlade|maxpoäng|möjliga|allt)",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"^[\s,)]*(?:(?:ges|görs|dras av|läggs på|av|medges|avdrag|påslag) )*(?:om|när|vid|till (?:den|det|anbud)|för varje|per|där|ifall|förutsatt|för (?:anbud|den som))\b",
    re.IGNORECASE,
)
_GIVES = re.compile(r"(?:\b(?:ger|ges|får|fås|erhålls?|erhåller|tilldelas|gav)|=)\s*$", re.IGNORECASE)
_MAXIMUM = re.compile(r"\b(?:max\w*|högst|upp till|full\w*|som mest)\b[\s.:]*$", re.IGNORECASE)
_SAYS_WHAT = re.compile(
    r"^[\s,)]*(?:(?:av|i) (?:den |hela |totala |samlade |slutliga )*(?:bedömningen|utvärderingen|poäng\w*|vikten|viktningen|totalen|tilldelningen|betyget|omdömet|helheten|allt)\s+)?"
    r"(?:(?:ges|delas ut|sätts|utgörs|tilldelas|vikt|poäng|avdrag|påslag|görs|medges|erhålls|lämnas|beviljas|dras|läggs|går|av|är|kan (?:man få|ni få|ges|fås|erhållas|uppnås|tilldelas|dras av))\s+)*"
    r"(?:(?:för|på|till|från|gäller|avser|handlar om|kommer från|går till|läggs på|fördelas på|tillfaller|bestäms av|avgörs av|utgörs av|består av|hänförs till|hänföras till|"
    r"avgörs [\wåäö]+ av|knyts till|ägnas åt|reserveras för|är avsatta? för)\s+(?=\w)|[–:=-]\s)"
    r"(?!varje\b|anbud(?:et|en)?\b|den som\b|dem\b|full\b|det\b|lägst\w*\b|högst\w*\b|minst\b|att\b|den \w+\b som)",
    re.IGNORECASE,
)
_LOWEST_PRICE = re.compile(
    r"\b(?:lägsta?|bästa?) (?:\w+ )?(?:[a-zåäö]*pris\w*|[a-zåäö]*summan?|[a-zåäö]*kostnad\w*|[a-zåäö]*arvode\w*|premie\w*)\b",
    re.IGNORECASE,
)
_NOT_TITLE = re.compile(r"\b(?:ger|ges|får|ska|skall|dras|är|kan|multipliceras|delas|avgör|krävs)\b", re.IGNORECASE)
# "Består minst hälften av plasten av återvunnet material ges …": the sentence begins with its verb, a condition.
_VERB_BEGINS = re.compile(
    r"^(?:består|uppfyll\w*|finns|erbjud\w*|har|kan|är|innehåll\w*|överstig\w*|understig\w*|levereras?|visar?|redovisa[rs]|åtar|saknas|lämnas|används|sker|om|när) "
    r".*\b(?:ges|får|fås|erhåll\w*|medges|ger|dras|görs|läggs|minskas|sänks)\b",
    re.IGNORECASE,
)
_NAME_NUMBER = re.compile(r"(?P<name>.{3,}?)[\s:,(–.=-]+(?P<amount>\d{1,4}(?:[.,]\d{1,3})?)\)?$")
_NAME_NUMBER_MORE = re.compile(r"(?P<name>[^:\d]{3,90}?)(?::| [–-])\s*(?P<amount>\d{1,3}(?:,\d{1,3})?)(?=[,;.(]|\s\()")
_SLASHED = re.compile(r"(?P<name>.{3,80}?) / (?P<amount>\d{1,4}(?:,\d{1,3})?)(?=[.,;]|$)")
_BRACKETED = re.compile(
    r"^(?:[A-ZÅÄÖ]{0,2}\d{1,2}(?:\.\d{1,2})?[.:]? )?[\[(](?P<amount>\d{1,4}(?: ?(?:p|poäng|%))?)[\])] (?P<name>\w.{3,})$"
)
_FROM_PRICE = re.compile(
    r" (?:till|från|på|av) (?:det |den )?(?:offererade )?(?:anbuds|jämförelse|utvärderings)(?:summan?|priset?)(?= (?:om|när|för|vid|med|i)\b|[.,]|$)",
    re.IGNORECASE,
)
_PART_FIRST = re.compile(r"^(?:av|inom|för) (?P<part>kvalit\w+|mervärde\w*)\b", re.IGNORECASE)
_FOR_EACH = re.compile(r"^ ?(?:i avdrag )?(?:för varje|per) (?P<name>[^,;.]{4,60})")
_NUMBER_FOR = re.compile(r"(?<![\w,.])(?P<n>\d{1,4}) (?:för|till|på|åt) (?=[a-zåäö])")
_CHANGES = re.compile(
    r"\b(?:räknas|minskas?|reduceras|höjs|sänks|ökas?|belastas|läggs|justeras|dras|skrivs)\b", re.IGNORECASE
)
_CLAUSE_END = re.compile(r",? (?:så )?(?:ges|får|fås|erhåll\w*|medges|dras|görs|läggs|minskas|sänks)\b")
_FIRST = re.compile(r"^\s*(?P<amount>\d{1,4}(?:,\d{1,3})?)\s*(?:\s[–=-]\s|:\s|\s)\s*(?P<name>[^\W\d].{2,})$")
_BREAK = re.compile(r",? (?:och|samt|men|medan|respektive) |[;:,] ")


# The dots or strokes that lead the eye to the amount; searched for only where one of the signs stands.
_LEADERS = re.compile(r"\s*(?:\.{3,}|(?: \.){3,}|_{3,}|…+)\s*")
_LEADER_SIGNS = ("...", " . .", "___", "…")
_PIECES = re.compile(r"[;,]\s+|\.\s+|\s[–/]\s")
_PIECE_MARK = re.compile(r"^[\w.]{2,12}: ")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Said:
    """One amount with the name it is said of. ``under`` is the part that it is a share of, by name or code."""

    name: str
    amount: Amount
    form: Form
    code: str = ""
    under: str = ""
    of_whole: bool = False
    weak: bool = False  # may be a step of a scale instead of a weight


@remembered
def read_line(line: str) -> tuple[Said, ...]:
    """Return the weights that one line states, in order."""
    return tuple(_read_line(line))


def _read_line(line: str) -> list[Said]:
    if holds_one(line, _LEADER_SIGNS):
        line = _LEADERS.sub(": ", line)
    line = _FROM_PRICE.sub("", line)
    short = (_SLASHED.match(line) if " / " in line else None) or _BRACKETED.match(line)
    if short and (amounts := find_amounts(short["amount"], bare=True)):
        name = short["name"].strip() if short.re is _BRACKETED else clean_name(short["name"])
        if short.re is _BRACKETED or is_name(name, prose=False):
            return [Said(name, amounts[0], "total" if is_total(name, prose=False) else "label", code=code_of(line))]
    label = _label(line) if len(_NUMBER_FOR.findall(line)) < 2 else None
    if label:
        return [label]
    telegram = _telegram(line)
    if telegram:
        return telegram
    out: list[Said] = []
    before = ""
    for sentence in sentences(line):
        said = read_sentence(sentence)
        is_about = before and (
            not out or re.match(r"(?:den|det|detta|denna|dessa) ", sentence, re.IGNORECASE) is not None
        )
        out += [_named_before(one, before) if is_about and one.form == "nameless" else one for one in said]
        before = sentence if not said else ""
    return out


def _telegram(line: str) -> list[Said]:
    """Read "pris 50; miljö 30; lev.tid 20": names with bare numbers, the price among them."""
    pieces = [p for p in _PIECES.split(line.strip().rstrip(".")) if p.strip()]
    fewest = max(2, len(pieces) - 1)
    if sum(_DIGIT.search(p) is not None for p in pieces) < fewest or find_amounts(line):
        return []
    read = [_bare_label(_PIECE_MARK.sub("", p.strip())) for p in pieces]
    said = [one for one in read if one]
    if len(said) < fewest or not any(is_price(one.name) for one in said):
        return []
    return said


def _named_before(said: Said, before: str) -> Said:
    """ "Flyttlådor som används om. Ger 5 %": the sentence before may be the name."""
    if before.endswith("?"):
        return replace(said, name=unmark(before), form="label", code=code_of(before), weak=said.amount.is_rate)
    name = clean_name(before.rstrip("."))
    if not is_name(name, prose=False) or len(name.split()) > 12:
        return said
    return replace(said, name=name, form="label", code=code_of(before))


def _label(line: str) -> Said | None:
    """Read "Leveranstid, max 20 poäng" or "5 – timpris": a name and an amount, and nothing else."""
    text = line.strip().rstrip(".")
    amounts = [a for a in find_amounts(text) if a.value > 0]
    if not amounts:
        return _bare_label(text)
    last = amounts[-1]
    rest = text[last.end :].strip(" )].*|")
    if len(amounts) == 1 and not rest:
        name = clean_name(text[: last.start])
        start = unmark(text[: last.start].strip())
        if "." in name.rstrip(".") or re.search(r"[/×=*]", text[: last.start]):
            return None
        if is_name(name, prose=False) and not (_GIVES.search(text[: last.start]) and not is_price(name)):
            return _said(name, last, "total" if is_total(name, prose=False) else "label", start=text)
        if not name and is_total(start, prose=False):
            return _said(start, last, "total", start=text)
    first = amounts[0]
    if len(amounts) == 1 and not clean_name(text[: first.start]) and re.match(r"^\s*[–:=-]\s", text[first.end :]):
        name = clean_name(text[first.end :])
        return _said(name, first, "label", start=text) if is_name(name, prose=False) else None
    if (
        len(amounts) == 1
        and not clean_name(text[: first.start])
        and not is_total(text[: first.start])
        and re.match(r"\)? [\wåäö]", text[first.end :])
    ):
        rest = text[first.end :]
        name = clean_name(rest)
        if (
            is_name(name, prose=False)
            and not _CONDITION.match(rest)
            and "." not in name
            and not _SAYS_WHAT.match(rest)
            and not _part_of(rest)[0]
        ):
            return _said(name, first, "label", start=text) if not _NOT_TITLE.search(name) else None
    return None


def _bare_label(text: str) -> Said | None:
    """Read "Anbudssumma: 50", "Pris 0,45" and "5 – timpris"; whether the numbers are weights shows in their sum."""
    first = _FIRST.match(text)
    if (
        first
        and re.match(r"\W*\d", text)
        and (amounts := find_amounts(first["amount"], bare=True))
        and len(amounts) == 1
    ):
        name = clean_name(first["name"])
        if amounts[0].value and is_name(name, prose=False) and amounts[0].end == len(first["amount"].rstrip()):
            return _said(name, amounts[0], "label", start=first["name"])
    if len(text) > 140 or not _DIGIT.search(text):
        return None
    match = _NAME_NUMBER.match(text) or _NAME_NUMBER_MORE.match(text)
    if not match or re.search(r"\d ?: ?\d ?:", text):
        return None
    amounts = find_amounts(match["amount"], bare=True)
    name = clean_name(match["name"])
    if len(amounts) != 1 or not amounts[0].value or not is_name(name, prose=False) or re.search(r"[=×*/]|\.\s", name):
        return None
    if re.search(r"\(\d|\d\)", name):
        return None
    if re.search(
        r"\b(?:bilaga|kapitel|avsnitt|tabell|nr|steg|nivå|fråga|sida|punkt|del|område|fas|iso|version|krav)$",
        name,
        re.IGNORECASE,
    ):
        return None
    return _said(name, amounts[0], "total" if is_total(name, prose=False) else "label", start=text)


def _said(name: str, amount: Amount, form: Form, *, start: str) -> Said:
    return Said(name, amount, form, code=code_of(start.strip()), weak=amount.is_rate)


def read_sentence(sentence: str) -> list[Said]:
    """Return the weights of a sentence: a name before its amount, or after when the sentence begins with amounts."""
    amounts = [a for a in find_amounts(sentence) if a.value > 0]
    if len(amounts) < 2 or all(a.unit == "number" for a in amounts):
        amounts = max(amounts, _bare_amounts(sentence), key=len)
    if not amounts:
        return []
    ends = [0, *(a.end for a in amounts)]
    starts = [*(a.start for a in amounts), len(sentence)]
    chunks = [sentence[end:start] for end, start in zip(ends, starts, strict=True)]
    if len(amounts) > 1 and _SHARED_OUT.match(chunks[1]) and not clean_name(chunks[0]):
        amounts, chunks = (
            amounts[1:],
            chunks[1:],
        )  # "de övriga 25 procenten delas mellan A, 15 procent, och B, 10 procent"
    if is_step_start(chunks[0]):
        return []
    if _VERB_BEGINS.match(sentence):
        last = amounts[-1] if amounts[-1].unit == "kronor" or len(amounts) == 1 else amounts[0]
        clause = clean_name(_CLAUSE_END.split(sentence)[0].split(" ", 1)[1])
        return [Said(clause if is_name(clause, prose=False) else "", last, "nameless", weak=last.unit != "kronor")]
    if _PART_FIRST.match(sentence) and clean_name(chunks[-1]) and not _part_of(chunks[-1])[0]:
        return _amount_first(amounts, chunks)
    if all(_SAYS_WHAT.match(chunk) and not _part_of(chunk)[0] for chunk in chunks[1:]):
        return _amount_first(amounts, chunks)
    if not clean_name(chunks[0]):
        if is_total(chunks[0]) and not amounts[0].is_rate and not _CONDITION.match(chunks[1]):
            return [
                Said("", amounts[0], "total", under=sentence),
                *(_name_first(amounts[1:], chunks[1:]) if len(amounts) > 1 else []),
            ]
        return _amount_first(amounts, chunks)
    return _name_first(amounts, chunks)


def _bare_amounts(sentence: str) -> list[Amount]:
    """Numbers without a unit are weights where a sentence lists several, the price among them: "pris (50), miljö (30)"."""
    if len(_NUMBER_FOR.findall(sentence)) > 1:
        starts = {m.start("n") for m in _NUMBER_FOR.finditer(sentence)}
        return [a for a in find_amounts(sentence, bare=True) if a.start in starts and a.value > 0]
    if len(sentence) > 400 or not is_price_list(sentence):
        return []
    amounts = [a for a in find_amounts(sentence, bare=True) if a.value > 0 and sentence[a.start].isdigit()]
    chunks = [sentence[b.end : a.start] for b, a in zip([Amount(0, "number", 0, 0), *amounts], amounts, strict=False)]
    names = [clean_name(chunk.rsplit(": ", 1)[-1]) for chunk in chunks]
    listed = all(is_name(name, prose=True) for name in names) and not re.search(r"[=×*]", sentence)
    return amounts if len(amounts) > 1 and listed and any(is_price(name) for name in names) else []


def is_price_list(sentence: str) -> bool:
    """A cheap look: whether the price and two numbers stand in the sentence."""
    return len(re.findall(r"\d+", sentence)) > 1 and bool(
        re.search(r"pris|kostnad|summa|arvode", sentence, re.IGNORECASE)
    )


def _amount_first(amounts: Sequence[Amount], chunks: Sequence[str]) -> list[Said]:
    out: list[Said] = []
    subject = clean_name(chunks[0])
    within = _PART_FIRST.match(chunks[0])
    part = within["part"] if within else subject if is_quality(subject) else ""
    for amount, chunk in zip(amounts, chunks[1:], strict=True):
        text = chunk
        if amount is not amounts[-1]:
            breaks = list(_BREAK.finditer(chunk))
            text = chunk[: breaks[-1].start()] if breaks else chunk
        what = _SAYS_WHAT.match(text)
        under, whole = ("", bool(re.match(r"\s*av ", text))) if what else _part_of(text)
        condition = _CONDITION.match(text)
        each = _FOR_EACH.match(chunk) if amount.is_rate and amount is not amounts[-1] else None
        if each:
            out.append(Said(clean_name(each["name"]), amount, "nameless", weak=True))
            continue
        rest = re.split(r"[.;]", text[what.end() :] if what else text)[0]
        name = "" if under or whole and not what or condition else clean_name(rest)
        if is_name(name, prose=what is None and not within):
            weak = amount.unit == "points" and not what and bool(_MAXIMUM.search(chunks[0])) and len(amounts) == 1
            out.append(Said(name, amount, "prose", under=part, of_whole=whole, weak=weak))
            continue
        clause = (
            clean_name(re.split(r"[.;]|, (?:dock|annars|men)\b", text[condition.end() :])[0])
            if condition and not amount.is_rate
            else ""
        )
        one = Said(
            clause, amount, "nameless", under=under, of_whole=whole, weak=amount.is_rate or condition is not None
        )
        if out and out[-1].form == "nameless" and (out[-1].amount.is_rate or not clause or amount.unit == "points"):
            out[-1] = _larger(out[-1], amount)
        else:
            out.append(one)
    return out


def _name_first(amounts: Sequence[Amount], chunks: Sequence[str]) -> list[Said]:
    out: list[Said] = []
    parent = ""
    for at, amount in enumerate(amounts):
        chunk, after = chunks[at], chunks[at + 1]
        raw = re.split(r"\bdär\b|(?<=[a-zåäö)])[.?] ", chunk)[-1]
        if out and _VARAV.search(chunk):
            parent = out[-1].name if out[-1].form != "total" else ""
            raw = _VARAV.split(raw)[-1]
        if at and amounts[at - 1].is_rate:
            raw = _after_rate(raw)
        if ": " in raw:
            raw = raw.rsplit(": ", 1)[1] if is_name(clean_name(raw.rsplit(": ", 1)[1]), prose=True) else raw
        if at and _CONDITION.match(chunk):
            pieces = _BREAK.split(chunk)
            raw = pieces[-1] if len(pieces) > 1 and is_name(clean_name(pieces[-1]), prose=True) else ""
        if ": " in raw.rstrip() and is_step(raw.rsplit(": ", 1)[1].strip()):
            continue
        name = clean_name(_without_of(raw, out))
        under, whole = _part_of(after)
        condition = _CONDITION.match(after)
        if condition and amount.unit != "points" and (not name or (is_price(name) and _CHANGES.search(chunk))):
            clause = re.split(
                r"[.;]|, (?:dock|annars|men)\b|,? och med$|,? samt med$", after[condition.end() :].rstrip()
            )[0]
            out.append(Said(clean_name(clause), amount, "nameless", weak=amount.is_rate))
            continue
        if not name and out and out[-1].form != "total":
            out[-1] = _larger(out[-1], amount)
            continue
        is_given = amount.unit != "percent" and _GIVES.search(chunk) and not re.search(r"\bvikt", chunk, re.IGNORECASE)
        weak = bool(is_given) or bool(_CONDITION.match(after)) or amount.is_rate
        weak = weak and not (_MAXIMUM.search(chunk) and not amount.is_rate)
        if _LOWEST_PRICE.search(raw) and amount.unit == "points":
            out.append(Said("Pris", amount, "prose", weak=True))
        elif is_total(name or chunk):
            out.append(Said(name, amount, "total", under=raw))
        elif is_name(name, prose=True):
            out.append(
                Said(
                    name, amount, "prose", code=code_of(chunk.strip()), under=parent or under, of_whole=whole, weak=weak
                )
            )
        elif not re.match(r"\W*(?:är|blir|om|när)\b", chunk, re.IGNORECASE):
            condition = _CONDITION.match(after)
            clause = (
                clean_name(re.split(r"[.;]|, (?:dock|annars|men)\b", after[condition.end() :])[0])
                if condition and not amount.is_rate
                else ""
            )
            clause = re.split(r",? och (?:med )?$", clause)[0]
            out.append(Said(clause, amount, "nameless", under=under, of_whole=whole, weak=weak))
    return out


def _after_rate(chunk: str) -> str:
    """What follows "3 % per uppdrag" up to the next joining word is about the rate, not a name."""
    parts = re.split(r"\b(?:och|samt|medan)\b|;", chunk)
    return parts[-1] if len(parts) > 1 else ""


def _without_of(chunk: str, out: Sequence[Said]) -> str:
    """Drop "av kvaliteten" that belongs to the amount before."""
    match = _OF_NAME.match(chunk) if out else None
    breaks = list(_BREAK.finditer(chunk)) if match else []
    return chunk[breaks[0].end() :] if breaks else chunk


def _part_of(after: str) -> tuple[str, bool]:
    """Return the part that an amount is a share of, or whether it is of the whole."""
    match = _OF_CODE.match(after) or _OF_NAME.match(after)
    if not match:
        return "", False
    of = match["of"].strip()
    return ("", True) if _OF_WHOLE.match(of) else (re.split(r"\b(?:och|samt|som|där|för)\b", of)[0].strip(), False)


def _larger(said: Said, amount: Amount) -> Said:
    """Of "3 % per uppdrag, alltså högst 6 %" and "5 %, 3 % eller 1 %" the largest that is no rate is the weight."""
    if amount.unit not in (said.amount.unit, "number"):
        return said
    if said.amount.is_rate or amount.value > said.amount.value:
        return replace(said, amount=replace(amount, unit=said.amount.unit), weak=False)
    return said


# A cheap look before the costly reading: what an amount has beside its digits, and what one in words holds.
_UNIT_SIGNS = ("%", "procent", "poäng", " p", "kr", "sek", "vikt", "del", "väg", "hälft", "halv", " ve", "miljon")
_AMOUNT_IN_WORDS = re.compile(
    r"procent|poäng|promille|hälft|halva|kvart|miljon|milj|tusen|\d|(?:del(?:ar(?:na)?|en)?|enhet(?:er)?|kronor|kr|sek|p|ve)\b"
)


_NUMBER_AT_EDGE = re.compile(r"\d\)?\.?$|^\d|[\[(]\d")


def says_weights(line: str) -> bool:
    """A cheap look: whether a line can state a weight at all."""
    low = lowered(line)
    if holds_one(low, _UNIT_SIGNS):
        return _AMOUNT_IN_WORDS.search(low) is not None
    return _NUMBER_AT_EDGE.search(low) is not None
