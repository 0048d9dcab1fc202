from django.db import migrations

from tenancy.operations import ADD, WRITE, Protect, Rule, TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("questions", "0001_initial"),
        ("cases", "0008_question_count"),
    ]
    operations = [
        Protect("questions_question", {"hospital": Rule("own", WRITE), "centre": Rule("collaborative", WRITE), "compute": Rule("collaborative", WRITE)}),
        Protect("questions_message", {"hospital": Rule("own", ADD), "centre": Rule("collaborative", ADD), "compute": Rule("collaborative")}),
        TenantForeignKey("questions_question", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("questions_question", "case_id", "cases_case", tenant="participation_id"),
        TenantForeignKey("questions_question", "form_version_id", "measures_formversion", tenant="collaborative_id"),
        TenantForeignKey("questions_question", "promoted_to_id", "measures_formversion", tenant="collaborative_id"),
        TenantForeignKey("questions_message", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("questions_message", "question_id", "questions_question", tenant="participation_id"),
    ]
