from django.db import migrations

from tenancy.operations import ADD, WRITE, WRITE_AND_CLEAR, Protect, Rule, TenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0001_initial"),
        ("cases", "0002_wall"),
    ]
    operations = [
        Protect("feedback_caseoutcome", {"hospital": Rule("own"), "centre": Rule("collaborative"), "compute": Rule("collaborative", WRITE_AND_CLEAR)}),
        Protect("feedback_sitemonth", {"hospital": Rule("own"), "centre": Rule("collaborative"), "compute": Rule("collaborative", WRITE)}),
        Protect("feedback_snapshot", {"centre": Rule("collaborative"), "compute": Rule("collaborative", ADD)}),
        Protect("feedback_snapshotslice", {"hospital": Rule("own"), "centre": Rule("collaborative"), "compute": Rule("collaborative", ADD)}),
        Protect("feedback_release", {"hospital": Rule("released_release"), "centre": Rule("collaborative", WRITE), "observer": Rule("released_release"), "compute": Rule("collaborative", WRITE)}, owner_reads=True),
        Protect("feedback_modelfit", {"hospital": Rule("released"), "centre": Rule("collaborative"), "compute": Rule("collaborative", ADD)}),
        Protect("feedback_siteresult", {"hospital": Rule("own_released"), "centre": Rule("collaborative"), "compute": Rule("collaborative", ADD)}),
        Protect("feedback_measureresult", {"centre": Rule("collaborative"), "compute": Rule("collaborative", ADD)}),
        Protect("feedback_peerdistribution", {"hospital": Rule("released"), "centre": Rule("collaborative"), "compute": Rule("collaborative", ADD)}),
        Protect("feedback_pooledresult", {"hospital": Rule("released"), "centre": Rule("collaborative"), "observer": Rule("released"), "compute": Rule("collaborative", ADD)}),
        TenantForeignKey("feedback_caseoutcome", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("feedback_sitemonth", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("feedback_snapshotslice", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("feedback_siteresult", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("feedback_caseoutcome", "case_id", "cases_case", tenant="participation_id"),
        TenantForeignKey("feedback_caseoutcome", "measure_version_id", "measures_measureversion", tenant="collaborative_id"),
        TenantForeignKey("feedback_sitemonth", "measure_version_id", "measures_measureversion", tenant="collaborative_id"),
        TenantForeignKey("feedback_snapshotslice", "measure_version_id", "measures_measureversion", tenant="collaborative_id"),
        TenantForeignKey("feedback_modelfit", "measure_version_id", "measures_measureversion", tenant="collaborative_id"),
        TenantForeignKey("feedback_siteresult", "measure_version_id", "measures_measureversion", tenant="collaborative_id"),
        TenantForeignKey("feedback_measureresult", "measure_version_id", "measures_measureversion", tenant="collaborative_id"),
        TenantForeignKey("feedback_peerdistribution", "measure_version_id", "measures_measureversion", tenant="collaborative_id"),
        TenantForeignKey("feedback_pooledresult", "measure_version_id", "measures_measureversion", tenant="collaborative_id"),
        TenantForeignKey("feedback_modelfit", "release_id", "feedback_release", tenant="collaborative_id"),
        TenantForeignKey("feedback_siteresult", "release_id", "feedback_release", tenant="collaborative_id"),
        TenantForeignKey("feedback_measureresult", "release_id", "feedback_release", tenant="collaborative_id"),
        TenantForeignKey("feedback_peerdistribution", "release_id", "feedback_release", tenant="collaborative_id"),
        TenantForeignKey("feedback_pooledresult", "release_id", "feedback_release", tenant="collaborative_id"),
        TenantForeignKey("feedback_snapshotslice", "snapshot_id", "feedback_snapshot", tenant="collaborative_id"),
        TenantForeignKey("feedback_release", "snapshot_id", "feedback_snapshot", tenant="collaborative_id"),
    ]
