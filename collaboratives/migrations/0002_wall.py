from django.db import migrations

from tenancy.operations import WRITE, Protect, Rule, TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("collaboratives", "0001_initial"),
        ("accounts", "0002_wall"),
        ("sites", "0002_wall"),
    ]
    operations = [
        Protect("collaboratives_collaborative", {"member": Rule("own_collaborative"), "hospital": Rule("own_collaborative"), "centre": Rule("own_collaborative"), "observer": Rule("own_collaborative"), "compute": Rule("own_collaborative"), "platform": Rule("everything", WRITE)}),
        Protect("collaboratives_participation", {"member": Rule("own_participation"), "hospital": Rule("own_participation"), "centre": Rule("collaborative", WRITE), "compute": Rule("collaborative"), "platform": Rule("everything", WRITE)}, owner_reads=True),
        Protect("collaboratives_grant", {"member": Rule("self"), "hospital": Rule("own", WRITE), "centre": Rule("collaborative", WRITE), "compute": Rule("collaborative"), "platform": Rule("everything", WRITE)}, owner_reads=True),
        Protect("collaboratives_invitation", {"hospital": Rule("own", WRITE), "centre": Rule("collaborative", WRITE), "compute": Rule("collaborative")}),
        TenantForeignKey("collaboratives_grant", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("collaboratives_invitation", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
    ]
