from django.db import migrations, models


GUARD = """
    CREATE OR REPLACE FUNCTION app.guard_contest() RETURNS trigger
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
      -- The hospital takes back what is open, and nothing else; nobody else takes it back.
      IF (current_setting('role') = 'colloquy_hospital' OR NEW.state = 'withdrawn' AND OLD.state <> 'withdrawn') AND
         NOT (current_setting('role') = 'colloquy_hospital' AND OLD.state = 'open' AND NEW.state = 'withdrawn') THEN
        RAISE EXCEPTION 'a hospital takes back what it contested, the centre decides' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0002_wall"),
    ]
    operations = [
        migrations.RemoveConstraint(model_name="contest", name="reviews_contest_decided_together"),
        migrations.AlterField(
            model_name="contest",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "Waits for the centre"),
                    ("accepted", "Accepted"),
                    ("declined", "Declined"),
                    ("withdrawn", "Taken back by the hospital"),
                ],
                default="open",
                max_length=9,
            ),
        ),
        migrations.AddConstraint(
            model_name="contest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_at", None), ("decided_by", None), ("decision", ""), ("excludes", False), ("state", "open")
                )
                | models.Q(
                    ("decided_at__isnull", False),
                    ("decided_by__isnull", False),
                    models.Q(
                        models.Q(("decision", ""), ("excludes", False), ("state", "withdrawn")),
                        models.Q(("state__in", ("accepted", "declined")), models.Q(("decision", ""), _negated=True)),
                        _connector="OR",
                    ),
                ),
                name="reviews_contest_decided_together",
            ),
        ),
        migrations.RunSQL(sql=GUARD, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(
            sql="GRANT UPDATE ON reviews_contest TO colloquy_hospital",
            reverse_sql="REVOKE UPDATE ON reviews_contest FROM colloquy_hospital",
        ),
    ]
