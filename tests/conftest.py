"""What every test shares: no network beyond this machine, and a database that can be emptied between tests."""

from __future__ import annotations

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests import emptying, network_guard
from tests.property import profiles

network_guard.install()
emptying.install()
profiles.load()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Take down the triggers that keep the audit tables from being emptied: Django empties all tables after a test of
    several connections. Those against changing a row stay; tests/integration/audit/test_append_only.py has all of them.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in ("audit_auditentry", "audit_auditcheckpoint", "audit_auditstream"):
            of_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_whole{of_table}")
