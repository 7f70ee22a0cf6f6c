"""Two at once with what is good once: one wins, and the other changes nothing."""

from __future__ import annotations

from datetime import datetime

import pytest

from server.accounts.actions import change_role, sign_in
from server.accounts.actions.passkeys import sign_in_with_passkey
from server.accounts.actions.recovery import make_recovery_code, recover_youth
from server.accounts.errors import OtpInvalid, PasskeyInvalid, RecoveryInvalid
from server.accounts.factor_forms import read_assertion
from server.accounts.models import Passkey, Person, RecoveryCode, Session, Totp
from server.foundation.errors import NotSignedIn
from tests.integration.accounts.authenticator import Authenticator
from tests.integration.accounts.cast import PASSWORD, Cast, make_cast, make_email, make_player
from tests.integration.accounts.factors import ask_at_door, enrol_passkey, enrol_totp
from tests.integration.accounts.test_races import run_together

pytestmark = pytest.mark.usefixtures("on_postgres")


@pytest.fixture
def cast(on_postgres: None, now: datetime) -> Cast:
    """The cast, committed, so that other connections see it."""
    return make_cast(now)


def count_winners(results: list[object], refusal: type[Exception]) -> int:
    """Return how many came in; everybody else got this refusal."""
    assert all(isinstance(one, (tuple, refusal)) for one in results), results
    return sum(isinstance(one, tuple) for one in results)


@pytest.mark.parametrize("kind", ["app", "recovery code"])
def test_of_two_with_one_code_one_signs_in(cast: Cast, now: datetime, kind: str) -> None:
    app, codes = enrol_totp(cast.mara)
    Totp.objects.update(last_step=0)
    otp = app.at(now) if kind == "app" else codes[0]
    sessions = Session.objects.count()
    results = run_together(
        4, lambda: sign_in(email=make_email("Mara"), password=PASSWORD, otp=otp, device_name="x", now=now)
    )
    assert count_winners(list(results), OtpInvalid) == 1
    assert Session.objects.count() == sessions + 1


def test_of_two_with_one_recovery_code_one_comes_back(cast: Cast, now: datetime) -> None:
    code = make_recovery_code(session=cast.ada.session, now=now)
    results = run_together(4, lambda: recover_youth(code=code, device_name="x", now=now))
    assert count_winners(list(results), RecoveryInvalid) == 1
    assert RecoveryCode.objects.count() == 1


def test_of_two_with_one_signature_one_signs_in(cast: Cast, now: datetime) -> None:
    device = Authenticator()
    enrol_passkey(cast.mara, device)
    given = read_assertion(device.get(ask_at_door()) | {"user_handle": None})
    results = run_together(4, lambda: sign_in_with_passkey(given=given, device_name="x", now=now))
    assert count_winners(list(results), PasskeyInvalid) == 1
    assert Passkey.objects.get().sign_count == 1


def test_of_two_admins_who_unmake_each_other_one_stays(cast: Cast, now: datetime) -> None:
    vera = make_player(cast.team, "admin", "Vera", now)
    pairs = [(cast.otto, vera), (vera, cast.otto)]

    def unmake() -> int:
        actor, person = pairs.pop()
        return change_role(person_id=person.id, role="expert", actor=actor.session, now=now)

    results = run_together(2, unmake)
    assert sorted(type(one).__name__ for one in results) == sorted([NotSignedIn.__name__, "int"])
    assert Person.objects.filter(team=cast.team, role="admin").count() == 1
