from django.db import migrations

from tenancy.operations import WRITE, Protect, Rule, TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [("collaboratives", "0003_due_days_and_api_tokens")]
    operations = [
        # `member`: a request that brings a key finds it as its owner's own, before any hospital is chosen.
        Protect("collaboratives_apitoken", {"member": Rule("self", "SELECT, UPDATE"), "hospital": Rule("own", WRITE), "centre": Rule("collaborative", "SELECT, UPDATE")}),
        TenantForeignKey("collaboratives_apitoken", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
    ]
