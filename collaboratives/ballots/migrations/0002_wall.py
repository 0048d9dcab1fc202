from django.db import migrations

from tenancy.operations import ADD, READ, WRITE, Protect, Rule, TenantForeignKey


# The window is the database's clock. A vote holds its ballot's lock shared, counting holds it alone: a vote is either
# in the count or refused, also in the closing second.
GUARDS = """
    CREATE FUNCTION app.guard_vote() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock_shared(7003, NEW.ballot_id::int);
      IF NOT EXISTS (
        SELECT 1 FROM public.ballots_ballot b WHERE b.id = NEW.ballot_id AND b.state = 'open'
           AND b.opens_at <= clock_timestamp() AND clock_timestamp() < b.closes_at
           AND (NEW.option = 'Abstain' OR b.options ? NEW.option)) THEN
        RAISE EXCEPTION 'this ballot takes no such vote now' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER guard_vote BEFORE INSERT ON ballots_vote FOR EACH ROW EXECUTE FUNCTION app.guard_vote();

    CREATE FUNCTION app.guard_ballot() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF OLD.state IN ('counted', 'cancelled') OR OLD.state = 'open' AND
         (NEW.state = 'draft' OR
          (NEW.collaborative_id, NEW.public_id, NEW.question, NEW.details, NEW.subject, NEW.subject_key, NEW.subject_label,
           NEW.rule, NEW.options, NEW.quorum, NEW.threshold, NEW.opens_at, NEW.closes_at, NEW.made_by_id)
          IS DISTINCT FROM
          (OLD.collaborative_id, OLD.public_id, OLD.question, OLD.details, OLD.subject, OLD.subject_key, OLD.subject_label,
           OLD.rule, OLD.options, OLD.quorum, OLD.threshold, OLD.opens_at, OLD.closes_at, OLD.made_by_id)) THEN
        RAISE EXCEPTION 'a ballot stands as it was opened, and a result as it was counted'
          USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER guard_ballot BEFORE UPDATE ON ballots_ballot FOR EACH ROW EXECUTE FUNCTION app.guard_ballot();
"""
NO_GUARDS = """
    DROP TRIGGER guard_ballot ON ballots_ballot;
    DROP FUNCTION app.guard_ballot();
    DROP TRIGGER guard_vote ON ballots_vote;
    DROP FUNCTION app.guard_vote();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ballots", "0001_initial"),
        ("collaboratives", "0005_comparison_group"),
    ]
    operations = [
        Protect("ballots_ballot", {"hospital": Rule("collaborative", READ), "centre": Rule("collaborative", WRITE), "compute": Rule("collaborative", "SELECT, UPDATE")}),
        Protect("ballots_policy", {"hospital": Rule("collaborative", READ), "centre": Rule("collaborative", WRITE)}),
        Protect("ballots_designation", {"hospital": Rule("own", WRITE), "centre": Rule("collaborative", READ)}),
        # How a hospital voted is seen by it and the centre alone; nobody changes it.
        Protect("ballots_vote", {"hospital": Rule("own", ADD), "centre": Rule("collaborative", READ), "compute": Rule("collaborative", READ)}),
        Protect("ballots_result", {"hospital": Rule("collaborative", READ), "centre": Rule("collaborative", READ), "compute": Rule("collaborative", ADD)}),
        *(TenantForeignKey(f"ballots_{table}", "participation_id", "collaboratives_participation", tenant="collaborative_id") for table in ("designation", "vote")),
        *(TenantForeignKey(f"ballots_{table}", "ballot_id", "ballots_ballot", tenant="collaborative_id") for table in ("designation", "vote", "result")),
        migrations.RunSQL(sql=GUARDS, reverse_sql=NO_GUARDS),
    ]
