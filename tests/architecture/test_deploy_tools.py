"""The programs that read the files of deploy/ check them, where the machine has them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.deploy_files import DEPLOY, UNITS


def find_tool(name: str) -> str:
    """Return a program's path; skip the test where the machine does not have it."""
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))
    if found is None:
        pytest.skip(f"{name} is not on this machine")
    return found


def run(*command: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False, timeout=60
    )


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    analyze = find_tool("systemd-analyze")
    units = tmp_path / "units"
    shutil.copytree(UNITS, units)
    for path in units.glob("*.service"):
        text = path.read_text().replace("/opt/warmlijn/current/.venv/bin/python", sys.executable)
        path.write_text(text.replace("/opt/warmlijn/current/deploy/", f"{DEPLOY}/"))
    env = {"SYSTEMD_UNIT_PATH": f"{units}:/lib/systemd/system:/usr/lib/systemd/system"}
    names = [path.name.replace("@.", "@8001.") for path in units.glob("warmlijn*.*") if path.is_file()]
    verified = run(analyze, "verify", "--man=no", *names, env=env)
    assert (verified.returncode, verified.stderr) == (0, "")
    for name in names:
        if name.endswith(".service"):
            judged = run(analyze, "security", "--offline=true", "--threshold=20", "--no-pager", name, env=env)
            assert judged.returncode == 0, judged.stdout[-300:]


def find_compose() -> list[str]:
    """Return the command of whichever compose the machine has: docker's plugin, or the older program."""
    docker = shutil.which("docker")
    if docker and run(docker, "compose", "version").returncode == 0:
        return [docker, "compose"]
    return [find_tool("docker-compose")]


def test_compose_takes_the_file(tmp_path: Path) -> None:
    compose = find_compose()
    shutil.copytree(DEPLOY, tmp_path / "deploy", ignore=shutil.ignore_patterns("secrets", "keyring", "backups"))
    file, env_file = tmp_path / "deploy" / "compose.yaml", tmp_path / "deploy" / "compose.env.example"
    if len(compose) == 1:
        # The older program knows everything but the project's name.
        file.write_text(file.read_text().replace("name: warmlijn\n", "", 1))
    taken = run(*compose, "--env-file", env_file, "-f", file, "config", "-q")
    assert taken.returncode == 0, taken.stderr


def test_made_secrets_are_long_private_and_never_made_again(tmp_path: Path) -> None:
    maker, secrets = DEPLOY / "make-secrets", tmp_path / "secrets"
    assert run(maker, secrets, "--database", "db:5432", "--redis", "redis:6379").returncode == 0
    made = {path.name: path.read_text() for path in secrets.iterdir()}
    passwords = {"postgres_password", "app_password", "redis_password"}
    assert set(made) == {"database_url", "app_database_url", "redis_url", "secret_key"} | passwords
    assert made["database_url"] == f"postgres://warmlijn:{made['postgres_password']}@db:5432/warmlijn"
    assert made["app_database_url"] == f"postgres://warmlijn_app:{made['app_password']}@db:5432/warmlijn"
    assert made["redis_url"] == f"redis://:{made['redis_password']}@redis:6379/0"
    assert len(made["secret_key"]) >= 50
    assert len({*made.values()}) == len(made)
    assert {path.stat().st_mode & 0o777 for path in secrets.iterdir()} == {0o400}
    assert run(maker, secrets).returncode == 0
    assert {path.name: path.read_text() for path in secrets.iterdir()} == made


def test_nginx_takes_its_file(tmp_path: Path) -> None:
    nginx, openssl = find_tool("nginx"), find_tool("openssl")
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    flags = ["-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", "/CN=lijn.example.org"]
    assert run(openssl, "req", *flags, "-keyout", key, "-out", certificate).returncode == 0
    text = (DEPLOY / "nginx" / "nginx.conf").read_text()
    for path in ("/etc/warmlijn/tls", "/run", "/var/log/nginx"):
        text = text.replace(f"{path}/", f"{tmp_path}/")
    (tmp_path / "nginx.conf").write_text(text)
    tested = run(nginx, "-t", "-q", "-p", tmp_path, "-c", tmp_path / "nginx.conf")
    assert (tested.returncode, tested.stderr) == (0, "")


def test_caddy_takes_its_file(tmp_path: Path) -> None:
    caddy = find_tool("caddy")
    env = {
        "WARMLIJN_SITE": "lijn.example.org",
        "WARMLIJN_TLS": "internal",
        "XDG_DATA_HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
    }
    for file in (DEPLOY / "caddy").iterdir():
        assert run(caddy, "fmt", file).stdout == file.read_text(), f"run caddy fmt --overwrite {file.name}"
    command = [caddy, "validate", "--config", str(DEPLOY / "caddy" / "Caddyfile"), "--adapter", "caddyfile"]
    # The option that buffers has another name since 2.6.3: one of the two files must fit.
    answers = [run(*command, env={**env, "WARMLIJN_BODIES": name}) for name in ("bodies.caddy", "bodies-2.6.2.caddy")]
    assert 0 in [answer.returncode for answer in answers], answers[0].stderr + answers[1].stderr


SCRIPTS = ["backup", "restore", "grant-app", "make-secrets", "systemd/warmlijn", "systemd/warmlijn-roll"]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_sound(name: str) -> None:
    path = DEPLOY / name
    assert os.access(path, os.X_OK)
    assert "set -euo pipefail" in path.read_text()
    assert run(find_tool("bash"), "-n", path).returncode == 0
    checked = run(find_tool("shellcheck"), path)
    assert checked.returncode == 0, checked.stdout
