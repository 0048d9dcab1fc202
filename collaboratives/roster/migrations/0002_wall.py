from django.db import migrations

from tenancy.operations import ADD, READ, WRITE, WRITE_AND_CLEAR, Protect, Rule, TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("roster", "0001_initial"),
        ("collaboratives", "0005_comparison_group"),
    ]
    operations = [
        Protect("roster_interimcover", {"hospital": Rule("own", WRITE), "centre": Rule("collaborative", WRITE), "compute": Rule("collaborative", READ)}),
        Protect("roster_accessreview", {"hospital": Rule("own", ADD), "centre": Rule("collaborative", ADD), "compute": Rule("collaborative", READ)}),
        Protect("roster_onboardingdate", {"hospital": Rule("own", READ), "centre": Rule("collaborative", WRITE), "compute": Rule("collaborative", READ)}),
        Protect("roster_merger", {"hospital": Rule("own", READ), "centre": Rule("collaborative", ADD), "compute": Rule("collaborative", READ)}),
        Protect("roster_directorywish", {"hospital": Rule("own_self", WRITE), "compute": Rule("collaborative", READ)}),
        Protect("roster_directoryentry", {"hospital": Rule("collaborative", READ), "centre": Rule("collaborative", READ), "compute": Rule("collaborative", WRITE_AND_CLEAR)}),
        *(
            TenantForeignKey(f"roster_{table}", "participation_id", "collaboratives_participation", tenant="collaborative_id")
            for table in ("interimcover", "accessreview", "onboardingdate", "merger", "directorywish")
        ),
        TenantForeignKey("roster_merger", "into_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("roster_directoryentry", "wish_id", "roster_directorywish", tenant="collaborative_id"),
    ]
