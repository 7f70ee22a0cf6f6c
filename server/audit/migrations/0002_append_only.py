"""Entries and checkpoints stay as they were written, streams only grow: the database itself refuses the rest.

The belt beside the rights of the application's role (deploy/app-role.sql): it also holds for the owner's slips and on
SQLite. Who owns the tables can take a trigger away; that is what checkpoints outside the database are for.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ADDED_ONLY = ("audit_auditentry", "audit_auditcheckpoint")
REFUSAL = "the audit log is only ever added to"

POSTGRES = [
    f"""
    CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
    *(
        f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        for table in ADDED_ONLY
    ),
    """
    CREATE TRIGGER audit_auditstream_grows BEFORE UPDATE ON audit_auditstream FOR EACH ROW
    WHEN (NEW.head < OLD.head OR NEW.id <> OLD.id) EXECUTE FUNCTION audit_refuse()
    """,
    "CREATE TRIGGER audit_auditstream_kept BEFORE DELETE ON audit_auditstream FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
]
POSTGRES_WHOLE = [
    f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
    for table in (*ADDED_ONLY, "audit_auditstream")
]
SQLITE = [
    *(
        f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for table in ADDED_ONLY
    ),
    f"""
    CREATE TRIGGER audit_auditstream_grows BEFORE UPDATE ON audit_auditstream
    WHEN NEW.head < OLD.head OR NEW.id <> OLD.id BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """,
]
SQLITE_WHOLE = [
    f"CREATE TRIGGER {table}_whole BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for table in (*ADDED_ONLY, "audit_auditstream")
]


def list_triggers(vendor: str) -> list[str]:
    """Return the statements that put the triggers up, in the database's words."""
    return [*POSTGRES, *POSTGRES_WHOLE] if vendor == "postgresql" else [*SQLITE, *SQLITE_WHOLE]


def put_up(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers up. There is no way back: a release that takes them down says so in a migration of its own."""
    for statement in list_triggers(schema_editor.connection.vendor):
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ("audit", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(put_up),
    ]
