from django.db import migrations

from tenancy.operations import Narrow


# A hospital's rows are all of one hospital, so one look is enough for a statement: a condition without a column is
# decided before the first row, where the comparison with every row made the planner think of parallel work.
SIGHTED = """
    CREATE FUNCTION app.ctx_sighted() RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    DECLARE x record;
    BEGIN
      SELECT * INTO x FROM app_private.ctx();
      RETURN NOT EXISTS (SELECT FROM public.audits_audit a
                          WHERE a.abstractor_id = x.user_id AND a.participation_id = x.participation_id
                            AND a.state IN ('drawn', 'abstracting'));
    END $$;

    REVOKE ALL ON FUNCTION app.ctx_sighted() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION app.ctx_sighted() TO colloquy_hospital;
    REVOKE EXECUTE ON FUNCTION app.ctx_blind() FROM colloquy_hospital;
"""
NOT_SIGHTED = """
    GRANT EXECUTE ON FUNCTION app.ctx_blind() TO colloquy_hospital;
    DROP FUNCTION app.ctx_sighted();
"""
OLD = "participation_id <> ALL ((SELECT app.ctx_blind())::bigint[])"
HIDDEN = (
    "cases_case",
    "cases_casechange",
    "cases_caseimport",
    "cases_importrow",
    "questions_question",
    "questions_message",
    "caselog_caselogentry",
    "caselog_followup",
    "caselog_followupattempt",
    "caselog_logupload",
    "caselog_substitution",
    "caselog_unlockrequest",
    "feedback_caseoutcome",
    "feedback_sitemonth",
    "feedback_snapshotslice",
    "feedback_siteresult",
    "quality_anomaly",
    "audits_disagreement",
    "audits_response",
    "audits_ruling",
)


def _replaced(table):
    drop = f"DROP POLICY unblinded_hospital ON {table}"
    again = f"CREATE POLICY unblinded_hospital ON {table} AS RESTRICTIVE TO colloquy_hospital USING ({OLD}) WITH CHECK ({OLD})"
    yield migrations.RunSQL(sql=drop, reverse_sql=again)
    yield Narrow(table, "sighted", ("hospital",))


class Migration(migrations.Migration):
    dependencies = [("audits", "0002_wall")]
    operations = [
        migrations.RunSQL(sql=SIGHTED, reverse_sql=NOT_SIGHTED),
        *(operation for table in HIDDEN for operation in _replaced(table)),
    ]
