"""Whether a sentence asks for anything: who must do what, and what only tells, defines or quotes.

The pieces that ``obligation`` is built from. A duty counts when its modal is the sentence's own (not "uppgifter som
ska lämnas ut") and does not lie on the buyer, unless it gives the buyer something ("beställaren ska kunna …").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from cirkular_krav.linear import words_of
from cirkular_krav.models import DocumentRole
from cirkular_krav.text import remembered
from cirkular_krav.understanding.fitted import model_of
from cirkular_krav.understanding.signs import form_signs, place_signs
from cirkular_krav.understanding.words import (
    BUYER,
    SUPPLIER,
    SUPPLIER_SIGNS,
    Gated,
    holds_one,
    is_infinitive,
    last_match,
    lowered,
    word_set,
)

_LIMITS = frozenset({"contract", "specification", "works", "other", "amendment", "award", "price_form"})


class Duty(NamedTuple):
    """A modal verb that lays a duty on the supplier; ``gives_buyer`` when the buyer is its subject and gains by it."""

    start: int
    end: int
    gives_buyer: bool


# --- what only tells ----------------------------------------------------------------------------

_TELLS = re.compile(
    r"(?:(?:med|begreppet|termen|uttrycket|under) .{1,80}? (?:avses|menas|förstås)\b|"
    r".{1,60}? definieras (?:här )?som\b|följande definitioner\b"
    r"|(?:läs|se) (?:mer|vidare|även|också|bilaga|avsnitt|kapitel|punkt)\b|(?:för|vid) (?:mer information|frågor) |"
    r"kontakta\b|observera att\b(?!.*\b(?:ska|skall|måste|får)\b)"
    r"|exempel(?: på|:)|(?:tidigare|nuvarande|befintlig\w*|gällande) (?:ram)?avtal\w*\b|(?:utgångspunkten|"
    r"grundtanken|tanken|avsikten|principen) (?:är|med)\b|syftet? (?:med|är)|målet (?:med|är)|mål(?:en|"
    r"sättningen)? är|visionen|ambitionen är"
    # A reason, what the market does, and what a demand does not reach: nothing of it is asked for.
    r"|genom att (?!.*\b(?:ska|skall|bör|måste|får|krävs)\b).*\b(?:förlängs|minskar|minskas|ökar|sparas|bidrar|förbättras|"
    r"främjas)\b"
    r"|(?:vissa|många|flera|några|en del|de flesta)(?: av)? (?:leverantörer|tillverkare|entreprenörer|återförsäljare)(?:na)?\b"
    r"(?!.*\b(?:ska|skall|bör|måste|får)\b)"
    r"|dett?a(?: krav)? gäller (?:inte|ej) (?!.*\b(?:ska|skall|bör|måste)\b))"
)
_META = Gated(
    r"\b(?:ska|skall|bör|kvalificerings)-? ?krav\w*(?: och (?:ska|skall|bör)-? ?krav\w*)? (?:markeras|betecknas|"
    r"anges med|är markera\w+|benämns|kännetecknas)|\bmarkera(?:s|de|t) med\b|\bbetecknas med\b"
    r"|\b(?:miljö|hållbarhets|inköps|upphandlings)?(?:policyn|programmet|strategin|riktlinjerna) (?:anger|säger|"
    r"syftar|innebär|beskriver)",
    "krav", "marker", "betecknas", "policyn", "programmet", "strategin", "riktlinjerna",
)  # fmt: skip
_POLICY_SUBJECT = re.compile(
    rf"\W*(?:sverige|eu|europeiska unionen|regeringen|riksdagen|samhället|världen|länet|agenda 2030|alla kommuner)\b|"
    rf"(?:den |alla )?(?:{BUYER}|organisationen|verksamheten) (?:har (?:\w+ )?(?:som )?(?:mål|målsättning|ambition|"
    r"vision|antagit|beslutat)|arbetar (?:\w+ )?(?:för|med|mot)|strävar|vill(?! gärna| helst| att)|verkar för)"
)
_LAW = re.compile(
    r"^(?:enligt|i|av) (?:\d+ kap|(?:[\wåäö]+ ){0,4}?(?:lag(?:en)?|lou|luf|luk|balk(?:en)?|förordning(?:en)?|"
    r"[\wåäö]+(?:lagen|förordningen|balken|direktivet))\b)"
)
_LAW_SUBJECT = re.compile(
    r"\b(?:den som|var och en|(?:en |den )?upphandlande (?:myndighet|enhet|organisation)\w*|verksamhetsutövar\w+|"
    r"producent\w*|medlemsstat\w*|kommunerna|myndigheter)\b"
)
_QUESTION = re.compile(r"\?\W*$")

# --- duties -------------------------------------------------------------------------------------

_MODAL = re.compile(r"\b(?:ska|skall|måste)\b(?!-| ?krav\w*)")
_MODAL_SIGNS = ("ska", "måste")
_NEED = Gated(
    r"\b(?:krävs|erfordras|förutsätts|förväntas)\b|\bär (?:ett|en) (?:[\wåäö]+[ -])?(?:(?:ska|skall)-?)?(?:krav|"
    r"förutsättning|skyldighet)\b(?! för att)"
    r"|\b(?:är|vara) (?:obligatorisk\w*|skyldig\w*|ett obligatoriskt krav)\b|\båligger\b|\bankommer på\b|\båläggs\b|"
    r"\bkräver att\b|\bkrav ställs (?:på|att)|\bställs krav på\b|\bkravet är att\b|(?<!ställa )\bkrav på att\b",
    "kräv", "krav", "erfordras", "förutsätt", "förväntas", "åligger", "åläggs", "ankommer", "obligatorisk", "skyldig",
)  # fmt: skip
_NOT_NEEDED = re.compile(
    r"\b(?:krävs|förutsätts|erfordras) (?:inte|ej|icke)\b|\b(?:inte|ej|icke) (?:ett )?krav\b|\binget krav\b"
)
# How far back a modal looks for the start of its clause.
_REACH = 400
_BORDER = re.compile(r"[.:;!?•(] |, | [–—-] ")
_SUBORDINATOR = re.compile(
    r"\b(?:som|att|där|vars|hur|vilka|vilket|vilken|vad|varför|(?<=dag )då|(?<=dagen )då|(?<=tidpunkt )då)\b"
)
_OPENING = re.compile(r"^(?:om|när|innan|tills|medan|eftersom|därest|såvida|i de fall|i det fall|för det fall)\b")
_ADVERBS = word_set(
    "inte ej även också alltid endast redan sedan därefter då enligt av längre normalt vanligen ofta ännu annars själv"
)
# "belysning som tjänst ska kunna offereras": the word after "som" stands for what the thing is, and begins no clause.
_IS_ROLE = word_set("tjänst standard option regel minimum minst lägst högst alternativ bilaga underlag del exempel")
# The look of a verb that ends a relative clause alone: a supine ("som blivit över", "som lossnat") or a passive.
_LONE_VERB = re.compile(r"[\wåäö]{2,}(?:[bdgklmnprtvå]it|[bdgjklmnprstv]at|[dt]t|[^aeiouyåäös]s|åtts|nts|vts)|haft")
_FINITE = word_set("är har kan får blir finns ingår gäller ges tas görs bör vill avser hör går står ligger begär")
_SUPPLIER_WORD = re.compile(rf"\b{SUPPLIER}\b")
_AIMS = re.compile(
    r"\b(?:mål\w*|vision\w*|policy\w*|syft\w+|ambition\w*|strategi\w*|beslutat|för|kan|får|rätt|möjlighet\w*)\b"
)
_BUYER_BEFORE = re.compile(rf"(?:^|\b)(?:den |det |en |berörd |respektive )?{BUYER}\b(?: (?!som\b)[\wåäö]+){{0,2}}? $")
# "I organisationen ska ingå", "till kommunen ska levereras": the place or receiver, not the one who shall.
_PREPOSITION = re.compile(r"(?:^|[ (])(?:i|till|hos|för|från|av|med|på|vid|inom|åt) $")
_BUYER_FIRST = re.compile(rf"^\W*(?:den |en )?{BUYER}\b (?!s\b)")
_BUYER_AFTER = re.compile(rf"^ (?:den |en )?{BUYER}\b(?! (?:och|eller|samt) {SUPPLIER})")
_GIVES_BUYER = re.compile(
    r"^ (?:den |en )?(?:(?:upphandlande )?[\wåäö]+ )?(?:alltid |även |också |kostnadsfritt |löpande |utan kostnad |"
    r"vid behov |på begäran |enkelt |själv )*"
    r"(?:kunna|ha (?:\w+ )?(?:\w*rätt|möjlighet|tillgång)|ges|få|erbjudas|informeras|underrättas|meddelas|beredas|"
    r"hållas|erhålla|delges|ersättas|tillhandahållas)\b"
)
# "Vi accepterar inte begagnade varor": the buyer's own words that shut something out.
_BUYER_REFUSES = re.compile(
    rf"\b{BUYER} (?:accepterar|godtar|godkänner|tar|beaktar|prövar) (?:inte|ej|icke|inga|inget|ingen)\b|"
    rf"\b{BUYER} får (?:inte|ej|icke) (?:själv )?(?:öppna|laga|reparera|byta|göra ingrepp)\b"
)
REFUSES = Gated(
    r"\bundanbed(?:s|es)\b|\bkommer (?:inte|ej|icke) att (?:prövas|godkännas|godtas|accepteras|beaktas|antas)\b|"
    r"\bbeaktas (?:inte|ej|icke)\b|\b(?:har|äger) (?:\w+ ){0,2}?(?:inte|ej|icke) (?:\w+ ){0,4}?rätt (?:att|till)\b|\bvarken\b[^.;]{1,80}?\b(?:får|"
    r"rätt att)\b|\bfår (?:\w+ )?(?:inte|ej|icke|aldrig)\b|\b(?:inga|ingen|inget) [^.;]{1,80}?\b(?:får|accepteras|godtas|"
    r"tillåts)\b"
    r"|\b(?:accepteras|godtas|godkänns|tillåts|medges) (?:inte|ej|icke)\b|\btas (?:inte|ej|icke) emot\b|\b(?:är|"
    r"är det) (?:inte tillåt\w+|förbjud\w+)|\båligger\b|\bundantas\b|\bfår (?:\w+ )?inga?\b",
    "får", "rätt", "varken", "inga", "inget", "ingen", "accepteras", "godtas", "godkänns", "tillåt", "medges",
    "förbjud", "åligger", "undantas", "emot", "undanbed", "beaktas", "kommer",
)  # fmt: skip
ONLY_MAY = Gated(
    r"\b(?:upphandlingen|avtalet|uppdraget) (?:avser|omfattar) (?:endast|bara|enbart)\b|"
    r"\bfår (?:\w+ )?(?:endast|bara|enbart|uteslutande|högst|maximalt)\b|\bfår\b[^.;]{1,70}? (?:endast|"
    r"enbart) (?:efter|med|om|i|vid|på)\b|\bkan (?:endast|bara|enbart)\b|\b(?:endast|enbart) [^.;]{1,60}? (?:får|"
    r"accepteras|godtas|används)\b|\b(?:accepteras|godtas|tillåts|används) (?:endast|enbart|bara)\b"
    r"|\bfår\b[^.;]{1,60}? först (?:när|efter|sedan|om|då)\b",
    "först", "endast", "bara", "enbart", "uteslutande", "högst", "maximalt",
)  # fmt: skip

# --- wishes, options, permissions ---------------------------------------------------------------

WISH = Gated(
    r"\bbör\b(?!-| ?krav)|\b(?:ska|skall) (?:\w+ )?helst\b|\bär (?:det )?(?:av (?:stor|yttersta|största) vikt|"
    r"viktigt|angeläget|av stort värde) (?:för \w+ )?att (?!den\b|kommunen|regionen|beställaren|myndigheten)|"
    r"\b(?:önskvär\w+|önskemål(?:et)? är|gärna|meriterande|meriteras|premieras|värdesätts|"
    r"rekommenderas (?:starkt )?att|uppmuntras|uppmanas|välkomnas)\b"
    r"|\bser (?:mycket )?positivt på\b|\bses som (?:\w+ )?positivt\b|\b(?:en|till) fördel\b|(?<!så )\bönskas\b|"
    r"\b(?:vi|beställaren|kommunen|regionen|köparen|myndigheten) önskar\b(?<!så önskar)|\b(?:vill|ser) (?:gärna|"
    r"helst)\b",
    "bör", "helst", "gärna", "önsk", "vikt", "angeläget", "värde", "merit", "premieras", "rekommenderas", "uppm",
    "välkomnas", "positivt", "fördel",
)  # fmt: skip
_BUYER_WISHES_ITSELF = re.compile(rf"(?:^|[.;,] )(?:den )?{BUYER} $")
_OPTION = Gated(
    rf"\b{BUYER}(?: (?!inte\b|ej\b)\w+){{0,3}}? (?:kan(?! (?:inte|ej|icke))|får(?! (?:inte|ej|icke))|äger rätt|äger|har (?:\w+ )?(?:rätt|"
    r"möjlighet)|förbehåller sig)\b"
    rf"|\b(?:kan|får|förbehåller sig) (?:den |en )?{BUYER}\b(?! (?:inte|ej|icke)\b)|\b(?:har|"
    rf"äger) (?:den )?{BUYER} (?:\w+ )?(?:rätt|möjlighet)\b|\bkan (?:även |också )?komma att\b|^option\w*\b|"
    r"(?<!ingen )(?<!eventuell )(?<!eventuella )\b(?:option|optioner|optionen)\b"
    r"|\bkan (?:även |också |ytterligare )?(?:krav )?(?:ställas|begäras|efterfrågas|avropas|påkallas|krävas)\b|"
    r"\bkan (?:ytterligare |andra )?krav ställas\b|\bförbehåller sig rätten\b|\bkan [^.;]{1,40}? på (?:beställarens|"
    r"köparens|kommunens|regionens|myndighetens|kundens) begäran\b",
    "kan ", "får ", "äger", "rätt", "möjlighet", "förbehåller", "option",
)  # fmt: skip
_RIGHT = Gated(
    r"(?<!som )\b(?:har|äger) (?:\w+ )?rätt att (?!offerera|inte|ej|icke)[\wåäö]+(?:a|å|ås|as)\b",
    "rätt att",
)
# What the buyer may do in the procedure asks for nothing.
_PROCEDURE = re.compile(
    r"\banbud(?:et|en|s\w*)?\b|\banbudsgivare|\bupphandling(?:en|sförfarande\w*)?\b|\bförkasta|\butvärder|"
    r"\btilldelningsbeslut|\bsekretess|\bprövning|\båberopa|\bkontraktsspärr|\bavtalsspärr|\bavropsförfråg"
)
# What a tender may hold is no matter of procedure, though it speaks of tenders.
_MAY_OFFER = re.compile(
    r"\binget hinder (?:att|för att|mot att)\b|\bgår bra att\b|\bstår \w+ fritt att\b|"
    rf"\b{SUPPLIER} får (?:\w+ )?(?:offerera|erbjuda|lämna anbud på)\b|\bbehöver (?:inte|ej|icke) vara (?:ny|nya|nytt|"
    r"fabriksny\w*|nytillverkad\w*)\b|\b(?:kan|får) (?:med fördel )?vara (?:\w+ )?(?:begagn|renover|rekondition|återbruk|"
    r"återvunn|av klass)\w*|\bfår (?:innehålla|sitta kvar|ligga kvar)\b|\bduger\b"
)
_MAY = re.compile(r"\bfår (?:(?:även|också|därefter|gärna|i stället|vid behov) )?(?!vara del|del )([\wåäö]+)")
_PERMISSION = Gated(
    rf"\b{SUPPLIER} (?:får|har (?:\w+ )?möjlighet att)\b(?! (?:inte|ej|icke|endast|bara|betal\w+|ersättning|skäl|del|kännedom))|"
    rf"\b{SUPPLIER} kan (?:\w+ ){{0,4}}?(?:erbjuda|leverera|offerera|lämna|använda|tillhandahålla|föreslå|välja|byta|"
    r"återta|hyra|ersätta)\b|\bfår (?:\w+ )?[\wåäö]+as\b|\b(?:accepteras|godtas|godkänns|tillåts|medges)\b|"
    r"(?<!inte )\bär (?:det )?tillåt(?:et|na|en)\b|\bkan (?:med fördel )?(?:erbjudas|offereras|godtas|accepteras)\b",
    "får", "möjlighet", "kan ", "accepteras", "godtas", "godkänns", "tillåt", "medges",
)  # fmt: skip
TELL_ME = Gated(
    r"(?:^|(?<=[.!?:] )|(?<=[.!?:;] [-•] ))(?:Beskriv|Redogör|Redovisa|Ange|Förklara|Presentera|Motivera|Specificera|"
    r"Lista)\b(?! (?:mer|vidare)\b)",
    "Beskriv", "Redogör", "Redovisa", "Ange", "Förklara", "Presentera", "Motivera", "Specificera", "Lista",
)  # fmt: skip
ATTACH = re.compile(r"^(?:bifoga|bekräfta|intyga|ladda upp|fyll i)\b")

_CONSEQUENCE = re.compile(
    r"\bbonus\w* utgår\b|\butgår (?:\w+ ){0,2}bonus\b|\bvite\w* utgår\b|\butgår (?:\w+ ){0,2}?vite\b|\brätt till vite\b|\bvite (?:med|om) \d"
)
# Answers and amendments that change a demand.
AMENDS = Gated(
    r"\b\w*krav\w*\b[^.;]{0,80}?\b(?:ändras|utgår|justeras|stryks|ersätts|tillkommer|mildras|skärps|får (?:ny|"
    r"följande|ändrad) lydelse|lyda)\b",
    "krav",
)
# A main clause in the present tense with the supplier for its subject: "leverantören hämtar", whatever the verb.
_SUPPLIER_ACTS = Gated(
    rf"(?<!som )(?<!om )(?<!när )(?<!att )(?<!då )(?<!innan )\b{SUPPLIER} (?!har|är|kan|får|blir|begår|bryter|anser|"
    rf"vill|avser|önskar|begär|förlorar|kommer|eller|under|efter)[\wåäö]{{1,}}(?:ar|er|år|ör)\b|\b{SUPPLIER} har att\b",
    *SUPPLIER_SIGNS,
)
# "Varje möbel har en beständig märkning": what holds of all the goods is laid down, not told.
_ALL = re.compile(
    r"^(?:alla|samtliga|varje) (?!skolor|förskolor|enheter|verksamheter|anbud|upphandl|leverantör|parter)"
    r"(?:[\wåäö]+ ){1,4}?(?:är|har|består|innehåller|uppfyller)\b"
)
# "Arbetsrättsliga villkor gäller för uppdraget": terms that are said to apply.
_APPLIES = Gated(
    r"\bgäller (?:(?:även|också) )?(?:för )?(?:uppdraget|leveransen|entreprenaden|avtalet|underentreprenörer|"
    r"underleverantörer|i tillämpliga delar)\b",
    "gäller",
)
# What is now or was before, and what the buyer has: told, not asked for.
_NOW = re.compile(
    r"\b(?:idag|i dag|i dagsläget|för närvarande|f\.n\.|historiskt|under (?:20\d\d|förra året)|exempelvis|normalt sett)\b|"
    r"^(?:tidigare|nuvarande) "
)
_BUYER_HAS = re.compile(
    rf"^(?:den )?{BUYER} (?:har|består|omfattar|äger|driver|ansvarar|svarar|betalar)\b(?! (?:\w+ )?(?:rätt|möjlighet))|"
    r"\bansvar\b[^.;]{0,60}\bbegränsas\b|^(?:uppskatta|beräkna|förvänta)\w*|\bårsvolym"
)
# A contract kept for some: "upphandlingen är reserverad för skyddade verkstäder".
_RESERVED = Gated(r"\bär (?:ett )?reserverad?t?\b|\bförbehåll(?:s|en|et|na)\b", "reserver", "förbehåll")
_MEASURED = Gated(
    r"\binom \d+ (?:timmar|(?:arbets)?dagar|veckor)\b|(?:\b(?:minst|lägst|högst|max(?:imalt)?|minimum|åtminstone)\b|"
    r"\bmin\.|[≥≤]|>=|<=)[^.;]{0,25}?(?:\d|\b(?:ett|två|tre|fyra|fem|sex|sju|åtta|nio|tio|tolv|femton|tjugo|hälften|"
    r"[a-zåäö]*hundra|[a-zåäö]*tusen|[a-zåäö]+tio)\b)|\b(?:lägsta|kortaste|högsta|längsta) [^.;]{1,60}? (?:är|:) ",
    "minst",
    "lägst",
    "högst",
    "max",
    "min",
    "≥",
    "≤",
    ">=",
    "<=",
    "inom",
    "ägsta",
    "ortaste",
    "ögsta",
    "ängsta",
)
_SCORED = Gated(
    r"\bviktas\b|\bvikt(?:ning)?(?:en)?\b[ :]{1,2}(?:\w+ ){0,2}?\d|\b\d+ ?(?:p|poäng)\b|\bmervärde(?!s?skatt)\w*|"
    r"\bpoäng (?:ges|tilldelas|utgår|utdelas|erhålls) (?:för|till|om|när|efter)\b|\bprisavdrag|\bpoängsätts\b|\bpåslag på\b|\b(?<!anbuden )(?<!anbud )utvärderas\b",
    "vikt", "poäng", " p", "0p", "5p", "1p", "2p", "3p", "4p", "mervärde", "prisavdrag", "påslag", "utvärderas",
)  # fmt: skip
_COST = (
    r"(?:livscykel|\blcc\b|\btco\b|total cost of ownership|restvärde|andrahandsvärde|kostar att äga|brukstid|livslängd|"
    r"ägandekostnad|användnings(?:tid|år)|driftår|skrotning|kassering|skötselkostnad|underhållskostnad|"
    r"långsiktig\w* kostnad|garanterade år)"
)
_BASIS = Gated(
    r"\banbud(?:en|et)? (?:utvärderas|jämförs|antas|prövas) (?:på|efter|med|enligt)\b|\b(?:det|de) anbud som har (?:det |"
    r"den )?lägst[ae]?\b[^.;]{0,60}\bantas\b|\b(?:utvärdering|tilldelning)\w* (?:sker|görs)\b[^.;]{0,60}(?:pris|kostnad|"
    rf"förhållande)|(?:utvärder|tilldelning|jämför|fördelaktig)\w*[^.;]{{0,80}}{_COST}|"
    rf"{_COST}[^.;]{{0,80}}(?:utvärder|tilldelning|jämför|räknas av|dras av|kalkyl|avgör)|\bper {_COST}|"
    r"\blägst\w*[^.;]{0,60}\bkostnad\b[^.;]{0,60}\bvinner\b|\blikställs med\b|(?<!krav )\b(?:ges|ger|belönas "
    r"med) (?!inga|inget|inte)(?:\w+ ){0,3}?(?:poäng|mervärde)\b|\bpoäng (?:ges|erhålls|lämnas) för\b",
    "anbud", "utvärder", "tilldelning", "jämför", "fördelaktig", "räknas av", "dras av", "kalkyl", "avgör", "per ",
    "lägst", "likställs", "poäng", "mervärde",
)  # fmt: skip
_PROCEDURAL_BASIS = re.compile(r"\bsamma poäng\b|\bövriga anbud\b|\bsida \d|\bsamlad bedömning")
_ABOUT_TENDERS = re.compile(
    r"^(?:anbud(?:en|et)?|utvärderingen?|det anbud|den anbudsgivare|jämförelsepriset|jämförelsesumman|"
    r"varje anbudsområde)\b|\bkommer att antas\b|\badderas\b|\bjämförelsesumma"
)


def is_requirement(text: str, role: DocumentRole, *, signs: Iterable[str] = ()) -> bool:
    """Tell whether the sentence asks for anything: a duty, a wish, an option, a scored criterion, a stated term.

    Background, definitions, aims, meta-text, questions and the buyer's own duties ask for nothing. Where the wording
    does not settle it – a statement in the present tense, a row without a verb – a fitted model weighs the words and
    ``signs``, which say where the text stands (``signs.place_signs``); without them it stands in a plain paragraph.
    """
    rule, says = rule_of(text, role)
    if rule in SETTLES:
        return says
    model = model_of("asking")
    if model is None:
        return says
    placed = signs or place_signs(role, ())
    return bool(model.scores(words_of(text), (*form_signs(text), *rule_signs(rule, says, role), *placed))[0] > LEAST)


# Rules whose word is final: among a thousand sentences hardly one was labelled otherwise.
SETTLES = frozenset(
    {"question", "told", "now", "tell", "duty", "wish", "buyer refuses", "only", "consequence", "all", "supplier acts"}
)
# Above this score a text asks for something; below zero because a missed demand costs more than one too many.
LEAST = -0.4


@lru_cache(maxsize=1_024)
def rule_signs(rule: str, says: bool, role: DocumentRole) -> tuple[str, ...]:
    """Return what the rules say of a sentence, as the fitted model sees it."""
    return f"rule={rule}", f"rule={says}", f"rule={rule} role={role}"


@lru_cache(maxsize=4_096)
def rule_of(text: str, role: DocumentRole) -> tuple[str, bool]:
    """Return the rule of wording that fits the sentence first, and whether by it the sentence asks for anything."""
    low = lowered(text)
    if "?" in low and _QUESTION.search(low) and "krävs" not in low:
        return ("tell", True) if TELL_ME.search(text) else ("question", False)
    if role == "policy" or is_told(low):
        return "told", False
    if TELL_ME.search(text) or ATTACH.match(low):
        return "tell", True
    if first_duty(low):
        return "duty", True
    wish = WISH.search(low)
    if wish and not is_no_wish(low, wish):
        return "wish", True
    return _rule_without_duty(low, role)


def _rule_without_duty(low: str, role: DocumentRole) -> tuple[str, bool]:
    if _BUYER_REFUSES.search(low):
        return "buyer refuses", True
    option = is_option(low, role)
    name = (
        "refuses" if REFUSES.search(low) else "only" if ONLY_MAY.search(low) else "option" if option
        else "may" if is_permission(low) else ""
    )  # fmt: skip
    if name:
        return (name, True) if option or not is_about_buyer(low) else (f"buyer {name}", False)
    if has_buyers_duty(low):
        return "buyer's duty", False
    if _NOW.search(low):
        return "now", False
    if _BUYER_HAS.search(low):
        return "buyer has", False
    if is_consequence(low) or _RESERVED.search(low) or _APPLIES.search(low):
        return "consequence", True
    if role not in ("instructions", "notice", "award"):
        if _ALL.match(low):
            return "all", True
        if _SUPPLIER_ACTS.search(low):
            return "supplier acts", True
    if is_measured_fragment(low, role):
        return "measured", True
    if is_scored(low):
        return "scored", True
    return ("amends", True) if AMENDS.search(low) else ("none", False)


def is_about_buyer(low: str) -> bool:
    """Tell whether the sentence begins with the buyer: "myndigheten får inte vägra"."""
    return _BUYER_FIRST.match(low) is not None


# The name of a firm and nothing else, as in a list of suppliers.
_FIRM = re.compile(
    r"^(?!leverantör|entreprenör|anbudsgivar|utförare|konsulten)(?:[\wé&./()-]+ ){1,5}(?:ab|aktiebolag|hb|kb|handelsbolag|kommanditbolag)(?: \(publ\))?(?: sverige| sweden| norr)?$"
)


@remembered
def is_told(low: str) -> bool:
    """Tell whether the sentence defines, explains, aims or quotes the law, whatever modal it holds."""
    if _TELLS.match(low) or _META.search(low):
        return True
    if _FIRM.match(low) and not holds_one(low, _MODAL_SIGNS):
        return True
    if _POLICY_SUBJECT.match(low):
        return not _SUPPLIER_WORD.search(low)
    return bool(_LAW.match(low) and _LAW_SUBJECT.search(low) and not _SUPPLIER_WORD.search(low))


@remembered
def first_duty(low: str) -> Duty | None:
    """Return the first modal of the sentence that lays a duty on the supplier or gives the buyer something."""
    need = _NEED.search(low)
    if need is None and not holds_one(low, _MODAL_SIGNS):
        return None
    if need and _NOT_NEEDED.search(low):
        need = None
    for modal in _MODAL.finditer(low):
        if need and need.start() < modal.start():
            break
        start = _clause_start(low, modal.start())
        head = low[start : modal.start()]
        if _is_subordinate(head, low[modal.end() :]):
            continue
        if not _is_buyers(head, low[modal.end() :]):
            return Duty(modal.start(), modal.end(), gives_buyer=False)
        if _GIVES_BUYER.match(low[modal.end() :]):
            return Duty(modal.start(), modal.end(), gives_buyer=True)
    return Duty(need.start(), need.end(), gives_buyer=False) if need else None


@remembered
def has_buyers_duty(low: str) -> bool:
    """Tell whether a modal of the sentence lies on the buyer: "beställaren ska betala"."""
    if not holds_one(low, _MODAL_SIGNS):
        return False
    for modal in _MODAL.finditer(low):
        if _is_buyers(low[_clause_start(low, modal.start()) : modal.start()], low[modal.end() :]):
            return True
    return False


def _clause_start(low: str, position: int) -> int:
    start = max(0, position - _REACH)
    for border in _BORDER.finditer(low, start, position):
        start = border.end()
    return start


def _is_subordinate(head: str, rest: str) -> bool:
    """Tell whether the modal after ``head`` belongs to a subordinate clause that began in ``head``."""
    if _SUPPLIER_AFTER.match(rest):
        return False  # "när beställaren avropar ska leverantören …"
    last = last_match(_SUBORDINATOR, head)
    if last is None:
        opening = _OPENING.match(head)
        after = rest.split(maxsplit=1)
        if after and not is_infinitive(after[0]) and after[0] not in _ADVERBS:
            return False  # the subject after the modal: a main clause
        return opening is not None and not _has_verb(head[opening.end() :].split(), rest)
    words = head[last.end() :].split()
    if last.group() == "som" and len(words) == 1 and words[0] in _IS_ROLE:
        return False
    if last.group() == "att":
        if head.startswith(("tänk på att", "observera att", "notera att")):
            return False
        if words and is_infinitive(words[0]):
            return False
        after = rest.split(maxsplit=1)
        is_inverted = after and not is_infinitive(after[0]) and after[0] not in _ADVERBS
        if is_inverted and any(word.endswith(("s", "r")) for word in words[1:]):
            return False  # "i samband med att uppdraget avslutas ska leverantören …"
        # "det innebär att leverantören ska" binds; "målet är att", "kan ställa krav på att" do not.
        return not (_SUPPLIER_WORD.search(" ".join(words)) and not _AIMS.search(head[: last.start()]))
    if last.group() in ("hur", "vilka", "vilket", "vilken", "vad", "varför"):
        return True
    while words and words[0] in _ADVERBS:
        words = words[1:]
    if not words:
        return True
    first_is_verb = words[0].endswith(("r", "as", "ås", "es", "ls", "ns", "ts", "ds", "vs", "te", "de"))
    return not (
        first_is_verb
        or words[0] in _FINITE
        or _LONE_VERB.fullmatch(words[0]) is not None
        or any(_LONE_VERB.fullmatch(word) for word in words[1:] if word.endswith(("it", "at", "tt")))
        or _has_verb(words[1:], rest)
    )


def _has_verb(words: list[str], rest: str) -> bool:
    if len(words) <= 1 and rest.split() and is_infinitive(rest.split()[0]):
        return any(word in _FINITE for word in words)
    return any(word in _FINITE or word.endswith(("r", "as", "ls", "ns", "ges", "ts")) for word in words)


def _is_buyers(head: str, rest: str) -> bool:
    if _SUPPLIER_AFTER.match(rest):
        return False
    if _BUYER_AFTER.match(rest) and not _GENITIVE_AFTER.match(rest):
        return True
    if _SUPPLIER_WORD.search(head):
        return False
    before = _BUYER_BEFORE.search(head)
    if before and not _SUBORDINATOR.search(head) and not _PREPOSITION.search(head, 0, before.start()):
        return True
    return bool(_BUYER_FIRST.match(head) and len(head.split()) <= 6)


_SUPPLIER_AFTER = re.compile(rf"^ (?:den |en )?(?:vinnande |antag(?:en|na) |anlitad |vald )?{SUPPLIER}\b")
_GENITIVE_AFTER = re.compile(rf"^ (?:den |en )?{BUYER}s\b")


def is_no_wish(low: str, wish: re.Match[str]) -> bool:
    """Tell whether "bör" lies on the buyer ("kommunen bör verka för"), or the wish is advice on how to tender."""
    if wish.group().startswith(("rekommend", "uppman", "uppmuntr")):
        return _ADVICE.search(low) is not None
    return wish.group() == "bör" and _BUYER_WISHES_ITSELF.search(low[: wish.start()]) is not None


_ADVICE = re.compile(r"\banbud|\bunderlag|\bläsa\b|\bfrågor?\b|\bkontrollera|\bupphandling|\bsystemet\b")


def is_in_subordinate(low: str, match: re.Match[str]) -> bool:
    """Tell whether a word stands in a clause under the main one: "de som anser att något bör … ska ange"."""
    return _is_subordinate(low[_clause_start(low, match.start()) : match.start()], low[match.end() :])


@remembered
def is_option(low: str, role: DocumentRole) -> bool:
    """Tell whether the buyer may demand something later; what it may do in the procedure is no option."""
    option = _OPTION.search(low)
    if option and low[: option.start()].endswith("som "):
        return False  # "de möbler som kommunen har rätt att avropa"
    if not option and not _has_right(low):
        return False
    return role == "contract" or not _PROCEDURE.search(low)


def _has_right(low: str) -> bool:
    """Somebody who is not named as the buyer may demand something: "Exempelbolaget har rätt att kräva att …"."""
    right = _RIGHT.search(low)
    return right is not None and not _SUPPLIER_WORD.search(low[max(0, right.start() - 40) : right.start()])


@remembered
def is_permission(low: str) -> bool:
    """Tell whether the supplier may do something: "begagnade produkter får offereras"."""
    if _MAY_OFFER.search(low):
        return True
    may = _PERMISSION.search(low) or _may_do(low)
    if not may or _PROCEDURE.search(low):
        return False
    return not _is_subordinate(low[_clause_start(low, may.start()) : may.start()], low[may.end() :])


def _may_do(low: str) -> re.Match[str] | None:
    """Find "förstärkningslager får bestå av slagg": something that is not the buyer may do or be something."""
    for may in _MAY.finditer(low):
        if is_infinitive(may[1]) and not _is_buyers(
            low[_clause_start(low, may.start()) : may.start()], low[may.end() :]
        ):
            return may
    return None


def is_consequence(low: str) -> bool:
    """Tell whether the sentence says that vite is due."""
    return ("vite" in low or "bonus" in low) and _CONSEQUENCE.search(low) is not None


def is_measured_fragment(low: str, role: DocumentRole) -> bool:
    """Tell whether a line without a verb sets a limit: "Garanti: minst 5 år"."""
    return role in _LIMITS and _MEASURED.search(low) is not None and not _BUYER_HAS.search(low)


@remembered
def is_scored(low: str) -> bool:
    """Tell whether the sentence is a scored criterion or the basis of the award, not how tenders are compared."""
    if _BASIS.search(low) and not _PROCEDURAL_BASIS.search(low):
        return True
    return _SCORED.search(low) is not None and not _ABOUT_TENDERS.search(low)
