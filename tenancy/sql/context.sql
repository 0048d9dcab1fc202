-- The context of a transaction: who acts, in which capacity, for which collaborative and hospital.
-- The application signs it (tenancy/context.py); these functions verify it. Nothing here trusts a plain setting.

CREATE SCHEMA app_private;
CREATE SCHEMA app;

-- One row per key; two live keys while a key is being rotated. Only the owner reads it.
CREATE TABLE app_private.ctx_key (
  kid integer PRIMARY KEY,
  inner_pad bytea NOT NULL,
  outer_pad bytea NOT NULL
);
REVOKE ALL ON app_private.ctx_key FROM PUBLIC;

-- RFC 2104 with SHA-256, so that the schema needs no extension. Keys over 64 bytes are hashed first.
CREATE FUNCTION app_private.hmac_pad(key bytea, filler integer) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE block bytea := decode(repeat('00', 64), 'hex');
        k bytea := CASE WHEN length(key) > 64 THEN sha256(key) ELSE key END;
BEGIN
  block := overlay(block PLACING k FROM 1 FOR length(k));
  FOR i IN 0..63 LOOP
    block := set_byte(block, i, get_byte(block, i) # filler);
  END LOOP;
  RETURN block;
END $$;

CREATE FUNCTION app_private.hmac_sha256(key bytea, message bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN sha256(app_private.hmac_pad(key, 92) || sha256(app_private.hmac_pad(key, 54) || message));
END $$;

CREATE FUNCTION app_private.deny() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'tenancy: the owner does not read or write tenant rows; use a data migration' USING ERRCODE = 'insufficient_privilege';
END $$;

-- app.ctx = kid : role : user : collaborative : participation : expires : mac
CREATE FUNCTION app_private.ctx(OUT user_id bigint, OUT collaborative_id bigint, OUT participation_id bigint, OUT role text)
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE c text := current_setting('app.ctx', true);
        p text[];
        k app_private.ctx_key%ROWTYPE;
BEGIN
  IF c IS NULL OR c = '' THEN
    RAISE EXCEPTION 'tenancy: no acting context' USING ERRCODE = 'insufficient_privilege';
  END IF;
  p := string_to_array(c, ':');
  IF array_length(p, 1) <> 7 OR p[1] !~ '^[0-9]{1,9}$' THEN
    RAISE EXCEPTION 'tenancy: bad context' USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT * INTO k FROM app_private.ctx_key WHERE kid = p[1]::integer;
  IF k.kid IS NULL
     OR encode(sha256(k.outer_pad || sha256(k.inner_pad || convert_to(array_to_string(p[1:6], ':'), 'UTF8'))), 'hex') <> p[7]
     OR p[6]::bigint < extract(epoch FROM clock_timestamp())
     OR p[2] <> current_setting('role')
  THEN
    RAISE EXCEPTION 'tenancy: bad context' USING ERRCODE = 'insufficient_privilege';
  END IF;
  user_id := p[3]::bigint;
  collaborative_id := p[4]::bigint;
  participation_id := p[5]::bigint;
  role := p[2];
END $$;

CREATE FUNCTION app.ctx_user() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT x.user_id FROM app_private.ctx() x);
END $$;
