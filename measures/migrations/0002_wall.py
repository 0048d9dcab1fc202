from django.db import migrations

from tenancy.operations import WRITE, Protect, Rule, TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("measures", "0001_initial"),
        ("collaboratives", "0002_wall"),
    ]
    operations = [
        Protect("measures_form", {"hospital": Rule("collaborative"), "centre": Rule("collaborative", WRITE), "compute": Rule("collaborative")}),
        Protect("measures_formversion", {"hospital": Rule("collaborative"), "centre": Rule("collaborative", WRITE), "compute": Rule("collaborative")}),
        Protect("measures_riskmodel", {"hospital": Rule("collaborative"), "centre": Rule("collaborative", WRITE), "compute": Rule("collaborative")}),
        Protect("measures_riskmodelversion", {"hospital": Rule("collaborative"), "centre": Rule("collaborative", WRITE), "compute": Rule("collaborative")}),
        Protect("measures_measure", {"hospital": Rule("collaborative"), "centre": Rule("collaborative", WRITE), "observer": Rule("collaborative"), "compute": Rule("collaborative")}),
        Protect("measures_measureversion", {"hospital": Rule("collaborative"), "centre": Rule("collaborative", WRITE), "observer": Rule("collaborative"), "compute": Rule("collaborative")}),
        TenantForeignKey("measures_formversion", "form_id", "measures_form", tenant="collaborative_id"),
        TenantForeignKey("measures_riskmodelversion", "risk_model_id", "measures_riskmodel", tenant="collaborative_id"),
        TenantForeignKey("measures_measureversion", "measure_id", "measures_measure", tenant="collaborative_id"),
        TenantForeignKey("measures_measureversion", "form_id", "measures_form", tenant="collaborative_id"),
        TenantForeignKey("measures_measureversion", "risk_model_version_id", "measures_riskmodelversion", tenant="collaborative_id"),
    ]
