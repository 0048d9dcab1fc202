from django.db import migrations

from tenancy.operations import TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0002_wall"),
    ]
    operations = [
        TenantForeignKey("feedback_modelfit", "risk_model_version_id", "measures_riskmodelversion", tenant="collaborative_id"),
    ]
