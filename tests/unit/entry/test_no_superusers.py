"""Django's way of making somebody who may do everything is shut, and says where the door is."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command, get_commands


def test_there_are_no_superusers() -> None:
    assert get_commands()["createsuperuser"] == "server.entry"
    with pytest.raises(CommandError, match="people add admin"):
        call_command("createsuperuser")
