from django.db import migrations

from tenancy.operations import ADD, PREDICATES, WRITE, Protect, Rule, TenantForeignKey


# Releases of which this person may read their own hospital's results before members do: the hospital has a notice, it is
# open, the release is on its way and not there yet, and the person is this hospital's champion or administrator today.
NOTICED = """
    CREATE FUNCTION app.ctx_noticed() RETURNS bigint[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    DECLARE who bigint; r bigint[];
    BEGIN
      SELECT x.user_id INTO who FROM app_private.ctx() x;
      SELECT coalesce(array_agg(DISTINCT n.release_id), '{}') INTO r
        FROM public.feedback_privatenotice n JOIN public.feedback_release f ON f.id = n.release_id
       WHERE n.participation_id = ANY (app.ctx_participations())
         AND n.opens_at <= clock_timestamp() AND f.state IN ('scheduled', 'releasing')
         AND EXISTS (SELECT FROM public.collaboratives_grant g
                      WHERE g.user_id = who AND g.participation_id = n.participation_id
                        AND g.role IN ('champion', 'administrator') AND g.starts_at <= clock_timestamp()
                        AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp()));
      RETURN r;
    END $$;

    REVOKE ALL ON FUNCTION app.ctx_noticed() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION app.ctx_noticed() TO colloquy_hospital;
"""


def narrowed_to(predicate: str) -> list[str]:
    condition = PREDICATES[predicate]
    tables = ("feedback_siteresult", "feedback_dataqualitystatement")
    return [f"ALTER POLICY hospital_p ON {table} USING ({condition}) WITH CHECK ({condition})" for table in tables]


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0018_release_governance"),
    ]
    operations = [
        migrations.RunSQL(sql=NOTICED, reverse_sql="DROP FUNCTION app.ctx_noticed()"),
        Protect("feedback_releasepolicy", {"centre": Rule("collaborative", ADD), "compute": Rule("collaborative")}),
        Protect("feedback_releasecheck", {"centre": Rule("collaborative"), "compute": Rule("collaborative", ADD)}),
        Protect("feedback_releasecheckreason", {"centre": Rule("collaborative", ADD), "compute": Rule("collaborative")}),
        Protect("feedback_privatenotice", {"hospital": Rule("own_noticed"), "centre": Rule("collaborative"), "compute": Rule("collaborative", WRITE)}, owner_reads=True),
        Protect("feedback_releaseproof", {"centre": Rule("collaborative"), "compute": Rule("collaborative", ADD)}),
        Protect("feedback_releasemail", {"centre": Rule("collaborative"), "compute": Rule("collaborative", WRITE)}),
        *(
            TenantForeignKey(f"feedback_{table}", "release_id", "feedback_release", tenant="collaborative_id")
            for table in ("releasecheck", "privatenotice", "releaseproof", "releasemail")
        ),
        TenantForeignKey("feedback_releasecheckreason", "check_row_id", "feedback_releasecheck", tenant="collaborative_id"),
        TenantForeignKey("feedback_privatenotice", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("feedback_privatenotice", "measure_version_id", "measures_measureversion", tenant="collaborative_id"),
        migrations.RunSQL(sql=narrowed_to("own_released_or_noticed"), reverse_sql=narrowed_to("own_released")),
    ]
