"""A filled-in review workbook back into decisions: sorting, filtering and added columns do no harm, faults stop all.

Every fault is a sentence with the address of its cell, and all are told at once; nothing is taken from a workbook that
has any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cirkular_krav.errors import ProblemCode, ReadingError, UsageError
from cirkular_krav.models import AuditedDecision, Decision, MatchDecision, MissedDecision, Purpose
from cirkular_krav.readers._sheet_layout import Row
from cirkular_krav.readers._sheet_scan import column_name
from cirkular_krav.readers.pieces import Limits
from cirkular_krav.readers.sheet import read_rows
from cirkular_krav.reports.words import Words, load_words
from cirkular_krav.review.layout import (
    FORM,
    KEY_FIELDS,
    KEYS_SHEET,
    Key,
    answers,
    check_of,
    header_of,
    name_of,
    verdict_words,
)

_MOST_FAULTS = 30
_CRITERION = re.compile(r"\s*([A-ZÅÄÖ]{2,4}-\d+)\b", re.IGNORECASE)
_REQUIRED = {
    "hits": ("requirement", "verdict", "right_criterion", "comment", "key"),
    "missed": ("document", "place", "quotation", "missed", "comment"),
    "procurements": ("read", "headline", "comment", "key"),
    "text": ("text", "verdict", "right_criterion", "missed", "binding", "comment", "key"),
    "blind": ("text", "seen", "binding", "comment", "key"),
}


def read_review(path: Path | str, *, today: str) -> tuple[Decision, ...]:
    """Read the decisions out of a filled-in workbook; ``today`` (YYYY-MM-DD) is used where no date was filled in.

    Rows without a verdict give nothing. Raises ``UsageError`` with every fault and its cell, and then takes nothing.
    """
    path = Path(path)
    reader = _Reader(path.name, open_workbook(path), today)
    decisions = tuple(reader.decisions())
    if decisions and not reader.who:
        start = name_of("start", reader.words)
        reader.faults.insert(0, f"{start}!B2: skriv ditt namn, eller det du kallas i granskningen.")
    if reader.faults:
        faults = reader.faults
        rest = [f"… och {len(faults) - _MOST_FAULTS} fel till."] if len(faults) > _MOST_FAULTS else []
        head = f"{path.name} lästes inte in. Rätta det här och kör igen:"
        raise UsageError("\n".join([head, *faults[:_MOST_FAULTS], *rest]))
    return decisions


def open_workbook(path: Path) -> dict[str, list[Row]]:
    """Return the rows of every sheet; raises ``UsageError`` with what to do when it cannot be opened."""
    if not path.is_file():
        raise UsageError(f"Arbetsboken {path} finns inte. Kontrollera sökvägen.")
    try:
        return read_rows(path, Limits())
    except ReadingError as error:
        what = {ProblemCode.ENCRYPTED: "är lösenordsskyddad. Ta bort lösenordet och spara den."}.get(
            error.code, "går inte att läsa som en Excel-arbetsbok. Öppna den och spara den på nytt som .xlsx."
        )
        raise UsageError(f"{path} {what}") from None


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of a sheet, with its cells by column key."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    columns: Mapping[str, int]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def at(self, column: str) -> str:
        """Return the address of a cell as a person finds it."""
        return f"{self.sheet}!{column_name(self.columns[column])}{self.number + 1}"


class _Reader:
    def __init__(self, name: str, sheets: dict[str, list[Row]], today: str) -> None:
        self.sheets = sheets
        self.faults: list[str] = []
        keys = self._keys()
        about = next((key for key in keys if key.kind == "about"), None)
        if about is None or about.check != FORM:
            raise UsageError(
                f"{name} är ingen granskning från den här versionen av cirkular-krav: bladet {KEYS_SHEET} saknas eller "
                "är ett annat. Exportera på nytt med cirkular-krav review export."
            )
        self.words: Words = load_words(about.key)
        self.purpose: Purpose = "audit" if about.value == "audit" else "review"
        self.catalogue = about.criterion
        self.revisions = {key.key: int(key.value) for key in keys if key.kind == "criterion"}
        self.documents = {key.key: key for key in keys if key.kind == "document"}
        self.keys = {key.key: key for key in keys if key.kind not in ("about", "criterion")}
        self.who, self.when = self._who_and_when(today)
        self.given: dict[tuple[str, str], tuple[str, str]] = {}
        # What blind readers answered for whole procurements, with the cell, and where they saw something binding.
        self.answered: list[tuple[str, str, str]] = []
        self.bound: set[str] = set()

    def _keys(self) -> list[Key]:
        rows = self.sheets.get(KEYS_SHEET, [])
        if not rows or [rows[0].cells.get(i, "") for i in range(len(KEY_FIELDS))] != list(KEY_FIELDS):
            return []
        return [Key(*(row.cells.get(i, "") for i in range(len(KEY_FIELDS)))) for row in rows[1:]]  # type: ignore[arg-type]

    def _who_and_when(self, today: str) -> tuple[str, str]:
        start = name_of("start", self.words)
        found = {row.cells.get(0, ""): (row.cells.get(1, ""), row.number) for row in self.sheets.get(start, [])}
        who, _ = found.get(self.words("review_form.who"), ("", 1))
        when, number = found.get(self.words("review_form.when"), ("", 2))
        try:
            return who, date.fromisoformat(when).isoformat() if when else today
        except ValueError:
            self.faults.append(f"{start}!B{number + 1}: ”{when}” är inget datum. Skriv det som 2026-05-12.")
            return who, today

    # --- sheets to decisions ----------------------------------------------------------------------------------

    def decisions(self) -> Iterator[Decision]:
        """Yield what was filled in, sheet by sheet in the order of the rows, and note the faults."""
        for line in self._lines("hits"):
            yield from self._verdict(line, "requirement")
        for line in self._lines("missed"):
            yield from self._missed_row(line)
        for line in self._lines("procurements"):
            yield from self._audited(line)
        for line in self._lines("blind"):
            yield from self._seen(line, "seen", blind=True)
        for line in self._lines("text"):
            yield from self._verdict(line, "text")
            yield from self._seen(line, "missed", blind=False)
        self._check_answers()

    def _check_answers(self) -> None:
        """What is answered for a whole procurement rests on what was marked in it: only that can be counted."""
        choices = {value: text for text, value in answers("headline", self.words).items()}
        for procurement, headline, where in self.answered:
            if headline == "yes" and procurement not in self.bound:
                self.faults.append(
                    f"{where}: svaret är ”{choices['yes']}”, men inget krav som binder är märkt i upphandlingen. Märk "
                    f"minst ett i bladet {name_of('blind', self.words)}, eller svara ”{choices['no']}” eller "
                    f"”{choices['unsure']}”."
                )
            elif headline == "no" and procurement in self.bound:
                self.faults.append(
                    f"{where}: svaret är ”{choices['no']}”, men minst ett krav i upphandlingen är märkt som bindande. "
                    "Ändra svaret eller märkningen."
                )

    def _lines(self, sheet: str) -> list[_Line]:
        name = name_of(sheet, self.words)
        rows = self.sheets.get(name)
        if not rows:
            return []
        headers = {header_of(column, self.words): column for column in _REQUIRED[sheet]}
        header = next((row for row in rows if set(row.cells.values()) >= set(headers)), None)
        if header is None:
            known = {text for row in rows[:5] for text in row.cells.values()}
            missing = ", ".join(f"”{text}”" for text in headers if text not in known)
            self.faults.append(f"{name}!1: kolumnen {missing} saknas. Lägg tillbaka den, med samma rubrik.")
            return []
        columns = {headers[text]: at for at, text in header.cells.items() if text in headers}
        return [
            _Line(name, row.number, {c: row.cells.get(at, "") for c, at in columns.items()}, columns)
            for row in rows
            if row.number > header.number
        ]

    def _verdict(self, line: _Line, text: str) -> Iterator[MatchDecision]:
        chosen, right, note = line["verdict"], line["right_criterion"], line["comment"]
        if not chosen and not right:
            if note and not line["missed"]:
                self.faults.append(
                    f"{line.at('comment')}: här finns en kommentar men inget val på raden. Gör ett val, eller flytta "
                    "kommentaren till en egen kolumn."
                )
            return
        key = self._key(line, text)
        verdict = self._choice(line, "verdict", verdict_words(self.words, self.purpose))
        right_id = self._criterion(line, "right_criterion") if right else ""
        if not self._hangs_together(line, verdict, right_id, key) or key is None:
            return
        if self._is_new(line, key, (verdict, right_id)):
            yield MatchDecision(
                purpose=self.purpose, procurement=key.procurement, text_hash=key.text_hash, criterion=key.criterion,
                verdict=verdict, right_criterion=right_id, quotation=line[text], who=self.who, when=self.when,  # type: ignore[arg-type]
                note=note, catalogue=self.catalogue, revisions=self._revisions(key.criterion, right_id),
            )  # fmt: skip

    def _hangs_together(self, line: _Line, verdict: str, right: str, key: Key | None) -> bool:
        """Check what the choices of one row say together; a fault is noted for what they do not."""
        before = len(self.faults)
        if not line["verdict"]:
            self.faults.append(f"{line.at('verdict')}: här finns ett rätt kriterium men inget omdöme. Välj ett omdöme.")
        elif key and key.kind != "hit":
            self.faults.append(f"{line.at('verdict')}: raden har ingen träff att bedöma. Töm cellen.")
        elif verdict == "other_criterion" and not line["right_criterion"]:
            self.faults.append(f"{line.at('right_criterion')}: välj vilket kriterium kravet hör till.")
        elif verdict and verdict != "other_criterion" and right:
            self.faults.append(
                f"{line.at('right_criterion')}: ett rätt kriterium hör bara till omdömet "
                f"”{self.words('review_form.verdicts.other_criterion')}”. Ändra omdömet eller töm cellen."
            )
        elif key and right and right == key.criterion:
            self.faults.append(f"{line.at('right_criterion')}: {right} är det kriterium som raden redan gäller.")
        return len(self.faults) == before and bool(verdict)

    def _is_new(self, line: _Line, key: Key, said: tuple[str, str]) -> bool:
        """Tell whether a row says something; two rows on the same hit must say the same."""
        identity = (key.key, "verdict")
        if identity not in self.given:
            self.given[identity] = (repr(said), line.at("verdict"))
            return True
        known, where = self.given[identity]
        if known != repr(said):
            self.faults.append(f"{line.at('verdict')}: samma träff har ett annat omdöme i {where}. Behåll ett av dem.")
        return False

    def _seen(self, line: _Line, column: str, *, blind: bool) -> Iterator[MissedDecision]:
        if not line[column]:
            if blind and line["comment"]:
                self.faults.append(f"{line.at(column)}: här finns en kommentar men inget kriterium. Välj ett.")
            return
        key = self._key(line, "text")
        criterion = self._criterion(line, column)
        if key is None or not criterion:
            return
        quotation = line["comment"] if key.kind == "document" else line["text"]
        if not quotation:
            self.faults.append(
                f"{line.at('comment')}: skriv kravets ordalydelse, eftersom dokumentet inte kunde läsas."
            )
            return
        binding = self._choice(line, "binding", answers("binding", self.words))
        if not line["binding"]:
            header = header_of("binding", self.words)
            self.faults.append(f"{line.at('binding')}: svara på ”{header}” för det krav du såg.")
        if not binding or (key.key, criterion) in self.given:
            return
        self.given[key.key, criterion] = ("", line.at(column))
        if binding == "yes":
            self.bound.add(key.procurement)
        found = self._missed(key, key.place, quotation, criterion, line["comment"], blind=blind)
        yield found.model_copy(update={"binding": binding == "yes"})

    def _missed_row(self, line: _Line) -> Iterator[MissedDecision]:
        named = ("document", "quotation", "missed")
        if not any(line[column] for column in (*named, "place", "comment")):
            return
        for column in named:
            if not line[column]:
                header = header_of(column, self.words)
                self.faults.append(
                    f"{line.at(column)}: fyll i ”{header}”, annars går det missade kravet inte att spara."
                )
        key = self.documents.get(line["document"])
        if line["document"] and key is None:
            self.faults.append(f"{line.at('document')}: ”{line['document']}” är inget av dokumenten. Välj i listan.")
        criterion = self._criterion(line, "missed") if line["missed"] else ""
        if key and criterion and line["quotation"]:
            yield self._missed(key, line["place"], line["quotation"], criterion, line["comment"], blind=False)

    def _missed(
        self, key: Key, place: str, quotation: str, criterion: str, note: str, *, blind: bool
    ) -> MissedDecision:
        return MissedDecision(
            purpose=self.purpose, blind=blind, procurement=key.procurement, document=key.document, sha256=key.sha256,
            place=place, quotation=quotation, criterion=criterion, who=self.who, when=self.when,
            note="" if note == quotation else note, catalogue=self.catalogue, revisions=self._revisions(criterion),
        )  # fmt: skip

    def _audited(self, line: _Line) -> Iterator[AuditedDecision]:
        if not line["read"] and not line["headline"] and not line["comment"]:
            return
        key = self._key(line, "")
        read = self._choice(line, "read", answers("read", self.words))
        headline = self._choice(line, "headline", answers("headline", self.words)) if line["headline"] else ""
        if not line["read"]:
            self.faults.append(f"{line.at('read')}: säg om upphandlingen är genomläst.")
        if key and key.value == "blind" and read == "whole":
            self.answered.append((key.procurement, headline, line.at("headline")))
        if key and read and read != "none":
            yield AuditedDecision(
                blind=key.value == "blind", procurement=key.procurement, read=read, headline=headline,  # type: ignore[arg-type]
                who=self.who, when=self.when, note=line["comment"], catalogue=self.catalogue,
            )  # fmt: skip

    # --- cells ------------------------------------------------------------------------------------------------

    def _key(self, line: _Line, text: str) -> Key | None:
        """Return what a row is about; a row whose text is another than it was exported with is a fault."""
        key = self.keys.get(line["key"])
        if key is None:
            said = f"”{line['key']}” är ingen rad i den här granskningen" if line["key"] else "radens id saknas"
            self.faults.append(f"{line.at('key')}: {said}. Återställ raden, eller töm det du skrev på den.")
        elif text and key.check and check_of(line[text]) != key.check:
            self.faults.append(
                f"{line.at(text)}: texten hör inte till radens id i {line.at('key')}. Texten är ändrad, eller så har bara "
                "några av kolumnerna sorterats. Ångra det, eller exportera på nytt."
            )
            return None
        return key

    def _choice(self, line: _Line, column: str, choices: Mapping[str, str]) -> str:
        """Return what a chosen word means; upper and lower case are alike."""
        if not line[column]:
            return ""
        meant = {text.casefold(): value for text, value in choices.items()}.get(line[column].casefold(), "")
        if not meant:
            offered = ", ".join(choices)
            self.faults.append(f"{line.at(column)}: ”{line[column]}” är inget av valen {offered}.")
        return meant

    def _criterion(self, line: _Line, column: str) -> str:
        match = _CRITERION.match(line[column])
        criterion = match.group(1).upper() if match else ""
        if criterion not in self.revisions:
            self.faults.append(
                f"{line.at(column)}: ”{line[column]}” är inget kriterium eller hinder i katalogen. Välj i listan, eller skriv "
                "till exempel GEN-05."
            )
            return ""
        return criterion

    def _revisions(self, *criteria: str) -> dict[str, int]:
        return {criterion: self.revisions[criterion] for criterion in criteria if criterion}
