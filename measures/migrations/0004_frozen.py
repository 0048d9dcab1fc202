from django.db import migrations


# Publishing freezes (DESIGN 1.4), for raw SQL too: only the last day, the note and the status of a published version change.
FROZEN = """
    CREATE FUNCTION app.keep_published() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF OLD.status NOT IN ('draft', 'review') AND
         (NEW.spec, NEW.digest, NEW.number, NEW.effective_from, NEW.collaborative_id, NEW.published_at, NEW.status IN ('draft', 'review'))
         IS DISTINCT FROM (OLD.spec, OLD.digest, OLD.number, OLD.effective_from, OLD.collaborative_id, OLD.published_at, false)
      THEN
        RAISE EXCEPTION 'a published definition is frozen: make a new version' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;
    REVOKE ALL ON FUNCTION app.keep_published() FROM PUBLIC;
    CREATE TRIGGER keep_published BEFORE UPDATE ON measures_formversion FOR EACH ROW EXECUTE FUNCTION app.keep_published();
    CREATE TRIGGER keep_published BEFORE UPDATE ON measures_measureversion FOR EACH ROW EXECUTE FUNCTION app.keep_published();
    CREATE TRIGGER keep_published BEFORE UPDATE ON measures_riskmodelversion FOR EACH ROW EXECUTE FUNCTION app.keep_published();
"""
THAWED = """
    DROP TRIGGER keep_published ON measures_formversion;
    DROP TRIGGER keep_published ON measures_measureversion;
    DROP TRIGGER keep_published ON measures_riskmodelversion;
    DROP FUNCTION app.keep_published();
"""


class Migration(migrations.Migration):
    dependencies = [("measures", "0003_drafts")]
    operations = [migrations.RunSQL(sql=FROZEN, reverse_sql=THAWED)]
