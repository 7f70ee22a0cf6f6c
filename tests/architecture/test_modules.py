"""The pages' modules fit together: a browser reads one only when it is opened, and by then it is too late."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SERVER = Path(__file__).resolve().parents[2] / "server"
STATIC = (SERVER / "web/static", SERVER / "console/static")  # served as one folder
MODULES = sorted(
    path
    for folder in STATIC
    for path in folder.rglob("*.js")
    if "vendor" not in path.parts and "tests" not in path.parts
)
IMPORT = re.compile(r'^import (?:\w+, )?\{([^}]*)\} from "(\.[^"]+)"', re.MULTILINE)
EXPORT = re.compile(r"^export (?:async )?(?:function\*?|const|let|class) (\w+)", re.MULTILINE)
EXPORTED_LIST = re.compile(r"^export \{([^}]*)\}", re.MULTILINE)


def split_names(listed: str, side: int) -> list[str]:
    """Return the names of a list; of `a as b` the one before (0) or after (-1)."""
    return [name.strip().split(" as ")[side] for name in listed.split(",") if name.strip()]


def find_module(importer: Path, source: str) -> Path | None:
    """Return the file that a browser gets, whichever of the two folders it lies in."""
    home = next(folder for folder in STATIC if folder in importer.parents)
    inside = (importer.parent / source).resolve().relative_to(home)
    return next((folder / inside for folder in STATIC if (folder / inside).exists()), None)


def list_exports(module: Path) -> set[str]:
    """Return what a module gives; "*" when it passes on all of another."""
    text = module.read_text(encoding="utf-8")
    named = {name for listed in EXPORTED_LIST.findall(text) for name in split_names(listed, -1)}
    return named | set(EXPORT.findall(text)) | ({"*"} if "\nexport * from" in text else set())


@pytest.mark.parametrize("module", MODULES, ids=lambda path: "/".join(path.parts[-2:]))
def test_what_a_module_imports_is_there_and_used(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    missing, unused = [], []
    for listed, source in IMPORT.findall(text):
        found = find_module(module, source)
        given = list_exports(found) if found else set()
        if "vendor" not in source:
            missing += [name for name in split_names(listed, 0) if not given & {name, "*"}]
        unused += [name for name in split_names(listed, -1) if len(re.findall(rf"\b{name}\b", text)) < 2]
    assert missing == unused == []


def test_the_pages_have_modules() -> None:
    assert len(MODULES) > 80
