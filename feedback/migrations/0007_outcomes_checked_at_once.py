import django.db.models.deletion
from django.db import migrations, models


# An import of 100,000 cases writes 500,000 outcomes. Three keys checked row by row took most of that time, and locked
# every parent row. Only workers write outcomes, many at a time, so they are checked once a statement: docs/adr/0010.
BELONG = """
    CREATE FUNCTION app.outcomes_belong() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE stray bigint;
    BEGIN
      -- Dynamic, so that one outcome and half a million each get a plan of their own.
      EXECUTE 'SELECT f.case_id FROM fresh f WHERE NOT EXISTS (SELECT FROM public.cases_case c
                 WHERE c.id = f.case_id AND c.participation_id = f.participation_id AND c.collaborative_id = f.collaborative_id) LIMIT 1' INTO stray;
      IF stray IS NOT NULL THEN
        RAISE EXCEPTION 'outcome of case %, which is not a case of that hospital', stray USING ERRCODE = 'foreign_key_violation';
      END IF;
      EXECUTE 'SELECT v.id FROM (SELECT DISTINCT measure_version_id AS id, collaborative_id FROM fresh) v WHERE NOT EXISTS
                 (SELECT FROM public.measures_measureversion m WHERE m.id = v.id AND m.collaborative_id = v.collaborative_id) LIMIT 1' INTO stray;
      IF stray IS NOT NULL THEN
        RAISE EXCEPTION 'outcome by measure version %, which is not of that collaborative', stray USING ERRCODE = 'foreign_key_violation';
      END IF;
      RETURN NULL;
    END $$;

    CREATE FUNCTION app.case_without_outcomes() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF EXISTS (SELECT FROM public.feedback_caseoutcome WHERE case_id = OLD.id) THEN
        RAISE EXCEPTION 'case % still has outcomes', OLD.id USING ERRCODE = 'foreign_key_violation';
      END IF;
      RETURN NULL;
    END $$;

    REVOKE ALL ON FUNCTION app.outcomes_belong(), app.case_without_outcomes() FROM PUBLIC;

    CREATE TRIGGER outcomes_belong_inserted AFTER INSERT ON feedback_caseoutcome
      REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION app.outcomes_belong();
    CREATE TRIGGER outcomes_belong_updated AFTER UPDATE ON feedback_caseoutcome
      REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION app.outcomes_belong();
    CREATE CONSTRAINT TRIGGER case_without_outcomes AFTER DELETE ON cases_case
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.case_without_outcomes();
"""
FORGET = """
    DROP TRIGGER outcomes_belong_inserted ON feedback_caseoutcome;
    DROP TRIGGER outcomes_belong_updated ON feedback_caseoutcome;
    DROP TRIGGER case_without_outcomes ON cases_case;
    DROP FUNCTION app.outcomes_belong();
    DROP FUNCTION app.case_without_outcomes();
"""
KEYS = (
    ("case_id", "participation_id", "cases_case"),
    ("measure_version_id", "collaborative_id", "measures_measureversion"),
    ("participation_id", "collaborative_id", "collaboratives_participation"),
)


def _key(name: str, target: str, **options: object) -> migrations.AlterField:
    field = models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to=target, **options)
    return migrations.AlterField(model_name="caseoutcome", name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0006_outcomes_by_case"),
        ("cases", "0005_capture_wall"),
    ]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    sql=[f"ALTER TABLE feedback_caseoutcome DROP CONSTRAINT feedback_caseoutcome_{column}_{tenant}_fk" for column, tenant, _ in KEYS],
                    reverse_sql=[
                        f"ALTER TABLE feedback_caseoutcome ADD CONSTRAINT feedback_caseoutcome_{column}_{tenant}_fk FOREIGN KEY ({column}, {tenant}) "
                        f"REFERENCES {parent} (id, {tenant}) DEFERRABLE INITIALLY DEFERRED NOT VALID"
                        for column, tenant, parent in KEYS
                    ],
                ),
                migrations.RunSQL(sql=BELONG, reverse_sql=FORGET),
            ],
            state_operations=[
                _key("case", "cases.case", related_name="outcomes"),
                _key("measure_version", "measures.measureversion", related_name="+", db_index=False),
                _key("participation", "collaboratives.participation", related_name="+", db_index=False),
            ],
        ),
    ]
