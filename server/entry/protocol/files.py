"""The files under `docs/protocol/`: how they are written down, and whether they still say what the code says."""

from __future__ import annotations

import json
from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path
from typing import Any, Final

import yaml
from django.conf import settings

from server.entry.protocol.asyncapi import draw_asyncapi
from server.entry.protocol.openapi import draw_openapi

MOST_LINES: Final = 60  # of a difference that is shown
_HEAD: Final = "# Drawn from the code by `python -m server protocol`: change the code, not this file.\n"
_DOCUMENTS: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "openapi.yaml": draw_openapi,
    "asyncapi.yaml": draw_asyncapi,
}


class _Writer(yaml.SafeDumper):
    """Writes each thing out where it stands: no anchors, which many readers of such files do not follow."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def find_directory() -> Path:
    """Return where the files are kept."""
    return Path(settings.REPOSITORY) / "docs" / "protocol"


def render_documents() -> dict[str, str]:
    """Return each file's text by its name. Raises ProtocolIncomplete."""
    return {name: _HEAD + _write_yaml(draw()) for name, draw in _DOCUMENTS.items()}


def write_documents(directory: Path) -> list[str]:
    """Write what has changed and return the names."""
    changed = [(name, text) for name, text in render_documents().items() if _read(directory / name) != text]
    for name, text in changed:
        (directory / name).write_text(text, encoding="utf-8")
    return [name for name, _ in changed]


def compare_documents(directory: Path) -> list[str]:
    """Return, for each file that is stale, the beginning of the difference; nothing when all are fresh."""
    pairs = [(name, _read(directory / name), text) for name, text in render_documents().items()]
    return [_tell_difference(name, kept, text) for name, kept, text in pairs if kept != text]


def _tell_difference(name: str, kept: str, drawn: str) -> str:
    lines = list(unified_diff(kept.splitlines(), drawn.splitlines(), name, f"{name} (drawn)", n=2, lineterm=""))
    more = [f"… and {len(lines) - MOST_LINES} lines more"] if len(lines) > MOST_LINES else []
    return "\n".join(lines[:MOST_LINES] + more)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _write_yaml(document: dict[str, Any]) -> str:
    plain = json.loads(json.dumps(document))
    return yaml.dump(plain, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=110)
