from __future__ import annotations

import shutil
from pathlib import Path

from builders import ROOT
from cirkular_krav.training.reading import CLASSES, measure_reading, train_reading

CORPUS = ROOT / "corpus"


def test_reading_is_fitted_on_procurements_and_passages_and_measured_on_procurements_held_out(tmp_path: Path) -> None:
    for name in ("kontorsstolar-ornsjo", "elnatsbesiktning-granvik"):
        shutil.copytree(CORPUS / "procurements" / name, tmp_path / "procurements" / name)
    (tmp_path / "passages").mkdir()
    lines = (CORPUS / "passages" / "avtal.tsv").read_text(encoding="utf-8").split("\n")
    (tmp_path / "passages" / "avtal.tsv").write_text("\n".join(lines[:200]) + "\n", encoding="utf-8")
    models = train_reading(tmp_path)
    assert {name: model.classes for name, model in models.items()} == CLASSES
    assert all(model.rows for model in models.values())
    figures = measure_reading(tmp_path)
    assert set(figures) == {"rules", "fitted"}
    for found in figures.values():
        assert all(value is not None and 0 <= value <= 1 for value in found.values())
