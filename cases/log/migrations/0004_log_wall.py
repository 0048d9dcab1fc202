from django.db import migrations

from tenancy.operations import ADD, READ, WRITE, Protect, Rule, TenantForeignKey


def _tables():
    own = {"hospital": Rule("own", WRITE), "centre": Rule("collaborative", READ), "compute": Rule("collaborative", WRITE)}
    added = {"hospital": Rule("own", ADD), "centre": Rule("collaborative", READ), "compute": Rule("collaborative", READ)}
    rules = {"hospital": Rule("collaborative", READ), "centre": Rule("collaborative", ADD), "compute": Rule("collaborative", READ)}
    yield Protect("caselog_samplingrule", rules)
    for table in ("logupload", "caselogentry", "draw", "followup"):
        yield Protect(f"caselog_{table}", own)
    for table in ("substitution", "followupattempt"):
        yield Protect(f"caselog_{table}", added)


def _keys():
    hospital, programme = "participation_id", "collaborative_id"
    yield TenantForeignKey("caselog_samplingrule", "form_id", "measures_form", tenant=programme)
    for table in ("logupload", "caselogentry", "draw", "followup", "substitution", "followupattempt"):
        yield TenantForeignKey(f"caselog_{table}", hospital, "collaboratives_participation", tenant=programme)
    for table in ("logupload", "caselogentry", "draw"):
        yield TenantForeignKey(f"caselog_{table}", "cycle_id", "caselog_cycle", tenant=programme)
    yield TenantForeignKey("caselog_draw", "rule_id", "caselog_samplingrule", tenant=programme)
    yield TenantForeignKey("caselog_caselogentry", "last_upload_id", "caselog_logupload", tenant=hospital)
    for column in ("gone_id", "stand_in_id"):
        yield TenantForeignKey("caselog_substitution", column, "caselog_caselogentry", tenant=hospital)


# Undoing an import takes cases away: the log keeps its entry, and what was tried for a case goes with it.
OF_A_CASE = [
    """ALTER TABLE caselog_caselogentry ADD CONSTRAINT caselog_caselogentry_case_id_participation_id_fk
         FOREIGN KEY (case_id, participation_id) REFERENCES cases_case (id, participation_id)
         ON DELETE SET NULL (case_id) DEFERRABLE INITIALLY DEFERRED""",
    """ALTER TABLE caselog_followup ADD CONSTRAINT caselog_followup_case_id_participation_id_fk
         FOREIGN KEY (case_id, participation_id) REFERENCES cases_case (id, participation_id)
         ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED""",
    "ALTER TABLE caselog_followup ADD CONSTRAINT caselog_followup_id_participation_id_uniq UNIQUE (id, participation_id)",
    """ALTER TABLE caselog_followupattempt ADD CONSTRAINT caselog_followupattempt_follow_up_id_participation_id_fk
         FOREIGN KEY (follow_up_id, participation_id) REFERENCES caselog_followup (id, participation_id)
         ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED""",
]
NOT_OF_A_CASE = [
    "ALTER TABLE caselog_followupattempt DROP CONSTRAINT caselog_followupattempt_follow_up_id_participation_id_fk",
    "ALTER TABLE caselog_followup DROP CONSTRAINT caselog_followup_id_participation_id_uniq",
    "ALTER TABLE caselog_followup DROP CONSTRAINT caselog_followup_case_id_participation_id_fk",
    "ALTER TABLE caselog_caselogentry DROP CONSTRAINT caselog_caselogentry_case_id_participation_id_fk",
]
# A draw stands. Only the number that is left of it follows substitutions, and that only goes down.
DRAWN_ONCE = """
    CREATE FUNCTION app.guard_draw() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      RAISE EXCEPTION 'a drawn cycle is not drawn again' USING ERRCODE = 'integrity_constraint_violation';
    END $$;

    REVOKE ALL ON FUNCTION app.guard_draw() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION app.guard_draw()
      TO colloquy_hospital, colloquy_centre, colloquy_compute, colloquy_dataops;

    CREATE TRIGGER drawn_once BEFORE UPDATE ON caselog_draw
      FOR EACH ROW WHEN (to_jsonb(NEW) - 'sampled' IS DISTINCT FROM to_jsonb(OLD) - 'sampled' OR NEW.sampled > OLD.sampled)
      EXECUTE FUNCTION app.guard_draw();
"""
DRAWN_AGAIN = """
    DROP TRIGGER drawn_once ON caselog_draw;
    DROP FUNCTION app.guard_draw();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("caselog", "0003_log_and_follow_up"),
        ("cases", "0016_counts_of_cycles"),
    ]
    operations = [
        *_tables(),
        *_keys(),
        migrations.RunSQL(sql=OF_A_CASE, reverse_sql=NOT_OF_A_CASE),
        migrations.RunSQL(sql=DRAWN_ONCE, reverse_sql=DRAWN_AGAIN),
    ]
