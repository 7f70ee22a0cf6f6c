"""What deploy/ promises, as far as its files show; test_deploy_tools.py asks the programs that read them."""

import re
from pathlib import Path

import pytest

from tests.architecture.deploy_files import (
    DEPLOY,
    ROOT,
    UNITS,
    find_text,
    list_variables,
    read_compose,
    read_default,
    read_dockerfile,
    read_example,
    read_plain,
    read_settings,
    read_unit,
    seconds_of,
)

HARDENING = UNITS / "warmlijn-.service.d" / "hardening.conf"
SERVICES = sorted(UNITS.glob("*.service"))
ONE_SHOT = {"migrate", "grants", "keys", "backup", "restore"}
SERVER = {"web", "worker", "migrate", "keys"}
# Between the drain and the kill: sends in flight, the database, the interpreter's end.
MARGIN_SECONDS = 10


def test_every_setting_stands_in_the_example_and_nothing_else_does() -> None:
    assert len(read_settings()) > 5
    assert set(read_example(ROOT / ".env.example")) == set(read_settings())


def test_only_the_readers_look_at_the_environment() -> None:
    readers = ROOT / "server" / "settings" / "environment.py"
    sources = [path for path in (ROOT / "server").rglob("*.py") if path != readers]
    looking = [
        str(path.relative_to(ROOT))
        for path in sources
        if re.search(r"os\.(environ\b(?!\.setdefault)|getenv)", path.read_text())
    ]
    assert looking == []


@pytest.mark.parametrize("name", sorted(read_example(ROOT / ".env.example")))
def test_a_setting_is_explained_by_a_sentence_that_names_it(name: str) -> None:
    sentence = read_example(ROOT / ".env.example")[name]
    assert name in sentence
    assert len(sentence.split()) >= 6
    assert sentence.endswith(".")


@pytest.mark.parametrize("path", [ROOT / ".env.example", DEPLOY / "compose.env.example"], ids=lambda path: path.name)
def test_an_example_holds_no_secret(path: Path) -> None:
    for line in path.read_text().splitlines():
        assert not re.match(r"#?\w*(SECRET|PASSWORD|TOKEN)\w*=.", line), line
        assert not re.match(r"#?\w+=.*://[^/@]*:[^/@]*@", line), line


def test_the_image_does_not_run_as_root() -> None:
    users = [argument for instruction, argument in read_dockerfile() if instruction == "USER"]
    assert users[-1] == "10001:10001"


def test_the_image_fetches_nothing_but_locked_wheels() -> None:
    instructions = read_dockerfile()
    assert not [argument for instruction, argument in instructions if instruction == "ADD"]
    runs = " ".join(argument for instruction, argument in instructions if instruction == "RUN")
    assert not re.search(r"\b(curl|wget|git|apt-get)\b", runs)
    installs = re.findall(r"pip install[^&]*", runs)
    assert len(installs) == 1
    for flag in ("--require-hashes", "--no-deps", "--only-binary :all:", "requirements/runtime.txt"):
        assert flag in installs[0]


def test_the_image_takes_no_secret_and_ships_no_key_ring() -> None:
    for instruction, argument in read_dockerfile():
        assert instruction in ("RUN", "COPY", "FROM", "CMD", "HEALTHCHECK") or not re.search(
            r"SECRET|PASSWORD|TOKEN|KEYRING|_URL", argument
        ), f"{instruction} {argument}"
    collecting = next(argument for _, argument in read_dockerfile() if "collectstatic" in argument)
    assert "VAR_DIRECTORY=/tmp/var" in collecting
    assert collecting.rstrip().endswith("rm --recursive --force /tmp/var")


def test_the_image_knows_how_to_say_that_it_lives() -> None:
    checks = [argument for instruction, argument in read_dockerfile() if instruction == "HEALTHCHECK"]
    assert len(checks) == 1
    assert "/healthz" in checks[0]


def test_only_what_the_image_copies_is_sent_to_the_builder() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    sent = {line[1:] for line in lines if line.startswith("!")}
    copied = {
        argument.split()[0]
        for instruction, argument in read_dockerfile()
        if instruction == "COPY" and not argument.startswith("--from")
    }
    assert sent == copied
    assert all((ROOT / path).exists() for path in sent)


def test_the_layout_is_whole() -> None:
    services = read_compose()["services"]
    assert set(services) == {"proxy", "web", "worker", "db", "redis"} | ONE_SHOT
    assert re.search(r"^postgres:1[5-9]", services["db"]["image"])
    assert re.search(r"^redis:[7-9]", services["redis"]["image"])
    assert "WARMLIJN_WEB_REPLICAS" in services["web"]["deploy"]["replicas"]
    for name in ("web", "worker"):
        for before in ("migrate", "grants"):
            assert services[name]["depends_on"][before] == {"condition": "service_completed_successfully"}


def test_only_who_migrates_owns_the_database() -> None:
    """V13.2.2: web, worker and keys hold a role that cannot change the audit log."""
    owners = {
        name for name, service in read_compose()["services"].items() if "database_url" in service.get("secrets", [])
    }
    assert owners == {"migrate", "grants", "backup", "restore"}
    for path in SERVICES:
        owning = "LoadCredential=database_url:" in path.read_text()
        assert owning == (path.name in ("warmlijn-migrate.service", "warmlijn-backup.service"))
    migrating = read_unit(UNITS / "warmlijn-migrate.service")["ExecStart"]
    assert [command.rpartition("/")[2] for command in migrating] == ["python -m server migrate --no-input", "grant-app"]


def test_checkpoints_have_a_place_that_outlives_the_worker() -> None:
    worker = read_compose()["services"]["worker"]
    assert "./audit:/audit" in worker["volumes"]
    assert worker["environment"]["AUDIT_CHECKPOINTS"].startswith("/audit/")
    (state,) = read_unit(UNITS / "warmlijn-worker.service")["StateDirectory"]
    assert f"AUDIT_CHECKPOINTS=/var/lib/{state}/" in (ROOT / ".env.example").read_text()


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    compose = read_compose()
    publishing = {
        name for name, service in compose["services"].items() if "ports" in service or "network_mode" in service
    }
    assert publishing == {"proxy"}
    outward = {name for name, network in compose["networks"].items() if not (network or {}).get("internal")}
    assert outward == {"public", "outward"}
    # The worker may call out, to push services; nobody can call it.
    for network, alone in (("public", "proxy"), ("outward", "worker")):
        assert {name for name, one in compose["services"].items() if network in one["networks"]} == {alone}
    assert "data" not in compose["services"]["proxy"]["networks"]


@pytest.mark.parametrize("name", sorted(read_compose()["services"]))
def test_a_container_is_hardened_and_watched(name: str) -> None:
    service = read_compose()["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not service.get("privileged")
    if name in ONE_SHOT:
        assert service["healthcheck"] == {"disable": True}
        assert service["restart"] == "no"
    else:
        assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
        assert service["restart"] == "unless-stopped"


def test_a_container_of_the_server_takes_its_settings_and_no_secret_by_value() -> None:
    services = read_compose()["services"]
    for name in SERVER:
        given = list_variables(services[name]["environment"])
        assert given <= set(read_settings())
        assert {"APP_ENV", "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "KEYRING_FILE"} <= given
        assert services[name]["user"].split(":")[0] not in ("0", "root")


def test_no_secret_stands_in_the_compose_file() -> None:
    compose = read_compose()
    for name, service in compose["services"].items():
        for key, value in service.get("environment", {}).items():
            if re.search(r"SECRET|PASSWORD|TOKEN|KEY|_URL", key):
                assert key.endswith("_FILE"), f"{name}: {key}"
                assert str(value).startswith("/run/"), f"{name}: {key}"
    assert all(set(secret) == {"file"} for secret in compose["secrets"].values())
    assert not re.search(r"://[^/\s]*:[^/\s]*@", (DEPLOY / "compose.yaml").read_text())


@pytest.mark.parametrize("name", sorted(SERVER))
def test_a_container_has_longer_to_stop_than_a_drain_takes(name: str) -> None:
    grace = seconds_of(read_compose()["services"][name]["stop_grace_period"])
    assert grace >= read_default("DRAIN_SECONDS") + MARGIN_SECONDS


def test_the_database_has_room_for_every_pool() -> None:
    options = " ".join(read_compose()["services"]["db"]["command"])
    room = int(find_text(r"max_connections=(\d+)", options))
    web, worker, migrate = 2, 1, 1
    assert read_default("DATABASE_POOL_SIZE") * (web + worker + migrate) < room
    assert "synchronous_commit=off" not in options
    assert "fsync" not in options


def test_every_blank_that_compose_fills_in_stands_in_its_example() -> None:
    blanks = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (DEPLOY / "compose.yaml").read_text()))
    assert blanks == set(read_example(DEPLOY / "compose.env.example"))


def test_the_units_are_all_there() -> None:
    assert {path.name for path in UNITS.glob("warmlijn*.*") if path.is_file()} == {
        "warmlijn-web@.service",
        "warmlijn-worker.service",
        "warmlijn-migrate.service",
        "warmlijn-backup.service",
        "warmlijn-backup.timer",
        "warmlijn.target",
    }


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_unit_is_hardened(path: Path) -> None:
    # systemd reads warmlijn-.service.d for every service whose name begins so.
    assert path.name.startswith(HARDENING.parent.name.removesuffix(".service.d"))
    unit = read_unit(HARDENING) | read_unit(path)
    assert unit["ProtectSystem"] == ["strict"]
    assert unit["CapabilityBoundingSet"] == [""]
    for key in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "MemoryDenyWriteExecute"):
        assert unit[key] == ["yes"], key
    assert "@system-service" in unit["SystemCallFilter"]
    assert unit["User"][0] not in ("", "root")
    assert unit["KillSignal"] == ["SIGTERM"]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_unit_takes_its_secrets_as_credentials(path: Path) -> None:
    unit = read_unit(path)
    credentials = {value.split(":")[0] for value in unit["LoadCredential"]}
    variables = dict(pair.split("=", 1) for value in unit["Environment"] for pair in value.split())
    given = {name: value for name, value in variables.items() if name.endswith("_FILE")}
    assert set(given.values()) == {f"%d/{name}" for name in credentials}
    assert list_variables(given) - set(read_settings()) <= {"APP_DATABASE_URL"}  # grant-app's, no setting
    assert ("KEYRING_FILE" in given) == ("backup" not in path.name)


@pytest.mark.parametrize("name", ["warmlijn-web@.service", "warmlijn-worker.service"])
def test_a_unit_has_longer_to_stop_than_a_drain_takes(name: str) -> None:
    unit = read_unit(UNITS / name)
    assert seconds_of(unit["TimeoutStopSec"][0]) >= read_default("DRAIN_SECONDS") + MARGIN_SECONDS
    assert unit["Restart"] == ["always"]
    assert unit["StartLimitIntervalSec"] == ["0"]
    assert any("warmlijn-migrate.service" in value for value in unit["After"])
    assert unit["ExecStartPre"][0].endswith("migrate --check")


def test_nginx_passes_the_upgrade_limits_bodies_and_believes_no_client() -> None:
    text = read_plain(DEPLOY / "nginx" / "nginx.conf")
    assert "proxy_set_header Upgrade $http_upgrade;" in text
    assert "proxy_set_header Connection $connection_upgrade;" in text
    assert "proxy_http_version 1.1;" in text
    assert 65_536 <= int(find_text(r"client_max_body_size (\d+);", text)) <= 1_048_576
    assert int(find_text(r"proxy_read_timeout (\d+)s;", text)) >= 90
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in text
    for name in ("X-Forwarded-Host", "X-Forwarded-Port", "X-Real-IP", "Forwarded"):
        assert f'proxy_set_header {name} "";' in text
    assert "$proxy_add_x_forwarded_for" not in text
    assert "readyz|metrics" in text
    assert "access_log off;" in text


def test_caddy_limits_bodies_and_believes_no_client() -> None:
    text = read_plain(DEPLOY / "caddy" / "Caddyfile")
    assert 64 <= int(find_text(r"max_size (\d+)KB", text)) <= 1024
    assert "request_header -X-Forwarded-*" in text
    assert "request_header -Forwarded" in text
    assert "trusted_proxies" not in text
    assert not re.search(r"header_up\s+-?(Upgrade|Connection)", text)
    assert seconds_of(find_text(r"\bidle (\d+s)", text)) >= 90
    assert re.search(r"@inside path .*/readyz .*/metrics", text)
    assert "respond @inside 404" in text
    assert "admin off" in text
    # It counts what a client breaks off as the server's failure.
    assert "fail_duration" not in text
