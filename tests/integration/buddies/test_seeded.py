"""A team made by `seed`: whoever comes in waits at once and has candidates, whatever was not told."""

from __future__ import annotations

import pytest

from server.entry.seeding import seed_pairs
from server.foundation.clock import read_clock
from tests.cast import Answer, Rest
from tests.integration.buddies.people import told


class _Caller(Rest):
    """Calls with a token alone, as who reads the seed's lines has it."""

    def __init__(self, token: str) -> None:
        self._headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"}


@pytest.mark.django_db
def test_a_youth_who_enrols_waits_and_has_the_seeded_experts_as_candidates() -> None:
    lines = list(seed_pairs(2, 1, now=read_clock()))
    coordinator = _Caller(lines[-1]["coordinator"]["token"])
    code = told(coordinator.post("/invitations"), 201)["code"]
    youth = told(Rest(None).post("/enrol", code=code, display_name="Nova", device_name="phone"), 201)

    waiting = told(coordinator.get("/waiting-list"))["waiting"]
    body = told(_ask(coordinator, youth["user"]["id"]))

    assert [one["youth"]["id"] for one in waiting] == [youth["user"]["id"]], "the seeded youths have a buddy"
    assert {one["expert"]["id"] for one in body["candidates"]} == {one["expert"]["id"] for one in lines[:2]}
    assert body["excluded"] == []
    assert all(one["reasons"] and 0 <= one["score"] <= 100 for one in body["candidates"])


@pytest.mark.django_db
def test_what_the_youth_tells_later_excludes_no_seeded_expert_by_what_nobody_asked_them() -> None:
    lines = list(seed_pairs(1, 1, now=read_clock()))
    coordinator = _Caller(lines[-1]["coordinator"]["token"])
    code = told(coordinator.post("/invitations"), 201)["code"]
    youth = told(Rest(None).post("/enrol", code=code, display_name="Nova", device_name="phone"), 201)
    told(_Caller(youth["token"]).call("PUT", "/me/intake", b'{"languages":["nl"],"themes":["debt"],"region":"Ede"}'))

    body = told(_ask(coordinator, youth["user"]["id"]))

    assert [one["expert"]["id"] for one in body["candidates"]] == [lines[0]["expert"]["id"]]


def _ask(coordinator: Rest, youth_id: str) -> Answer:
    return coordinator.get(f"/youths/{youth_id}/candidates")
