"""Puts the compiled catalogue into the wheel, so that an installed command starts without reading two hundred files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileCatalogue(BuildHookInterface[Any]):
    """Compiles ``criteria/`` for a wheel; an editable install reads the files themselves."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the compiled copy beside the build and include it."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        from cirkular_krav.catalogue import COMPILED, compile_to_json, load_catalogue

        target = Path(self.directory) / COMPILED
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(compile_to_json(load_catalogue(root / "criteria")), encoding="utf-8")
        build_data["force_include"][str(target)] = f"cirkular_krav/_criteria/{COMPILED}"
