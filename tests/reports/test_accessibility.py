"""Every kind of page can be read by all: axe-core and our own measures in Chromium, and the W3C's HTML checker.

Zero violations and zero incomplete of WCAG 2.1 A and AA, light and dark, 320 and 1280 pixels, at 200 % zoom and with wide
text spacing; no sideways scrolling; no words that meet in a chart. Needs node, Chromium, java and the packages of
``package.json`` beside (``npm install``), in the folder named by CIRKULAR_KRAV_NODE_MODULES or beside this file.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODULES = Path(os.environ.get("CIRKULAR_KRAV_NODE_MODULES", HERE / "node_modules"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
BROWSER = next((found for name in BROWSERS if (found := shutil.which(name))), "")

# Whoever names the folder wants the tests run: then a missing part is a failure, not a skip.
WANTED = "CIRKULAR_KRAV_NODE_MODULES" in os.environ

needs_browser = pytest.mark.skipif(
    not WANTED and not (shutil.which("node") and BROWSER and (MODULES / "axe-core").is_dir()),
    reason="needs node, Chromium and npm install in tests/reports",
)
needs_checker = pytest.mark.skipif(
    not WANTED and not (shutil.which("java") and (MODULES / "vnu-jar").is_dir()),
    reason="needs java and npm install in tests/reports",
)


def faults_in(paths: list[Path]) -> list[dict[str, str]]:
    command = ["node", str(HERE / "accessibility.cjs"), str(MODULES), BROWSER, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=600)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


@needs_browser
def test_no_kind_of_page_has_anything_for_axe_to_remark_in_any_setting(files: dict[str, Path]) -> None:
    faults = [" – ".join(fault.values()) for fault in faults_in(list(files.values()))]
    assert not faults, "\n".join(faults)


@needs_browser
def test_a_page_that_few_can_read_is_found_out(tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    chart = (
        '<figure><svg class="chart" role="img" aria-label="x" width="100%" height="40"><text x="0" y="14">Ett långt ord</text>'
        '<text x="0" y="16" fill="#eee">Ett annat</text></svg></figure>'
    )
    bad.write_text(
        f"<!DOCTYPE html><html><title>x</title><script src='https://example.org/x.js'></script><img src='x.png'>"
        f"<p style='color:#ccc;width:500px'>ljust</p>{chart}",
        encoding="utf-8",
    )
    faults = " ".join(fault["fault"] for fault in faults_in([bad]))
    for wanted in (
        "image-alt",
        "html-has-lang",
        "color-contrast",
        "sideways",
        "words meet",
        "in a chart",
        "asks for https",
    ):
        assert wanted in faults


@needs_checker
def test_every_page_is_valid_html(files: dict[str, Path]) -> None:
    checker = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = ["java", "-Xmx512m", "-jar", str(checker), "--errors-only", *map(str, files.values())]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert done.stderr.strip() == ""
    assert done.returncode == 0
