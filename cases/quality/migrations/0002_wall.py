from django.db import migrations

from tenancy.operations import WRITE, WRITE_AND_CLEAR, Protect, Rule, TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("quality", "0001_initial"),
        ("cases", "0005_capture_wall"),
    ]
    operations = [
        Protect("quality_qualityfigures", {"hospital": Rule("own"), "centre": Rule("collaborative"), "compute": Rule("collaborative", WRITE_AND_CLEAR)}),
        Protect("quality_programmemedians", {"hospital": Rule("collaborative"), "centre": Rule("collaborative"), "compute": Rule("collaborative", WRITE_AND_CLEAR)}),
        Protect("quality_anomaly", {"hospital": Rule("own"), "centre": Rule("collaborative"), "compute": Rule("collaborative", WRITE)}),
        TenantForeignKey("quality_qualityfigures", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("quality_qualityfigures", "form_id", "measures_form", tenant="collaborative_id"),
        TenantForeignKey("quality_qualityfigures", "cycle_id", "caselog_cycle", tenant="collaborative_id"),
        TenantForeignKey("quality_programmemedians", "form_id", "measures_form", tenant="collaborative_id"),
        TenantForeignKey("quality_anomaly", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("quality_anomaly", "form_id", "measures_form", tenant="collaborative_id"),
        TenantForeignKey("quality_anomaly", "case_id", "cases_case", tenant="participation_id"),
        TenantForeignKey("quality_anomaly", "question_id", "questions_question", tenant="participation_id"),
    ]
