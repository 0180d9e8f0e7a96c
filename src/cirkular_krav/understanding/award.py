"""Which share of the award a scored criterion can move, when its own text (with headings and context) says so.

Never guessed. Points of a total, and percentages "of the quality", are shares of a part: they become a share of the
award only when that part's own share stands beside them. Otherwise ``share`` is none and ``basis`` says what was found.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from cirkular_krav.models import AwardWeight
from cirkular_krav.text import cut
from cirkular_krav.understanding.quantities import find_quantities
from cirkular_krav.understanding.words import holds_one, lowered

_BASIS_LENGTH = 160
_SIGNS = (
    "vikt", "väger", "poäng", " p ", " p,", " p.", "mervärd", "avdrag", "påslag", "utvärder", "tilldelning",
    "bedöm", "pris ",
)  # fmt: skip
_HEADING_SIGN = re.compile(
    r"tilldelningskrit|utvärdering|mervärde|poäng|viktning|kvalitet|bedömning|prisavdrag",
    re.IGNORECASE,
)
_AWARD_HEADING = re.compile(r"tilldelningskrit|utvärdering(?!smöte)|mervärde|viktning|prisavdrag")

_EVALUATED = re.compile(
    r"\bviktas\b|\bviktning(?:en)?\b(?=[^.;]{0,25}\d)|\bvikt\b(?= ?:? ?0,\d)|\bväger\b|"
    r"\bpoängsätts\b|\b\d+ ?(?:p|poäng)\b|\bpoäng(?:en)?\b|"
    r"\bmervärde(?!s?skatt)\w*|\bprisavdrag\b|\bfiktivt (?:avdrag|påslag)|\bavdrag på (?:anbudspris|utvärderingspris|"
    r"jämförelse)\w*|\butvärderas\b|\butvärderingen\b|\butvärdering\b|"
    r"\btilldelningskriteri\w*|\bvid (?:utvärderingen|tilldelningen)\b|\bkvalitetspoäng\w*"
)
_NOT_EVALUATED = re.compile(
    r"\b(?:utvärderas|poängsätts|viktas|bedöms) (?:inte|ej)\b|\b(?:inte|ej) (?:att )?(?:utvärderas|poängsättas|"
    r"viktas)\b"
)
_BREACH = re.compile(
    r"\b(?:fakturan?|ersättningen|vederlaget|vid (?:brist|fel|försening|utebliv\w+)|utebliven|avtalsbrott)\b"
)
_NOT_POINTS = re.compile(r"\b(?:referenspoäng|kreditpoäng|högskolepoäng)\b|\bavfallsmängd")

_PERCENT = r"(\d{1,3}(?:[.,]\d+)?) ?(?:%|procent)"
_WEIGHT_VERB = r"(?: (?:till|med|om|på|är|uppgår till|av|cirka|totalt|ca))*[ :=(|]*(?:med |om |på |till )?"
_WEIGHT_SAYS = (
    re.compile(rf"\b(?:viktas|väger|viktning(?:en)?)\b{_WEIGHT_VERB}{_PERCENT}"),
    re.compile(
        rf"{_PERCENT} (?:av|i) (?:den )?(?:totala |slutliga |sammanlagda )?"
        r"(?:utvärderingen|bedömningen|tilldelningen|viktningen|totalpoängen|utvärderingspoängen)"
    ),
    re.compile(rf"\butvärdering(?:en)? av [^.;\d]{{1,40}}? {_PERCENT}\W*$"),
)
# "vikt 15 %" alone may be about kilograms or fibres: it needs a word of the award beside it.
_BARE_WEIGHT = re.compile(rf"\bvikt(?:en)?\b{_WEIGHT_VERB}{_PERCENT}")
_AWARD_WORD = re.compile(r"kriteri|utvärder|poäng|tilldelning|\bkvalitet|\bbedöms|\bpris|mervärde")
_DECIMAL_WEIGHT = re.compile(r"\bvikt(?:ning(?:en)?|en)?\b[ :=]*(?:är |om |på )?(0,\d{1,3}|1,0)\b(?! ?(?:%|kg|ton))")
_OF_PART = re.compile(rf"{_PERCENT}(?: \w+)? (?:av|i|inom) (?:den (?:totala )?)?(?:kvalitet\w*|mervärdes?\w*)")
_QUALITY_SHARE = (
    re.compile(
        r"\bkvalitet(?:en|sdelen|skriterier\w*|spoängen)?\b(?: (?:viktas|utgör|väger|motsvarar|har (?:en )?vikt(?:en)?|"
        rf"står för|svarar för|är))*(?: (?:till|med|på|om|totalt))*[ :(|]*{_PERCENT}(?! av kvalitet)"
    ),
    re.compile(rf"{_PERCENT} kvalitet\b"),
)  # fmt: skip
_OF_WHICH = re.compile(r"\bvarav\b[^.;]{0,60}?\b(\d{1,3}(?:[.,]\d+)?) ?(?:procentenheter|%-enheter)")
_WEIGHTED_THINGS = re.compile(rf"\b(?:pris(?:et)?|kvalitet(?:en)?)\b[^.;%]{{0,25}}{_PERCENT}")
_OF_TOTAL = r"av (?:totalt |maximalt |max |möjliga |sammanlagt |högst )*"
_POINTS_OF = re.compile(
    rf"(\d{{1,4}}(?:,\d+)?) ?(?:p|poäng) ?(?:\([^)]{{0,20}}\) )?\(?{_OF_TOTAL}(\d{{1,4}})\b(?! ?%)"
    rf"|(\d{{1,4}}(?:,\d+)?) ?\(?{_OF_TOTAL}(\d{{1,4}}) ?(?:möjliga )?(?:p\b|poäng)"
    rf"|\bpoäng\w*[^.;\d]{{0,30}}(\d{{1,4}}) ?\(?{_OF_TOTAL}(\d{{1,4}})\b(?! ?%)"
)
_WHOLE_POINTS = re.compile(
    r"\b(?:totala|hela|samlade) (?:utvärderingen|bedömningen|poängen|utvärderingspoängen)\b|\binklusive pris|"
    r"\bpris(?:et)?\b[^.;]{0,30}\bpoäng"
)
_PRICE_PERCENT = re.compile(r"\b(?:prisavdrag|mervärdes?avdrag|(?:pris)?påslag|avdrag)\b")
_VALUE_ADDED = re.compile(r"\bmervärde\b")
# Only what leads straight to the number: "prisavdrag ges om andelen överstiger 50 %" states no deduction.
_PERCENT_AFTER = re.compile(
    r"(?:[ :–-]+(?:om|på|med|upp till|högst|maximalt|max|till|ges|görs|uppgår|är|i \w+ steg|i steg|från|från anbuds\w+|"
    r"anbudspris\w*|anbudssumman|priset|utvärderingen|utvärderingspris\w*|jämförelse\w+|"
    r"i|av|den|det|medges|ett|fiktivt))*"
    rf"[ :–-]*{_PERCENT}"
)
_PERCENT_NEXT = re.compile(
    r"(?: ?[,;/–-] ?| och | eller | respektive | till |,? (?:per|för) \w+,? (?:dock )?){1,2}"
    rf"(?:(?:dock )?(?:max|högst|maximalt) )?{_PERCENT}"
)
_PERCENT_BEFORE = re.compile(rf"{_PERCENT} (?:i |fiktivt |i fiktivt )?$")
_VALUE = re.compile(
    r"\b(?:(?:uppskattade?|beräknade?|totala?) (?:\w+ )?(?:värdet?|kontraktsvärdet?|volym)|kontraktsvärdet?|"
    r"kontraktssumman?|avtalsvärdet?|anbudssumman?|värdet?) (?:är|uppgår till|om|på|uppskattas till|"
    r"beräknas till)[^.;\d]{0,20}"
)
_HEADING_WEIGHT = re.compile(rf"(?:[(\[–:-] ?|^[\d. ]*[\wåäö]+(?: [\wåäö]+)? ){_PERCENT}[)\]]?\s*$")
_HEADING_LIMIT = re.compile(r"\b(?:minst|högst|över|under|lägst|max\w*)\b")


class _Part(NamedTuple):
    """A share of the quality part, with how it was said."""

    share: float
    said: str


def find_award_weight(text: str, *, heading_path: tuple[str, ...] = (), context: str = "") -> AwardWeight | None:
    """Return the share 0–1 of the award that the criterion can move, or none when the text is not about the award.

    ``share`` is none with the reason in ``basis`` when it is scored but its weight does not follow from the text, its
    headings and ``context`` alone. The share of a price deduction is its part of the price; of an amount in kronor
    its part of the contract's value, when that is said.
    """
    low = lowered(text)
    is_signed = holds_one(low, _SIGNS) or holds_one(context, ("ikt", "oäng")) or _is_headed(heading_path)
    if not is_signed:
        return None
    whole = f"{low} | {lowered(context)}" if context else low
    if not _is_award(low, whole, heading_path):
        return None
    return _weigh(text, low, whole, heading_path)


@lru_cache(maxsize=1_024)
def _is_headed(heading_path: tuple[str, ...]) -> bool:
    return any(_HEADING_SIGN.search(heading) for heading in heading_path)


def points_share(text: str) -> float | None:
    """Return the part of the points that the criterion can give ("max 10 av totalt 40 poäng" → 0.25), or none."""
    points = _points_of_total(lowered(text))
    if points is None or _number(points[1]) == 0:
        return None
    share = _number(points[0]) / _number(points[1])
    return share if 0 < share <= 1 else None


def _points_of_total(low: str) -> tuple[str, str] | None:
    match = _POINTS_OF.search(low)
    if not match:
        return None
    given, total = [group for group in match.groups() if group is not None]
    return given, total


def _is_award(low: str, whole: str, heading_path: tuple[str, ...]) -> bool:
    if _NOT_EVALUATED.search(low) or _NOT_POINTS.search(low):
        return False
    if _BREACH.search(low) and not re.search(r"\bfiktivt|\bmervärde|\butvärder", low):
        return False
    if _EVALUATED.search(whole) or _divides_the_whole(low):
        return True
    if _BARE_WEIGHT.search(whole) and _AWARD_WORD.search(whole):
        return True
    weighted = bool(_heading_weights(heading_path))
    return any(_AWARD_HEADING.search(h.lower()) or (weighted and _HEADING_SIGN.search(h)) for h in heading_path)


def _divides_the_whole(low: str) -> bool:
    """Tell whether the text shares out the award: "pris 60 %, miljö 25 %, service 15 %"."""
    shares = [_number(share) for share in re.findall(_PERCENT, low)]
    return len(shares) > 1 and sum(shares) == 100 and re.search(r"\bpris(?:et)?\b", low) is not None


def _weigh(text: str, low: str, whole: str, heading_path: tuple[str, ...]) -> AwardWeight:
    quality = _quality_share(whole, heading_path)
    part = _part_of_quality(low)
    if part:
        return _of_part(part, quality)
    bare = _AWARD_WORD.search(whole) is not None or any(_AWARD_HEADING.search(h.lower()) for h in heading_path)
    own = _own_weight(low, is_bare_enough=bare) or _own_weight(whole, is_bare_enough=bare)
    if own is not None:
        return _nested(own, text, heading_path)
    deduction = _price_deduction(text, low, whole)
    if deduction:
        return deduction
    headed = _heading_weights(heading_path)
    if len(headed) == 1:
        return AwardWeight(share=headed[0], basis=f"rubriken: {cut(heading_path[-1], _BASIS_LENGTH)}")
    return AwardWeight(share=None, basis=cut(text, _BASIS_LENGTH))


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _share(percent: str) -> float | None:
    value = _number(percent) / 100
    return round(value, 6) if 0 < value <= 1 else None


def _quality_share(whole: str, heading_path: tuple[str, ...]) -> float | None:
    for text in (whole, *(heading.lower() for heading in reversed(heading_path))):
        for pattern in _QUALITY_SHARE:
            match = pattern.search(text)
            if match:
                return _share(match[1])
    return None


def _part_of_quality(low: str) -> _Part | None:
    match = _OF_PART.search(low)
    if match and (share := _share(match[1])):
        return _Part(share, f"{match[1]} % av kvalitetsdelen")
    points = _points_of_total(low)
    share = points_share(low)
    if points and share:
        if _WHOLE_POINTS.search(low):
            return _Part(share, "hela")
        return _Part(share, f"{points[0]} av {points[1]} poäng")
    return None


def _of_part(part: _Part, quality: float | None) -> AwardWeight:
    if part.said == "hela":
        return AwardWeight(share=round(part.share, 6), basis="poäng av hela utvärderingen")
    if quality is None:
        return AwardWeight(share=None, basis=f"{part.said}; kvalitetsdelens andel av tilldelningen anges inte här")
    basis = f"{part.said}, kvalitetsdelen {_percent(quality)} av tilldelningen"
    return AwardWeight(share=round(part.share * quality, 6), basis=basis)


def _own_weight(low: str, *, is_bare_enough: bool) -> float | None:
    """The single weight that the text gives; none when it gives several, as "pris 60 % och kvalitet 40 %"."""
    of_which = _OF_WHICH.search(low)
    if of_which:
        return _share(of_which[1])
    if "varav" in low or len(_WEIGHTED_THINGS.findall(low)) > 1:
        return None
    for pattern in (*_WEIGHT_SAYS, _BARE_WEIGHT) if is_bare_enough else _WEIGHT_SAYS:
        found = {match[1] for match in pattern.finditer(low)}
        if len(found) == 1:
            return _share(found.pop())
        if found:
            return None
    decimal = _DECIMAL_WEIGHT.search(low)
    return _number(decimal[1]) if decimal else None


def _heading_weights(heading_path: tuple[str, ...]) -> list[float]:
    found = []
    for heading in heading_path:
        low = heading.lower()
        match = _HEADING_WEIGHT.search(low) or _WEIGHT_SAYS[0].search(low) or _BARE_WEIGHT.search(low)
        if match and not _HEADING_LIMIT.search(low) and (share := _share(match[1])):
            found.append(share)
    return found


def _nested(own: float, text: str, heading_path: tuple[str, ...]) -> AwardWeight:
    """A weight under a weighted heading: larger than its parent it is a share of it; smaller it may be either."""
    parents = [share for share in _heading_weights(heading_path) if share != own]
    if not parents:
        return AwardWeight(share=own, basis=cut(text, _BASIS_LENGTH))
    if len(parents) == 1 and own > parents[0]:
        basis = f"{_percent(own)} av {_percent(parents[0])} enligt rubriken"
        return AwardWeight(share=round(own * parents[0], 6), basis=basis)
    return _unknown("oklart om vikten räknas av helheten eller av rubrikens vikt", text)


def _percent(share: float) -> str:
    return f"{100 * share:g} %".replace(".", ",")


def _unknown(reason: str, text: str) -> AwardWeight:
    return AwardWeight(share=None, basis=f"{reason}: {cut(text, _BASIS_LENGTH)}")


def _price_deduction(text: str, low: str, whole: str) -> AwardWeight | None:
    said = list(_PRICE_PERCENT.finditer(low))
    if not said and not _VALUE_ADDED.search(low):
        return None
    percents = _deducted_percents(low, said)
    if percents and "av kvalitet" not in low:
        share = round(max(percents) / 100, 6)
        return AwardWeight(share=share if 0 < share <= 1 else None, basis=cut(text, _BASIS_LENGTH))
    kronor = [(q.high or q.value, q.span.start) for q in find_quantities(whole) if q.unit == "kronor"]
    return _deducted_kronor(text, whole, kronor) if kronor else None


def _deducted_percents(low: str, said: list[re.Match[str]]) -> list[float]:
    """The percentages that are the deduction itself: "5 % prisavdrag", "prisavdrag om 2 %, 4 % eller 6 %"."""
    found: list[float] = []
    for word in said:
        before = _PERCENT_BEFORE.search(low[max(0, word.start() - 40) : word.start()])
        if before:
            found.append(_number(before[1]))
            continue
        after = _PERCENT_AFTER.match(low, word.end())
        while after:
            found.append(_number(after[1]))
            after = _PERCENT_NEXT.match(low, after.end())
    return found


def _deducted_kronor(text: str, whole: str, kronor: list[tuple[float, int]]) -> AwardWeight:
    value = _VALUE.search(whole)
    worth = [amount for amount, start in kronor if value and start >= value.end() - 1]
    deducted = [amount for amount, start in kronor if not value or start < value.start()]
    if worth and deducted and 0 < max(deducted) <= worth[0]:
        share = round(max(deducted) / worth[0], 6)
        return AwardWeight(share=share, basis=f"avdrag i kronor av värdet: {cut(text, _BASIS_LENGTH)}")
    return _unknown("avdrag i kronor, kontraktets värde anges inte här", text)
