from django.db import migrations

from tenancy.operations import WRITE, WRITE_AND_CLEAR, Protect, Rule, TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"),
        ("measures", "0002_wall"),
    ]
    operations = [
        Protect("cases_case", {"hospital": Rule("own", WRITE), "centre": Rule("collaborative"), "compute": Rule("collaborative", WRITE)}),
        Protect("cases_caseimport", {"hospital": Rule("own", WRITE), "centre": Rule("collaborative", WRITE), "compute": Rule("collaborative", WRITE)}),
        Protect("cases_importrow", {"hospital": Rule("own"), "centre": Rule("collaborative"), "compute": Rule("collaborative", WRITE_AND_CLEAR)}),
        TenantForeignKey("cases_case", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("cases_caseimport", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("cases_importrow", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("cases_case", "form_version_id", "measures_formversion", tenant="collaborative_id"),
        TenantForeignKey("cases_importrow", "case_import_id", "cases_caseimport", tenant="collaborative_id"),
    ]
