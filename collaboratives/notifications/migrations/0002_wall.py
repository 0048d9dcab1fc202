from django.db import migrations

from tenancy.operations import WRITE, Protect, Rule, TenantForeignKey


CHANGE = "SELECT, UPDATE"  # whether they have read it
GUARD = """
    CREATE FUNCTION app.guard_notification() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF (NEW.id, NEW.public_id, NEW.collaborative_id, NEW.participation_id, NEW.user_id, NEW.kind, NEW.title, NEW.text,
          NEW.path, NEW.key, NEW.created_at) IS DISTINCT FROM
         (OLD.id, OLD.public_id, OLD.collaborative_id, OLD.participation_id, OLD.user_id, OLD.kind, OLD.title, OLD.text,
          OLD.path, OLD.key, OLD.created_at)
         OR current_user <> 'colloquy_compute' AND (NEW.mail, NEW.mailed_at) IS DISTINCT FROM (OLD.mail, OLD.mailed_at) THEN
        RAISE EXCEPTION 'what was told stands; people change only whether they have read it'
          USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER guard_notification BEFORE UPDATE ON notifications_notification
      FOR EACH ROW EXECUTE FUNCTION app.guard_notification();
"""
NO_GUARD = "DROP TRIGGER guard_notification ON notifications_notification; DROP FUNCTION app.guard_notification();"


class Migration(migrations.Migration):
    """People read their own rows, those of a hospital only while they act for it; workers write them."""

    dependencies = [
        ("notifications", "0001_initial"),
        ("collaboratives", "0005_comparison_group"),
    ]
    operations = [
        Protect(
            "notifications_notification",
            {
                "hospital": Rule("own_or_shared_self", CHANGE),
                "centre": Rule("here_self", CHANGE),
                "observer": Rule("here_self", CHANGE),
                "compute": Rule("collaborative", WRITE),
            },
        ),
        Protect("notifications_notificationwish", {"member": Rule("self", WRITE), "compute": Rule("everything")}),
        TenantForeignKey("notifications_notification", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        migrations.RunSQL(sql=GUARD, reverse_sql=NO_GUARD),
    ]
