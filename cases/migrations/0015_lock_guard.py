from django.db import migrations


# Triggers of their own for each kind of statement, so that their WHEN spares every row that is not locked the call.
# A case is locked only by the worker, from complete; a locked one changes only in the worker's transaction that unlocks it.
GUARD = """
    CREATE FUNCTION app.guard_locked_case() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE worker boolean := current_user = 'colloquy_compute';
            way text := coalesce(current_setting('colloquy.via', true), '');
    BEGIN
      IF TG_OP <> 'INSERT' AND OLD.status = 'locked' AND NOT (worker AND way = 'unlock') THEN
        RAISE EXCEPTION 'a locked case cannot change' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      IF TG_OP = 'DELETE' THEN
        RETURN OLD;
      END IF;
      IF TG_OP = 'UPDATE' AND OLD.status = 'locked' THEN
        RETURN NEW;
      END IF;
      IF NEW.status = 'locked' AND NOT (worker AND TG_OP = 'UPDATE' AND OLD.status = 'complete' AND way = 'lock') THEN
        RAISE EXCEPTION 'only the worker locks a case, and only a complete one' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;

    REVOKE ALL ON FUNCTION app.guard_locked_case() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION app.guard_locked_case()
      TO colloquy_hospital, colloquy_centre, colloquy_compute, colloquy_dataops;

    CREATE TRIGGER case_born_locked BEFORE INSERT ON cases_case
      FOR EACH ROW WHEN (NEW.status = 'locked') EXECUTE FUNCTION app.guard_locked_case();
    CREATE TRIGGER case_locked_changed BEFORE UPDATE ON cases_case
      FOR EACH ROW WHEN (OLD.status = 'locked' OR NEW.status = 'locked') EXECUTE FUNCTION app.guard_locked_case();
    CREATE TRIGGER case_locked_deleted BEFORE DELETE ON cases_case
      FOR EACH ROW WHEN (OLD.status = 'locked') EXECUTE FUNCTION app.guard_locked_case();
"""
NO_GUARD = """
    DROP TRIGGER case_born_locked ON cases_case;
    DROP TRIGGER case_locked_changed ON cases_case;
    DROP TRIGGER case_locked_deleted ON cases_case;
    DROP FUNCTION app.guard_locked_case();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_locked")]
    operations = [migrations.RunSQL(sql=GUARD, reverse_sql=NO_GUARD)]
