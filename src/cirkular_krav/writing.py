"""Files are written whole or not at all, by one run at a time."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from cirkular_krav.errors import CannotWriteError, OutputInUseError


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file under its name, or leave the old one as it was."""
    with replacing(path, binary=True) as file:
        file.write(content)


@contextmanager
def replacing(path: Path, *, binary: bool = False) -> Iterator[IO[Any]]:
    """Give a file that replaces ``path`` when the block ends well; on any error the old one stays as it was."""
    partial = path.with_name(f".{path.name}.partial")
    with hold(path):
        try:
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with (
                os.fdopen(descriptor, "wb")
                if binary
                else os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file
            ):
                yield file
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        except OSError as error:
            raise CannotWriteError(
                f"Resultatet kunde inte skrivas till {path}: {why(error)}. Det som fanns där förut är orört."
            ) from None
        finally:
            with suppress(OSError):
                partial.unlink()


def why(error: OSError) -> str:
    """Return the reason the system gave, in Swedish."""
    return {28: "disken är full", 13: "skrivrätt saknas", 30: "disken är skrivskyddad", 2: "mappen finns inte"}.get(
        error.errno or 0, "systemet sade nej"
    )


@contextmanager
def hold(path: Path) -> Iterator[None]:
    """Hold the output for this run alone; the lock goes with the process, however it ends."""
    lock = path.with_name(f".{path.name}.lock")
    try:
        file = lock.open("a+b")
    except OSError as error:
        raise CannotWriteError(f"Resultatet kunde inte skrivas till {path}: {why(error)}.") from None
    with file:
        # A lock on a file that its former holder has just removed holds nobody else out.
        if not _try_lock(file) or not lock.exists() or not os.path.samestat(os.fstat(file.fileno()), lock.stat()):
            raise OutputInUseError(f"En annan körning skriver just nu till {path}. Vänta, eller välj ett annat namn.")
        try:
            yield
        finally:
            with suppress(OSError):
                lock.unlink()


if sys.platform == "win32":

    def _try_lock(file: IO[bytes]) -> bool:
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:

    def _try_lock(file: IO[bytes]) -> bool:
        import fcntl

        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
