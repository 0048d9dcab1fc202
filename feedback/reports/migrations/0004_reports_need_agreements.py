from django.db import migrations

from tenancy.operations import Narrow


class Migration(migrations.Migration):
    """The files of a release show peers, too."""

    dependencies = [
        ("reports", "0003_pooled_said"),
        ("agreements", "0002_wall"),
    ]
    operations = [Narrow("reports_hospitalreport", "comparing", ("hospital",))]
