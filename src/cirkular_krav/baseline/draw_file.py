"""The file of a draw: written without verdicts, filled in by people, read back; JSON or YAML of ``baseline_types.Draw``."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from cirkular_krav.baseline_types import Draw
from cirkular_krav.errors import UsageError
from cirkular_krav.yamlfile import YamlFault, read_yaml


def read_draw(path: Path) -> Draw:
    """Read a draw with its verdicts; raises ``UsageError`` with what is wrong and where."""
    try:
        if path.suffix in (".yaml", ".yml"):
            return Draw.model_validate(read_yaml(path).data)
        return Draw.model_validate_json(path.read_bytes())
    except OSError:
        raise UsageError(f"Granskningsfilen {path} går inte att läsa. Kontrollera sökvägen.") from None
    except YamlFault as fault:
        raise UsageError(f"{path.name}, rad {fault.line}: {fault.sentence}") from None
    except ValidationError as error:
        where = " → ".join(str(step) for step in error.errors()[0]["loc"]) or "filen"
        raise UsageError(
            f"{path.name}: ”{where}” saknas, är okänt eller har fel form. Verdikten skrivs right, not_binding, wrong eller unsure, "
            "read_whole som true eller false. Börja från filen som cirkular-krav draw skrev."
        ) from None
