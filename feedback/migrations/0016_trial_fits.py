import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0015_notes_wall"),
        ("measures", "0009_retired_models"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name='modelfit',
            name='details',
            field=models.JSONField(db_default={}, default=dict, help_text='Scaled Brier, calibration, what was left out, missing answers, formula, the fit before.'),
        ),
        migrations.CreateModel(
            name='TrialFit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('spec', models.JSONField(help_text='The model as it was tried.')),
                ('spec_digest', models.CharField(max_length=64)),
                ('window_from', models.DateField()),
                ('window_to', models.DateField()),
                ('requested_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('state', models.CharField(choices=[('waiting', 'Being computed'), ('done', 'Done'), ('refused', 'Refused')], default='waiting', max_length=8)),
                ('problem', models.TextField(blank=True, help_text='Why the model was refused.')),
                ('fit', models.JSONField(default=dict, help_text='As a release would keep it.')),
                ('fit_before', models.JSONField(default=dict, help_text='The version before, fitted on the same cases.')),
                ('recalibration', models.JSONField(default=dict, help_text='The version before as a release froze it, on these cases.')),
                ('later', models.JSONField(default=dict, help_text='Fitted on the first quarters, judged on the last.')),
                ('pooled', models.JSONField(default=dict, help_text='Hospitals, cases, observed and rate of all.')),
                ('digest', models.CharField(blank=True, help_text='Of hospitals, outcomes and covariates as they were read.', max_length=64)),
                ('code_version', models.CharField(blank=True, max_length=120)),
                ('seed', models.PositiveIntegerField(null=True)),
                ('tolerance', models.FloatField(null=True)),
                ('seconds', models.FloatField(null=True)),
                ('before', models.ForeignKey(help_text='The version it is compared with.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='measures.riskmodelversion')),
                ('collaborative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='collaboratives.collaborative')),
                ('measure_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='measures.measureversion')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('risk_model_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trials', to='measures.riskmodelversion')),
            ],
        ),
        migrations.CreateModel(
            name='TrialHospital',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('denominator', models.PositiveIntegerField()),
                ('observed', models.PositiveIntegerField()),
                ('expected', models.FloatField(null=True)),
                ('expected_before', models.FloatField(null=True)),
                ('odds_ratio', models.FloatField(null=True)),
                ('odds_ratio_before', models.FloatField(null=True)),
                ('flag', models.CharField(blank=True, max_length=11)),
                ('flag_before', models.CharField(blank=True, max_length=11)),
                ('reading', models.CharField(choices=[('better', 'Better than the collaborative'), ('as_expected', 'Within expected variation'), ('worse', 'Worse than the collaborative'), ('too_few', 'Too few cases to compare')], max_length=11)),
                ('reading_before', models.CharField(blank=True, choices=[('better', 'Better than the collaborative'), ('as_expected', 'Within expected variation'), ('worse', 'Worse than the collaborative'), ('too_few', 'Too few cases to compare')], max_length=11)),
                ('collaborative', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='collaboratives.collaborative')),
                ('participation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='collaboratives.participation')),
                ('trial', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='hospitals', to='feedback.trialfit')),
            ],
        ),
        migrations.AddIndex(
            model_name='trialfit',
            index=models.Index(fields=['collaborative', '-requested_at'], name='feedback_trialfit_newest'),
        ),
        migrations.AddConstraint(
            model_name='trialfit',
            constraint=models.UniqueConstraint(fields=('collaborative', 'public_id'), name='feedback_trialfit_public_id'),
        ),
        migrations.AddConstraint(
            model_name='trialfit',
            constraint=models.CheckConstraint(condition=models.Q(('window_from__lte', models.F('window_to'))), name='feedback_trialfit_from_before_to'),
        ),
        migrations.AddConstraint(
            model_name='trialfit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), models.Q(('problem', ''), _negated=True)), models.Q(models.Q(('state', 'refused'), _negated=True), ('problem', '')), _connector='OR'), name='feedback_trialfit_refused_with_problem'),
        ),
        migrations.AddConstraint(
            model_name='trialhospital',
            constraint=models.UniqueConstraint(fields=('collaborative', 'trial', 'participation'), name='feedback_trialhospital_once'),
        ),
    ]
