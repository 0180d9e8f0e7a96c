"""All exceptions, and the closed list of problem codes.

CirkularKravError
├── UsageError            the caller asked for something that cannot be       exit 2
├── CatalogueError        one or more faults in criteria files                exit 3
├── NothingToDoError      no documents where there should be some             exit 4
├── CannotWriteError      the output cannot be written                        exit 74
└── OutputInUseError      another run holds the output                        exit 75

*Errors* are raised when the caller or the catalogue is wrong. *Problems* are values (``models.Problem``) when
the world is wrong; each code below has a sentence in ``reports/texts``.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class ExitCode(IntEnum):
    """What the command answers the shell (design D12)."""

    ALL_READ = 0
    SOME_UNREAD = 1
    USAGE = 2
    CATALOGUE = 3
    NOTHING_TO_DO = 4
    INTERNAL = 70
    CANNOT_WRITE = 74
    OUTPUT_IN_USE = 75
    INTERRUPTED = 130
    TERMINATED = 143


class CirkularKravError(Exception):
    """Base of all errors; the text is one or more Swedish sentences for the user."""

    exit_code: ExitCode = ExitCode.INTERNAL


class UsageError(CirkularKravError):
    """The caller asked for something that cannot be done."""

    exit_code = ExitCode.USAGE


class CatalogueError(CirkularKravError):
    """One or more faults in criteria files, all of them at once, each with file, line and what to write."""

    exit_code = ExitCode.CATALOGUE

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


class NothingToDoError(CirkularKravError):
    """There are no documents where there should be some."""

    exit_code = ExitCode.NOTHING_TO_DO


class CannotWriteError(CirkularKravError):
    """The output cannot be written."""

    exit_code = ExitCode.CANNOT_WRITE


class OutputInUseError(CirkularKravError):
    """Another run holds the output."""

    exit_code = ExitCode.OUTPUT_IN_USE


class ProblemCode(StrEnum):
    """The closed list of what can be wrong with a document or a procurement."""

    # refused: nothing could be read
    ENCRYPTED = "encrypted"
    EMPTY_FILE = "empty-file"
    WRONG_TYPE = "wrong-type"
    OLD_FORMAT = "old-format"
    UNSUPPORTED = "unsupported"
    PERMISSION = "permission"
    TOO_BIG = "too-big"
    PDF_DAMAGED = "pdf-damaged"
    PDF_BOMB = "pdf-bomb"
    ZIP_BOMB = "zip-bomb"
    ZIP_DAMAGED = "zip-damaged"
    ZIP_ENTRIES = "zip-entries"
    ZIP_AMBIGUOUS = "zip-ambiguous"
    OFFICE_DAMAGED = "office-damaged"
    XML_DTD = "xml-dtd"
    XML_DEPTH = "xml-depth"
    XML_TOO_BIG = "xml-too-big"
    XML_DAMAGED = "xml-damaged"
    NOT_EFORMS = "not-eforms"
    READER_CRASHED = "reader-crashed"
    MISSING_EXTRA = "missing-extra"
    # partial: some of it could be read
    PAGE_FAILED = "page-failed"
    PAGES_MISSING = "pages-missing"
    TOO_MANY_PAGES = "too-many-pages"
    PAGE_TOO_BIG = "page-too-big"
    TOO_LONG = "too-long"
    TABLE_SPAN = "table-span"
    TIME_LIMIT = "time-limit"
    MEMORY_LIMIT = "memory-limit"
    TEXT_LOST = "text-lost"
    PAGES_WITHOUT_TEXT = "pages-without-text"
    # nothing: opened, but no text in it
    NEEDS_OCR = "needs-ocr"
    NO_TEXT = "no-text"
    UNREADABLE_TEXT = "unreadable-text"
    # skipped: not opened
    LINK = "link"
    NOT_A_FILE = "not-a-file"
    TEMPORARY = "temporary"
    PATH_TOO_LONG = "path-too-long"
    OWN_OUTPUT = "own-output"
    DRAWING = "drawing"
    # warnings: read, with something to know
    WARN_TYPE = "warn-type"
    WARN_REPAIRED = "warn-repaired"
    WARN_DAMAGED = "warn-damaged"
    WARN_RESTRICTED = "warn-restricted"
    WARN_HIDDEN = "warn-hidden"
    WARN_INVISIBLE = "warn-invisible"
    WARN_TEXT = "warn-text"
    WARN_TRACKED = "warn-tracked"
    WARN_DIVIDED = "warn-divided"
    WARN_OCR = "warn-ocr"
    # about the procurement
    FACTS_FAULTY = "facts-faulty"
    ORGANISATION_NUMBER = "organisation-number"


class ReadingError(Exception):
    """Raised by a reader that can go no further; the worker turns it into a problem of the document.

    ``status`` is what the document becomes when nothing had been read before.
    """

    def __init__(self, code: ProblemCode, status: str = "refused", place: str = "", **values: str | int) -> None:
        self.code = code
        self.status = status
        self.place = place
        self.values = values
        super().__init__(code.value)
