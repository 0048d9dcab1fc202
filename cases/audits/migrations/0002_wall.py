from django.db import migrations

from tenancy.operations import ADD, READ, WRITE, Narrow, Protect, Rule, TenantForeignKey


# Like the lookups of tenancy/sql/lookups.sql: at every statement, as the owner, who may read this table and no other.
BLIND = """
    CREATE FUNCTION app.ctx_blind() RETURNS bigint[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    DECLARE who bigint; r bigint[];
    BEGIN
      SELECT x.user_id INTO who FROM app_private.ctx() x;
      SELECT coalesce(array_agg(DISTINCT a.participation_id), '{}') INTO r
        FROM public.audits_audit a
       WHERE a.abstractor_id = who AND a.state IN ('drawn', 'abstracting');
      RETURN r;
    END $$;

    REVOKE ALL ON FUNCTION app.ctx_blind() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION app.ctx_blind() TO colloquy_hospital, colloquy_centre;
"""
NOT_BLIND = "DROP FUNCTION app.ctx_blind()"
# A draw is made once and stands, with whoever abstracts; figures stand from the report on; a cancelled audit is over.
GUARD = """
    CREATE FUNCTION app.guard_audit() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF OLD.drawn_at IS NOT NULL AND
         (NEW.drawn_at, NEW.drawn_by_id, NEW.seed, NEW.frame_size, NEW.frame_digest, NEW.sample_size, NEW.first_day,
          NEW.last_day, NEW.form_id, NEW.abstractor_id) IS DISTINCT FROM
         (OLD.drawn_at, OLD.drawn_by_id, OLD.seed, OLD.frame_size, OLD.frame_digest, OLD.sample_size, OLD.first_day,
          OLD.last_day, OLD.form_id, OLD.abstractor_id) THEN
        RAISE EXCEPTION 'the sample of an audit is drawn once' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      IF OLD.reported_at IS NOT NULL AND
         (NEW.reported_at, NEW.reported_by_id, NEW.compared, NEW.agreeing_found, NEW.agreeing) IS DISTINCT FROM
         (OLD.reported_at, OLD.reported_by_id, OLD.compared, OLD.agreeing_found, OLD.agreeing) THEN
        RAISE EXCEPTION 'the figures of a reported audit stand' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      IF OLD.state = 'cancelled' THEN
        RAISE EXCEPTION 'a cancelled audit is over' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;

    CREATE FUNCTION app.guard_ruling() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF EXISTS (SELECT FROM public.audits_disagreement d JOIN public.audits_audit a ON a.id = d.audit_id
                  WHERE d.id = NEW.disagreement_id AND a.abstractor_id = NEW.decided_by_id) THEN
        RAISE EXCEPTION 'whoever abstracted again does not adjudicate' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;

    REVOKE ALL ON FUNCTION app.guard_audit(), app.guard_ruling() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION app.guard_audit(), app.guard_ruling()
      TO colloquy_hospital, colloquy_centre, colloquy_compute, colloquy_dataops;

    CREATE TRIGGER audit_stands BEFORE UPDATE ON audits_audit
      FOR EACH ROW EXECUTE FUNCTION app.guard_audit();
    CREATE TRIGGER ruling_by_a_third BEFORE INSERT ON audits_ruling
      FOR EACH ROW EXECUTE FUNCTION app.guard_ruling();
"""
NO_GUARD = """
    DROP TRIGGER audit_stands ON audits_audit;
    DROP TRIGGER ruling_by_a_third ON audits_ruling;
    DROP FUNCTION app.guard_audit();
    DROP FUNCTION app.guard_ruling();
"""
BOTH = ("hospital", "centre")
# Everything that tells what a hospital entered in a case, or what follows from it.
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


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0001_initial"),
        ("cases", "0015_lock_guard"),
        ("caselog", "0004_log_wall"),
        ("feedback", "0007_outcomes_checked_at_once"),
        ("quality", "0002_wall"),
        ("questions", "0002_wall"),
    ]
    operations = [
        Protect("audits_audit", {"hospital": Rule("own", READ), "centre": Rule("collaborative", WRITE), "compute": Rule("collaborative", WRITE)}, owner_reads=True),
        Protect("audits_auditedcase", {"hospital": Rule("own", READ), "centre": Rule("collaborative", ADD), "compute": Rule("collaborative", READ)}),
        # Put in at the draw, with the key of its case, so that nothing has to be read back.
        Protect("audits_original", {"centre": Rule("collaborative", "INSERT"), "compute": Rule("collaborative", READ)}),
        Protect("audits_secondabstraction", {"centre": Rule("collaborative", WRITE), "compute": Rule("collaborative", READ)}),
        Protect("audits_disagreement", {"hospital": Rule("own", READ), "centre": Rule("collaborative", READ), "compute": Rule("collaborative", WRITE)}),
        Protect("audits_response", {"hospital": Rule("own", ADD), "centre": Rule("collaborative", READ), "compute": Rule("collaborative", READ)}),
        Protect("audits_ruling", {"hospital": Rule("own", READ), "centre": Rule("collaborative", ADD), "compute": Rule("collaborative", READ)}),
        Protect("audits_agreement", {"hospital": Rule("own", READ), "centre": Rule("collaborative", READ), "compute": Rule("collaborative", ADD)}),
        *(
            TenantForeignKey(f"audits_{table}", "participation_id", "collaboratives_participation", tenant="collaborative_id")
            for table in ("audit", "auditedcase", "original", "secondabstraction", "disagreement", "response", "ruling", "agreement")
        ),
        TenantForeignKey("audits_audit", "form_id", "measures_form", tenant="collaborative_id"),
        TenantForeignKey("audits_auditedcase", "audit_id", "audits_audit", tenant="participation_id"),
        TenantForeignKey("audits_auditedcase", "case_id", "cases_case", tenant="participation_id"),
        TenantForeignKey("audits_auditedcase", "form_version_id", "measures_formversion", tenant="collaborative_id"),
        TenantForeignKey("audits_original", "audited_case_id", "audits_auditedcase", tenant="participation_id"),
        TenantForeignKey("audits_secondabstraction", "audited_case_id", "audits_auditedcase", tenant="participation_id"),
        TenantForeignKey("audits_disagreement", "audit_id", "audits_audit", tenant="participation_id"),
        TenantForeignKey("audits_disagreement", "audited_case_id", "audits_auditedcase", tenant="participation_id"),
        TenantForeignKey("audits_response", "disagreement_id", "audits_disagreement", tenant="participation_id"),
        TenantForeignKey("audits_ruling", "disagreement_id", "audits_disagreement", tenant="participation_id"),
        TenantForeignKey("audits_agreement", "audit_id", "audits_audit", tenant="participation_id"),
        migrations.RunSQL(sql=BLIND, reverse_sql=NOT_BLIND),
        *(Narrow(table, "unblinded", BOTH) for table in HIDDEN),
        migrations.RunSQL(sql=GUARD, reverse_sql=NO_GUARD),
    ]
