import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("measures", "0008_retired_measures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField("riskmodelversion", "retired_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("riskmodelversion", "retired_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
        migrations.AddField("riskmodelversion", "retirement", models.TextField(blank=True, db_default="", default="", help_text="Why nothing took its place.")),
        migrations.AddConstraint(
            "riskmodelversion",
            models.CheckConstraint(
                condition=models.Q(retired_at=None, retired_by=None, retirement="") | (models.Q(status="retired", retired_at__isnull=False) & ~models.Q(retirement="")),
                name="measures_riskmodelversion_retired_with_reason",
            ),
        ),
    ]
