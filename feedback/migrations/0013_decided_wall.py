from django.db import migrations

from tenancy.operations import WRITE, Protect, Rule, TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0012_decided_exclusions"),
    ]
    operations = [
        Protect("feedback_decidedexclusion", {"centre": Rule("collaborative", WRITE), "compute": Rule("collaborative")}),
        TenantForeignKey("feedback_decidedexclusion", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("feedback_decidedexclusion", "case_id", "cases_case", tenant="participation_id"),
        TenantForeignKey("feedback_decidedexclusion", "measure_id", "measures_measure", tenant="collaborative_id"),
    ]
