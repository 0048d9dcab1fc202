from django.db import migrations

from feedback.selectors.disclosing_fit import told_of
from tenancy.operations import ADD, DataMigration, Narrow, Protect, Rule, TenantForeignKey


WALL = {"centre": Rule("collaborative"), "compute": Rule("collaborative", ADD)}
RELEASED = ("released", "superseded", "withdrawn")


def move(apps, schema_editor):
    """What members have been told so far, as the rows that they read from now on."""
    here = schema_editor.connection.alias
    fits, told = (apps.get_model("feedback", name).objects.using(here) for name in ("ModelFit", "MemberFit"))
    keys = ("collaborative_id", "release_id", "measure_version_id", "risk_model_version_id")
    for fit in fits.filter(release__state__in=RELEASED):
        told.create(**{key: getattr(fit, key) for key in keys}, **told_of(fit))
    schema_editor.execute(
        """INSERT INTO feedback_grouppeers (public_id, collaborative_id, participation_id, release_id, measure_version_id,
                                            stratum, "values", withheld, collaborative_value)
           SELECT gen_random_uuid(), p.collaborative_id, s.participation_id, p.release_id, p.measure_version_id,
                  p.stratum, p."values", p.withheld, p.collaborative_value
             FROM feedback_peerdistribution p JOIN feedback_siteresult s
               ON s.release_id = p.release_id AND s.measure_version_id = p.measure_version_id
              AND p.stratum = 'group:' || s.comparison_group
            WHERE s.comparison_group <> ''"""
    )
    schema_editor.execute("DELETE FROM feedback_peerdistribution WHERE stratum LIKE 'group:%%'", [])


class Migration(migrations.Migration):
    """Exact fits are the centre's; a group of similar hospitals is the business of its members (ADR 20)."""

    dependencies = [
        ("feedback", "0027_rows_for_members"),
    ]
    operations = [
        Protect("feedback_memberfit", {"hospital": Rule("released"), **WALL}),
        Protect("feedback_grouppeers", {"hospital": Rule("own_released"), **WALL}),
        Narrow("feedback_grouppeers", "comparing", ("hospital",)),
        TenantForeignKey("feedback_memberfit", "release_id", "feedback_release", tenant="collaborative_id"),
        TenantForeignKey("feedback_memberfit", "measure_version_id", "measures_measureversion", tenant="collaborative_id"),
        TenantForeignKey("feedback_memberfit", "risk_model_version_id", "measures_riskmodelversion", tenant="collaborative_id"),
        TenantForeignKey("feedback_grouppeers", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("feedback_grouppeers", "release_id", "feedback_release", tenant="collaborative_id"),
        TenantForeignKey("feedback_grouppeers", "measure_version_id", "measures_measureversion", tenant="collaborative_id"),
        DataMigration(move),
        migrations.RunSQL(
            sql=["DROP POLICY hospital_p ON feedback_modelfit", "REVOKE ALL ON feedback_modelfit FROM colloquy_hospital"],
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
