from django.db import migrations

from tenancy.operations import ADD, READ, WRITE, Protect, Rule, TenantForeignKey


# What people have signed stays as it was, and nobody at a hospital records a paper or signs in another's name.
FROZEN = """
    CREATE FUNCTION app.keep_agreements() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        IF current_user = 'colloquy_hospital' AND (NEW.how <> 'here' OR NEW.recorded_by_id <> app.ctx_user()) THEN
          RAISE EXCEPTION 'a hospital signs here, in the name of who is signed in'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
      END IF;
      RAISE EXCEPTION 'texts in force and signed agreements are frozen'
        USING ERRCODE = 'integrity_constraint_violation';
    END $$;

    REVOKE ALL ON FUNCTION app.keep_agreements() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION app.keep_agreements() TO colloquy_hospital, colloquy_centre, colloquy_compute, colloquy_dataops;

    CREATE TRIGGER keep_text BEFORE UPDATE ON agreements_agreementtext FOR EACH ROW
      WHEN (OLD.in_force_at IS NOT NULL) EXECUTE FUNCTION app.keep_agreements();
    CREATE TRIGGER sign_here BEFORE INSERT ON agreements_agreement FOR EACH ROW
      EXECUTE FUNCTION app.keep_agreements();
    CREATE TRIGGER keep_agreement BEFORE UPDATE ON agreements_agreement FOR EACH ROW
      WHEN (OLD.ended_on IS NOT NULL
            OR (NEW.public_id, NEW.collaborative_id, NEW.participation_id, NEW.text_id, NEW.kind, NEW.how, NEW.signatory_name, NEW.signatory_title,
                NEW.signed_on, NEW.starts_on, NEW.ends_on, NEW.recorded_at, NEW.recorded_by_id)
            IS DISTINCT FROM (OLD.public_id, OLD.collaborative_id, OLD.participation_id, OLD.text_id, OLD.kind, OLD.how, OLD.signatory_name, OLD.signatory_title,
                OLD.signed_on, OLD.starts_on, OLD.ends_on, OLD.recorded_at, OLD.recorded_by_id))
      EXECUTE FUNCTION app.keep_agreements();
"""
THAWED = """
    DROP TRIGGER keep_text ON agreements_agreementtext;
    DROP TRIGGER sign_here ON agreements_agreement;
    DROP TRIGGER keep_agreement ON agreements_agreement;
    DROP FUNCTION app.keep_agreements();
"""
# Whether the hospital from which somebody works may see its peers today: every agreement that is needed for it counts.
# The four kinds and the two that are usually needed are those of the code (agreements.selectors.needs), which a test compares.
COMPARING = """
    CREATE FUNCTION app.ctx_comparing() RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    DECLARE r boolean;
    BEGIN
      SELECT coalesce(bool_and(EXISTS (
               SELECT FROM public.agreements_agreement a
                WHERE a.participation_id = p.id AND a.kind = k.kind AND a.starts_on <= d.today
                  AND (a.ends_on IS NULL OR a.ends_on >= d.today) AND (a.ended_on IS NULL OR a.ended_on > d.today))), true)
        INTO r
        FROM public.collaboratives_participation p
        JOIN public.collaboratives_collaborative c ON c.id = p.collaborative_id
       CROSS JOIN LATERAL (SELECT (clock_timestamp() AT TIME ZONE c.time_zone)::date AS today) d
       CROSS JOIN (VALUES ('participation'), ('data_use'), ('business_associate'), ('confidentiality')) k(kind)
        LEFT JOIN public.agreements_agreementneed n ON n.collaborative_id = c.id AND n.kind = k.kind
       WHERE p.id = ANY (app.ctx_participations())
         AND coalesce(n.for_comparison, k.kind IN ('participation', 'data_use'));
      RETURN r;
    END $$;

    REVOKE ALL ON FUNCTION app.ctx_comparing() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION app.ctx_comparing() TO colloquy_hospital;

    DROP POLICY owner_guard ON collaboratives_collaborative;
    CREATE POLICY owner_reads ON collaboratives_collaborative FOR SELECT TO colloquy_owner USING (true);
    CREATE POLICY owner_guard ON collaboratives_collaborative FOR UPDATE TO colloquy_owner USING (app_private.deny());
    CREATE POLICY owner_guard_delete ON collaboratives_collaborative FOR DELETE TO colloquy_owner USING (app_private.deny());
"""
NOT_COMPARING = """
    DROP POLICY owner_reads ON collaboratives_collaborative;
    DROP POLICY owner_guard ON collaboratives_collaborative;
    DROP POLICY owner_guard_delete ON collaboratives_collaborative;
    CREATE POLICY owner_guard ON collaboratives_collaborative TO colloquy_owner USING (app_private.deny());
    DROP FUNCTION app.ctx_comparing();
"""
HOSPITALS = ("agreement", "agreementscan", "agreementreminder")


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0001_initial"),
        ("collaboratives", "0005_comparison_group"),
    ]
    operations = [
        Protect("agreements_agreementtext", {"hospital": Rule("collaborative", READ), "centre": Rule("collaborative", WRITE), "compute": Rule("collaborative", READ)}),
        Protect("agreements_agreementneed", {"hospital": Rule("collaborative", READ), "centre": Rule("collaborative", WRITE), "compute": Rule("collaborative", READ)}, owner_reads=True),
        Protect("agreements_agreement", {"hospital": Rule("own", ADD), "centre": Rule("collaborative", WRITE), "compute": Rule("collaborative", READ)}, owner_reads=True),
        Protect("agreements_agreementscan", {"hospital": Rule("own", READ), "centre": Rule("collaborative", ADD)}),
        Protect("agreements_agreementreminder", {"hospital": Rule("own", READ), "centre": Rule("collaborative", READ), "compute": Rule("collaborative", ADD)}),
        *(
            TenantForeignKey(f"agreements_{table}", "participation_id", "collaboratives_participation", tenant="collaborative_id")
            for table in HOSPITALS
        ),
        TenantForeignKey("agreements_agreement", "text_id", "agreements_agreementtext", tenant="collaborative_id"),
        TenantForeignKey("agreements_agreementscan", "agreement_id", "agreements_agreement", tenant="participation_id"),
        TenantForeignKey("agreements_agreementreminder", "agreement_id", "agreements_agreement", tenant="participation_id"),
        migrations.RunSQL(sql=FROZEN, reverse_sql=THAWED),
        migrations.RunSQL(sql=COMPARING, reverse_sql=NOT_COMPARING),
    ]
