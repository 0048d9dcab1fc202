from django.db import migrations

from tenancy.operations import ADD, READ, WRITE, Protect, Rule, TenantForeignKey


CHANGE = "SELECT, UPDATE"  # of a row that others made: a reply, what is done about an action
OF_MEETING = (
    "agendaitem", "meetingfile", "recording", "invitee", "attendance", "meetingmail", "decision", "actionitem", "minutes",
    "issuedminutes", "pollquestion",
)  # fmt: skip
OF_HOSPITAL = ("invitee", "attendance", "actionitem", "pollanswer")
# Who is asked, and what was asked of whom, is the centre's; members change their own answer to it. Sent minutes stay.
GUARD = """
    CREATE FUNCTION app.guard_invitee() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF (NEW.id, NEW.collaborative_id, NEW.participation_id, NEW.meeting_id, NEW.user_id, NEW.role, NEW.invited_at)
         IS DISTINCT FROM
         (OLD.id, OLD.collaborative_id, OLD.participation_id, OLD.meeting_id, OLD.user_id, OLD.role, OLD.invited_at) THEN
        RAISE EXCEPTION 'only the reply to an invitation changes' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER guard_invitee BEFORE UPDATE ON meetings_invitee FOR EACH ROW EXECUTE FUNCTION app.guard_invitee();

    CREATE FUNCTION app.guard_action_item() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF (NEW.id, NEW.public_id, NEW.collaborative_id, NEW.participation_id, NEW.meeting_id, NEW.text, NEW.owner_id,
          NEW.due_on, NEW.noted_at, NEW.noted_by_id) IS DISTINCT FROM
         (OLD.id, OLD.public_id, OLD.collaborative_id, OLD.participation_id, OLD.meeting_id, OLD.text, OLD.owner_id,
          OLD.due_on, OLD.noted_at, OLD.noted_by_id) THEN
        RAISE EXCEPTION 'what was agreed stands; only its state changes' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER guard_action_item BEFORE UPDATE ON meetings_actionitem
      FOR EACH ROW EXECUTE FUNCTION app.guard_action_item();

    CREATE FUNCTION app.guard_issued_minutes() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF OLD.approved_at IS NOT NULL OR
         (NEW.id, NEW.collaborative_id, NEW.meeting_id, NEW.number, NEW.text, NEW.sent_at, NEW.sent_by_id)
         IS DISTINCT FROM
         (OLD.id, OLD.collaborative_id, OLD.meeting_id, OLD.number, OLD.text, OLD.sent_at, OLD.sent_by_id) THEN
        RAISE EXCEPTION 'minutes that were sent stay as they are' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER guard_issued_minutes BEFORE UPDATE ON meetings_issuedminutes
      FOR EACH ROW EXECUTE FUNCTION app.guard_issued_minutes();
"""
NO_GUARD = "".join(
    f"DROP TRIGGER guard_{name} ON meetings_{name.replace('_', '')}; DROP FUNCTION app.guard_{name}();"
    for name in ("invitee", "action_item", "issued_minutes")
)


def here(privileges: str = READ) -> Rule:
    return Rule("collaborative", privileges)


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0001_initial"),
        ("collaboratives", "0002_wall"),
        ("measures", "0002_wall"),
    ]
    operations = [
        Protect("meetings_series", {"hospital": here(), "centre": here(WRITE), "observer": here(), "compute": here()}),
        Protect("meetings_meeting", {"hospital": here(), "centre": here(WRITE), "observer": here(), "compute": here()}),
        Protect("meetings_agendaitem", {"hospital": here(), "centre": here(WRITE), "observer": Rule("public_here"), "compute": here()}),
        Protect("meetings_meetingfile", {"hospital": here(), "centre": here(WRITE)}),
        Protect("meetings_recording", {"hospital": here(), "centre": here(WRITE)}),
        Protect("meetings_meetingrule", {"hospital": here(), "centre": here(ADD)}),
        Protect("meetings_invitee", {"hospital": Rule("own", CHANGE), "centre": here(WRITE), "observer": Rule("here_self", CHANGE), "compute": here()}),
        Protect("meetings_attendance", {"hospital": Rule("own", ADD), "centre": here(WRITE), "observer": Rule("here_self"), "compute": here()}),
        Protect("meetings_meetingmail", {"centre": here(), "compute": here(WRITE)}),
        Protect("meetings_calendarfeed", {**{side: Rule("here_self", WRITE) for side in ("hospital", "centre", "observer")}, "member": Rule("self", CHANGE)}),
        Protect("meetings_decision", {"hospital": here(), "centre": here(WRITE)}),
        Protect("meetings_actionitem", {"hospital": Rule("own_or_shared", CHANGE), "centre": here(WRITE), "compute": here()}),
        Protect("meetings_minutes", {"centre": here(WRITE)}),
        Protect("meetings_issuedminutes", {"hospital": here(), "centre": here(WRITE), "compute": here()}),
        Protect("meetings_pollquestion", {"hospital": here(), "centre": here(WRITE), "compute": here()}),
        Protect("meetings_pollanswer", {"hospital": Rule("own", WRITE), "compute": here()}),
        Protect("meetings_pollcount", {"hospital": here(), "centre": here(), "compute": here(WRITE)}),
        TenantForeignKey("meetings_meeting", "series_id", "meetings_series", tenant="collaborative_id"),
        *(TenantForeignKey(f"meetings_{table}", "meeting_id", "meetings_meeting", tenant="collaborative_id") for table in OF_MEETING),
        *(TenantForeignKey(f"meetings_{table}", "participation_id", "collaboratives_participation", tenant="collaborative_id") for table in OF_HOSPITAL),
        *(TenantForeignKey(f"meetings_{table}", "measure_id", "measures_measure", tenant="collaborative_id") for table in ("agendaitem", "pollquestion")),
        *(TenantForeignKey(f"meetings_{table}", "question_id", "meetings_pollquestion", tenant="collaborative_id") for table in ("pollanswer", "pollcount")),
        TenantForeignKey("meetings_meetingfile", "item_id", "meetings_agendaitem", tenant="collaborative_id"),
        TenantForeignKey("meetings_issuedminutes", "approved_in_id", "meetings_meeting", tenant="collaborative_id"),
        migrations.RunSQL(sql=GUARD, reverse_sql=NO_GUARD),
    ]
