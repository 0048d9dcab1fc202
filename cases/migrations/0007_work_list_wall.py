from django.db import migrations

from tenancy.operations import WRITE_AND_CLEAR, Protect, Rule, TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0006_work_list"),
    ]
    operations = [
        Protect("cases_savedfilter", {"hospital": Rule("own_self", WRITE_AND_CLEAR)}),
        TenantForeignKey("cases_savedfilter", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
    ]
