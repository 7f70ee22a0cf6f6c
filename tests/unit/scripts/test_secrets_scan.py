"""Plant one sample of everything that must never be committed; each must be found, and nothing harmless."""

import subprocess
from pathlib import Path

import pytest

from scripts.secrets_scan import Finding, list_files, scan

# Put together at run time: as it stands here, this file itself must pass the scan.
PLANTED = {
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "cloud access key": "AKIA" + "ABCDEFGH" * 2,
    "forge token": "ghp_" + "a1B2" * 9,
    "service token": "xoxb-" + "1234567890-abc",
    "signed web token": ".".join(["eyJ" + "hbGciOiJIUzI1", "eyJ" + "zdWIiOiIxMjM0", "c2lnbmF0dXJl"]),
    "address with a password": "postgres://warmlijn:" + "hunter22" + "@db:5432/warmlijn",
    "value of a secret": "SECRET_KEY = '" + "q8" * 25 + "'",
    "address of a package index": "https://packages.example.org/" + "simple",
    "absolute home path": "/home/" + "ada/notes.txt",
}
HARMLESS = """
postgres://warmlijn@127.0.0.1:5432/warmlijn  redis://:PASSWORD@127.0.0.1:6379/0
SECRET_KEY_FILE=/run/secrets/secret_key      https://example.org/simple-answers
token_hash = hashlib.sha256(token).digest()  a home page is at /home/ and ~/notes
-----BEGIN CERTIFICATE-----                  password: the-longest-of-words-without-any-figures-in-it
"""


@pytest.mark.parametrize("rule", PLANTED)
def test_finds_each_planted_sample(tmp_path: Path, rule: str) -> None:
    (tmp_path / "notes.md").write_text(f"first line\n{PLANTED[rule]}\n")

    assert scan(tmp_path, ["notes.md"]) == [Finding("notes.md", 2, rule)]


def test_never_prints_what_it_found(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("\n".join(PLANTED.values()))

    printed = "\n".join(str(finding) for finding in scan(tmp_path, ["notes.md"]))

    assert len(printed.splitlines()) == len(PLANTED)
    assert not [sample for sample in PLANTED.values() if sample in printed]


@pytest.mark.parametrize(
    "line", ["--index" + "-url https://packages.example.org", "django @ https://example.org/django.whl"]
)
def test_a_lock_may_hold_no_address(tmp_path: Path, line: str) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/dev.txt").write_text(line)

    assert scan(tmp_path, ["requirements/dev.txt"]) == [Finding("requirements/dev.txt", 1, "address in a lock")]


@pytest.mark.parametrize("name", [".env", "var-keyring.json", "server.pem", "copy.sqlite3"])
def test_finds_files_by_their_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\0\1\2")

    assert [finding.line for finding in scan(tmp_path, [name])] == [0]


def test_leaves_harmless_text_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text(HARMLESS)
    (tmp_path / "requirements.txt").write_text("django==5.2.19 \\\n    --hash=sha256:" + "0a" * 32)

    assert scan(tmp_path, ["notes.md", "requirements.txt", "gone.md"]) == []


def test_reads_what_git_tracks_or_would_add(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("var/\n")
    (tmp_path / "var").mkdir()
    for name in ("var/key.txt", "new.txt", "naïve name.txt"):
        (tmp_path / name).write_text("x")

    assert list_files(tmp_path) == [".gitignore", "naïve name.txt", "new.txt"]
