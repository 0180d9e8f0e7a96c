"""One evaluation chapter read from top to bottom: its weighed criteria, totals, codes, and corrections of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from cirkular_krav.models import Block
from cirkular_krav.text import remembered, sentences
from cirkular_krav.understanding.award_amounts import Unit, find_amounts, number, own_unit
from cirkular_krav.understanding.award_deductions import is_deduction_name
from cirkular_krav.understanding.award_items import Chapter, Line, Total, Weighed, lines_of, without_lot
from cirkular_krav.understanding.award_names import (
    alike,
    clean_name,
    code_of,
    is_code,
    is_name,
    is_price,
    names_it,
    unmark,
)
from cirkular_krav.understanding.award_phrases import Said, read_line, says_weights
from cirkular_krav.understanding.award_tables import codes_of, header_text, read_table, with_plain_tables
from cirkular_krav.understanding.award_words import (
    Relation,
    equal_names,
    formula_in,
    pair_in,
    relations_in,
    rest_of,
    says_all_equal,
    says_relations,
    solve,
)
from cirkular_krav.understanding.number_words import NUMBER

_ANSWERS = re.compile(
    r"^(?:[\d. ]+)?(?:frågor|fråga\b.{0,20}\d|svar|rättelse|komplettering|ändring|förtydligande|addendum|kft)",
    re.IGNORECASE,
)
_CORRECTS = re.compile(
    r"^(?:svar|rättelse|ändring|förtydligande|justering)\b|\b(?:rätt(?:as|ad)?|ändras|ändrad|utgår|stryks|i stället|istället|felaktig\w*|ska vara|rätta)\b",
    re.IGNORECASE,
)
_REMOVED = re.compile(
    r"\b(?:utgår|stryks|tas bort|borttag\w*|har utgått|gäller inte|tillämpas inte|utvärderas inte)\b", re.IGNORECASE
)
_WORTH = re.compile(
    r"\b(?P<points>\d{1,4}) [a-zåäö-]*poäng(?:en)? (?:motsvarar|utgör|räknas om till|är lika med|=) (?P<share>\d{1,3}(?:,\d+)?) ?(?:%|procent)",
    re.IGNORECASE,
)
_STANDS_FOR = re.compile(r"\b([A-ZÅÄÖ]\d?) (?:är|=|står för|avser|betyder) ([\wåäö]+)")
_INSTEAD = re.compile(r",? (?:i stället för|istället för|och inte|inte|ej|snarare än) [^.,;]*")
_GENERIC = re.compile(
    r"^(?:[\d. ]+)?(?:utvärdering\w*|bedömning\w*|poäng\w*|viktning\w*|vikter|beräkning\w*|tilldelning\w*|sammanvägning\w*|resultat\w*|total\w*|skal\w*|betyg\w*|"
    r"formel\w*|allmänt|kriterier\w*|fördelning\w*|så \w+|hur \w+|modell\w*|prövning\w*|uträkning|trapp\w*|summa\w*|avdrag\w*|omräkning|påslag\w*|lika \w+|nivå \w+|steg \w+|"
    r"anbud\w*|afb\S*( .*)?|kapitel \d+.*|förutsättningar|metod|princip\w*|exempel\w*|prisavdrag|mervärdesavdrag|[\w ]*kriterier|protokoll\w*|minimi\w*|beslut|gallring)(?: .*)?$",
    re.IGNORECASE,
)


_ANSWER_BEGINS = re.compile(r"(?:svar|rättelse)\b", re.IGNORECASE)


@remembered
def _is_answer(heading: str) -> bool:
    return _ANSWERS.match(heading) is not None


@lru_cache(maxsize=256)
def _is_answered(path: tuple[str, ...]) -> bool:
    return any(_is_answer(heading) for heading in path)


def read_chapter(blocks: Sequence[Block]) -> Chapter:
    """Return what a chapter says of weights."""
    chapter = Chapter(lines=list(lines_of(with_plain_tables(blocks))))
    reader = _Reader(chapter)
    table: list[Line] = []
    for line in chapter.lines:
        if line.block.kind == "table_row":
            if table and line.block.header != table[0].block.header:
                reader.take_table(table)
                table = []
            table.append(line)
            continue
        if table:
            reader.take_table(table)
            table = []
        reader.take(line)
    if table:
        reader.take_table(table)
    reader.finish()
    return chapter


class _Reader:
    """Walks the lines of a chapter and collects."""

    def __init__(self, chapter: Chapter) -> None:
        self.chapter = chapter
        self.before = ""
        self.first = next((line.text for line in chapter.lines[:1]), "")
        self.relations: list[tuple[Relation, Line]] = []
        self.rests: list[tuple[str, Line]] = []
        self.equal_at: list[Line] = []
        self.headed: dict[str, Weighed] = {}
        self.unit = own_unit("\n".join(line.text for line in chapter.lines if line.block.kind != "table_row"))
        self.told: set[str] = set()  # sentences that are read already

    def take_table(self, lines: list[Line]) -> None:
        rows = [line.block for line in lines]
        self.chapter.codes |= {k: v for k, v in codes_of(rows).items() if k not in self.chapter.codes}
        key = f"table {lines[0].at}"
        items, totals = read_table(rows, lines[0].at, key)
        for item in items:
            item.lots = item.lots or lines[0].lots
        self.chapter.items += items
        self.chapter.totals += totals
        if items:
            self._lead(key, lines[0], header_text(rows))

    def _lead(self, key: str, line: Line, more: str = "") -> None:
        self.chapter.leads.setdefault(key, " | ".join(p for p in (*line.path[-1:], line.title, self.before, more) if p))

    def take(self, line: Line) -> None:
        code = code_of(line.text) or (line.block.number.strip(" .()").lower() if line.block.number else "")
        if code and is_code(code.upper()) or (code and " " in code):
            name = clean_name(re.split(r"(?<=[a-zåäö])[:.] ", unmark(line.text))[0])
            if name and is_name(name, prose=False):
                self.chapter.codes.setdefault(code, name)
        is_answer = _is_answer(line.title) or _is_answered(line.path)
        if (is_answer or _ANSWER_BEGINS.match(line.text)) and _CORRECTS.search(line.text):
            self._correct(line)
            return
        if is_answer:
            return
        if line.block.kind == "heading":
            self.before = ""
        self._words(line)
        if not line.is_title and (says_weights(line.text) or (self.unit and self.unit.search(line.text))):
            for said in self._said(line):
                self._add(said, line)
        self.before = line.text

    def _said(self, line: Line) -> Iterator[Said]:
        text, lots = without_lot(line.text)
        if self.unit:
            text = re.sub(rf"(\b(?:\d+|{NUMBER}) ){self.unit.pattern}", r"\1poäng", text, flags=re.IGNORECASE)
        if lots:
            line.lots = lots
        whole = sentences(text)
        parts = [part for part in whole if part not in self.told] if self.told else whole
        if len(parts) != len(whole):
            text = " ".join(parts)
        if len(parts) > 1 and any(without_lot(p)[1] for p in parts[1:]):
            for part in parts:
                yield from read_line(without_lot(part)[0])
        else:
            yield from read_line(text)

    def _words(self, line: Line) -> None:
        for sentence in sentences(without_lot(line.text)[0]):
            if self._together(sentence, line):
                self.told.add(sentence)
                continue
            if not says_relations(sentence):
                continue
            if says_all_equal(sentence):
                self.equal_at.append(line)
            else:
                self.relations += [(r, line) for r in relations_in(sentence)]
            if name := rest_of(sentence):
                self.rests.append((name, line))

    def _together(self, sentence: str, line: Line) -> bool:
        """Take what a sentence says of several criteria at once; tell whether it did."""
        ways = (self._formula, self._points_worth, self._pair, self._each_of_list, self._shared_equally)
        return any(way(sentence, line) for way in ways)

    def _formula(self, sentence: str, line: Line) -> bool:
        """ "K = 0,5 × K1 + 0,3 × K2 + 0,2 × K3"."""
        whole, terms = formula_in(sentence)
        under = whole if is_code(whole) else ""
        for name, value in terms:
            self._weigh(re.split(r" (?:där|och|som)\b", name)[0], value, "percent", line, f"formula {under}", under)
        for code, name in _STANDS_FOR.findall(sentence) if terms else ():
            self.chapter.codes.setdefault(code.lower(), name)
        return bool(terms)

    def _points_worth(self, sentence: str, line: Line) -> bool:
        """ "20 bör-poäng motsvarar 40 procent av utvärderingen"."""
        worth = _WORTH.search(sentence) if "poäng" in sentence.lower() else None
        if worth:
            self._weigh("Kvalitet", number(worth["share"]), "percent", line, f"worth {line.at}")
            self.chapter.totals.append(Total(number(worth["points"]), "points", "kvalitet", line.at))
        return worth is not None

    def _pair(self, sentence: str, line: Line) -> bool:
        """ "Pris och kvalitet vägs 70/30"."""
        pair = pair_in(sentence)
        for name, value in pair:
            self._weigh(name, value, "percent", line)
        return bool(pair)

    def _each_of_list(self, sentence: str, line: Line) -> bool:
        """ "Följande kriterier viktas 20 procent vardera:" gives each of the list its weight."""
        if not sentence.endswith(":") or not re.search(r"\bvar(?:dera)?\b|\bvar för sig\b|\bper kriterium\b", sentence):
            return False
        each = find_amounts(sentence)
        for at in _listed_after(self.chapter.lines, line) if each else ():
            key = f"lines {line.path} {line.title}"
            self.chapter.items.append(
                Weighed(clean_name(at.text), at.block, each[-1].value, each[-1].unit, "label", at.at, key, at.lots)
            )
        return bool(each)

    def _shared_equally(self, sentence: str, line: Line) -> bool:
        """ "De resterande 20 procenten fördelas lika mellan A och B", "A och B väger 10 procent vardera"."""
        names = equal_names(sentence)
        amounts = find_amounts(sentence) if names and says_weights(sentence) else []
        if not amounts:
            return False
        has_each = re.search(r"\bvar(?:dera|t)?\b", sentence) is not None
        value = amounts[-1].value if has_each else amounts[-1].value / len(names)
        for name in names:
            self._weigh(name, value, amounts[-1].unit, line)
        return True

    def _weigh(self, name: str, value: float, unit: Unit, line: Line, group: str = "", under: str = "") -> None:
        group = group or f"lines {line.path} {line.title}"
        self.chapter.items.append(
            Weighed(name, line.block, value, unit, "prose", line.at, group, line.lots, under=under)
        )

    def _add(self, said: Said, line: Line) -> None:
        if said.form == "total":
            unit = "points" if said.amount.unit == "number" else said.amount.unit
            self.chapter.totals.append(Total(said.amount.value, unit, f"{said.name} {said.under} {line.text}", line.at))
            return
        name, key = said.name, f"lines {line.path} {line.title}"
        if line.block.kind == "heading":
            if said.form == "nameless":
                return
            key = f"headings {line.path}"
        elif said.form == "nameless":
            if said.under and not said.of_whole:
                return
            owner, owned = self._owner(line)
            if owner and not (name and said.amount.unit != "points" and line.block.kind == "list_item"):
                name, key = owner, owned
            if not name:
                self.chapter.totals.append(Total(said.amount.value, said.amount.unit, line.text, line.at))
                return
        if (
            said.amount.unit == "kronor"
            and not is_deduction_name(name)
            or (said.amount.unit == "kronor" and re.search(r"\bvite|faktura", line.text, re.IGNORECASE))
        ):
            return
        item = Weighed(
            name, line.block, said.amount.value, said.amount.unit, "heading" if line.block.kind == "heading" else "prose" if said.form == "prose" else "label",
            line.at, key, line.lots, said.amount.of, said.under, said.of_whole, said.amount.is_interval and said.amount.unit == "percent", said.weak, said.amount.is_rate, code=said.code or (line.block.number.strip(" .()").lower() if line.block.kind in ("heading", "list_item") else ""),
        )  # fmt: skip
        if said.form == "nameless" and name != said.name:
            old = self.headed.get(name)
            if old is not None:
                if old.unit == item.unit and (old.weak or item.value > old.value):
                    old.value, old.weak = (
                        max(old.value, item.value) if not old.weak or item.weak else item.value,
                        item.weak,
                    )
                return
            self.headed[name] = item
        self.chapter.items.append(item)
        self._lead(key, line)

    def _owner(self, line: Line) -> tuple[str, str]:
        """The heading that an amount without a name is said of, unless the heading has its own or is a general word."""
        heading = line.title or (line.path[-1] if line.path else "")
        bare = re.sub(r"^[\d. ]+", "", heading)
        if (
            not heading
            or heading == self.first
            or _GENERIC.match(heading)
            or any(s.form != "nameless" for s in read_line(bare) if says_weights(bare))
        ):
            return "", ""
        name = unmark(re.sub(r"^[\d. ]+", "", heading))
        name = re.sub(
            r"^(?:mervärde|kriterium|delkriterium|avdrag|moment) \d+ ?[–:.-] ?", "", name, flags=re.IGNORECASE
        )
        return name, f"owned {line.path if line.title else line.path[:-1]}"

    def _correct(self, line: Line) -> None:
        """An answer takes a criterion away or gives it a new weight."""
        for sentence in sentences(line.text):
            items = self.chapter.items
            if _REMOVED.search(sentence):
                named = [i for i in items if names_it(sentence, i.name) or (i.code and names_it(sentence, i.code))]
                if named:
                    self.chapter.items = [i for i in items if i not in named]
                    continue
            for said in read_line(
                _INSTEAD.sub("", re.sub(r"^(?:svar|rättelse)\W+", "", sentence, flags=re.IGNORECASE))
            ):
                for item in self.chapter.items:
                    if said.name and (alike(item.name, said.name) or names_it(said.name, item.name)):
                        item.value, item.reason = said.amount.value, "rättad"

    def finish(self) -> None:
        chapter = self.chapter
        self._add_relations()
        self._add_equals()
        self._add_rests()
        for item in chapter.items:
            name = item.name.strip(" .").lower()
            if (is_code(item.name.strip()) or name in chapter.codes) and name in chapter.codes:
                item.code, item.name = item.name.strip(" ."), chapter.codes[name]
            elif name.split(" ")[-1] in chapter.codes and is_code(item.name):
                item.code, item.name = item.name.strip(" ."), chapter.codes[name.split(" ")[-1]]
        self._quality_scale()
        chapter.items = _once(chapter.items)

    def _quality_scale(self) -> None:
        """ "Kvaliteten består av 40 poäng", when another line gives quality its weight, is the scale of its parts."""
        quality = [item for item in self.chapter.items if item.is_quality]
        weighed = [item for item in quality if item.unit == "percent"]
        for item in quality:
            if item.unit == "points" and any(not i.lots or not item.lots or i.lots & item.lots for i in weighed):
                self.chapter.items.remove(item)
                self.chapter.totals.append(Total(item.value, "points", item.name, item.at))

    def _add_relations(self) -> None:
        for n, found in enumerate(solve([r for r, _ in self.relations])):
            line = self.relations[0][1]
            known = [i for name, _ in found for i in self.chapter.items if alike(i.name, name)]
            if len(known) == len(found):
                continue
            for name, value in found:
                where = next((at for r, at in self.relations if name in (r.one, r.other)), line)
                item = Weighed(name, where.block, value, "points", "prose", where.at, f"words {n}", where.lots)
                self.chapter.items.append(item)
            self._lead(f"words {n}", line)

    def _add_equals(self) -> None:
        """ "Alla tre kriterierna väger lika": the list that follows, or stands before."""
        for line in self.equal_at:
            listed = _listed_after(self.chapter.lines, line) or _listed_after(self.chapter.lines, line, backwards=True)
            listed = [at for at in listed if not any(i.at == at.at for i in self.chapter.items)]
            key = f"equal {line.at}"
            for at in listed:
                name = clean_name(at.text)
                self.chapter.items.append(Weighed(name, at.block, 1.0, "points", "label", at.at, key, at.lots))
            if listed:
                self.chapter.leads[key] = f"{line.text} | {' | '.join(line.path[-1:])}"

    def _add_rests(self) -> None:
        for name, line in self.rests:
            unit = next((i.unit for i in self.chapter.items if i.unit in ("percent", "points")), "percent")
            others = [i for i in self.chapter.items if i.unit == "percent" and i.lots == line.lots and not i.under]
            value = 100 - sum(i.value for i in others)
            if unit == "percent" and others and 0 < value < 100 and not any(alike(i.name, name) for i in others):
                self.chapter.items.append(
                    Weighed(name, line.block, value, "percent", "prose", line.at, others[-1].group, line.lots)
                )


def _listed_after(lines: Sequence[Line], start: Line, *, backwards: bool = False) -> list[Line]:
    at = next(i for i, line in enumerate(lines) if line is start)
    pool = list(reversed(lines[max(0, at - 12) : at])) if backwards else list(lines[at + 1 : at + 14])
    listed: list[Line] = []
    for line in pool:
        if line.block.kind == "list_item" and is_name(clean_name(line.text), prose=False) and len(line.text) <= 120:
            listed.append(line)
        elif listed or (line is not pool[0] and line is not (pool[1] if len(pool) > 1 else None)):
            break
    return listed if len(listed) > 1 else []


def _once(items: list[Weighed]) -> list[Weighed]:
    """One mention of each criterion and lot: a table before a sentence, a weight before what may be a step of a scale."""
    out: list[Weighed] = []
    order = sorted(items, key=lambda i: (i.weak, i.where == "prose" and i.unit != "percent", i.at))
    for item in order:
        same = [o for o in out if o.lots == item.lots or not item.lots or not o.lots]
        twin = next(
            (o for o in same if alike(o.name, item.name) or (is_price(o.name) and is_price(item.name) and item.weak)),
            None,
        )
        if twin is not None and (item.weak or twin.group == item.group):
            continue
        out.append(item)
    return sorted(out, key=lambda i: i.at)
