from django.db import migrations

from tenancy.operations import ADD, READ, WRITE, Protect, Rule, TenantForeignKey


CHANGE = "SELECT, UPDATE"
# Who is in a group is looked up at every statement, like roles: leaving it, or losing the last role, acts at once.
CIRCLES = """
    CREATE FUNCTION app.ctx_partnering() RETURNS bigint[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    DECLARE x record; r bigint[];
    BEGIN
      SELECT * INTO x FROM app_private.ctx();
      SELECT coalesce(array_agg(DISTINCT g.collaborative_id), '{}') INTO r
        FROM public.collaboratives_grant g JOIN public.accounts_user u ON u.id = g.user_id
       WHERE g.user_id = x.user_id AND u.is_active AND g.collaborative_id = x.collaborative_id
         AND x.role = 'colloquy_observer' AND g.role = 'patient_partner'
         AND g.starts_at <= clock_timestamp() AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp());
      RETURN r;
    END $$;

    CREATE FUNCTION app.ctx_groups() RETURNS bigint[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    DECLARE x record; r bigint[]; own bigint[] := app.ctx_participations(); partnering bigint[] := app.ctx_partnering();
    BEGIN
      SELECT * INTO x FROM app_private.ctx();
      SELECT coalesce(array_agg(DISTINCT m.group_id), '{}') INTO r
        FROM public.groups_membership m
       WHERE m.user_id = x.user_id AND m.until IS NULL
         AND (m.participation_id = ANY (own) OR m.participation_id IS NULL AND m.collaborative_id = ANY (partnering));
      RETURN r;
    END $$;

    CREATE FUNCTION app.ctx_led_groups() RETURNS bigint[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    DECLARE who bigint; here bigint[] := app.ctx_groups(); r bigint[];
    BEGIN
      SELECT x.user_id INTO who FROM app_private.ctx() x;
      SELECT coalesce(array_agg(DISTINCT m.group_id), '{}') INTO r
        FROM public.groups_membership m
       WHERE m.user_id = who AND m.until IS NULL AND m.role = 'chair' AND m.group_id = ANY (here);
      RETURN r;
    END $$;

    REVOKE ALL ON FUNCTION app.ctx_partnering(), app.ctx_groups(), app.ctx_led_groups() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION app.ctx_partnering(), app.ctx_groups(), app.ctx_led_groups()
      TO colloquy_hospital, colloquy_observer;
"""
NO_CIRCLES = """
    DROP FUNCTION app.ctx_led_groups();
    DROP FUNCTION app.ctx_groups();
    DROP FUNCTION app.ctx_partnering();
"""
# A function is named where it is run only: whoever may not run it is refused when the expression is read, not when it counts.
# Nobody outside the centre lets themselves in, speaks for another, or writes for a group that they do not lead.
GUARD = """
    CREATE FUNCTION app.guard_group_admission() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE outside boolean := current_user IN ('colloquy_hospital', 'colloquy_observer'); mine boolean;
    BEGIN
      IF outside THEN
        mine := NEW.user_id = app.ctx_user();
      END IF;
      IF TG_OP = 'INSERT' THEN
        IF outside THEN
          IF NOT (mine AND NEW.is_request AND NEW.state = 'open' AND NEW.decided_at IS NULL
                  AND (NEW.participation_id IS NULL) = (current_user = 'colloquy_observer')
                  AND (NEW.participation_id IS NULL OR NEW.participation_id = ANY (app.ctx_participations()))) THEN
            RAISE EXCEPTION 'people ask for themselves, from where they work' USING ERRCODE = 'integrity_constraint_violation';
          END IF;
        END IF;
        RETURN NEW;
      END IF;
      IF OLD.state <> 'open' OR
         (NEW.id, NEW.public_id, NEW.collaborative_id, NEW.participation_id, NEW.group_id, NEW.user_id, NEW.is_request, NEW.note,
          NEW.asked_at, NEW.asked_by_id) IS DISTINCT FROM
         (OLD.id, OLD.public_id, OLD.collaborative_id, OLD.participation_id, OLD.group_id, OLD.user_id, OLD.is_request, OLD.note,
          OLD.asked_at, OLD.asked_by_id) THEN
        RAISE EXCEPTION 'an invitation or a request is answered once' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      IF outside AND NOT (
           mine AND OLD.is_request AND NEW.state = 'withdrawn'
           OR mine AND NOT OLD.is_request AND NEW.state IN ('accepted', 'declined')
           OR NOT mine AND NEW.state IN ('accepted', 'declined')
              AND (NEW.shown_name, NEW.shown_hospital) = (OLD.shown_name, OLD.shown_hospital)) THEN
        RAISE EXCEPTION 'nobody grants what they ask for' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER guard_admission BEFORE INSERT OR UPDATE ON groups_admission
      FOR EACH ROW EXECUTE FUNCTION app.guard_group_admission();

    CREATE FUNCTION app.guard_group_membership() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE outside boolean := current_user IN ('colloquy_hospital', 'colloquy_observer');
    BEGIN
      IF TG_OP = 'INSERT' THEN
        IF outside AND NOT (NEW.role = 'member' AND NEW.until IS NULL AND EXISTS (
             SELECT FROM public.groups_admission a
              WHERE a.group_id = NEW.group_id AND a.user_id = NEW.user_id AND a.state = 'accepted'
                AND a.participation_id IS NOT DISTINCT FROM NEW.participation_id
                AND (a.shown_name, a.shown_hospital) = (NEW.shown_name, NEW.shown_hospital)
                AND NOT EXISTS (SELECT FROM public.groups_membership m
                                 WHERE m.group_id = NEW.group_id AND m.user_id = NEW.user_id
                                   AND m.participation_id IS NOT DISTINCT FROM NEW.participation_id AND m.until >= a.decided_at))) THEN
          RAISE EXCEPTION 'nobody is in a group without having been let in' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
      END IF;
      IF OLD.until IS NOT NULL OR
         (NEW.id, NEW.public_id, NEW.collaborative_id, NEW.participation_id, NEW.group_id, NEW.user_id, NEW.role, NEW.shown_name,
          NEW.shown_hospital, NEW.since) IS DISTINCT FROM
         (OLD.id, OLD.public_id, OLD.collaborative_id, OLD.participation_id, OLD.group_id, OLD.user_id, OLD.role, OLD.shown_name,
          OLD.shown_hospital, OLD.since) THEN
        RAISE EXCEPTION 'a membership only ends' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      IF outside THEN
        IF OLD.user_id <> app.ctx_user() THEN
          RAISE EXCEPTION 'people leave by themselves' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER guard_membership BEFORE INSERT OR UPDATE ON groups_membership
      FOR EACH ROW EXECUTE FUNCTION app.guard_group_membership();

    CREATE FUNCTION app.guard_group_post() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE place text := current_user;
    BEGIN
      IF TG_OP = 'INSERT' THEN
        IF place IN ('colloquy_hospital', 'colloquy_observer', 'colloquy_centre') THEN
          IF NOT EXISTS (
               SELECT FROM public.groups_membership m
                WHERE m.id = NEW.written_by_id AND m.group_id = NEW.group_id AND m.user_id = app.ctx_user() AND m.until IS NULL) THEN
            RAISE EXCEPTION 'a member writes in their own name' USING ERRCODE = 'integrity_constraint_violation';
          END IF;
        END IF;
        RETURN NEW;
      END IF;
      IF OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR
         (NEW.id, NEW.public_id, NEW.collaborative_id, NEW.group_id, NEW.written_by_id, NEW.written_at) IS DISTINCT FROM
         (OLD.id, OLD.public_id, OLD.collaborative_id, OLD.group_id, OLD.written_by_id, OLD.written_at) THEN
        RAISE EXCEPTION 'a post is only taken back' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      IF place IN ('colloquy_hospital', 'colloquy_observer') THEN
        IF NOT (OLD.group_id = ANY (app.ctx_led_groups())) AND NOT EXISTS (
             SELECT FROM public.groups_membership m WHERE m.id = OLD.written_by_id AND m.user_id = app.ctx_user()) THEN
          RAISE EXCEPTION 'its writer, the chair and the centre take a post back' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER guard_post BEFORE INSERT OR UPDATE ON groups_grouppost
      FOR EACH ROW EXECUTE FUNCTION app.guard_group_post();

    CREATE FUNCTION app.guard_group_work() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF current_user IN ('colloquy_hospital', 'colloquy_observer') THEN
        IF NOT (NEW.group_id = ANY (app.ctx_led_groups())) THEN
          RAISE EXCEPTION 'the chair and the centre write this' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER guard_document BEFORE INSERT OR UPDATE ON groups_groupdocument
      FOR EACH ROW EXECUTE FUNCTION app.guard_group_work();
    CREATE TRIGGER guard_version BEFORE INSERT ON groups_groupdocumentversion
      FOR EACH ROW EXECUTE FUNCTION app.guard_group_work();
    CREATE TRIGGER guard_decision BEFORE INSERT ON groups_groupdecision
      FOR EACH ROW EXECUTE FUNCTION app.guard_group_work();
    CREATE TRIGGER guard_wish BEFORE INSERT OR UPDATE ON groups_agendawish
      FOR EACH ROW EXECUTE FUNCTION app.guard_group_work();
"""
NO_GUARD = """
    DROP TRIGGER guard_admission ON groups_admission; DROP FUNCTION app.guard_group_admission();
    DROP TRIGGER guard_membership ON groups_membership; DROP FUNCTION app.guard_group_membership();
    DROP TRIGGER guard_post ON groups_grouppost; DROP FUNCTION app.guard_group_post();
    DROP TRIGGER guard_document ON groups_groupdocument; DROP TRIGGER guard_version ON groups_groupdocumentversion;
    DROP TRIGGER guard_decision ON groups_groupdecision; DROP TRIGGER guard_wish ON groups_agendawish;
    DROP FUNCTION app.guard_group_work();
"""
OF_GROUP = (
    "membership", "admission", "groupdocument", "groupdocumentversion", "grouppost", "groupdecision", "groupmeeting",
    "agendawish",
)  # fmt: skip


def here(privileges: str = READ) -> Rule:
    return Rule("collaborative", privileges)


def partner(privileges: str = READ) -> Rule:
    return Rule("partner_here", privileges)


def joined(privileges: str) -> dict[str, Rule]:
    """What is the group's own: its members and the centre."""
    return {"hospital": Rule("joined", privileges), "observer": Rule("joined", privileges)}


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0001_initial"),
        ("meetings", "0002_wall"),
        ("collaboratives", "0002_wall"),
    ]
    operations = [
        migrations.RunSQL(sql=CIRCLES, reverse_sql=NO_CIRCLES),
        Protect("groups_workinggroup", {"hospital": here(), "centre": here(WRITE), "observer": partner(), "compute": here()}),
        Protect("groups_membership", {"hospital": here(WRITE), "centre": here(WRITE), "observer": partner(WRITE), "compute": here(CHANGE)}, owner_reads=True),
        Protect(
            "groups_admission",
            {"hospital": Rule("here_self_or_led", WRITE), "centre": here(WRITE), "observer": Rule("here_self_or_led", WRITE), "compute": here(CHANGE)},
        ),
        Protect("groups_groupdocument", {**joined(WRITE), "centre": here(WRITE)}),
        Protect("groups_groupdocumentversion", {**joined(ADD), "centre": here(ADD)}),
        Protect("groups_grouppost", {**joined(WRITE), "centre": here(WRITE), "compute": here(CHANGE)}),
        Protect("groups_groupdecision", {"hospital": here(ADD), "centre": here(WRITE), "observer": partner(ADD), "compute": here(CHANGE)}),
        Protect("groups_groupmeeting", {"hospital": here(), "centre": here(ADD), "observer": partner()}),
        Protect("groups_agendawish", {**joined(WRITE), "centre": here(WRITE)}),
        *(TenantForeignKey(f"groups_{table}", "group_id", "groups_workinggroup", tenant="collaborative_id") for table in OF_GROUP),
        *(
            TenantForeignKey(f"groups_{table}", "participation_id", "collaboratives_participation", tenant="collaborative_id")
            for table in ("membership", "admission")
        ),
        TenantForeignKey("groups_groupdocumentversion", "document_id", "groups_groupdocument", tenant="collaborative_id"),
        TenantForeignKey("groups_grouppost", "written_by_id", "groups_membership", tenant="collaborative_id"),
        TenantForeignKey("groups_groupmeeting", "meeting_id", "meetings_meeting", tenant="collaborative_id"),
        migrations.RunSQL(sql=GUARD, reverse_sql=NO_GUARD),
    ]
