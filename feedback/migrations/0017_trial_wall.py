from django.db import migrations

from tenancy.operations import ADD, READ, WRITE, Protect, Rule, TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [("feedback", "0016_trial_fits")]
    operations = [
        Protect("feedback_trialfit", {"centre": Rule("collaborative", ADD), "compute": Rule("collaborative", WRITE)}),
        Protect("feedback_trialhospital", {"centre": Rule("collaborative", READ), "compute": Rule("collaborative", ADD)}),
        TenantForeignKey("feedback_trialfit", "risk_model_version_id", "measures_riskmodelversion", tenant="collaborative_id"),
        TenantForeignKey("feedback_trialfit", "measure_version_id", "measures_measureversion", tenant="collaborative_id"),
        TenantForeignKey("feedback_trialfit", "before_id", "measures_riskmodelversion", tenant="collaborative_id"),
        TenantForeignKey("feedback_trialhospital", "trial_id", "feedback_trialfit", tenant="collaborative_id"),
        TenantForeignKey("feedback_trialhospital", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
    ]
