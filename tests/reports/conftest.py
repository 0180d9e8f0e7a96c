"""A whole report, written once for all tests of what people read."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports_samples import write_sample_report


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One page of every kind by name, in the folder of a whole report."""
    return write_sample_report(tmp_path_factory.mktemp("rapport"))
