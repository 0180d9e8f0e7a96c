"""A job for the engine's tests, in a module that a process of its own can import however the tests were started."""

from __future__ import annotations

import os
import signal

from cirkular_krav.errors import UsageError


def odd_job(job: int, parent: int) -> int:
    if job == 2 and os.getpid() != parent:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    if job == 4:
        raise ValueError
    if job == 5:
        raise UsageError("Nej.")
    return job * 10
