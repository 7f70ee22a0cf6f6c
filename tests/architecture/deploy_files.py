"""Read the files of deploy/ and the settings that they must keep step with."""

import ast
import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = DEPLOY / "systemd"


def read_settings() -> dict[str, ast.Call]:
    """Return each variable that the settings read, with the call that reads it."""
    calls = [
        node
        for path in (ROOT / "server" / "settings").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("read_")
    ]
    names = [call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None for call in calls]
    return {name: call for name, call in zip(names, calls, strict=True) if isinstance(name, str)}


def read_default(name: str) -> int:
    """Return the default of a setting that is a whole number."""
    default = read_settings()[name].args[1]
    assert isinstance(default, ast.Constant)
    assert isinstance(default.value, int)
    return default.value


def read_example(path: Path) -> dict[str, str]:
    """Return each variable of an example file with the comment right above it."""
    found: dict[str, str] = {}
    comment: list[str] = []
    for line in path.read_text().splitlines():
        assignment = re.match(r"#?([A-Z][A-Z0-9_]+)=", line)
        if assignment:
            found[assignment[1]] = " ".join(comment)
        elif line.startswith("# "):
            comment.append(line[2:])
        else:
            comment = []
    return found


def read_dockerfile() -> list[tuple[str, str]]:
    """Return the instructions with their arguments, continued lines joined."""
    text = re.sub(r"^\s*#.*\n", "", (DEPLOY / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [(line.split()[0].upper(), line.split(maxsplit=1)[1]) for line in text.splitlines() if line.strip()]


def read_compose() -> dict[str, Any]:
    """Return the compose file as YAML merges it, blanks not filled in."""
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return loaded


def read_unit(path: Path) -> dict[str, list[str]]:
    """Return every key of a unit with its values in order; sections do not matter here."""
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        if "=" in line and not line.startswith(("#", ";")):
            key, value = line.split("=", 1)
            found.setdefault(key, []).append(value)
    return found


def read_plain(path: Path) -> str:
    """Return a configuration without its comments."""
    return re.sub(r"^\s*#.*$", "", path.read_text(), flags=re.MULTILINE)


def find_text(pattern: str, text: str) -> str:
    """Return the first group of the only match."""
    found = re.findall(pattern, text)
    assert len(found) == 1, f"{len(found)} matches of {pattern}"
    return str(found[0])


def seconds_of(text: str) -> int:
    """Return the seconds of a duration as compose, systemd and Caddy write it."""
    found = re.fullmatch(r"(\d+)(s|min|m|h)", text)
    assert found is not None, text
    return int(found[1]) * {"s": 1, "m": 60, "min": 60, "h": 3600}[found[2]]


def list_variables(environment: dict[str, Any]) -> set[str]:
    """Return the settings that an environment gives, by value or as NAME_FILE."""
    known = set(read_settings())
    return {name if name in known else name.removesuffix("_FILE") for name in environment}
