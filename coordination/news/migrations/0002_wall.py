from django.db import migrations

from tenancy.operations import ADD, READ, WRITE, Protect, Rule, TenantForeignKey


# Announcements that the person who acts was given, at the place where they act: at a hospital its receipts, on the
# observers' bench those without a hospital. It reads receipts as the owner, so that no policy asks for itself.
ADDRESSED = """
    CREATE FUNCTION app.ctx_announcements() RETURNS bigint[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    DECLARE x record; here bigint[] := app.ctx_collaboratives(); own bigint[] := app.ctx_participations(); r bigint[];
    BEGIN
      SELECT * INTO x FROM app_private.ctx();
      SELECT coalesce(array_agg(t.announcement_id), '{}') INTO r
        FROM public.news_receipt t
       WHERE t.user_id = x.user_id AND t.collaborative_id = ANY (here)
         AND (t.participation_id = ANY (own) OR (t.participation_id IS NULL AND x.role = 'colloquy_observer'));
      RETURN r;
    END $$;

    REVOKE ALL ON FUNCTION app.ctx_announcements() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION app.ctx_announcements() TO colloquy_hospital, colloquy_observer;
"""
NOT_ADDRESSED = "DROP FUNCTION app.ctx_announcements()"
# What was sent stands: its words, its number, whom it was for. A receipt changes once, when its reader has read it.
GUARDS = """
    CREATE FUNCTION app.guard_announcement() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE open text[] := CASE OLD.state
        WHEN 'sent' THEN ARRAY['delivered_at', 'reminded_at', 'state', 'withdrawn_at', 'withdrawn_by_id', 'withdrawn_because']
        ELSE '{}' END;
    BEGIN
      IF OLD.state <> 'draft' AND
         (to_jsonb(NEW) - open IS DISTINCT FROM to_jsonb(OLD) - open OR NEW.state NOT IN (OLD.state, 'withdrawn')) THEN
        RAISE EXCEPTION 'what was sent stays as it is' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER guard_announcement BEFORE UPDATE ON news_announcement
      FOR EACH ROW EXECUTE FUNCTION app.guard_announcement();

    CREATE FUNCTION app.guard_audience() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF NEW.announcement_id <> OLD.announcement_id OR NOT EXISTS (
           SELECT FROM public.news_announcement a WHERE a.id = OLD.announcement_id AND a.state = 'draft') THEN
        RAISE EXCEPTION 'whom it was sent to stays as it is' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER guard_audience BEFORE UPDATE ON news_audience
      FOR EACH ROW EXECUTE FUNCTION app.guard_audience();

    CREATE FUNCTION app.guard_receipt() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF to_jsonb(NEW) - 'read_at' IS DISTINCT FROM to_jsonb(OLD) - 'read_at' OR OLD.read_at IS NOT NULL
         OR NEW.read_at IS NULL OR (current_user = 'colloquy_centre' AND OLD.user_id <> app.ctx_user()) THEN
        RAISE EXCEPTION 'only its reader says that it is read, once' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER guard_receipt BEFORE UPDATE ON news_receipt FOR EACH ROW EXECUTE FUNCTION app.guard_receipt();
"""
NO_GUARDS = "".join(
    f"DROP TRIGGER guard_{name} ON news_{name}; DROP FUNCTION app.guard_{name}();"
    for name in ("announcement", "audience", "receipt")
)
CHANGE = "SELECT, UPDATE"


class Migration(migrations.Migration):
    dependencies = [
        ("news", "0001_initial"),
        ("collaboratives", "0002_wall"),
    ]
    operations = [
        Protect("news_receipt", {"hospital": Rule("own_self", CHANGE), "centre": Rule("collaborative", CHANGE), "observer": Rule("here_self", CHANGE), "compute": Rule("collaborative", ADD)}, owner_reads=True),
        migrations.RunSQL(sql=ADDRESSED, reverse_sql=NOT_ADDRESSED),
        Protect("news_announcement", {"hospital": Rule("addressed", READ), "centre": Rule("collaborative", WRITE), "observer": Rule("addressed", READ), "compute": Rule("collaborative", CHANGE)}),
        Protect("news_audience", {"centre": Rule("collaborative", WRITE), "compute": Rule("collaborative", READ)}),
        *(TenantForeignKey(f"news_{table}", "announcement_id", "news_announcement", tenant="collaborative_id") for table in ("audience", "receipt")),
        TenantForeignKey("news_announcement", "corrects_id", "news_announcement", tenant="collaborative_id"),
        TenantForeignKey("news_receipt", "participation_id", "collaboratives_participation", tenant="collaborative_id"),
        migrations.RunSQL(sql=GUARDS, reverse_sql=NO_GUARDS),
    ]
