from django.db import migrations

from tenancy.operations import READ, WRITE, Protect, Rule, TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0014_control_charts_and_notes"),
    ]
    operations = [
        Protect("feedback_hospitalnote", {"hospital": Rule("own", WRITE), "centre": Rule("collaborative", READ)}),
        Protect("feedback_programmenote", {"hospital": Rule("collaborative", READ), "centre": Rule("collaborative", WRITE)}),
        TenantForeignKey("feedback_hospitalnote", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("feedback_hospitalnote", "measure_id", "measures_measure", tenant="collaborative_id"),
        TenantForeignKey("feedback_programmenote", "measure_id", "measures_measure", tenant="collaborative_id"),
    ]
