from django.db import migrations


# Publishing freezes (DESIGN 1.4), for raw SQL too: only the last day, the note and the status of a published version
# change. What was discarded may be taken up again. Nobody publishes what they have written.
FROZEN = """
    CREATE OR REPLACE FUNCTION app.keep_published() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE open_still boolean := NEW.status IN ('draft', 'review', 'discarded');
    BEGIN
      IF OLD.status NOT IN ('draft', 'review', 'discarded') AND
         (open_still OR to_jsonb(NEW) - ARRAY['effective_to', 'note', 'status']
                        IS DISTINCT FROM to_jsonb(OLD) - ARRAY['effective_to', 'note', 'status'])
      THEN
        RAISE EXCEPTION 'a published definition is frozen: make a new version' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      IF NOT open_still AND NEW.editors @> to_jsonb(NEW.published_by_id) THEN
        RAISE EXCEPTION 'whoever wrote a definition does not publish it' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;
"""
BEFORE = """
    CREATE OR REPLACE FUNCTION app.keep_published() RETURNS trigger
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
"""


class Migration(migrations.Migration):
    dependencies = [("measures", "0005_discarded")]
    operations = [migrations.RunSQL(sql=FROZEN, reverse_sql=BEFORE)]
