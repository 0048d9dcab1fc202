from django.db import migrations

from tenancy.operations import ADD, Protect, Rule, TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0001_initial"),
        ("feedback", "0002_wall"),
    ]
    operations = [
        Protect("reports_hospitalreport", {"hospital": Rule("own_released"), "centre": Rule("collaborative"), "compute": Rule("collaborative", ADD)}),
        Protect("reports_pooledreport", {"hospital": Rule("released"), "centre": Rule("collaborative"), "observer": Rule("released"), "compute": Rule("collaborative", ADD)}),
        TenantForeignKey("reports_hospitalreport", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("reports_hospitalreport", "release_id", "feedback_release", tenant="collaborative_id"),
        TenantForeignKey("reports_pooledreport", "release_id", "feedback_release", tenant="collaborative_id"),
    ]
