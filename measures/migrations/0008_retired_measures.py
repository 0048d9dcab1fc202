import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# As 0006; what is retired also says when, by whom and why.
KEPT = """
    CREATE OR REPLACE FUNCTION app.keep_published() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
      open_still boolean := NEW.status IN ('draft', 'review', 'discarded');
      may_change text[] := ARRAY['effective_to', 'note', 'status'%(more)s];
    BEGIN
      IF OLD.status NOT IN ('draft', 'review', 'discarded') AND
         (open_still OR to_jsonb(NEW) - may_change IS DISTINCT FROM to_jsonb(OLD) - may_change)
      THEN
        RAISE EXCEPTION 'a published definition is frozen: make a new version' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      IF NOT open_still AND NEW.editors @> to_jsonb(NEW.published_by_id) THEN
        RAISE EXCEPTION 'whoever wrote a definition does not publish it' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("measures", "0007_comment"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField("measureversion", "retired_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("measureversion", "retired_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
        migrations.AddField("measureversion", "retirement", models.TextField(blank=True, db_default="", default="", help_text="Why nothing took its place.")),
        migrations.AddConstraint(
            "measureversion",
            models.CheckConstraint(
                condition=models.Q(retired_at=None, retired_by=None, retirement="") | (models.Q(status="retired", retired_at__isnull=False) & ~models.Q(retirement="")),
                name="measures_measureversion_retired_with_reason",
            ),
        ),
        migrations.RunSQL(sql=KEPT % {"more": ", 'retired_at', 'retired_by_id', 'retirement'"}, reverse_sql=KEPT % {"more": ""}),
    ]
