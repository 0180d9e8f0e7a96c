"""A job for the tests of the engine, in a module of its own so that other processes can import it."""

from __future__ import annotations

import os


def own_process(job: int, fault: int) -> int:
    """Return the process that did the job, or fail."""
    if job == fault:
        raise ValueError("text ur ett dokument")
    return os.getpid()
