-- Which rows the acting context may reach. Membership is looked up at every statement, never passed in: ending a role
-- acts at once, even inside an open transaction. The functions run as the owner, whose only policy on the tables named
-- here (Protect(owner_reads=True)) is to read. PL/pgSQL looks tables up when a function runs, so this comes first.

CREATE FUNCTION app.ctx_collaboratives() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE x record; r bigint[];
BEGIN
  SELECT * INTO x FROM app_private.ctx();
  IF x.role IN ('colloquy_compute', 'colloquy_platform') THEN
    RETURN ARRAY[x.collaborative_id];
  END IF;
  SELECT coalesce(array_agg(DISTINCT g.collaborative_id), '{}') INTO r
    FROM public.collaboratives_grant g JOIN public.accounts_user u ON u.id = g.user_id
   WHERE g.user_id = x.user_id AND u.is_active
     AND g.starts_at <= clock_timestamp() AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp())
     AND (x.role = 'colloquy_member'
          OR (g.collaborative_id = x.collaborative_id
              AND 'colloquy_' || g.capacity = x.role
              AND (x.role <> 'colloquy_hospital' OR g.participation_id = x.participation_id)));
  RETURN r;
END $$;

CREATE FUNCTION app.ctx_participations() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE x record; r bigint[];
BEGIN
  SELECT * INTO x FROM app_private.ctx();
  SELECT coalesce(array_agg(DISTINCT g.participation_id), '{}') INTO r
    FROM public.collaboratives_grant g JOIN public.accounts_user u ON u.id = g.user_id
   WHERE g.user_id = x.user_id AND u.is_active AND g.capacity = 'hospital'
     AND g.starts_at <= clock_timestamp() AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp())
     AND (x.role = 'colloquy_member'
          OR (x.role = 'colloquy_hospital'
              AND g.collaborative_id = x.collaborative_id AND g.participation_id = x.participation_id));
  RETURN r;
END $$;

CREATE FUNCTION app.ctx_sites() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE x record; here bigint[]; own bigint[]; r bigint[];
BEGIN
  SELECT * INTO x FROM app_private.ctx();
  IF x.role = 'colloquy_centre' THEN
    here := app.ctx_collaboratives();
  ELSE
    own := app.ctx_participations();
  END IF;
  SELECT coalesce(array_agg(DISTINCT p.site_id), '{}') INTO r
    FROM public.collaboratives_participation p WHERE p.id = ANY (own) OR p.collaborative_id = ANY (here);
  RETURN r;
END $$;

-- People the viewer may know by name: the whole collaborative for the centre; colleagues of the same hospital and the
-- centre's staff for a hospital; oneself always.
CREATE FUNCTION app.ctx_users() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE x record; own bigint[]; r bigint[];
BEGIN
  SELECT * INTO x FROM app_private.ctx();
  IF x.role IN ('colloquy_member', 'colloquy_observer') THEN
    RETURN ARRAY[x.user_id];
  END IF;
  own := CASE WHEN x.role = 'colloquy_hospital' THEN app.ctx_participations() END;
  SELECT coalesce(array_agg(DISTINCT g.user_id), '{}') || x.user_id INTO r
    FROM public.collaboratives_grant g
   WHERE g.collaborative_id = ANY (app.ctx_collaboratives())
     AND (own IS NULL OR g.participation_id = ANY (own) OR g.capacity = 'centre');
  RETURN r;
END $$;

-- Releases whose results members may see. A draft has no row in any hospital's view, whatever address is typed.
CREATE FUNCTION app.ctx_releases() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE here bigint[] := app.ctx_collaboratives(); r bigint[];
BEGIN
  SELECT coalesce(array_agg(f.id), '{}') INTO r
    FROM public.feedback_release f
   WHERE f.collaborative_id = ANY (here) AND f.state IN ('released', 'superseded');
  RETURN r;
END $$;
