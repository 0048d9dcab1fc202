from django.db import migrations

from tenancy.operations import ADD, READ, WRITE, WRITE_AND_CLEAR, Protect, Rule, TenantForeignKey


# Set-based, once a statement: a trigger per row would verify the signed context of an import 100,000 times.
HISTORY = """
    CREATE FUNCTION app.changed(before jsonb, after jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
      SELECT coalesce(jsonb_object_agg(k, jsonb_build_array(before -> k, after -> k)), '{}'::jsonb)
        FROM (SELECT jsonb_object_keys(before) UNION SELECT jsonb_object_keys(after)) AS keys (k)
       WHERE before -> k IS DISTINCT FROM after -> k
    $$;

    CREATE FUNCTION app.acting_user() RETURNS bigint
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
      SELECT CASE WHEN coalesce(current_setting('app.ctx', true), '') = '' THEN NULL ELSE nullif(app.ctx_user(), 0) END
    $$;

    CREATE FUNCTION app.case_history() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE who bigint := app.acting_user();
            role text := replace(current_setting('role'), 'colloquy_', '');
            way text := coalesce(current_setting('colloquy.via', true), '');
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO public.cases_casechange (collaborative_id, participation_id, case_id, case_number, revision,
                                             changed_at, changed_by_id, capacity, via, kind, changes)
        SELECT n.collaborative_id, n.participation_id, n.id, n.case_number, n.revision,
               clock_timestamp(), coalesce(who, n.created_by_id), role, way, 'created', '{}' FROM fresh n;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.cases_casechange (collaborative_id, participation_id, case_id, case_number, revision,
                                             changed_at, changed_by_id, capacity, via, kind, changes)
        SELECT o.collaborative_id, o.participation_id, o.id, o.case_number, o.revision,
               clock_timestamp(), who, role, way, 'deleted',
               jsonb_build_object('answers', app.changed(o.answers, '{}'), 'missing', app.changed(o.missing, '{}')) FROM stale o;
      ELSE
        INSERT INTO public.cases_casechange (collaborative_id, participation_id, case_id, case_number, revision,
                                             changed_at, changed_by_id, capacity, via, kind, changes)
        SELECT n.collaborative_id, n.participation_id, n.id, n.case_number, n.revision,
               clock_timestamp(), coalesce(who, n.updated_by_id), role, way, 'changed', c.changes
          FROM fresh n JOIN stale o ON o.id = n.id
          CROSS JOIN LATERAL (SELECT jsonb_strip_nulls(jsonb_build_object(
            'answers', nullif(app.changed(o.answers, n.answers), '{}'),
            'missing', nullif(app.changed(o.missing, n.missing), '{}'),
            'reasons', nullif(app.changed(o.reasons, n.reasons), '{}'))) ||
            app.changed(
              jsonb_build_object('status', o.status, 'event_date', o.event_date, 'case_number', o.case_number,
                'form_version', o.form_version_id, 'assigned_to', o.assigned_to_id, 'participation', o.participation_id,
                'case_import', o.case_import_id),
              jsonb_build_object('status', n.status, 'event_date', n.event_date, 'case_number', n.case_number,
                'form_version', n.form_version_id, 'assigned_to', n.assigned_to_id, 'participation', n.participation_id,
                'case_import', n.case_import_id)) AS changes) AS c
         WHERE c.changes <> '{}';
      END IF;
      RETURN NULL;
    END $$;

    REVOKE ALL ON FUNCTION app.changed(jsonb, jsonb), app.acting_user(), app.case_history() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION app.changed(jsonb, jsonb), app.acting_user(), app.case_history()
      TO colloquy_hospital, colloquy_centre, colloquy_compute, colloquy_dataops;

    CREATE TRIGGER case_history_created AFTER INSERT ON cases_case
      REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION app.case_history();
    CREATE TRIGGER case_history_changed AFTER UPDATE ON cases_case
      REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION app.case_history();
    CREATE TRIGGER case_history_deleted AFTER DELETE ON cases_case
      REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION app.case_history();
"""
NO_HISTORY = """
    DROP TRIGGER case_history_created ON cases_case;
    DROP TRIGGER case_history_changed ON cases_case;
    DROP TRIGGER case_history_deleted ON cases_case;
    DROP FUNCTION app.case_history();
    DROP FUNCTION app.acting_user();
    DROP FUNCTION app.changed(jsonb, jsonb);
"""
# Undoing an import takes its new cases away again; their history stays.
CLEAR = "GRANT DELETE ON cases_case TO colloquy_compute"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_capture"),
        ("measures", "0003_drafts"),
    ]
    operations = [
        Protect("cases_casechange", {"hospital": Rule("own", ADD), "centre": Rule("collaborative", READ), "compute": Rule("collaborative", ADD)}),
        Protect("cases_savedrequest", {"hospital": Rule("own", WRITE), "compute": Rule("collaborative", WRITE_AND_CLEAR)}),
        Protect("cases_importmapping", {"hospital": Rule("own", WRITE), "centre": Rule("collaborative", WRITE), "compute": Rule("collaborative")}),
        Protect("cases_formburden", {"centre": Rule("collaborative"), "compute": Rule("collaborative", WRITE)}),
        TenantForeignKey("cases_casechange", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("cases_savedrequest", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("cases_importmapping", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("cases_importmapping", "form_id", "measures_form", tenant="collaborative_id"),
        TenantForeignKey("cases_formburden", "form_version_id", "measures_formversion", tenant="collaborative_id"),
        migrations.RunSQL(sql=CLEAR, reverse_sql="REVOKE DELETE ON cases_case FROM colloquy_compute"),
        migrations.RunSQL(sql=HISTORY, reverse_sql=NO_HISTORY),
    ]
