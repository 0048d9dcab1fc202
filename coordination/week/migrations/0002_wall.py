from django.db import migrations

from tenancy.operations import READ, WRITE, WRITE_AND_CLEAR, Protect, Rule, TenantForeignKey


# People read their own rows of the side they act on; a worker, who asks the applications as each of them, writes them.
OWN = {
    "hospital": Rule("own_self"),
    "centre": Rule("self_at_centre"),
    "observer": Rule("self_observing"),
    "compute": Rule("collaborative", WRITE_AND_CLEAR),
}


class Migration(migrations.Migration):
    dependencies = [
        ("week", "0001_initial"),
        ("collaboratives", "0005_comparison_group"),
    ]
    operations = [
        Protect("week_waitinglist", OWN),
        Protect("week_waitingtask", OWN),
        # One mail a person whatever their programmes: a row of no tenant, which only the worker's own side reads.
        Protect("week_digest", {"platform": Rule("everything", WRITE)}),
        Protect("week_escalationrule", {"centre": Rule("collaborative", WRITE), "compute": Rule("collaborative", READ)}),
        Protect("week_escalationdone", {"centre": Rule("collaborative", READ), "compute": Rule("collaborative", WRITE)}),
        Protect("week_hospitalreminder", {"centre": Rule("collaborative", READ), "compute": Rule("collaborative", WRITE)}),
        *(
            TenantForeignKey(f"week_{table}", "participation_id", "collaboratives_participation", tenant="collaborative_id")
            for table in ("waitinglist", "waitingtask", "escalationdone", "hospitalreminder")
        ),
        TenantForeignKey("week_waitingtask", "hospital_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("week_waitingtask", "waiting_list_id", "week_waitinglist", tenant="collaborative_id"),
    ]
