from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('availability', '0002_team_hours_history'),
    ]

    operations = [
        migrations.CreateModel(
            name='HeldEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('person_id', models.UUIDField(db_index=True)),
                ('kind', models.CharField(max_length=30)),
                ('conversation_id', models.UUIDField(null=True)),
                ('refs', models.JSONField()),
                ('due_at', models.DateTimeField(db_index=True)),
            ],
        ),
    ]
