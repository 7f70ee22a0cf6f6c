from django.db import migrations, models


def keep_what_is_agreed(apps, schema_editor):
    """The history begins with what the teams have agreed by now."""
    version = apps.get_model("safety", "SafetyVersion")
    drafts = [
        version(
            team_id=one.team_id,
            what="numbers",
            version=1,
            settings=one.settings,
            changed_at=one.changed_at,
            changed_by=one.changed_by,
        )
        for one in apps.get_model("safety", "TeamSafety").objects.all()
        if one.settings
    ]
    drafts += [
        version(
            team_id=one.team_id,
            what="silence",
            version=1,
            settings={"level": one.level, "minutes": one.minutes},
            changed_at=one.changed_at,
            changed_by=one.changed_by,
        )
        for one in apps.get_model("safety", "SilenceSettings").objects.all()
    ]
    version.objects.bulk_create(drafts)


class Migration(migrations.Migration):

    dependencies = [
        ('safety', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SafetyVersion',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('team_id', models.UUIDField()),
                ('what', models.CharField(max_length=10)),
                ('version', models.IntegerField()),
                ('settings', models.JSONField()),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.UUIDField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('team_id', 'what', 'version'), name='safety_version_once'), models.CheckConstraint(condition=models.Q(('what__in', ['numbers', 'silence'])), name='safety_version_known')],
            },
        ),
        migrations.RunPython(keep_what_is_agreed, migrations.RunPython.noop),
    ]
