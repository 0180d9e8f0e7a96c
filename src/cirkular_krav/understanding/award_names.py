"""Names of award criteria: cut out of the words around a weight, compared with each other, and known as price or quality."""

from __future__ import annotations

import re

from cirkular_krav.text import remembered

_PRICE = re.compile(
    r"^(?:[\wåäö-]+ ){0,2}?(?:[a-zåäö-]*pris(?:et|er|erna|bild|del|delen|tal|talet|index)?|[a-zåäö]*summan?|jämförelse(?:pris\w*|tal\w*)|"
    r"[a-zåäö]*kostnad(?:en|er|erna)?|[a-zåäö]*arvode\w*|premie[nr]?|lcc|vad (?:\w+ )?kostar|ekonomi|pengar(?:na)?|prispoäng\w*|price|cost|ersättning(?:en|snivå\w*)?)\b",
    re.IGNORECASE,
)
_QUALITY = re.compile(
    r"^(?:kvalitet(?:en|s?delen|spoäng\w*|skriteri\w*|stal\w*)?|mervärden?|mervärdena|quality)\b(?! (?:på|i|hos|av|för)\b)",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"\b(?:summan?|tot|totalt?|totalen|totala|sammanlag[td]a?|tillsammans|anbud(?:et)?|hela|högsta|maximal\w*|poängsumman?|^alla|^samtliga|^delar|"
    r"delen|område[nt]?|utvärderingen|bedömningen|anbudsgivare[nr]?|total|maxpoäng|kvalitetspoäng|möjliga|vikterna|poängen|poängmodell|"
    r"utvärderingsmodell|poäng|^(?:grund|total|max|slut)[a-zåäö]*poäng)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:[\s,;:–•*=(-]|(?:(?:mervärden?|avdrag|prisavdrag|mervärdesavdrag|poäng|påslag|ett avdrag|ett påslag) (?:ges|medges|lämnas|görs|delas ut|erhålls) för|(?:avdrag|påslag|mervärde|prisavdrag) för|(?:den|de|anbud|anbudsgivare|leverantörer?) som (?:erbjuder|har|kan (?:erbjuda|visa)|åtar sig|lämnar|levererar)|vikt(?=[\s,])|i steg (?:\d|ett|två|tre)|"
    r"och|samt|men|medan|respektive|varav|därav|dels|för|i|av|inom|till|på|från|vad gäller|gäller|avser|avseende|avgörs|"
    r"handlar om|går till|utgörs|består av|är|and|for|dessa|detta|kriteri(?:et|um)|delkriteri(?:et|um)|vid [a-zåäö]+ingen|"
    r"väger|viktas|värderas|bedöms|poängsätts|utgör|sist|därnäst|först|ges|ger|får|kan|tilldelas|tillmäts|delas|fördelas|mellan|totalt|"
    r"(?:den|det) (?:första|andra|tredje|fjärde|femte|sista) (?:är|gäller|avser)|vidare|dessutom|därtill|ytterligare|slutligen|även|också|bedömningen av|"
    r"resterande|återstående|återstoden|resten|övriga|i stället|istället|nu|därmed|vikten för|betyget för|betyg för|betyget i|poängen för|poäng för|poäng i|talet för|de|den|det|därefter|följande|kommer|sedan|vi|här|nu|bidrar med|bidrar)\b)\s*",
    re.IGNORECASE,
)  # fmt: skip
_TAIL = re.compile(
    r"(?:[\s,;:–(=-]|\b(?:har|har en|en|ett|den|det|ges|får|kan|bli|ge|ger|gav|med|till|om|på|upp|är|max(?:imal\w*|imum|poäng)?\.?|högst|"
    r"i [A-ZÅÄÖ]{1,2}\d{1,2}|kan anbud(?:et)? få|får anbud(?:et)?|väger|vägs|tyngst|mest|minst|viktas|vikt|vikten|viktning|viktningen|vikt[a-zåäö]*faktor|faktor|vikttal|poängtal|utgör|motsvarar|står|svarar|för|bedöms|värderas|poängsätts|tillmäts|tilldelas|"
    r"sammanlagt|totalt|alltså|dvs\.?|intervall|procentsats|avdrag|avdraget|påslag|påslaget|mervärde|prisavdrag|mervärdesavdrag|medges|"
    r"görs|dras|minskar|minskas|reduceras|sänks|belopp|räknas|och|samt|fiktivt|generell|relativ|poäng|av|andel|bidrar|som|mest|varav|enligt|nedan|"
    r"ska|skall|vara|sätts|värd|värt|värda|vardera|där|(?:på|från|av) (?:anbudspriset|anbudssumman|utvärderingspriset|priset)|sänker|höjer|ökar|lägger|drar|drar av|räknar|minskar|ger vi|får ni|får man|kan ni få|kan man få|man|ni|vi|anbudsgivare[nr]?|leverantören|den som|det|anbudet|"
    r"erhåller|erhålls|läggs|fast|läggs|uppgår|beräknas|dock|nämligen|multipliceras|i stället|istället|nu|därmed|tilldelats|har tilldelats|fått|bedöms och|vidare|dessutom|ytterligare|slutligen|a|weight|points?|maximum|up to))\s*$",
    re.IGNORECASE,
)
_LISTING = re.compile(
    r"^.*\b(?:varav|varvid|med avseende på|med hänsyn till|utifrån|(?:antas|bedöms|utvärderas|jämförs|vägs|väljs|delas?|fördelas|delad[et]?|uppdelad[et]?) (?:på|mellan|i|efter)|"
    r"(?:består|utgörs) av|(?:bedöms|utvärderas|mäts|prövas) (?:genom|enligt|utifrån|med)|(?:sker|grundas|baseras|görs) (?:på|utifrån|efter))\s+",
    re.IGNORECASE,
)
_CUT = re.compile(r"(?<=\w{3})\s+(?:minskas|reduceras|sänks|dras|räknas upp) .*$", re.IGNORECASE)
_CODE = r"(?:[A-ZÅÄÖ]{1,3}[.:-]?\d{0,2}(?:[.:]\d{1,2})?|[a-zåäö]|\d{1,2}(?:\.\d{1,2}){0,3})"
_MARK = re.compile(
    rf"^\s*(?:\([ivx]{{1,4}}\)\s+|(?:{_CODE}(?:[.):]\s+|\s[–-]\s)|(?:[A-ZÅÄÖ]{{1,3}}\d{{1,2}}|(?!I )[B-ZÅÄÖ]|A(?= [A-ZÅÄÖ]))\s+(?=[A-ZÅÄÖa-zåäö])|\d[\d.]*\s+(?=[A-ZÅÄÖ]))|"
    r"(?i:[a-zåäö-]*(?:fråga|kriterium|kriterie|mervärde|del|punkt|krav|rad|moment|område|parameter|grund|faktor|aspekt|avdrag|egenskap|kvalitet))\s+"
    r"(?:[A-ZÅÄÖ]|[A-ZÅÄÖ]?\d{1,2})(?:[.):,]|\s?[–-]|(?=\s))\s*|(?i:kriteri(?:um|et)|delkriterium|mervärde)\s*:\s*)",
)
_NUMBERED = re.compile(
    r"^[a-zåäö-]*(?:fråga|kriterium|kriterie|mervärde|moment|parameter|grund|faktor|aspekt|avdrag|egenskap) (?:[A-ZÅÄÖ]|[A-ZÅÄÖ]?\d{1,2})$",
    re.IGNORECASE,
)
_BARE_CODE = re.compile(
    r"^[A-ZÅÄÖ]{1,3}[.:-]?\d{0,2}(?:[.:]\d{1,2})?\.?$|^[a-zåäö][.)]?$|^\d{1,2}(?:\.\d{1,2}){0,2}\.?$"
)
_NOT_START = re.compile(
    r"^(?:minst|högst|mer|mindre|under|över|om|när|vid|som|anbud som|den som|ja|nej|full|uppfylls|uppfyller|varje|per|fler|färre|lägst|lägsta|"
    r"högst|högsta|bäst|sämst|annars|samma|ingen|inget|inga|inte|ej|grad|nivå|steg|betyg\w*|poängen?|exempel\w*|är|finns|saknas|vite\w*|"
    r"anbudsgivare\w*|leverantör(?:en|er)?|beställaren|kommunen|regionen|vi|ni|om ni|full|mycket|bra|godtag\w*|godkän\w*|utmärkt\w*|otillräck\w*|"
    r"dag(?:ar)?|månad|vecka|år|timm\w+|skala\w*|summan?|övriga anbud|formel\w*|redovis\w*|bristfällig\w*|god|ingår|delvis|helt|kvalitetspoäng|"
    r"kvalitetstal|pristal|bedömningsgruppen|gruppen|juryn|panelen|jämförelsetal|anbud|det anbud|poängtal|tak|taket|vart|var|lägre|högre|vägd|sista|svar|så|tidsfrist|gränsen)\b",
    re.IGNORECASE,
)  # fmt: skip
_NOT_LABEL = re.compile(
    r"^(?:(?:minst|högst|under|över|utöver|om|när|ifall|anbud som|den som|varje|per|inom|upp till)\b|(?:mer|mindre|fler|färre|lägre|högre|kortare|längre) än\b|"
    r"(?:ja|nej|annars|full(?: poäng)?|ingen poäng|inga poäng|lägst|lägsta|högsta|summan?|formel\w*|vite\w*|skala\w*|betyg(?: \d.*|et)?|poäng(?:en)?|grad|nivå|steg|"
    r"tak|taket|exempel\w*|anbudsgivare[nr]?|leverantören|beställaren|uppfylls|uppfyller|saknas|ej \w+|inte \w+|godkän[dt]|godtagbart?|mycket bra|bra|utmärkt|bristfällig\w*|"
    r"kvalitetstal|pristal|jämförelsetal|poängtal|bedömningsgruppen|gruppen|juryn|panelen)(?:$| (?=\d)|(?= (?:ger|är|får|på|av)\b))|"
    r"(?:kvalitetstal|pristal|jämförelsetal|poängtal|summa\w*|vite\w*|bedömningsgruppen|juryn|panelen|beställaren|anbudsgivaren|leverantören)\b|är\b|finns\b|uppfyll(?:s|er)\b)",
    re.IGNORECASE,
)
_NOT_IN_PROSE = re.compile(
    r"\b(?:om|när|ger|ges|får|minst|ska|skall|bör(?!-)|är|blir|vilket|anbudet|anbudsgivaren|leverantören|multipliceras|divideras|delas|"
    r"beräknas|avtal\w*|vite\w*|faktura\w*|räknas|annars|full|varje|krävs|måste|då|rabatt\w*|kontrakt\w*|inte|ej)\b",
    re.IGNORECASE,
)
_STEP_START = re.compile(
    r"^\W*(?:inom|efter|före|till) (?:\d|en |ett |två|tre|fyra|fem|sex|sju|åtta|tio)", re.IGNORECASE
)
_STEP = re.compile(
    r"(?:[\d\s.,–<>≥≤%/+-]|procent|år|månader|dagar|arbetsdagar|kalenderdagar|veckor|timmar|minuter|poäng|minst|högst|mindre|mer|färre|fler|"
    r"kortare|längre|över|under|till|än|eller|och|grad|betyg|stycken|st|kr|kronor|en|ett|två|tre|fyra|fem|sex|sju|åtta|nio|tio|tolv|"
    r"ja|nej|mycket|bra|god|godkänd|godtagbart?|utmärkt|bristfällig|ej|inte|redovisat|dag|vecka|timme|månad|kilo|kg|mil|km)*",
    re.IGNORECASE,
)
_ENDING = re.compile(r"(?<=\w{3})(?:ernas|arnas|ens|ets|erna|arna|orna|er|ar|or|na|en|et|n|t|(?<=\w{4})s)$")


@remembered
def clean_name(text: str) -> str:
    """Return the words around a weight without codes, verbs of weighing and joining words; empty when nothing is left."""
    if _STEP_START.match(text):
        return text.strip()
    text = _CUT.sub("", text) if len(text) > 25 else text
    name = _LISTING.sub("", unmark(text.strip(" \t.,;:–-()[]•*|=?×")))
    before = None
    while before != name:
        before = name
        name = _TAIL.sub("", _LEAD.sub("", name)).strip(" \t.,;:–-([•*|=×")
    if not name and (code := re.match(r"[\W]*(?:och |samt )?([A-ZÅÄÖ]{1,3}\d{1,2})\b", text)):
        return code[1]
    return re.sub(r"\s*\([A-ZÅÄÖ]{1,3}\d?\)?$", "", name)


def unmark(text: str) -> str:
    """Return the text without the letter or number that lists and questions carry: "a) ", "TK1 ", "Fråga 2. "."""
    if _NUMBERED.match(text):
        return text
    rest = _MARK.sub("", text, count=1).strip()
    return rest if len(rest) > 2 else text


def code_of(text: str) -> str:
    """Return the code that stands before a name ("A1", "kriterium 2"), or nothing."""
    match = _MARK.match(text)
    return match[0].strip(" .):–-").lower() if match else ""


def is_code(name: str) -> bool:
    """Tell whether a name is only a letter or number that another line explains."""
    return _BARE_CODE.match(name) is not None or _NUMBERED.match(name) is not None


def is_step(name: str) -> bool:
    """Tell whether it is a step of a scale: "3–5 år", "Mycket bra"."""
    return _STEP.fullmatch(name) is not None


def is_step_start(text: str) -> bool:
    """Tell whether the words begin as a step does: "Inom två timmar"."""
    return _STEP_START.match(text) is not None


def is_name(name: str, *, prose: bool) -> bool:
    """Tell whether the words can name a criterion; in running text conditions and rules are told from names."""
    if prose and re.fullmatch(r"[A-ZÅÄÖ]{1,3}\d{1,2}", name):
        return True
    if (
        not 2 < len(name) <= 130
        or len(name.split()) > (14 if prose else 20)
        or is_step(name)
        or _STEP_START.match(name)
    ):
        return False
    if re.match(
        r"^(?:följande |dessa )?(?:två|tre|fyra|fem|sex|\d+) (?:kriterier|delar|delkriterier|områden)\b",
        name,
        re.IGNORECASE,
    ):
        return False
    if (_NOT_START if prose else _NOT_LABEL).match(name):
        return False
    if not re.search(r"[A-Za-zåäöÅÄÖ]{3}", name):
        return name.lower() == "lcc"
    return not (prose and (_NOT_IN_PROSE.search(name) or re.search(r"\d ?(?:%|procent)", name)))


def is_total(name: str, *, prose: bool = True) -> bool:
    """Tell whether the amount is said of the whole or a part, not of one criterion: "anbudet kan som mest få"."""
    if is_price(name):
        return False
    if prose:
        return _TOTAL.search(name) is not None
    return (
        _TOTAL.match(name) is not None
        or re.search(r"\b(?:anbud(?:et)?|tillsammans|sammanlagt)\b", name, re.IGNORECASE) is not None
    )


def is_price(name: str) -> bool:
    """Tell whether the criterion is the price."""
    return _PRICE.search(name) is not None


def is_quality(name: str) -> bool:
    """Tell whether it is quality as a whole."""
    return _QUALITY.match(name) is not None


def same_name(one: str, other: str) -> bool:
    """Tell whether a heading, or the beginning of a text, names the same criterion."""
    short, long = sorted((_plain(one), _plain(other)), key=len)
    return bool(short) and (short == long or (len(short) >= 8 and long.startswith(f"{short} ")))


def _plain(name: str) -> str:
    return re.sub(r"^[\d. ]+|[^\wåäö ]", "", name.lower()).strip()


@remembered
def stems(name: str) -> tuple[str, ...]:
    """Return the words of a name without the endings that tell "kvalitet" from "kvaliteten"."""
    return tuple(_ENDING.sub("", word) for word in re.findall(r"[\wåäö]+", name.lower()))


def alike(one: str, other: str) -> bool:
    """Tell whether two mentions name the same criterion, also when one is definite or shorter."""
    a, b = stems(one), stems(other)
    if not a or not b:
        return False
    if min(len(a), len(b)) == 1 and is_price(one) and is_price(other):
        return True
    short, long = sorted((a, b), key=len)
    return long[: len(short)] == short and (len(short) == len(long) or len("".join(short)) >= 5)


def names_it(text: str, name: str) -> bool:
    """Tell whether a text speaks of the criterion by its name."""
    words, wanted = stems(text), stems(name)
    n = len(wanted)
    return bool(n) and any(words[i : i + n] == wanted for i in range(len(words) - n + 1))
