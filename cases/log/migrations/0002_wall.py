from django.db import migrations

from tenancy.operations import ADD, READ, WRITE, Protect, Rule, TenantForeignKey


# A range of one form instead of an equality: no extension is needed.
ONE_CYCLE_A_DAY = """
    ALTER TABLE caselog_cycle ADD CONSTRAINT caselog_cycle_no_overlap
      EXCLUDE USING gist (int8range(form_id, form_id, '[]') WITH &&, daterange(first_day, last_day, '[]') WITH &&)
"""
# Deciding is an update, which a hospital has no right to; so it must not insert a decision either.
BORN_OPEN = """
    CREATE FUNCTION app.guard_unlock_request() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      RAISE EXCEPTION 'a request to unlock is decided after it was asked' USING ERRCODE = 'integrity_constraint_violation';
    END $$;

    REVOKE ALL ON FUNCTION app.guard_unlock_request() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION app.guard_unlock_request()
      TO colloquy_hospital, colloquy_centre, colloquy_compute, colloquy_dataops;

    CREATE TRIGGER unlock_request_born_open BEFORE INSERT ON caselog_unlockrequest
      FOR EACH ROW WHEN (NEW.decision <> '') EXECUTE FUNCTION app.guard_unlock_request();
"""
NOT_BORN_OPEN = """
    DROP TRIGGER unlock_request_born_open ON caselog_unlockrequest;
    DROP FUNCTION app.guard_unlock_request();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("caselog", "0001_initial"),
        ("cases", "0015_lock_guard"),
    ]
    operations = [
        Protect("caselog_cycle", {"hospital": Rule("collaborative", READ), "centre": Rule("collaborative", ADD), "compute": Rule("collaborative", READ)}),
        Protect("caselog_lockextension", {"hospital": Rule("own", READ), "centre": Rule("collaborative", ADD), "compute": Rule("collaborative", READ)}),
        Protect("caselog_unlockrequest", {"hospital": Rule("own", ADD), "centre": Rule("collaborative", WRITE), "compute": Rule("collaborative", WRITE)}),
        TenantForeignKey("caselog_cycle", "form_id", "measures_form", tenant="collaborative_id"),
        TenantForeignKey("caselog_lockextension", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("caselog_lockextension", "cycle_id", "caselog_cycle", tenant="collaborative_id"),
        TenantForeignKey("caselog_unlockrequest", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        TenantForeignKey("caselog_unlockrequest", "case_id", "cases_case", tenant="participation_id"),
        migrations.RunSQL(sql=ONE_CYCLE_A_DAY, reverse_sql="ALTER TABLE caselog_cycle DROP CONSTRAINT caselog_cycle_no_overlap"),
        migrations.RunSQL(sql=BORN_OPEN, reverse_sql=NOT_BORN_OPEN),
    ]
