import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("measures", "0009_retired_models"),
    ]
    operations = [
        migrations.AlterField(
            model_name="measureversion",
            name="form",
            field=models.ForeignKey(
                blank=True,
                help_text="Whose cases it counts; empty: its figures are supplied.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="measure_versions",
                to="measures.form",
            ),
        ),
    ]
