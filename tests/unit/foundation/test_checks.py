"""What production refuses to start with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import WARNING
from django.test import override_settings

from server.foundation.checks import check_production

INSTANT = datetime(2026, 11, 24, 20, 58, tzinfo=UTC)


def list_refusals(**settings: Any) -> set[str | None]:
    """Return the ids of what is refused."""
    with override_settings(**settings):
        return {message.id for message in check_production(None)}


@pytest.mark.parametrize("settings", [{"DEMO_CLOCK": INSTANT}, {"DEMO_CLOCK_SPEED": 2}])
def test_a_demo_clock_is_refused_in_production_only(settings: dict[str, Any]) -> None:
    assert "warmlijn.E009" in list_refusals(APP_ENV="prod", **settings)
    assert "warmlijn.E009" not in list_refusals(APP_ENV="prod", DEMO_CLOCK=None, DEMO_CLOCK_SPEED=1)
    assert list_refusals(APP_ENV="dev", **settings) == set()


@pytest.mark.parametrize("name", ["audit.jsonl", "var/audit.jsonl", "/srv/warmlijn/var/audit.jsonl"])
def test_checkpoints_without_a_place_of_their_own_are_refused_in_production(name: str) -> None:
    settings: dict[str, Any] = {"VAR": Path("/srv/warmlijn/var"), "AUDIT_CHECKPOINTS": Path(name)}
    assert "warmlijn.E013" in list_refusals(APP_ENV="prod", **settings)
    assert list_refusals(APP_ENV="dev", **settings) == set()
    good = settings | {"AUDIT_CHECKPOINTS": Path("/var/lib/warmlijn-audit/checkpoints.jsonl")}
    assert "warmlijn.E013" not in list_refusals(APP_ENV="prod", **good)


@pytest.mark.parametrize(
    ("host", "origin"),
    [("localhost", "http://localhost:8000"), ("a.example", "https://b.example"), ("", "https://a.example"),
     ("a.example", "https://evila.example"), ("a.example", "http://a.example")],
)  # fmt: skip
def test_passkeys_of_another_host_are_refused_in_production(host: str, origin: str) -> None:
    spoilt = {"PASSKEY_RP_ID": host, "PASSKEY_ORIGINS": ["https://a.example", origin]}
    assert "warmlijn.E014" in list_refusals(APP_ENV="prod", **spoilt)
    good = {"PASSKEY_RP_ID": "a.example", "PASSKEY_ORIGINS": ["https://a.example", "https://lijn.a.example"]}
    assert "warmlijn.E014" not in list_refusals(APP_ENV="prod", **good)


@pytest.mark.parametrize("is_required", [True, False])
def test_production_without_second_factors_is_warned_of(is_required: bool) -> None:
    assert ("warmlijn.W002" in list_refusals(APP_ENV="prod", REQUIRE_SECOND_FACTOR=is_required)) is not is_required
    with override_settings(APP_ENV="prod", REQUIRE_SECOND_FACTOR=is_required):
        assert [one.level for one in check_production(None) if one.id == "warmlijn.W002"] in ([], [WARNING])
    assert list_refusals(APP_ENV="dev", REQUIRE_SECOND_FACTOR=is_required) == set()


@pytest.mark.parametrize(("token", "refused"), [("", False), ("x", True), ("x" * 31, True), ("x" * 32, False)])
def test_a_metrics_token_that_can_be_guessed_is_refused_in_production(token: str, refused: bool) -> None:
    assert ("warmlijn.E015" in list_refusals(APP_ENV="prod", METRICS_TOKEN=token)) is refused
    assert list_refusals(APP_ENV="dev", METRICS_TOKEN=token) == set()
