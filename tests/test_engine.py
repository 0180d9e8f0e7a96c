"""The same code on a Dask cluster: a real scheduler and two worker processes, with the same results as here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from builders import ROOT
from cirkular_krav import engine
from cirkular_krav.batch import update_store
from cirkular_krav.errors import UsageError
from cirkular_krav.results import read_results
from engine_jobs import own_process

NAMES = ("it-konsulter-fjallmark", "livsmedel-storalva", "tolktjanster-gransmark")
needs_dask = pytest.mark.skipif(
    subprocess.run([sys.executable, "-c", "import distributed"], capture_output=True).returncode != 0,
    reason="the extra dask is not installed: pip install 'cirkular-krav[dask]'",
)


def started(stack: ExitStack, *arguments: str) -> Iterator[str]:
    """Start a part of a cluster, to be ended with the test, and give what it says."""
    command = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]]
    process = stack.enter_context(
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
        )
    )
    stack.callback(process.kill)
    assert process.stdout is not None
    return iter(process.stdout)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    with ExitStack() as stack:
        said = started(stack, "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        address = next(hit.group(1) for line in said if (hit := re.search(r"Scheduler at:\s+tcp://(\S+:\d+)", line)))
        for _ in range(2):
            said = started(
                stack, "dask_worker", f"tcp://{address}", "--nthreads", "2", "--no-dashboard", "--host", "127.0.0.1"
            )
            assert any("Registered to" in line for line in said)
        yield f"dask://{address}"


@needs_dask
def test_a_cluster_gives_the_same_store_as_this_machine_and_reads_nothing_twice(cluster: str, tmp_path: Path) -> None:
    for name in NAMES:
        shutil.copytree(ROOT / "corpus" / "procurements" / name, tmp_path / "root" / name)
    done = update_store(tmp_path / "root", tmp_path / "kluster.sqlite", engine=cluster)
    assert (done.read, done.failed) == (NAMES, ())
    update_store(tmp_path / "root", tmp_path / "har.sqlite", workers=2)
    assert read_results(tmp_path / "kluster.sqlite") == read_results(tmp_path / "har.sqlite")
    assert update_store(tmp_path / "root", tmp_path / "kluster.sqlite", engine=cluster).unchanged == NAMES


@needs_dask
def test_the_work_is_done_by_the_workers_and_a_fault_costs_only_itself(cluster: str) -> None:
    answers = dict(engine.run(own_process, range(20), 7, workers=1, engine=cluster))
    assert answers.pop(7) == engine.Crash("ValueError")
    assert os.getpid() not in answers.values()
    assert len(set(answers.values())) == 2


@needs_dask
@pytest.mark.parametrize("address", ["dask://127.0.0.1:1", "dask://127.0.0.1", "http://x:1", "dask://x:port"])
def test_an_address_that_leads_nowhere_is_a_sentence(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_CONNECT_SECONDS", 1)
    with pytest.raises(UsageError, match=re.escape(address)):
        list(engine.run(own_process, [1], 7, workers=1, engine=address))


def test_without_dask_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"cirkular-krav\[dask\]"):
        list(engine.run(own_process, [1], 7, workers=1, engine="dask://127.0.0.1:8786"))
