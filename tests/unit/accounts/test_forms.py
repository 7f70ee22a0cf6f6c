"""The forms of answers and requests as they are published."""

from __future__ import annotations

from server.accounts import serializers as forms


def test_the_code_of_a_link_stands_behind_the_hash() -> None:
    links = [forms.shape_invitation_link("https://chat.example/", role, "a_b-c") for role in ("youth", "expert")]
    assert links == ["https://chat.example/#code=a_b-c", "https://chat.example/#staff=a_b-c"]


def test_the_platforms_are_published() -> None:
    schema = forms.draw_body(forms.REGISTER_DEVICE)["application/json"]
    assert schema["properties"]["platform"]["enum"] == ["android", "ios", "web"]
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["push_token", "platform"]
