from django.db import migrations

from tenancy.operations import ADD, READ, WRITE, Protect, Rule, TenantForeignKey


# What was published, submitted or finished is what people were judged by, so SQL cannot change it either.
FROZEN = """
    CREATE FUNCTION app.keep_training() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      RAISE EXCEPTION 'published test cases and exams, submitted answers and finished attempts are frozen'
        USING ERRCODE = 'integrity_constraint_violation';
    END $$;

    REVOKE ALL ON FUNCTION app.keep_training() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION app.keep_training() TO colloquy_hospital, colloquy_centre, colloquy_compute, colloquy_dataops;

    CREATE TRIGGER keep_testcase BEFORE UPDATE ON training_testcase FOR EACH ROW
      WHEN (OLD.state <> 'draft' AND ((NEW.chart, NEW.title, NEW.answers, NEW.missing, NEW.explanations, NEW.form_version_id, NEW.purpose, NEW.collaborative_id, NEW.published_at, NEW.state = 'draft')
            IS DISTINCT FROM (OLD.chart, OLD.title, OLD.answers, OLD.missing, OLD.explanations, OLD.form_version_id, OLD.purpose, OLD.collaborative_id, OLD.published_at, false)))
      EXECUTE FUNCTION app.keep_training();
    CREATE TRIGGER keep_exam BEFORE UPDATE ON training_exam FOR EACH ROW
      WHEN (OLD.state <> 'draft' AND ((NEW.form_id, NEW.name, NEW.tier_1_percent, NEW.tier_2_percent, NEW.wait_hours, NEW.valid_months, NEW.collaborative_id, NEW.published_at, NEW.state = 'draft')
            IS DISTINCT FROM (OLD.form_id, OLD.name, OLD.tier_1_percent, OLD.tier_2_percent, OLD.wait_hours, OLD.valid_months, OLD.collaborative_id, OLD.published_at, false)))
      EXECUTE FUNCTION app.keep_training();
    CREATE TRIGGER keep_exercise BEFORE UPDATE ON training_exercise FOR EACH ROW
      WHEN (OLD.submitted_at IS NOT NULL) EXECUTE FUNCTION app.keep_training();
    CREATE TRIGGER keep_attempt BEFORE UPDATE ON training_attempt FOR EACH ROW
      WHEN (OLD.finished_at IS NOT NULL) EXECUTE FUNCTION app.keep_training();
"""
THAWED = """
    DROP TRIGGER keep_testcase ON training_testcase;
    DROP TRIGGER keep_exam ON training_exam;
    DROP TRIGGER keep_exercise ON training_exercise;
    DROP TRIGGER keep_attempt ON training_attempt;
    DROP FUNCTION app.keep_training();
"""


def written_by_the_centre(table: str, privileges: str) -> Protect:
    return Protect(table, {"hospital": Rule("collaborative", READ), "centre": Rule("collaborative", privileges), "compute": Rule("collaborative", READ)})


def done_at_a_hospital(table: str, privileges: str) -> Protect:
    return Protect(table, {"hospital": Rule("own", privileges), "centre": Rule("collaborative", READ), "compute": Rule("collaborative", READ)})


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0001_initial"),
        ("cases", "0015_lock_guard"),
    ]
    operations = [
        written_by_the_centre("training_module", WRITE),
        written_by_the_centre("training_moduleversion", ADD),
        written_by_the_centre("training_testcase", WRITE),
        written_by_the_centre("training_exam", WRITE),
        written_by_the_centre("training_examcase", ADD),
        written_by_the_centre("training_certificationrule", ADD),
        done_at_a_hospital("training_modulereading", ADD),
        done_at_a_hospital("training_attempt", WRITE),
        done_at_a_hospital("training_exercise", WRITE),
        done_at_a_hospital("training_certificate", ADD),
        TenantForeignKey("training_module", "form_id", "measures_form", tenant="collaborative_id"),
        TenantForeignKey("training_moduleversion", "module_id", "training_module", tenant="collaborative_id"),
        TenantForeignKey("training_testcase", "form_version_id", "measures_formversion", tenant="collaborative_id"),
        TenantForeignKey("training_exam", "form_id", "measures_form", tenant="collaborative_id"),
        TenantForeignKey("training_examcase", "exam_id", "training_exam", tenant="collaborative_id"),
        TenantForeignKey("training_examcase", "test_case_id", "training_testcase", tenant="collaborative_id"),
        TenantForeignKey("training_certificationrule", "form_id", "measures_form", tenant="collaborative_id"),
        TenantForeignKey("training_modulereading", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("training_modulereading", "module_version_id", "training_moduleversion", tenant="collaborative_id"),
        TenantForeignKey("training_attempt", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("training_attempt", "exam_id", "training_exam", tenant="collaborative_id"),
        TenantForeignKey("training_exercise", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("training_exercise", "test_case_id", "training_testcase", tenant="collaborative_id"),
        TenantForeignKey("training_exercise", "attempt_id", "training_attempt", tenant="participation_id"),
        TenantForeignKey("training_certificate", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("training_certificate", "form_id", "measures_form", tenant="collaborative_id"),
        TenantForeignKey("training_certificate", "attempt_id", "training_attempt", tenant="participation_id"),
        TenantForeignKey("training_certificate", "renews_id", "training_certificate", tenant="participation_id"),
        migrations.RunSQL(sql=FROZEN, reverse_sql=THAWED),
    ]
