"""Look for what must never be committed: keys, tokens, addresses of registries in a lock, somebody's home.

It reads every file that git tracks or would add, and prints place and rule, never what it found.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Rule:
    """A pattern that no line may match, in the files whose path matches `where`."""

    name: str
    pattern: re.Pattern[str]
    where: str = "*"


RULES = (
    Rule("private key", re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----")),
    Rule("cloud access key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{35}")),
    Rule("forge token", re.compile(r"\bgh[pousr]_[0-9A-Za-z]{36}|\bgithub_pat_\w{22,}|\bglpat-[\w-]{20,}")),
    Rule(
        "service token",
        re.compile(r"\bxox[abprs]-[\w-]{10,}|\b[sr]k_live_\w{16,}|\bSG\.[\w-]{16,}\.[\w-]{16,}"),
    ),
    Rule("signed web token", re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}")),
    Rule(
        "address with a password",
        re.compile(r"\b[a-z][a-z0-9+]*://[^\s/:@\"'<>{}$]*:(?![A-Z_]+@)[^\s/:@\"'<>{}$]{6,}@"),
    ),
    Rule(
        "value of a secret",
        re.compile(r"(?i)\b\w*(?:secret|token|password|api_?key)\w*[\"']?\s*[:=]\s*[\"']?(?=\S*\d)[\w+/=-]{40,}"),
    ),
    Rule(
        "address in a lock",
        re.compile(r"(?i)\w+://|--(?:extra-)?index-url|--find-links"),
        "requirements/*.txt",
    ),
    Rule("address of a package index", re.compile(r"(?i)\bhttps?://[^\s\"']+/simple/?(?![\w-])")),
    Rule(
        "absolute home path",
        re.compile(r"(?<![\w.~-])(?:/home/[\w.-]+|/Users/[\w.-]+|/root)/[\w.-]|[A-Z]:\\Users\\"),
    ),
)
SECRET_FILES = ("*.pem", "*.p12", "*.key", "id_rsa*", "id_ed25519*", ".env", "*.sqlite3", "*keyring*.json")


@dataclass(frozen=True, order=True)
class Finding:
    """A place and the rule it breaks."""

    path: str
    line: int
    rule: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}"


def list_files(directory: Path) -> list[str]:
    """Return the paths that git tracks or would add below `directory`."""
    command = ["git", "-C", str(directory), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True).stdout
    return sorted(name for name in listed.decode(errors="surrogateescape").split("\0") if name)


def scan(directory: Path, paths: Iterable[str]) -> list[Finding]:
    """Return every finding in these files, which are relative to `directory`."""
    return sorted(finding for path in paths for finding in scan_file(directory, path))


def scan_file(directory: Path, path: str) -> Iterator[Finding]:
    """Yield the findings in one file: its name, then its lines; what is not text is judged by name only."""
    if any(fnmatch(Path(path).name, pattern) for pattern in SECRET_FILES):
        yield Finding(path, 0, "a file of this name holds secrets")
    rules = [rule for rule in RULES if fnmatch(path, rule.where)]
    for number, line in enumerate(_read_lines(directory / path), start=1):
        for rule in rules:
            if rule.pattern.search(line):
                yield Finding(path, number, rule.name)


def _read_lines(path: Path) -> list[str]:
    if path.is_symlink() or not path.is_file():
        return []
    content = path.read_bytes()
    return [] if b"\0" in content[:8192] else content.decode(errors="replace").splitlines()


def main() -> int:
    """Scan the repository; return 1 when something was found."""
    findings = scan(REPOSITORY, list_files(REPOSITORY))
    for finding in findings:
        print(finding, file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
