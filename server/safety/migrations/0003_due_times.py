from django.db import migrations, models
from django.db.models import F


def plan_what_is_open(apps, schema_editor):
    """What was not told, not ended or not signalled yet is due when it was due before."""
    openings = apps.get_model("safety", "GlassOpening").objects
    openings.filter(told_at=None).update(tell_due_at=F("tell_at"))
    openings.filter(ended_at=None).update(end_due_at=F("until"))
    complaints = apps.get_model("safety", "Complaint").objects
    complaints.filter(signalled_at=None).update(signal_due_at=F("received_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('safety', '0002_settings_history'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='complaint',
            name='complaint_to_signal',
        ),
        migrations.RemoveIndex(
            model_name='glassopening',
            name='glass_to_tell',
        ),
        migrations.AddField(
            model_name='complaint',
            name='signal_due_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='glassopening',
            name='end_due_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='glassopening',
            name='tell_due_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(plan_what_is_open, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='complaint',
            name='signalled_at',
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(condition=models.Q(('signal_due_at__isnull', False)), fields=['signal_due_at'], name='complaint_to_signal'),
        ),
        migrations.AddIndex(
            model_name='glassopening',
            index=models.Index(condition=models.Q(('tell_due_at__isnull', False)), fields=['tell_due_at'], name='glass_to_tell'),
        ),
        migrations.AddIndex(
            model_name='glassopening',
            index=models.Index(condition=models.Q(('end_due_at__isnull', False)), fields=['end_due_at'], name='glass_to_end'),
        ),
        migrations.AddIndex(
            model_name='joining',
            index=models.Index(condition=models.Q(('left_at', None)), fields=['conversation_id'], name='joining_in_talk'),
        ),
    ]
