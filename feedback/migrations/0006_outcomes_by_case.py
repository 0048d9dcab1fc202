import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A trap like those of 0005: a table without statistics was searched by measure once for every case."""

    dependencies = [
        ("feedback", "0005_lean_indexes"),
    ]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    sql="DROP INDEX feedback_caseoutcome_measure_version_id_78687586",
                    reverse_sql="CREATE INDEX feedback_caseoutcome_measure_version_id_78687586 ON feedback_caseoutcome (measure_version_id)",
                ),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="caseoutcome",
                    name="measure_version",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="measures.measureversion",
                    ),
                ),
            ],
        ),
    ]
