"""Ask the code whether what is kept beside it agrees: migrations, protocol files, an example deployment.

Nothing is connected to: the questions are about files. Only an answer that is not "yes" is printed.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

REPOSITORY = Path(__file__).resolve().parents[1]
EXAMPLE = REPOSITORY / ".env.example"


def read_example(path: Path = EXAMPLE) -> dict[str, str]:
    """Return the settings that the example gives; those commented out are the defaults."""
    lines = (line.strip() for line in path.read_text().splitlines())
    given = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in given}


def development(directory: Path) -> dict[str, str]:
    """Return the settings of a fresh machine that keeps everything below `directory`."""
    return {"APP_ENV": "dev", "VAR_DIRECTORY": str(directory), "DATABASE_URL": "", "REDIS_URL": ""}


def production(directory: Path) -> dict[str, str]:
    """Return the example's settings, completed with what it leaves to each installation."""
    return {
        **read_example(),
        "VAR_DIRECTORY": str(directory),
        "KEYRING_FILE": str(directory / "keyring.json"),
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DATABASE_URL": "postgres://warmlijn@127.0.0.1/warmlijn",
        "REDIS_URL": "redis://127.0.0.1/0",
        "PUSH_BACKEND": "fcm",
        "FCM_CREDENTIALS_FILE": str(EXAMPLE),  # any file that can be read: nothing is sent
    }


def ask(settings: Mapping[str, str], *arguments: str) -> bool:
    """Run one of the server's commands; print what it said when it failed; say whether it agreed."""
    command = [sys.executable, "-m", "server", *arguments]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "server.settings", **settings}
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"python -m server {' '.join(arguments)}\n{done.stdout}{done.stderr}", file=sys.stderr)
    return done.returncode == 0


def main() -> int:
    """Ask everything, also after a first "no"; return 1 when one thing disagrees."""
    with TemporaryDirectory(prefix="warmlijn-drift-") as made:
        here, there = development(Path(made) / "here"), production(Path(made) / "there")
        for settings in (here, there):
            Path(settings["VAR_DIRECTORY"]).mkdir()
        answers = [
            ask(here, "makemigrations", "--check", "--dry-run"),
            ask(here, "protocol", "--check"),
            ask(there, "keys", "init") and ask(there, "check", "--deploy", "--fail-level", "WARNING"),
        ]
    return 0 if all(answers) else 1


if __name__ == "__main__":
    sys.exit(main())
