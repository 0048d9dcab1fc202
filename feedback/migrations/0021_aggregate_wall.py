from django.db import migrations

from tenancy.operations import ADD, READ, WRITE, Protect, Rule, TenantForeignKey


# A file holds the figures of every hospital: no hospital reads it. A figure is added and never changed, by nobody.
FIGURES = {
    "hospital": Rule("own", READ),
    "centre": Rule("collaborative", ADD),
    "compute": Rule("collaborative", READ),
}


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0020_aggregate_figures"),
        ("measures", "0010_measures_without_form"),
    ]
    operations = [
        Protect("feedback_figureupload", {"centre": Rule("collaborative", WRITE)}),
        Protect("feedback_aggregatefigure", FIGURES),
        TenantForeignKey("feedback_figureupload", "measure_id", "measures_measure", tenant="collaborative_id"),
        TenantForeignKey(
            "feedback_aggregatefigure", "participation_id", "collaboratives_participation", tenant="collaborative_id"
        ),
        TenantForeignKey("feedback_aggregatefigure", "measure_id", "measures_measure", tenant="collaborative_id"),
        TenantForeignKey("feedback_aggregatefigure", "upload_id", "feedback_figureupload", tenant="collaborative_id"),
    ]
