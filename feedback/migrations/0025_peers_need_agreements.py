from django.db import migrations

from tenancy.operations import Narrow


class Migration(migrations.Migration):
    """Expiry of an agreement stops comparison (DOMAIN 3.10): the wall shows no distribution of peers to that hospital."""

    dependencies = [
        ("feedback", "0024_baselines_wall"),
        ("agreements", "0002_wall"),
    ]
    operations = [Narrow("feedback_peerdistribution", "comparing", ("hospital",))]
