from django.db import migrations

from tenancy.operations import READ, WRITE, Protect, Rule, TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0023_baseline_changes"),
    ]
    operations = [
        Protect(
            "feedback_baselinechange",
            {"hospital": Rule("own", WRITE), "centre": Rule("collaborative", READ), "compute": Rule("collaborative", READ)},
        ),
        TenantForeignKey("feedback_baselinechange", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("feedback_baselinechange", "measure_id", "measures_measure", tenant="collaborative_id"),
    ]
