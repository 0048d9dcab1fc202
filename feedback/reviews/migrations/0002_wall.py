from django.db import migrations

from tenancy.operations import ADD, READ, WRITE, Narrow, Protect, Rule, TenantForeignKey


TABLES = ("attestation", "comment", "contest", "localtarget", "ownbreakdown")
DECIDE = "SELECT, UPDATE"  # the centre decides what hospitals contest; it contests nothing itself
# Who wrote a word is who wrote it, and only that person takes it back.
GUARD = """
    CREATE FUNCTION app.guard_comment() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF OLD.deleted_at IS NOT NULL OR NEW.deleted_at IS NULL OR NEW.text <> '' OR
         (NEW.id, NEW.public_id, NEW.collaborative_id, NEW.participation_id, NEW.measure_id, NEW.release_id,
          NEW.written_at, NEW.written_by_id) IS DISTINCT FROM
         (OLD.id, OLD.public_id, OLD.collaborative_id, OLD.participation_id, OLD.measure_id, OLD.release_id,
          OLD.written_at, OLD.written_by_id) THEN
        RAISE EXCEPTION 'a comment is written once, and can only be deleted' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER guard_comment BEFORE UPDATE ON reviews_comment FOR EACH ROW EXECUTE FUNCTION app.guard_comment();

    CREATE FUNCTION app.guard_contest() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF (NEW.id, NEW.public_id, NEW.collaborative_id, NEW.participation_id, NEW.case_id, NEW.release_id,
          NEW.measure_version_id, NEW.outcome, NEW.why, NEW.reason, NEW.text, NEW.contested_at, NEW.contested_by_id)
         IS DISTINCT FROM
         (OLD.id, OLD.public_id, OLD.collaborative_id, OLD.participation_id, OLD.case_id, OLD.release_id,
          OLD.measure_version_id, OLD.outcome, OLD.why, OLD.reason, OLD.text, OLD.contested_at, OLD.contested_by_id)
         OR OLD.state <> 'open' AND
         (NEW.state, NEW.decision, NEW.excludes, NEW.decided_at, NEW.decided_by_id) IS DISTINCT FROM
         (OLD.state, OLD.decision, OLD.excludes, OLD.decided_at, OLD.decided_by_id) THEN
        RAISE EXCEPTION 'what was contested and what was decided stand' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER guard_contest BEFORE UPDATE ON reviews_contest FOR EACH ROW EXECUTE FUNCTION app.guard_contest();
"""
NO_GUARD = """
    DROP TRIGGER guard_contest ON reviews_contest;
    DROP FUNCTION app.guard_contest();
    DROP TRIGGER guard_comment ON reviews_comment;
    DROP FUNCTION app.guard_comment();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0001_initial"),
        ("audits", "0003_hospitals_look_once"),
    ]
    operations = [
        Protect("reviews_attestation", {"hospital": Rule("own_released", ADD), "centre": Rule("collaborative", READ), "compute": Rule("collaborative", READ)}),
        Protect("reviews_contest", {"hospital": Rule("own", ADD), "centre": Rule("collaborative", DECIDE), "compute": Rule("collaborative", READ)}),
        # Nobody but the hospital has any privilege on the next table, and nobody but it and the worker on the last.
        Protect("reviews_comment", {"hospital": Rule("own", WRITE)}),
        Protect("reviews_localtarget", {"hospital": Rule("own", ADD), "centre": Rule("collaborative", READ)}),
        Protect("reviews_ownbreakdown", {"hospital": Rule("own_released", READ), "compute": Rule("collaborative", WRITE)}),
        *(TenantForeignKey(f"reviews_{table}", "participation_id", "collaboratives_participation", tenant="collaborative_id") for table in TABLES),
        *(TenantForeignKey(f"reviews_{table}", "release_id", "feedback_release", tenant="collaborative_id") for table in ("attestation", "comment", "contest", "ownbreakdown")),
        *(TenantForeignKey(f"reviews_{table}", "measure_id", "measures_measure", tenant="collaborative_id") for table in ("comment", "localtarget")),
        *(TenantForeignKey(f"reviews_{table}", "measure_version_id", "measures_measureversion", tenant="collaborative_id") for table in ("contest", "ownbreakdown")),
        TenantForeignKey("reviews_contest", "case_id", "cases_case", tenant="participation_id"),
        # Whoever abstracts a hospital's cases blind does not read how they were counted.
        Narrow("reviews_contest", "sighted", ("hospital",)),
        Narrow("reviews_contest", "unblinded", ("centre",)),
        migrations.RunSQL(sql=GUARD, reverse_sql=NO_GUARD),
    ]
