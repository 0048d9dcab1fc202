from django.db import migrations

from tenancy.operations import ADD, Protect, Rule, TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0008_data_quality_statement"),
    ]
    operations = [
        Protect("feedback_dataqualitystatement", {"hospital": Rule("own_released"), "centre": Rule("collaborative"), "compute": Rule("collaborative", ADD)}),
        Protect("feedback_pooledstatement", {"hospital": Rule("released"), "centre": Rule("collaborative"), "observer": Rule("released"), "compute": Rule("collaborative", ADD)}),
        TenantForeignKey("feedback_dataqualitystatement", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("feedback_dataqualitystatement", "release_id", "feedback_release", tenant="collaborative_id"),
        TenantForeignKey("feedback_dataqualitystatement", "measure_version_id", "measures_measureversion", tenant="collaborative_id"),
        TenantForeignKey("feedback_pooledstatement", "release_id", "feedback_release", tenant="collaborative_id"),
        TenantForeignKey("feedback_pooledstatement", "measure_version_id", "measures_measureversion", tenant="collaborative_id"),
    ]
