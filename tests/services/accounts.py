"""Choose the account a server runs as: PostgreSQL refuses to run as root."""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An account of this machine, by number."""

    uid: int
    gid: int

    @property
    def is_current(self) -> bool:
        return self.uid == os.geteuid()

    def may_enter(self, directory: Path) -> bool:
        """Say whether this account can reach `directory` through every directory above it."""
        return self.is_current or all(self._may_pass(step) for step in [directory, *directory.parents])

    def take(self, directory: Path) -> None:
        """Make a directory this account's own."""
        if not self.is_current:
            os.chown(directory, self.uid, self.gid)

    def launch(self, command: Sequence[str | Path], directory: Path, log: Path) -> subprocess.Popen[bytes]:
        """Start a command in `directory` as this account, its output added to `log`.

        In a session of its own, so that Ctrl-C reaches the tests first and they end their servers;
        without libpq's variables, which would lead a program to another server.
        """
        other = not self.is_current
        with log.open("ab") as output:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=directory,
                env={name: value for name, value in os.environ.items() if not name.startswith("PG")},
                start_new_session=True,
                user=self.uid if other else None,
                group=self.gid if other else None,
                extra_groups=[] if other else None,
            )

    def _may_pass(self, directory: Path) -> bool:
        info = directory.stat()
        if info.st_uid == self.uid:
            return bool(info.st_mode & stat.S_IXUSR)
        if info.st_gid == self.gid:
            return bool(info.st_mode & stat.S_IXGRP)
        return bool(info.st_mode & stat.S_IXOTH)


def current_account() -> Account:
    """Return the account that runs the tests."""
    return Account(os.geteuid(), os.getegid())


def choose_account() -> Account:
    """Return the current account, or for root the first unprivileged one the machine has."""
    if os.geteuid() != 0:
        return current_account()
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    return Account(65534, 65534)


def reachable_directory(wanted: Path | None, account: Account) -> Path:
    """Return `wanted` if the account can reach it, else a temporary directory that it can reach."""
    candidates = [wanted] if wanted else []
    candidates += [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]  # noqa: S108 last resorts
    for candidate in candidates:
        candidate.mkdir(parents=True, exist_ok=True)
        if account.may_enter(candidate.resolve()):
            return candidate
    raise PermissionError(f"account {account.uid} can reach none of {candidates}")


@contextmanager
def reachable_binaries(binaries: Path, account: Account) -> Iterator[Path]:
    """Yield `binaries`, or a copy of its installation when the account cannot reach the original.

    A checkout below root's home directory is closed to every other account; so is a wheel in it. A
    wheel's programs look for their libraries beside the package, so those come along.
    """
    if account.may_enter(binaries.resolve()):
        yield binaries
        return
    installation, package = binaries.parents[0], binaries.parents[1]
    libraries = package.with_name(f"{package.name}.libs")
    with tempfile.TemporaryDirectory(prefix="warmlijn-binaries-") as made:
        Path(made).chmod(0o755)
        copy = Path(made) / package.name / installation.name
        shutil.copytree(installation, copy, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, Path(made) / libraries.name)
        yield copy / binaries.name
