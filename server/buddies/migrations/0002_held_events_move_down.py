from django.db import migrations

_FIELDS = ("person_id", "kind", "conversation_id", "refs", "due_at")


def move_held_marks(apps, schema_editor):
    """What waits for experts' hours goes on waiting, in the room of the hours."""
    held = apps.get_model("availability", "HeldEvent")
    marks = apps.get_model("buddies", "HeldMark").objects.order_by("id").values(*_FIELDS)
    held.objects.bulk_create(held(**one) for one in marks)


class Migration(migrations.Migration):

    dependencies = [
        ('availability', '0003_held_events'),
        ('buddies', '0001_initial'),
    ]

    operations = [
        migrations.RunPython(move_held_marks, migrations.RunPython.noop),
        migrations.DeleteModel(
            name='HeldMark',
        ),
    ]
