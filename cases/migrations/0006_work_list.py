import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0005_capture_wall'),
        ('collaboratives', '0004_api_tokens_wall'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedFilter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('name', models.CharField(max_length=40)),
                ('query', models.CharField(help_text="The address's part after the question mark; may hold a number.", max_length=300)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('collaborative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='collaboratives.collaborative')),
                ('participation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='collaboratives.participation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='savedfilter',
            constraint=models.UniqueConstraint(fields=('participation', 'public_id'), name='cases_savedfilter_public_id'),
        ),
        migrations.AddConstraint(
            model_name='savedfilter',
            constraint=models.UniqueConstraint(fields=('participation', 'user', 'name'), name='cases_savedfilter_name_unique'),
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='cases_case_by_status',
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['participation', 'status', 'event_date'], include=('assigned_to', 'errors', 'warnings', 'completed_at'), name='cases_case_by_work'),
        ),
    ]
