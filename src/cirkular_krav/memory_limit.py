"""How much memory a child may take, and what else the operating system is asked to hold it to.

Linux: the child limits itself (``RLIMIT_AS``), so that an allocation fails inside it. macOS does not honour that
limit; there the parent asks ``ps`` a few times a second. Windows: a Job Object, which also ends the child when the
parent dies. The Windows and macOS parts follow the documentation and have not been run on those systems; the watch
itself is tested on Linux.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Protocol

MEMORY_BYTES = 1 << 30
EXIT_MEMORY = 86  # how a child that cannot even say so tells that it ran out
_WATCH_SECONDS = 0.25
_PS = "/bin/ps"
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4


class Child(Protocol):
    """The part of a child process that a watch needs."""

    pid: int

    def handle(self) -> int:
        """Return the system's handle of the process (Windows)."""

    def kill(self) -> None:
        """End the process."""


class Watch(Protocol):
    """What the parent holds while a child lives; ``exceeded`` tells whether it was ended for its memory."""

    exceeded: bool

    def close(self) -> None:
        """Stop watching."""


# --- in the child -------------------------------------------------------------------------------


def limit_self(memory_bytes: int) -> None:
    """Bind this process: its address space, no core dumps, and death with the parent (Linux; else what there is)."""
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    if sys.platform == "linux":
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        bound = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
        resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    else:
        threading.Thread(target=_exit_without_parent, args=(os.getppid(),), daemon=True).start()


def _exit_without_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def own_address_space() -> int:
    """Return the bytes of address space this process holds, 0 where that cannot be asked."""
    if sys.platform != "linux":
        return 0
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")


# --- in the parent ------------------------------------------------------------------------------


class NoWatch:
    """Where the child limits itself there is nothing to watch."""

    exceeded = False

    def close(self) -> None:
        """Do nothing."""


class ResidentWatch:
    """A thread that asks ``ps`` for the child's resident memory and kills it above the limit (macOS)."""

    def __init__(self, child: Child, memory_bytes: int) -> None:
        self.exceeded = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(child, memory_bytes), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop watching; returns when the child will not be touched any more."""
        self._stop.set()
        self._thread.join()

    def _watch(self, child: Child, memory_bytes: int) -> None:
        while not self._stop.wait(_WATCH_SECONDS):
            resident = resident_bytes(child.pid)
            if resident > memory_bytes and not self._stop.is_set():
                self.exceeded = True
                child.kill()
                return


def resident_bytes(pid: int) -> int:
    """Return the resident memory of a process as ``ps`` tells it, 0 when it is gone."""
    command = [_PS, "-o", "rss=", "-p", str(pid)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    digits = answer.stdout.strip()
    return int(digits) * 1024 if digits.isdigit() else 0


def watch(child: Child, memory_bytes: int) -> Watch:
    """Start to hold a child to its memory in the way this system allows."""
    if sys.platform == "win32":
        return JobObject(child, memory_bytes)
    return ResidentWatch(child, memory_bytes) if sys.platform == "darwin" else NoWatch()


class _BasicLimits(ctypes.Structure):
    _fields_ = [
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    ]


class _ExtendedLimits(ctypes.Structure):
    _fields_ = [
        ("BasicLimitInformation", _BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    ]


class JobObject:
    """A Windows Job Object: memory per process, and everything in it ends when the parent's handle closes."""

    _EXTENDED_LIMITS = 9
    _FLAGS = 0x0100 | 0x0400 | 0x2000  # process memory, die on unhandled exception, kill on close

    def __init__(self, child: Child, memory_bytes: int) -> None:
        self.exceeded = False
        kernel: Any = getattr(ctypes, "WinDLL")("kernel32", use_last_error=True)  # noqa: B009 - absent elsewhere
        kernel.CreateJobObjectW.restype = ctypes.c_void_p
        self._kernel = kernel
        self._handle = ctypes.c_void_p(kernel.CreateJobObjectW(None, None))
        limits = _ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = self._FLAGS
        limits.ProcessMemoryLimit = memory_bytes
        kernel.SetInformationJobObject(self._handle, self._EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits))
        kernel.AssignProcessToJobObject(self._handle, ctypes.c_void_p(child.handle()))

    def close(self) -> None:
        """Let go of the job, which ends what is still in it."""
        self._kernel.CloseHandle(self._handle)
