
CREATE SCHEMA cutwatch;

CREATE SCHEMA review;

COMMENT ON SCHEMA review IS 'Stable, documented views of cutwatch. Rates in basis points (bp), probabilities 0 to 1, changes of probability in percentage points (pp), times UTC.';

CREATE TYPE cutwatch.basis AS ENUM (
    'settlement',
    'published',
    'last_trade',
    'mid'
);

CREATE TYPE cutwatch.grid AS ENUM (
    'settlement',
    'intraday'
);

CREATE TYPE cutwatch.job_status AS ENUM (
    'running',
    'done',
    'failed',
    'unavailable',
    'lost'
);

CREATE TYPE cutwatch.method AS ENUM (
    'cme',
    'published',
    'cme_article',
    'aggregated'
);

CREATE FUNCTION cutwatch.block_of(leg bigint, known_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select b.id
  from cutwatch.repricing_blocks b
  left join lateral (
    select t.status, t.state, t.extreme_on
    from cutwatch.repricing_states t
    where t.repricing_id = leg and t.recorded_at <= known_at
    order by t.id desc
    limit 1
  ) stood on true
  where b.repricing_id = leg and b.recorded_at <= known_at
  order by
    coalesce(stood.status = 'closed' and stood.state = 'confirmed' and b.evaluated_on = stood.extreme_on, false) desc,
    exists (
      select
      from cutwatch.alerts a
      join cutwatch.repricings r on r.id = a.repricing_id
      where a.repricing_id = leg and a.trade_date = b.evaluated_on and a.recorded_at <= known_at
        and a.kind <> 'withdrawn' and a.provisional is null
        and not exists (
          select
          from cutwatch.alerts w
          where w.repricing_id = leg and w.id > a.id and w.kind = 'withdrawn' and w.recorded_at <= known_at
            and (w.resolves_id = a.id or starts_with(w.key, r.leg_key || '/withdrawn/'))
        )
    ) desc,
    b.evaluated_on desc,
    b.id desc
  limit 1
$$;

CREATE FUNCTION cutwatch.ensure_months(parent text, from_date date, to_date date) RETURNS integer
    LANGUAGE plpgsql
    AS $$
declare
  month date := date_trunc('month', from_date);
  child text;
  made integer := 0;
begin
  while month <= to_date loop
    child := format('%s_%s', parent, to_char(month, 'YYYY_MM'));
    if to_regclass('cutwatch.' || child) is null then
      perform pg_advisory_xact_lock(hashtext('cutwatch.ensure_months'));
      execute format(
        'create table if not exists cutwatch.%I partition of cutwatch.%I for values from (%L) to (%L)',
        child, parent, month, month + interval '1 month'
      );
      made := made + 1;
    end if;
    month := month + interval '1 month';
  end loop;
  return made;
end $$;

CREATE FUNCTION review.known_by(known_at timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select coalesce(
    (
      select case when asked.at < w.done_at then w.recorded_at - interval '1 millisecond' else asked.at end
      from cutwatch.history_writes w
      where w.recorded_at < asked.at
      order by w.recorded_at desc
      limit 1
    ),
    asked.at
  )
  -- Stamps have milliseconds, and so has an instant that the API is asked.
  from (select date_trunc('milliseconds', known_by.known_at) as at) asked
$$;

COMMENT ON FUNCTION review.known_by(known_at timestamp with time zone) IS 'UTC: compare recorded_at with this to see what could be seen at known_at; a write that was under way then is left out.';

CREATE FUNCTION review.probability_at(meeting date, lower_bp integer, at timestamp with time zone, known_at timestamp with time zone DEFAULT now()) RETURNS double precision
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select coalesce(
    (
      select p.probability
      from cutwatch.meeting_probabilities p
      where p.trade_date = chosen.trade_date and p.snapshot_id = chosen.id
        and p.meeting_date = probability_at.meeting and p.lower_bp = probability_at.lower_bp
    ),
    0
  )
  from (
    select s.id, s.trade_date
    from cutwatch.snapshots s
    join cutwatch.meeting_readings r on r.trade_date = s.trade_date and r.snapshot_id = s.id
    where s.as_of <= probability_at.at
      -- Asked once, not for each row.
      and s.recorded_at <= (select review.known_by(probability_at.known_at))
      and s.grid = 'settlement'
      and s.method in ('cme', 'published')
      and r.meeting_date = probability_at.meeting
      and r.unsolved_reason is null
    order by s.trade_date desc, s.is_sample, s.basis, s.recorded_at desc, s.id desc
    limit 1
  ) chosen
$$;

COMMENT ON FUNCTION review.probability_at(meeting date, lower_bp integer, at timestamp with time zone, known_at timestamp with time zone) IS 'Probability 0 to 1 that the range after the meeting starts at lower_bp (bp), from the last settlement at or before at, as known at known_at.';

CREATE SEQUENCE cutwatch.alert_ids
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE cutwatch.alerts (
    id bigint DEFAULT nextval('cutwatch.alert_ids'::regclass) NOT NULL,
    key text NOT NULL,
    repricing_id bigint NOT NULL,
    basis cutwatch.basis NOT NULL,
    is_sample boolean NOT NULL,
    parameters_version text NOT NULL,
    kind text NOT NULL,
    severity text NOT NULL,
    extension integer NOT NULL,
    reverses_id bigint,
    cluster text NOT NULL,
    trade_date date NOT NULL,
    as_of timestamp(3) with time zone NOT NULL,
    recorded_at timestamp(3) with time zone NOT NULL,
    historical boolean NOT NULL,
    is_primary boolean NOT NULL,
    expected_rate_bp double precision NOT NULL,
    amplitude_bp double precision NOT NULL,
    one_day_bp double precision,
    sigma_bp double precision NOT NULL,
    body jsonb NOT NULL,
    provisional jsonb,
    resolves_id bigint,
    CONSTRAINT alerts_kind_check CHECK ((kind = ANY (ARRAY['notice'::text, 'sharp'::text, 'severe'::text, 'extreme'::text, 'extension'::text, 'confirmed'::text, 'withdrawn'::text]))),
    CONSTRAINT alerts_severity_check CHECK ((severity = ANY (ARRAY['notice'::text, 'sharp'::text, 'severe'::text, 'extreme'::text])))
);

CREATE SEQUENCE cutwatch.row_ids
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE cutwatch.api_keys (
    id bigint DEFAULT nextval('cutwatch.row_ids'::regclass) NOT NULL,
    name text NOT NULL,
    tenant text NOT NULL,
    scope text NOT NULL,
    shown text NOT NULL,
    sha256 bytea NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    last_used_at timestamp(3) with time zone,
    revoked_at timestamp(3) with time zone,
    CONSTRAINT api_keys_name_check CHECK ((name <> ''::text)),
    CONSTRAINT api_keys_scope_check CHECK ((scope = ANY (ARRAY['read'::text, 'webhooks'::text, 'admin'::text]))),
    CONSTRAINT api_keys_tenant_check CHECK ((tenant <> ''::text))
);

CREATE TABLE cutwatch.asset_closes (
    id bigint DEFAULT nextval('cutwatch.row_ids'::regclass) NOT NULL,
    symbol text NOT NULL,
    close_date date NOT NULL,
    recorded_at timestamp(3) with time zone NOT NULL,
    source text NOT NULL,
    close numeric(18,6) NOT NULL,
    is_sample boolean DEFAULT false NOT NULL,
    payload_id bigint,
    CONSTRAINT asset_closes_close_check CHECK ((close > (0)::numeric))
);

CREATE SEQUENCE cutwatch.delivery_ids
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE cutwatch.detector_days (
    id bigint DEFAULT nextval('cutwatch.row_ids'::regclass) NOT NULL,
    basis cutwatch.basis NOT NULL,
    is_sample boolean NOT NULL,
    parameters_version text NOT NULL,
    trade_date date NOT NULL,
    snapshot_id bigint NOT NULL,
    recorded_at timestamp(3) with time zone NOT NULL,
    state jsonb NOT NULL
);

CREATE TABLE cutwatch.detector_versions (
    version text NOT NULL,
    parameters jsonb NOT NULL,
    recorded_at timestamp(3) with time zone NOT NULL
);

CREATE TABLE cutwatch.effr_fixings (
    id bigint DEFAULT nextval('cutwatch.row_ids'::regclass) NOT NULL,
    fixing_date date NOT NULL,
    recorded_at timestamp(3) with time zone NOT NULL,
    source text NOT NULL,
    effr_pct numeric(7,4),
    target_lower_bp integer,
    target_upper_bp integer,
    revised boolean DEFAULT false NOT NULL,
    is_sample boolean DEFAULT false NOT NULL,
    payload_id bigint,
    CONSTRAINT effr_fixings_check CHECK ((((target_lower_bp IS NULL) = (target_upper_bp IS NULL)) AND (target_lower_bp <= target_upper_bp))),
    CONSTRAINT effr_fixings_check1 CHECK (((effr_pct IS NOT NULL) OR (target_upper_bp IS NOT NULL))),
    CONSTRAINT effr_fixings_effr_pct_check CHECK (((effr_pct >= ('-5'::integer)::numeric) AND (effr_pct <= (50)::numeric)))
);

CREATE TABLE cutwatch.futures_quotes (
    id bigint DEFAULT nextval('cutwatch.row_ids'::regclass) NOT NULL,
    trade_date date NOT NULL,
    contract_month date NOT NULL,
    as_of timestamp(3) with time zone NOT NULL,
    recorded_at timestamp(3) with time zone NOT NULL,
    grid cutwatch.grid NOT NULL,
    basis cutwatch.basis NOT NULL,
    source text NOT NULL,
    price numeric(9,5) NOT NULL,
    open numeric(9,5),
    high numeric(9,5),
    low numeric(9,5),
    volume bigint,
    open_interest bigint,
    flags text[] DEFAULT '{}'::text[] NOT NULL,
    is_sample boolean DEFAULT false NOT NULL,
    payload_id bigint,
    CONSTRAINT futures_quotes_basis_check CHECK ((basis <> 'published'::cutwatch.basis)),
    CONSTRAINT futures_quotes_contract_month_check CHECK ((EXTRACT(day FROM contract_month) = (1)::numeric))
)
PARTITION BY RANGE (trade_date);

CREATE TABLE cutwatch.history_writes (
    recorded_at timestamp(3) with time zone NOT NULL,
    done_at timestamp(3) with time zone NOT NULL,
    CONSTRAINT history_writes_check CHECK ((done_at > recorded_at))
);

CREATE TABLE cutwatch.imports (
    id bigint DEFAULT nextval('cutwatch.row_ids'::regclass) NOT NULL,
    payload_id bigint NOT NULL,
    kind text NOT NULL,
    options text NOT NULL,
    file_name text NOT NULL,
    recorded_at timestamp(3) with time zone NOT NULL,
    rows_read integer NOT NULL,
    stored integer NOT NULL,
    unchanged integer NOT NULL,
    quarantined integer NOT NULL
);

CREATE TABLE cutwatch.job_runs (
    id bigint DEFAULT nextval('cutwatch.row_ids'::regclass) NOT NULL,
    job text NOT NULL,
    slot timestamp(3) with time zone,
    owner text NOT NULL,
    status cutwatch.job_status NOT NULL,
    started_at timestamp(3) with time zone NOT NULL,
    heartbeat_at timestamp(3) with time zone NOT NULL,
    finished_at timestamp(3) with time zone,
    detail text,
    error text,
    attempt integer DEFAULT 1 NOT NULL
);

CREATE TABLE cutwatch.market_events (
    id bigint DEFAULT nextval('cutwatch.row_ids'::regclass) NOT NULL,
    event_key text NOT NULL,
    what text NOT NULL,
    scheduled_at timestamp(3) with time zone NOT NULL,
    status text NOT NULL,
    known_at timestamp(3) with time zone NOT NULL,
    recorded_at timestamp(3) with time zone NOT NULL,
    source text NOT NULL,
    payload_id bigint,
    CONSTRAINT market_events_status_check CHECK ((status = ANY (ARRAY['scheduled'::text, 'released'::text, 'rescheduled'::text, 'cancelled'::text])))
);

CREATE TABLE cutwatch.meeting_notices (
    id bigint DEFAULT nextval('cutwatch.row_ids'::regclass) NOT NULL,
    meeting_date date NOT NULL,
    kind text NOT NULL,
    effective_date date NOT NULL,
    known_from timestamp(3) with time zone,
    lower_bp integer,
    upper_bp integer,
    recorded_at timestamp(3) with time zone NOT NULL,
    source text NOT NULL,
    payload_id bigint,
    CONSTRAINT meeting_notices_check CHECK ((((kind = 'decided'::text) = (lower_bp IS NOT NULL)) AND ((lower_bp IS NULL) = (upper_bp IS NULL)) AND (lower_bp <= upper_bp))),
    CONSTRAINT meeting_notices_kind_check CHECK ((kind = ANY (ARRAY['scheduled'::text, 'unscheduled'::text, 'cancelled'::text, 'decided'::text])))
);

CREATE TABLE cutwatch.meeting_probabilities (
    snapshot_id bigint NOT NULL,
    trade_date date NOT NULL,
    meeting_date date NOT NULL,
    lower_bp integer NOT NULL,
    upper_bp integer NOT NULL,
    probability double precision NOT NULL,
    low double precision,
    high double precision,
    CONSTRAINT meeting_probabilities_check CHECK ((((upper_bp % 25) = 0) AND (upper_bp >= lower_bp))),
    CONSTRAINT meeting_probabilities_lower_bp_check CHECK (((lower_bp % 25) = 0)),
    CONSTRAINT meeting_probabilities_probability_check CHECK (((probability > (0)::double precision) AND (probability <= (1.000000001)::double precision)))
)
PARTITION BY RANGE (trade_date);

CREATE TABLE cutwatch.meeting_readings (
    snapshot_id bigint NOT NULL,
    trade_date date NOT NULL,
    meeting_date date NOT NULL,
    announced boolean NOT NULL,
    expected_rate_bp double precision,
    moves double precision,
    start_rate_bp double precision,
    end_rate_bp double precision,
    ease double precision,
    hold double precision,
    hike double precision,
    meeting_ease double precision,
    meeting_hold double precision,
    meeting_hike double precision,
    tick_sensitivity_pp double precision,
    own_tick_bp double precision,
    contract_months date[] DEFAULT '{}'::date[] NOT NULL,
    contract_prices numeric(9,5)[] DEFAULT '{}'::numeric[] NOT NULL,
    contract_sensitivities_pp double precision[] DEFAULT '{}'::double precision[] NOT NULL,
    unsolved_reason text,
    unsolved_detail text,
    unverified boolean DEFAULT false NOT NULL,
    CONSTRAINT meeting_readings_check CHECK (((unsolved_reason IS NULL) = (expected_rate_bp IS NOT NULL)))
)
PARTITION BY RANGE (trade_date);

CREATE TABLE cutwatch.meeting_scores (
    id bigint DEFAULT nextval('cutwatch.row_ids'::regclass) NOT NULL,
    meeting_date date NOT NULL,
    horizon_days integer NOT NULL,
    basis cutwatch.basis NOT NULL,
    source_class text NOT NULL,
    trade_date date NOT NULL,
    snapshot_id bigint NOT NULL,
    lower_bp integer NOT NULL,
    upper_bp integer NOT NULL,
    outcomes integer NOT NULL,
    brier double precision NOT NULL,
    rps double precision NOT NULL,
    log_score double precision NOT NULL,
    recorded_at timestamp(3) with time zone NOT NULL,
    CONSTRAINT meeting_scores_brier_check CHECK ((brier >= (0)::double precision)),
    CONSTRAINT meeting_scores_check CHECK (((source_class = 'published'::text) = (basis = 'published'::cutwatch.basis))),
    CONSTRAINT meeting_scores_check1 CHECK ((upper_bp >= lower_bp)),
    CONSTRAINT meeting_scores_check2 CHECK ((trade_date <= (meeting_date - horizon_days))),
    CONSTRAINT meeting_scores_horizon_days_check CHECK ((horizon_days > 0)),
    CONSTRAINT meeting_scores_log_score_check CHECK ((log_score > ('-0.01'::numeric)::double precision)),
    CONSTRAINT meeting_scores_outcomes_check CHECK ((outcomes > 0)),
    CONSTRAINT meeting_scores_rps_check CHECK ((rps >= (0)::double precision)),
    CONSTRAINT meeting_scores_source_class_check CHECK ((source_class = ANY (ARRAY['chain'::text, 'published'::text])))
);

CREATE TABLE cutwatch.notices (
    id bigint DEFAULT nextval('cutwatch.alert_ids'::regclass) NOT NULL,
    key text NOT NULL,
    type text NOT NULL,
    as_of timestamp(3) with time zone NOT NULL,
    recorded_at timestamp(3) with time zone NOT NULL,
    historical boolean NOT NULL,
    source text NOT NULL,
    body jsonb NOT NULL,
    CONSTRAINT notices_type_check CHECK ((type = ANY (ARRAY['meeting.decided'::text, 'digest.daily'::text, 'data.stale'::text, 'data.recovered'::text])))
);

CREATE TABLE cutwatch.published_probabilities (
    id bigint DEFAULT nextval('cutwatch.row_ids'::regclass) NOT NULL,
    trade_date date NOT NULL,
    meeting_date date NOT NULL,
    lower_bp integer NOT NULL,
    upper_bp integer NOT NULL,
    as_of timestamp(3) with time zone NOT NULL,
    recorded_at timestamp(3) with time zone NOT NULL,
    grid cutwatch.grid NOT NULL,
    source text NOT NULL,
    probability numeric(12,10) NOT NULL,
    decimals smallint NOT NULL,
    is_sample boolean DEFAULT false NOT NULL,
    payload_id bigint,
    CONSTRAINT published_probabilities_check CHECK ((((upper_bp % 25) = 0) AND (upper_bp >= lower_bp))),
    CONSTRAINT published_probabilities_lower_bp_check CHECK (((lower_bp % 25) = 0)),
    CONSTRAINT published_probabilities_probability_check CHECK (((probability >= (0)::numeric) AND (probability <= (1)::numeric)))
)
PARTITION BY RANGE (trade_date);

CREATE TABLE cutwatch.quarantine (
    id bigint DEFAULT nextval('cutwatch.row_ids'::regclass) NOT NULL,
    recorded_at timestamp(3) with time zone NOT NULL,
    source text NOT NULL,
    payload_id bigint,
    line integer,
    reason_code text NOT NULL,
    reason text NOT NULL,
    row_text text NOT NULL
);

CREATE TABLE cutwatch.repricing_assets (
    block_id bigint NOT NULL,
    symbol text NOT NULL,
    return double precision,
    from_at timestamp(3) with time zone,
    to_at timestamp(3) with time zone,
    provisional boolean NOT NULL,
    return_1d double precision,
    return_5d double precision,
    return_21d double precision,
    drawdown double precision,
    percentile double precision,
    note text,
    detail jsonb NOT NULL
);

CREATE TABLE cutwatch.repricing_blocks (
    id bigint DEFAULT nextval('cutwatch.row_ids'::regclass) NOT NULL,
    repricing_id bigint NOT NULL,
    evaluated_on date NOT NULL,
    evaluated_at timestamp(3) with time zone NOT NULL,
    recorded_at timestamp(3) with time zone NOT NULL,
    provisional boolean NOT NULL,
    content_sha256 bytea NOT NULL,
    markets jsonb NOT NULL
);

CREATE TABLE cutwatch.repricing_states (
    id bigint DEFAULT nextval('cutwatch.row_ids'::regclass) NOT NULL,
    repricing_id bigint NOT NULL,
    recorded_at timestamp(3) with time zone NOT NULL,
    status text NOT NULL,
    state text NOT NULL,
    severity text NOT NULL,
    cluster text NOT NULL,
    confirmed_on date NOT NULL,
    confirmed_at timestamp(3) with time zone NOT NULL,
    extreme_on date NOT NULL,
    extreme_at timestamp(3) with time zone NOT NULL,
    ended_on date,
    ended_at timestamp(3) with time zone,
    end_reason text,
    start_rate_bp double precision NOT NULL,
    extreme_rate_bp double precision NOT NULL,
    amplitude_bp double precision NOT NULL,
    sigma_bp double precision NOT NULL,
    threshold_bp double precision NOT NULL,
    at_most_upper_bp integer,
    at_most_start double precision,
    at_most_extreme double precision,
    reverses_id bigint,
    CONSTRAINT repricing_states_amplitude_bp_check CHECK ((amplitude_bp >= (0)::double precision)),
    CONSTRAINT repricing_states_check CHECK (((status = 'closed'::text) = (ended_at IS NOT NULL))),
    CONSTRAINT repricing_states_severity_check CHECK ((severity = ANY (ARRAY['notice'::text, 'sharp'::text, 'severe'::text, 'extreme'::text]))),
    CONSTRAINT repricing_states_state_check CHECK ((state = ANY (ARRAY['provisional'::text, 'confirmed'::text, 'withdrawn'::text]))),
    CONSTRAINT repricing_states_status_check CHECK ((status = ANY (ARRAY['open'::text, 'closed'::text])))
);

CREATE TABLE cutwatch.repricings (
    id bigint DEFAULT nextval('cutwatch.row_ids'::regclass) NOT NULL,
    leg_key text NOT NULL,
    basis cutwatch.basis NOT NULL,
    is_sample boolean NOT NULL,
    parameters_version text NOT NULL,
    meeting_date date NOT NULL,
    path_year integer,
    direction text NOT NULL,
    started_on date NOT NULL,
    started_at timestamp(3) with time zone NOT NULL,
    reverses_id bigint,
    recorded_at timestamp(3) with time zone NOT NULL,
    CONSTRAINT repricings_direction_check CHECK ((direction = ANY (ARRAY['hawkish'::text, 'dovish'::text])))
);

CREATE TABLE cutwatch.secret_keys (
    fingerprint text NOT NULL,
    recorded_at timestamp(3) with time zone NOT NULL
);

CREATE TABLE cutwatch.snapshot_requests (
    id bigint DEFAULT nextval('cutwatch.row_ids'::regclass) NOT NULL,
    grid cutwatch.grid NOT NULL,
    from_date date NOT NULL,
    to_date date NOT NULL,
    at timestamp(3) with time zone,
    CONSTRAINT snapshot_requests_check CHECK ((to_date >= from_date))
);

CREATE TABLE cutwatch.snapshots (
    id bigint DEFAULT nextval('cutwatch.row_ids'::regclass) NOT NULL,
    trade_date date NOT NULL,
    as_of timestamp(3) with time zone NOT NULL,
    recorded_at timestamp(3) with time zone NOT NULL,
    grid cutwatch.grid NOT NULL,
    basis cutwatch.basis NOT NULL,
    method cutwatch.method NOT NULL,
    source text NOT NULL,
    is_sample boolean NOT NULL,
    target_lower_bp integer NOT NULL,
    target_upper_bp integer NOT NULL,
    undecided_meeting date,
    effr_bp double precision,
    priced_by_year_end_bp double precision,
    quote_ids bigint[] NOT NULL,
    content_sha256 bytea NOT NULL
);

CREATE TABLE cutwatch.source_catalog (
    source text NOT NULL,
    what text NOT NULL,
    terms text NOT NULL,
    redistributable boolean NOT NULL,
    enabled boolean NOT NULL
);

CREATE TABLE cutwatch.source_checks (
    id bigint DEFAULT nextval('cutwatch.row_ids'::regclass) NOT NULL,
    source text NOT NULL,
    checked_at timestamp(3) with time zone NOT NULL,
    ok boolean NOT NULL,
    error text,
    newest_as_of timestamp(3) with time zone,
    expected_next_at timestamp(3) with time zone,
    missing text,
    CONSTRAINT source_checks_check CHECK ((ok = (error IS NULL)))
);

CREATE TABLE cutwatch.source_pauses (
    host text NOT NULL,
    until timestamp(3) with time zone NOT NULL,
    step integer NOT NULL,
    reason text NOT NULL,
    CONSTRAINT source_pauses_step_check CHECK ((step >= 0))
);

CREATE TABLE cutwatch.source_payloads (
    id bigint DEFAULT nextval('cutwatch.row_ids'::regclass) NOT NULL,
    source text NOT NULL,
    url text NOT NULL,
    sha256 bytea NOT NULL,
    retrieved_at timestamp(3) with time zone NOT NULL,
    byte_count integer NOT NULL,
    body_gzip bytea
);

CREATE TABLE cutwatch.source_series (
    source text NOT NULL,
    series text NOT NULL,
    through_date date,
    asked_at timestamp(3) with time zone NOT NULL
);

CREATE TABLE cutwatch.webhook_attempts (
    delivery_id bigint NOT NULL,
    number integer NOT NULL,
    fence bigint NOT NULL,
    worker text NOT NULL,
    started_at timestamp(3) with time zone NOT NULL,
    finished_at timestamp(3) with time zone,
    duration_ms double precision,
    status integer,
    error text,
    answer text
)
WITH (fillfactor='50');

CREATE TABLE cutwatch.webhook_deliveries (
    id bigint DEFAULT nextval('cutwatch.delivery_ids'::regclass) NOT NULL,
    webhook_id bigint NOT NULL,
    message_id text NOT NULL,
    type text NOT NULL,
    alert_id bigint,
    notice_id bigint,
    body jsonb,
    as_of timestamp(3) with time zone NOT NULL,
    recorded_at timestamp(3) with time zone NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    state text NOT NULL,
    asked_for boolean NOT NULL,
    tries integer NOT NULL,
    attempts integer NOT NULL,
    due_at timestamp(3) with time zone NOT NULL,
    lease_until timestamp(3) with time zone,
    fence bigint NOT NULL,
    finished_at timestamp(3) with time zone,
    last_status integer,
    last_error text,
    format text,
    CONSTRAINT webhook_deliveries_check CHECK ((num_nonnulls(alert_id, notice_id, body) = 1)),
    CONSTRAINT webhook_deliveries_check1 CHECK (((state = 'pending'::text) = (finished_at IS NULL))),
    CONSTRAINT webhook_deliveries_format_check CHECK ((format = ANY (ARRAY['standard'::text, 'slack'::text, 'discord'::text, 'telegram'::text]))),
    CONSTRAINT webhook_deliveries_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text, 'expired'::text, 'parked'::text])))
)
WITH (autovacuum_vacuum_scale_factor='0.02', fillfactor='40');

CREATE TABLE cutwatch.webhook_rule_states (
    webhook_id bigint NOT NULL,
    rule_key text NOT NULL,
    as_of timestamp(3) with time zone NOT NULL,
    recorded_at timestamp(3) with time zone NOT NULL,
    state jsonb NOT NULL
);

CREATE TABLE cutwatch.webhooks (
    id bigint DEFAULT nextval('cutwatch.row_ids'::regclass) NOT NULL,
    tenant text NOT NULL,
    url text NOT NULL,
    min_severity text NOT NULL,
    meetings text[],
    rules jsonb NOT NULL,
    events text[],
    format text NOT NULL,
    max_age_s integer,
    description text NOT NULL,
    enabled boolean NOT NULL,
    disabled_reason text,
    disabled_at timestamp(3) with time zone,
    failing_since timestamp(3) with time zone,
    last_success_at timestamp(3) with time zone,
    secret bytea NOT NULL,
    previous_secret bytea,
    previous_until timestamp(3) with time zone,
    created_at timestamp(3) with time zone NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL,
    deleted_at timestamp(3) with time zone,
    CONSTRAINT webhooks_check CHECK (((previous_secret IS NULL) = (previous_until IS NULL))),
    CONSTRAINT webhooks_format_check CHECK ((format = ANY (ARRAY['standard'::text, 'slack'::text, 'discord'::text, 'telegram'::text]))),
    CONSTRAINT webhooks_max_age_s_check CHECK ((max_age_s > 0)),
    CONSTRAINT webhooks_min_severity_check CHECK ((min_severity = ANY (ARRAY['notice'::text, 'sharp'::text, 'severe'::text, 'extreme'::text])))
);

CREATE VIEW review.alerts AS
 SELECT a.id,
    a.key,
    a.repricing_id,
    r.meeting_date AS meeting,
    r.path_year AS path,
    r.direction,
    a.kind,
        CASE
            WHEN (a.provisional IS NOT NULL) THEN 'provisional'::text
            WHEN (a.kind = 'withdrawn'::text) THEN 'withdrawn'::text
            ELSE 'confirmed'::text
        END AS state,
    a.resolves_id,
    a.severity,
    a.extension,
    a.reverses_id,
    a.cluster AS cluster_id,
    a.trade_date,
    a.as_of,
    a.recorded_at,
    a.historical,
    a.is_primary,
    (a.basis)::text AS basis,
    a.is_sample,
    a.expected_rate_bp,
    a.amplitude_bp,
    a.one_day_bp,
    a.sigma_bp,
    a.parameters_version,
    ((a.kind <> 'withdrawn'::text) AND (NOT (EXISTS ( SELECT
           FROM cutwatch.alerts w
          WHERE ((w.repricing_id = a.repricing_id) AND (w.id > a.id) AND (w.kind = 'withdrawn'::text) AND ((w.resolves_id = a.id) OR starts_with(w.key, (r.leg_key || '/withdrawn/'::text)) OR ((a.provisional IS NOT NULL) AND (EXISTS ( SELECT
                   FROM cutwatch.alerts c
                  WHERE ((c.id = w.resolves_id) AND (c.kind = 'confirmed'::text) AND (c.resolves_id = a.id))))))))))) AS is_standing
   FROM (cutwatch.alerts a
     JOIN cutwatch.repricings r ON ((r.id = a.repricing_id)));

COMMENT ON VIEW review.alerts IS 'Alerts in order of recording; never changed, but for is_standing, which later ones end.';

COMMENT ON COLUMN review.alerts.id IS 'number of the row';

COMMENT ON COLUMN review.alerts.key IS 'the same however often the alert is raised';

COMMENT ON COLUMN review.alerts.repricing_id IS 'number of the repricing';

COMMENT ON COLUMN review.alerts.meeting IS 'date: the decision day whose expected rate moved';

COMMENT ON COLUMN review.alerts.path IS 'year of the path to the year''s end; null: the meeting''s own series';

COMMENT ON COLUMN review.alerts.direction IS 'hawkish (the expected rate rises) or dovish';

COMMENT ON COLUMN review.alerts.kind IS 'notice, sharp, severe, extreme, extension, confirmed or withdrawn';

COMMENT ON COLUMN review.alerts.state IS 'provisional, confirmed or withdrawn';

COMMENT ON COLUMN review.alerts.resolves_id IS 'number of the alert that this one confirms or withdraws: a provisional one, or of a withdrawal also a confirmed one';

COMMENT ON COLUMN review.alerts.severity IS 'notice, sharp, severe or extreme';

COMMENT ON COLUMN review.alerts.extension IS 'extensions of the leg so far';

COMMENT ON COLUMN review.alerts.reverses_id IS 'number of the repricing it reverses';

COMMENT ON COLUMN review.alerts.cluster_id IS 'alerts of one direction within three trade dates, across targets';

COMMENT ON COLUMN review.alerts.trade_date IS 'date: the exchange''s trade date';

COMMENT ON COLUMN review.alerts.as_of IS 'UTC: when it was true in the market';

COMMENT ON COLUMN review.alerts.recorded_at IS 'UTC: when cutwatch recorded it';

COMMENT ON COLUMN review.alerts.historical IS 'boolean: raised by sample, import, backfill or recompute, or a day late; never sent by itself';

COMMENT ON COLUMN review.alerts.is_primary IS 'boolean: told; no better basis had a reading of that trade date, and no other had told as much of the repricing';

COMMENT ON COLUMN review.alerts.basis IS 'settlement, published, last_trade or mid: the kind of price it rests on';

COMMENT ON COLUMN review.alerts.is_sample IS 'boolean: the built-in sample, not live data';

COMMENT ON COLUMN review.alerts.expected_rate_bp IS 'bp: expected rate when the alert was raised';

COMMENT ON COLUMN review.alerts.amplitude_bp IS 'bp: distance from start to extreme';

COMMENT ON COLUMN review.alerts.one_day_bp IS 'bp: change from the trade date before';

COMMENT ON COLUMN review.alerts.sigma_bp IS 'bp: a usual day''s move';

COMMENT ON COLUMN review.alerts.parameters_version IS 'version of the detector''s parameters';

COMMENT ON COLUMN review.alerts.is_standing IS 'boolean: not taken back by a later alert, provisional ones too; false for withdrawals themselves';

CREATE VIEW review.closes AS
 SELECT DISTINCT ON (asset_closes.symbol, asset_closes.close_date) asset_closes.symbol,
    asset_closes.close_date,
    asset_closes.close,
    asset_closes.recorded_at,
    asset_closes.source,
    asset_closes.is_sample
   FROM cutwatch.asset_closes
  ORDER BY asset_closes.symbol, asset_closes.close_date, asset_closes.is_sample, asset_closes.recorded_at DESC, asset_closes.source;

COMMENT ON VIEW review.closes IS 'Latest known daily close of each asset and date.';

COMMENT ON COLUMN review.closes.symbol IS 'asset of the panel';

COMMENT ON COLUMN review.closes.close_date IS 'date in the asset''s own zone';

COMMENT ON COLUMN review.closes.close IS 'price in the asset''s own currency or index points';

COMMENT ON COLUMN review.closes.recorded_at IS 'UTC: when cutwatch learned or computed it';

COMMENT ON COLUMN review.closes.source IS 'where it came from';

COMMENT ON COLUMN review.closes.is_sample IS 'boolean: the built-in sample, not live data';

CREATE VIEW review.expected_rates AS
 SELECT DISTINCT ON (r.trade_date, r.meeting_date) r.trade_date,
    r.meeting_date AS meeting,
    s.as_of,
    s.recorded_at,
    (s.basis)::text AS basis,
    (s.method)::text AS method,
    s.source,
    s.is_sample,
    s.target_lower_bp,
    s.target_upper_bp,
    s.effr_bp,
    r.expected_rate_bp,
    r.start_rate_bp,
    r.end_rate_bp,
    r.moves,
    r.ease,
    r.hold,
    r.hike,
    r.meeting_ease,
    r.meeting_hold,
    r.meeting_hike,
    r.tick_sensitivity_pp,
    r.announced,
    s.id AS snapshot_id
   FROM (cutwatch.meeting_readings r
     JOIN cutwatch.snapshots s ON ((s.id = r.snapshot_id)))
  WHERE ((s.grid = 'settlement'::cutwatch.grid) AND (s.method = ANY (ARRAY['cme'::cutwatch.method, 'published'::cutwatch.method])) AND (r.unsolved_reason IS NULL))
  ORDER BY r.trade_date, r.meeting_date, s.is_sample, s.basis, s.recorded_at DESC, s.id DESC;

COMMENT ON VIEW review.expected_rates IS 'One row per trade date and meeting: the reading that review.odds is made of.';

COMMENT ON COLUMN review.expected_rates.trade_date IS 'date: the exchange''s trade date';

COMMENT ON COLUMN review.expected_rates.meeting IS 'date: the decision day, the meeting''s last';

COMMENT ON COLUMN review.expected_rates.as_of IS 'UTC: when it was true in the market';

COMMENT ON COLUMN review.expected_rates.recorded_at IS 'UTC: when cutwatch learned or computed it';

COMMENT ON COLUMN review.expected_rates.basis IS 'settlement, published, last_trade or mid: the kind of price it rests on';

COMMENT ON COLUMN review.expected_rates.method IS 'cme (computed from prices) or published (computed by CME)';

COMMENT ON COLUMN review.expected_rates.source IS 'where it came from';

COMMENT ON COLUMN review.expected_rates.is_sample IS 'boolean: the built-in sample, not live data';

COMMENT ON COLUMN review.expected_rates.target_lower_bp IS 'bp: lower end of the range in force';

COMMENT ON COLUMN review.expected_rates.target_upper_bp IS 'bp: upper end of the range in force';

COMMENT ON COLUMN review.expected_rates.effr_bp IS 'bp: last effective federal funds rate public at as_of';

COMMENT ON COLUMN review.expected_rates.expected_rate_bp IS 'bp: mean of the distribution of the range midpoint after the meeting';

COMMENT ON COLUMN review.expected_rates.start_rate_bp IS 'bp: EFFR before the meeting, as the chain solves it';

COMMENT ON COLUMN review.expected_rates.end_rate_bp IS 'bp: EFFR after the meeting, as the chain solves it';

COMMENT ON COLUMN review.expected_rates.moves IS 'moves of 25 bp priced at this meeting, signed';

COMMENT ON COLUMN review.expected_rates.ease IS '0 to 1: range below the one in force, cumulative';

COMMENT ON COLUMN review.expected_rates.hold IS '0 to 1: range equal to the one in force, cumulative';

COMMENT ON COLUMN review.expected_rates.hike IS '0 to 1: range above the one in force, cumulative';

COMMENT ON COLUMN review.expected_rates.meeting_ease IS '0 to 1: this meeting itself lowers the range';

COMMENT ON COLUMN review.expected_rates.meeting_hold IS '0 to 1: this meeting itself leaves the range';

COMMENT ON COLUMN review.expected_rates.meeting_hike IS '0 to 1: this meeting itself raises the range';

COMMENT ON COLUMN review.expected_rates.tick_sensitivity_pp IS 'percentage points: largest change of the likeliest range for one tick of one contract';

COMMENT ON COLUMN review.expected_rates.announced IS 'boolean: the decision was public at as_of';

COMMENT ON COLUMN review.expected_rates.snapshot_id IS 'number of the snapshot it belongs to';

CREATE VIEW review.odds AS
 SELECT e.trade_date,
    e.meeting,
    ranges.lower_bp,
    (ranges.lower_bp + span.width_bp) AS upper_bp,
    COALESCE(p.probability, (0)::double precision) AS probability,
    e.basis,
    e.target_lower_bp,
    e.target_upper_bp,
    e.expected_rate_bp,
    e.ease,
    e.hold,
    e.hike,
    e.method,
    e.source,
    e.is_sample,
    e.as_of,
    e.recorded_at
   FROM (((review.expected_rates e
     CROSS JOIN LATERAL ( SELECT min(meeting_probabilities.lower_bp) AS lowest_bp,
            max(meeting_probabilities.lower_bp) AS highest_bp,
            max((meeting_probabilities.upper_bp - meeting_probabilities.lower_bp)) AS width_bp
           FROM cutwatch.meeting_probabilities
          WHERE ((meeting_probabilities.trade_date = e.trade_date) AND (meeting_probabilities.snapshot_id = e.snapshot_id) AND (meeting_probabilities.meeting_date = e.meeting))) span)
     CROSS JOIN LATERAL generate_series(span.lowest_bp, span.highest_bp, 25) ranges(lower_bp))
     LEFT JOIN cutwatch.meeting_probabilities p ON (((p.trade_date = e.trade_date) AND (p.snapshot_id = e.snapshot_id) AND (p.meeting_date = e.meeting) AND (p.lower_bp = ranges.lower_bp))));

COMMENT ON VIEW review.odds IS 'Exactly one row per trade date, meeting and range: settlement grid, default method, best basis, latest known; zeros filled in between.';

COMMENT ON COLUMN review.odds.trade_date IS 'date: the exchange''s trade date';

COMMENT ON COLUMN review.odds.meeting IS 'date: the decision day, the meeting''s last';

COMMENT ON COLUMN review.odds.lower_bp IS 'bp: lower end of the target range after the meeting';

COMMENT ON COLUMN review.odds.upper_bp IS 'bp: upper end of the target range after the meeting';

COMMENT ON COLUMN review.odds.probability IS '0 to 1: the range after the meeting is exactly this one';

COMMENT ON COLUMN review.odds.basis IS 'settlement, published, last_trade or mid: the kind of price it rests on';

COMMENT ON COLUMN review.odds.target_lower_bp IS 'bp: lower end of the range in force';

COMMENT ON COLUMN review.odds.target_upper_bp IS 'bp: upper end of the range in force';

COMMENT ON COLUMN review.odds.expected_rate_bp IS 'bp: mean of the distribution of the range midpoint after the meeting';

COMMENT ON COLUMN review.odds.ease IS '0 to 1: range below the one in force, cumulative';

COMMENT ON COLUMN review.odds.hold IS '0 to 1: range equal to the one in force, cumulative';

COMMENT ON COLUMN review.odds.hike IS '0 to 1: range above the one in force, cumulative';

COMMENT ON COLUMN review.odds.method IS 'cme (computed from prices) or published (computed by CME)';

COMMENT ON COLUMN review.odds.source IS 'where it came from';

COMMENT ON COLUMN review.odds.is_sample IS 'boolean: the built-in sample, not live data';

COMMENT ON COLUMN review.odds.as_of IS 'UTC: when it was true in the market';

COMMENT ON COLUMN review.odds.recorded_at IS 'UTC: when cutwatch learned or computed it';

CREATE VIEW review.daily_shifts AS
 WITH odds AS (
         SELECT o.trade_date,
            o.meeting,
            o.lower_bp,
            o.upper_bp,
            o.probability,
            o.expected_rate_bp,
            o.basis,
            o.is_sample,
            lag(o.trade_date) OVER dates AS previous_trade_date,
            lag(o.probability) OVER dates AS previous_probability,
            lag(o.expected_rate_bp) OVER dates AS previous_expected_rate_bp
           FROM review.odds o
          WINDOW dates AS (PARTITION BY o.meeting, o.lower_bp, o.basis, o.is_sample ORDER BY o.trade_date)
        )
 SELECT odds.trade_date,
    odds.meeting,
    odds.lower_bp,
    odds.upper_bp,
    odds.basis,
    odds.is_sample,
    odds.previous_trade_date,
    odds.previous_probability AS probability_then,
    odds.probability AS probability_now,
    ((100)::double precision * (odds.probability - odds.previous_probability)) AS shift_pp,
    (odds.expected_rate_bp - odds.previous_expected_rate_bp) AS expected_rate_shift_bp
   FROM odds
  WHERE (odds.previous_trade_date IS NOT NULL);

COMMENT ON VIEW review.daily_shifts IS 'Change of each range''s probability from the previous trade date, within one basis.';

COMMENT ON COLUMN review.daily_shifts.trade_date IS 'date: the exchange''s trade date';

COMMENT ON COLUMN review.daily_shifts.meeting IS 'date: the decision day, the meeting''s last';

COMMENT ON COLUMN review.daily_shifts.lower_bp IS 'bp: lower end of the target range after the meeting';

COMMENT ON COLUMN review.daily_shifts.upper_bp IS 'bp: upper end of the target range after the meeting';

COMMENT ON COLUMN review.daily_shifts.basis IS 'settlement, published, last_trade or mid: the kind of price it rests on';

COMMENT ON COLUMN review.daily_shifts.is_sample IS 'boolean: the built-in sample, not live data';

COMMENT ON COLUMN review.daily_shifts.previous_trade_date IS 'date: the trade date compared with';

COMMENT ON COLUMN review.daily_shifts.probability_then IS '0 to 1: on the previous trade date';

COMMENT ON COLUMN review.daily_shifts.probability_now IS '0 to 1: on the trade date';

COMMENT ON COLUMN review.daily_shifts.shift_pp IS 'percentage points: now minus then';

COMMENT ON COLUMN review.daily_shifts.expected_rate_shift_bp IS 'bp: change of the expected rate';

CREATE VIEW review.deliveries AS
 SELECT d.id,
    d.webhook_id,
    d.message_id,
    d.type,
    d.alert_id,
    d.as_of,
    d.recorded_at,
    d.created_at,
    d.state,
    d.asked_for,
    d.attempts,
        CASE
            WHEN (d.state = 'pending'::text) THEN d.due_at
            ELSE NULL::timestamp with time zone
        END AS due_at,
    d.finished_at,
    d.last_status,
    d.last_error
   FROM cutwatch.webhook_deliveries d;

COMMENT ON VIEW review.deliveries IS 'Each message to each webhook as it stands, with its last answer.';

COMMENT ON COLUMN review.deliveries.id IS 'number of the delivery';

COMMENT ON COLUMN review.deliveries.webhook_id IS 'number of the webhook';

COMMENT ON COLUMN review.deliveries.message_id IS 'header webhook-id, the same on every attempt';

COMMENT ON COLUMN review.deliveries.type IS 'type of the message, such as repricing.sharp';

COMMENT ON COLUMN review.deliveries.alert_id IS 'number of the alert; null for other messages';

COMMENT ON COLUMN review.deliveries.as_of IS 'UTC: when it was true in the market';

COMMENT ON COLUMN review.deliveries.recorded_at IS 'UTC: when cutwatch recorded what it tells of';

COMMENT ON COLUMN review.deliveries.created_at IS 'UTC: when it was put in the queue';

COMMENT ON COLUMN review.deliveries.state IS 'pending, delivered, failed, expired or parked';

COMMENT ON COLUMN review.deliveries.asked_for IS 'boolean: a replay or redelivery that a person asked for';

COMMENT ON COLUMN review.deliveries.attempts IS 'POSTs so far';

COMMENT ON COLUMN review.deliveries.due_at IS 'UTC: next attempt; null when there is none';

COMMENT ON COLUMN review.deliveries.finished_at IS 'UTC: when it left the queue; null while pending';

COMMENT ON COLUMN review.deliveries.last_status IS 'HTTP status of the last answer; null: none came';

COMMENT ON COLUMN review.deliveries.last_error IS 'why the last attempt failed';

CREATE VIEW review.fixings AS
 SELECT COALESCE(rate.fixing_date, target.fixing_date) AS fixing_date,
    rate.effr_pct,
    target.target_lower_bp,
    target.target_upper_bp,
    COALESCE(rate.revised, false) AS revised,
    COALESCE(rate.recorded_at, target.recorded_at) AS recorded_at,
    COALESCE(rate.source, target.source) AS source,
    COALESCE(rate.is_sample, target.is_sample) AS is_sample
   FROM (( SELECT DISTINCT ON (effr_fixings.fixing_date) effr_fixings.id,
            effr_fixings.fixing_date,
            effr_fixings.recorded_at,
            effr_fixings.source,
            effr_fixings.effr_pct,
            effr_fixings.target_lower_bp,
            effr_fixings.target_upper_bp,
            effr_fixings.revised,
            effr_fixings.is_sample,
            effr_fixings.payload_id
           FROM cutwatch.effr_fixings
          WHERE (effr_fixings.effr_pct IS NOT NULL)
          ORDER BY effr_fixings.fixing_date, effr_fixings.is_sample, effr_fixings.recorded_at DESC, effr_fixings.source) rate
     FULL JOIN ( SELECT DISTINCT ON (effr_fixings.fixing_date) effr_fixings.id,
            effr_fixings.fixing_date,
            effr_fixings.recorded_at,
            effr_fixings.source,
            effr_fixings.effr_pct,
            effr_fixings.target_lower_bp,
            effr_fixings.target_upper_bp,
            effr_fixings.revised,
            effr_fixings.is_sample,
            effr_fixings.payload_id
           FROM cutwatch.effr_fixings
          WHERE (effr_fixings.target_upper_bp IS NOT NULL)
          ORDER BY effr_fixings.fixing_date, effr_fixings.is_sample, effr_fixings.recorded_at DESC, effr_fixings.source) target ON ((target.fixing_date = rate.fixing_date)));

COMMENT ON VIEW review.fixings IS 'Latest known effective federal funds rate of each date.';

COMMENT ON COLUMN review.fixings.fixing_date IS 'date the trades were made';

COMMENT ON COLUMN review.fixings.effr_pct IS 'per cent';

COMMENT ON COLUMN review.fixings.target_lower_bp IS 'bp: lower end of the range in force';

COMMENT ON COLUMN review.fixings.target_upper_bp IS 'bp: upper end of the range in force';

COMMENT ON COLUMN review.fixings.revised IS 'boolean: replaced an earlier figure';

COMMENT ON COLUMN review.fixings.recorded_at IS 'UTC: when cutwatch learned or computed it';

COMMENT ON COLUMN review.fixings.source IS 'where it came from';

COMMENT ON COLUMN review.fixings.is_sample IS 'boolean: the built-in sample, not live data';

CREATE VIEW review.job_runs AS
 SELECT job_runs.id,
    job_runs.job,
    job_runs.slot,
    (job_runs.status)::text AS status,
    job_runs.started_at,
    job_runs.finished_at,
    job_runs.detail,
    job_runs.error,
    job_runs.attempt,
    job_runs.owner
   FROM cutwatch.job_runs;

COMMENT ON VIEW review.job_runs IS 'Each run of a job.';

COMMENT ON COLUMN review.job_runs.id IS 'number of the row';

COMMENT ON COLUMN review.job_runs.job IS 'name of the job';

COMMENT ON COLUMN review.job_runs.slot IS 'UTC: the scheduled instant; null for a run by hand';

COMMENT ON COLUMN review.job_runs.status IS 'state, in words';

COMMENT ON COLUMN review.job_runs.started_at IS 'UTC';

COMMENT ON COLUMN review.job_runs.finished_at IS 'UTC';

COMMENT ON COLUMN review.job_runs.detail IS 'what the run did';

COMMENT ON COLUMN review.job_runs.error IS 'why it failed';

COMMENT ON COLUMN review.job_runs.attempt IS '1 for the first try of a slot';

COMMENT ON COLUMN review.job_runs.owner IS 'process that ran it';

CREATE VIEW review.market_events AS
 SELECT DISTINCT ON (market_events.event_key) market_events.event_key,
    market_events.what,
    market_events.scheduled_at,
    market_events.status,
    market_events.known_at,
    market_events.recorded_at,
    market_events.source
   FROM cutwatch.market_events
  ORDER BY market_events.event_key, (market_events.source = 'built-in'::text), LEAST(market_events.known_at, market_events.recorded_at) DESC, market_events.recorded_at DESC, market_events.id DESC;

COMMENT ON VIEW review.market_events IS 'Scheduled events, each by the notice that was known last; what was imported counts before the built-in list.';

COMMENT ON COLUMN review.market_events.event_key IS 'the same for each notice of one event';

COMMENT ON COLUMN review.market_events.what IS 'the event, in words';

COMMENT ON COLUMN review.market_events.scheduled_at IS 'UTC: when it is due or was';

COMMENT ON COLUMN review.market_events.status IS 'open or closed';

COMMENT ON COLUMN review.market_events.known_at IS 'UTC: when the world knew';

COMMENT ON COLUMN review.market_events.recorded_at IS 'UTC: when cutwatch recorded it';

COMMENT ON COLUMN review.market_events.source IS 'where it came from';

CREATE VIEW review.meetings AS
 SELECT known.meeting_date AS meeting,
    known.effective_date,
    (known.kind = 'scheduled'::text) AS scheduled,
        CASE
            WHEN (cancelled.known_from IS NOT NULL) THEN 'cancelled'::text
            WHEN ((decided.lower_bp IS NULL) AND known.statement_due) THEN 'announced'::text
            WHEN (decided.lower_bp IS NULL) THEN 'upcoming'::text
            WHEN (decided.effective_date > ((now() AT TIME ZONE 'America/New_York'::text))::date) THEN 'announced'::text
            ELSE 'decided'::text
        END AS status,
    decided.lower_bp AS target_after_lower_bp,
    decided.upper_bp AS target_after_upper_bp,
    decided.known_from AS announced_at,
    cancelled.known_from AS cancelled_at,
    known.recorded_at,
    known.source
   FROM ((( SELECT DISTINCT ON (meeting_notices.meeting_date) meeting_notices.meeting_date,
            meeting_notices.effective_date,
            meeting_notices.kind,
            meeting_notices.recorded_at,
            meeting_notices.source,
            (((meeting_notices.meeting_date + '14:00:00'::time without time zone) AT TIME ZONE 'America/New_York'::text) <= now()) AS statement_due
           FROM cutwatch.meeting_notices
          WHERE (meeting_notices.kind = ANY (ARRAY['scheduled'::text, 'unscheduled'::text]))
          ORDER BY meeting_notices.meeting_date, meeting_notices.recorded_at DESC, meeting_notices.id DESC) known
     LEFT JOIN LATERAL ( SELECT n.lower_bp,
            n.upper_bp,
            n.known_from,
            n.effective_date
           FROM cutwatch.meeting_notices n
          WHERE ((n.meeting_date = known.meeting_date) AND (n.kind = 'decided'::text) AND (n.known_from <= now()))
          ORDER BY n.recorded_at DESC, n.id DESC
         LIMIT 1) decided ON (true))
     LEFT JOIN LATERAL ( SELECT n.known_from
           FROM cutwatch.meeting_notices n
          WHERE ((n.meeting_date = known.meeting_date) AND (n.kind = 'cancelled'::text))
          ORDER BY n.recorded_at DESC, n.id DESC
         LIMIT 1) cancelled ON (true));

COMMENT ON VIEW review.meetings IS 'FOMC meetings with what was decided.';

COMMENT ON COLUMN review.meetings.meeting IS 'date: the decision day, the meeting''s last';

COMMENT ON COLUMN review.meetings.effective_date IS 'date: first day the new range applies';

COMMENT ON COLUMN review.meetings.scheduled IS 'boolean: on the published calendar';

COMMENT ON COLUMN review.meetings.status IS 'state, in words';

COMMENT ON COLUMN review.meetings.target_after_lower_bp IS 'bp: lower end of the range decided; null while open';

COMMENT ON COLUMN review.meetings.target_after_upper_bp IS 'bp: upper end of the range decided; null while open';

COMMENT ON COLUMN review.meetings.announced_at IS 'UTC: when the decision was announced';

COMMENT ON COLUMN review.meetings.cancelled_at IS 'UTC: when the meeting was cancelled';

COMMENT ON COLUMN review.meetings.recorded_at IS 'UTC: when cutwatch learned or computed it';

COMMENT ON COLUMN review.meetings.source IS 'where it came from';

CREATE VIEW review.probabilities AS
 SELECT p.trade_date,
    s.as_of,
    s.recorded_at,
    (s.grid)::text AS grid,
    (s.basis)::text AS basis,
    p.meeting_date AS meeting,
    p.lower_bp,
    p.upper_bp,
    p.probability,
    p.low AS probability_low,
    p.high AS probability_high,
    r.expected_rate_bp,
    (s.method)::text AS method,
    s.source,
    s.is_sample,
    s.id AS snapshot_id
   FROM ((cutwatch.meeting_probabilities p
     JOIN cutwatch.snapshots s ON ((s.id = p.snapshot_id)))
     LEFT JOIN cutwatch.meeting_readings r ON (((r.trade_date = p.trade_date) AND (r.snapshot_id = p.snapshot_id) AND (r.meeting_date = p.meeting_date))));

COMMENT ON VIEW review.probabilities IS 'Every reading ever recorded, superseded ones included.';

COMMENT ON COLUMN review.probabilities.trade_date IS 'date: the exchange''s trade date';

COMMENT ON COLUMN review.probabilities.as_of IS 'UTC: when it was true in the market';

COMMENT ON COLUMN review.probabilities.recorded_at IS 'UTC: when cutwatch learned or computed it';

COMMENT ON COLUMN review.probabilities.grid IS 'settlement (one a trade date) or intraday';

COMMENT ON COLUMN review.probabilities.basis IS 'settlement, published, last_trade or mid: the kind of price it rests on';

COMMENT ON COLUMN review.probabilities.meeting IS 'date: the decision day, the meeting''s last';

COMMENT ON COLUMN review.probabilities.lower_bp IS 'bp: lower end of the target range after the meeting';

COMMENT ON COLUMN review.probabilities.upper_bp IS 'bp: upper end of the target range after the meeting';

COMMENT ON COLUMN review.probabilities.probability IS '0 to 1: the range after the meeting is exactly this one';

COMMENT ON COLUMN review.probabilities.probability_low IS '0 to 1: lowest with one contract moved by half its tick';

COMMENT ON COLUMN review.probabilities.probability_high IS '0 to 1: highest with one contract moved by half its tick';

COMMENT ON COLUMN review.probabilities.expected_rate_bp IS 'bp: mean of the distribution of the range midpoint after the meeting';

COMMENT ON COLUMN review.probabilities.method IS 'cme (computed from prices) or published (computed by CME)';

COMMENT ON COLUMN review.probabilities.source IS 'where it came from';

COMMENT ON COLUMN review.probabilities.is_sample IS 'boolean: the built-in sample, not live data';

COMMENT ON COLUMN review.probabilities.snapshot_id IS 'number of the snapshot it belongs to';

CREATE VIEW review.quarantine AS
 SELECT q.id,
    q.recorded_at,
    q.source,
    p.url AS origin,
    q.line,
    q.reason_code,
    q.reason,
    q.row_text
   FROM (cutwatch.quarantine q
     LEFT JOIN cutwatch.source_payloads p ON ((p.id = q.payload_id)));

COMMENT ON VIEW review.quarantine IS 'Rows that were refused, each with its reason.';

COMMENT ON COLUMN review.quarantine.id IS 'number of the row';

COMMENT ON COLUMN review.quarantine.recorded_at IS 'UTC: when cutwatch learned or computed it';

COMMENT ON COLUMN review.quarantine.source IS 'where it came from';

COMMENT ON COLUMN review.quarantine.origin IS 'file name or address, secrets removed';

COMMENT ON COLUMN review.quarantine.line IS 'line of the file';

COMMENT ON COLUMN review.quarantine.reason_code IS 'reason, as a word';

COMMENT ON COLUMN review.quarantine.reason IS 'reason, as a sentence';

COMMENT ON COLUMN review.quarantine.row_text IS 'the row as received';

CREATE VIEW review.quotes AS
 SELECT futures_quotes.trade_date,
    futures_quotes.contract_month,
    (('ZQ'::text || substr('FGHJKMNQUVXZ'::text, (EXTRACT(month FROM futures_quotes.contract_month))::integer, 1)) || to_char((futures_quotes.contract_month)::timestamp with time zone, 'YY'::text)) AS contract,
    futures_quotes.as_of,
    futures_quotes.recorded_at,
    (futures_quotes.grid)::text AS grid,
    (futures_quotes.basis)::text AS basis,
    futures_quotes.source,
    futures_quotes.price,
    futures_quotes.open,
    futures_quotes.high,
    futures_quotes.low,
    futures_quotes.volume,
    futures_quotes.open_interest,
    futures_quotes.flags,
    futures_quotes.is_sample
   FROM cutwatch.futures_quotes;

COMMENT ON VIEW review.quotes IS 'Every fed-funds futures price ever recorded.';

COMMENT ON COLUMN review.quotes.trade_date IS 'date: the exchange''s trade date';

COMMENT ON COLUMN review.quotes.contract_month IS 'date: first day of the contract month';

COMMENT ON COLUMN review.quotes.contract IS 'exchange symbol';

COMMENT ON COLUMN review.quotes.as_of IS 'UTC: when it was true in the market';

COMMENT ON COLUMN review.quotes.recorded_at IS 'UTC: when cutwatch learned or computed it';

COMMENT ON COLUMN review.quotes.grid IS 'settlement (one a trade date) or intraday';

COMMENT ON COLUMN review.quotes.basis IS 'settlement, published, last_trade or mid: the kind of price it rests on';

COMMENT ON COLUMN review.quotes.source IS 'where it came from';

COMMENT ON COLUMN review.quotes.price IS 'index points: 100 minus the rate in per cent';

COMMENT ON COLUMN review.quotes.open IS 'index points';

COMMENT ON COLUMN review.quotes.high IS 'index points';

COMMENT ON COLUMN review.quotes.low IS 'index points';

COMMENT ON COLUMN review.quotes.volume IS 'contracts';

COMMENT ON COLUMN review.quotes.open_interest IS 'contracts';

COMMENT ON COLUMN review.quotes.flags IS 'oddities of a row that was kept';

COMMENT ON COLUMN review.quotes.is_sample IS 'boolean: the built-in sample, not live data';

CREATE VIEW review.repricing_assets AS
 SELECT b.repricing_id,
    a.symbol,
    a.return,
    a.from_at,
    a.to_at,
    a.provisional,
    a.return_1d,
    a.return_5d,
    a.return_21d,
    a.drawdown,
    a.percentile,
    a.note,
    b.evaluated_on,
    b.recorded_at
   FROM ((cutwatch.repricings r
     JOIN cutwatch.repricing_blocks b ON ((b.id = cutwatch.block_of(r.id))))
     JOIN cutwatch.repricing_assets a ON ((a.block_id = b.id)));

COMMENT ON VIEW review.repricing_assets IS 'What each asset did from a leg''s start to its extreme, while it is open to its latest alert: same-date closes, simple returns.';

COMMENT ON COLUMN review.repricing_assets.repricing_id IS 'number of the repricing';

COMMENT ON COLUMN review.repricing_assets.symbol IS 'asset of the panel';

COMMENT ON COLUMN review.repricing_assets.return IS 'fraction: close of the leg''s start to close of the evaluation; null where a market was closed';

COMMENT ON COLUMN review.repricing_assets.from_at IS 'UTC: instant of the first close';

COMMENT ON COLUMN review.repricing_assets.to_at IS 'UTC: instant of the second close';

COMMENT ON COLUMN review.repricing_assets.provisional IS 'boolean: a close is still to come';

COMMENT ON COLUMN review.repricing_assets.return_1d IS 'fraction: last session';

COMMENT ON COLUMN review.repricing_assets.return_5d IS 'fraction: last five sessions';

COMMENT ON COLUMN review.repricing_assets.return_21d IS 'fraction: last 21 sessions';

COMMENT ON COLUMN review.repricing_assets.drawdown IS 'fraction: from the record close';

COMMENT ON COLUMN review.repricing_assets.percentile IS '0 to 1: rank of the return among those as long over five years';

COMMENT ON COLUMN review.repricing_assets.note IS 'why a figure is null';

COMMENT ON COLUMN review.repricing_assets.evaluated_on IS 'date: the closes it was evaluated at';

COMMENT ON COLUMN review.repricing_assets.recorded_at IS 'UTC: when cutwatch recorded it';

CREATE VIEW review.repricings AS
 SELECT r.id,
    s.cluster AS cluster_id,
    r.meeting_date AS meeting,
    r.path_year AS path,
    r.direction,
    s.status,
    s.state,
    s.severity,
    (r.basis)::text AS basis,
    r.is_sample,
    r.started_on,
    s.confirmed_on,
    s.extreme_on,
    s.ended_on,
    r.started_at,
    s.confirmed_at,
    s.extreme_at,
    s.ended_at,
    s.end_reason,
    s.start_rate_bp,
    s.extreme_rate_bp,
    s.amplitude_bp,
    s.sigma_bp,
    s.threshold_bp,
    s.at_most_upper_bp,
    s.at_most_start AS at_most_probability_start,
    s.at_most_extreme AS at_most_probability_extreme,
    ((100)::double precision * (s.at_most_extreme - s.at_most_start)) AS at_most_shift_pp,
    s.reverses_id,
    r.parameters_version,
    s.recorded_at
   FROM (cutwatch.repricings r
     JOIN LATERAL ( SELECT t.id,
            t.repricing_id,
            t.recorded_at,
            t.status,
            t.state,
            t.severity,
            t.cluster,
            t.confirmed_on,
            t.confirmed_at,
            t.extreme_on,
            t.extreme_at,
            t.ended_on,
            t.ended_at,
            t.end_reason,
            t.start_rate_bp,
            t.extreme_rate_bp,
            t.amplitude_bp,
            t.sigma_bp,
            t.threshold_bp,
            t.at_most_upper_bp,
            t.at_most_start,
            t.at_most_extreme,
            t.reverses_id
           FROM cutwatch.repricing_states t
          WHERE (t.repricing_id = r.id)
          ORDER BY t.id DESC
         LIMIT 1) s ON (true));

COMMENT ON VIEW review.repricings IS 'Each leg of the expected rate as it stands: one direction, from one extreme to the next.';

COMMENT ON COLUMN review.repricings.id IS 'number of the row';

COMMENT ON COLUMN review.repricings.cluster_id IS 'alerts of one direction within three trade dates, across targets';

COMMENT ON COLUMN review.repricings.meeting IS 'date: the decision day whose expected rate moved';

COMMENT ON COLUMN review.repricings.path IS 'year of the path to the year''s end; null: the meeting''s own series';

COMMENT ON COLUMN review.repricings.direction IS 'hawkish (the expected rate rises) or dovish';

COMMENT ON COLUMN review.repricings.status IS 'open or closed';

COMMENT ON COLUMN review.repricings.state IS 'provisional, confirmed or withdrawn';

COMMENT ON COLUMN review.repricings.severity IS 'notice, sharp, severe or extreme';

COMMENT ON COLUMN review.repricings.basis IS 'settlement, published, last_trade or mid: the kind of price it rests on';

COMMENT ON COLUMN review.repricings.is_sample IS 'boolean: the built-in sample, not live data';

COMMENT ON COLUMN review.repricings.started_on IS 'date: trade date of the extreme it starts at';

COMMENT ON COLUMN review.repricings.confirmed_on IS 'date: trade date on which it was confirmed';

COMMENT ON COLUMN review.repricings.extreme_on IS 'date: trade date of its extreme so far';

COMMENT ON COLUMN review.repricings.ended_on IS 'date: trade date on which it ended; null while open';

COMMENT ON COLUMN review.repricings.started_at IS 'UTC: the extreme it starts at';

COMMENT ON COLUMN review.repricings.confirmed_at IS 'UTC: when it was confirmed in the market';

COMMENT ON COLUMN review.repricings.extreme_at IS 'UTC: its extreme so far';

COMMENT ON COLUMN review.repricings.ended_at IS 'UTC: when it ended, of one that no reading was left to end the decision itself; null while open';

COMMENT ON COLUMN review.repricings.end_reason IS 'reversed, quiet, decision, cancelled or path_ended; of a withdrawn one corrected, withdrawn or no_settlement';

COMMENT ON COLUMN review.repricings.start_rate_bp IS 'bp: expected rate at its start';

COMMENT ON COLUMN review.repricings.extreme_rate_bp IS 'bp: expected rate at its extreme';

COMMENT ON COLUMN review.repricings.amplitude_bp IS 'bp: distance from start to extreme';

COMMENT ON COLUMN review.repricings.sigma_bp IS 'bp: a usual day''s move';

COMMENT ON COLUMN review.repricings.threshold_bp IS 'bp: the move that confirmed it';

COMMENT ON COLUMN review.repricings.at_most_upper_bp IS 'bp: upper end of the fixed range whose cumulative odds moved most';

COMMENT ON COLUMN review.repricings.at_most_probability_start IS '0 to 1: at or below that range, at the start';

COMMENT ON COLUMN review.repricings.at_most_probability_extreme IS '0 to 1: at or below that range, at the extreme';

COMMENT ON COLUMN review.repricings.at_most_shift_pp IS 'percentage points: change of those odds';

COMMENT ON COLUMN review.repricings.reverses_id IS 'number of the repricing it reverses';

COMMENT ON COLUMN review.repricings.parameters_version IS 'version of the detector''s parameters';

COMMENT ON COLUMN review.repricings.recorded_at IS 'UTC: when cutwatch recorded it';

CREATE VIEW review.scores AS
 SELECT DISTINCT ON (meeting_scores.meeting_date, (meeting_scores.basis)::text, meeting_scores.horizon_days) meeting_scores.meeting_date AS meeting,
    meeting_scores.horizon_days,
    (meeting_scores.basis)::text AS basis,
    meeting_scores.source_class,
    meeting_scores.trade_date,
    meeting_scores.lower_bp AS decided_lower_bp,
    meeting_scores.upper_bp AS decided_upper_bp,
    meeting_scores.outcomes,
    meeting_scores.brier,
    meeting_scores.rps,
    meeting_scores.log_score,
    meeting_scores.recorded_at
   FROM cutwatch.meeting_scores
  ORDER BY meeting_scores.meeting_date, (meeting_scores.basis)::text, meeting_scores.horizon_days, meeting_scores.id DESC;

COMMENT ON VIEW review.scores IS 'How good the odds of each decided meeting were, by horizon and basis: lower is better in all three.';

COMMENT ON COLUMN review.scores.meeting IS 'date: the decision day';

COMMENT ON COLUMN review.scores.horizon_days IS 'days: calendar days before the decision';

COMMENT ON COLUMN review.scores.basis IS 'settlement, published, last_trade or mid: the kind of price the odds rest on';

COMMENT ON COLUMN review.scores.source_class IS 'chain (computed from prices) or published (FedWatch''s own)';

COMMENT ON COLUMN review.scores.trade_date IS 'date: the reading that was scored, at most five days older than the horizon';

COMMENT ON COLUMN review.scores.decided_lower_bp IS 'bp: lower end of the range that was decided';

COMMENT ON COLUMN review.scores.decided_upper_bp IS 'bp: upper end of the range that was decided';

COMMENT ON COLUMN review.scores.outcomes IS 'count: ranges that had a probability';

COMMENT ON COLUMN review.scores.brier IS '0 to 2: sum over ranges of (probability - outcome) squared';

COMMENT ON COLUMN review.scores.rps IS '0 and up: the same on cumulative probabilities, a step being 25 bp';

COMMENT ON COLUMN review.scores.log_score IS '0 to 9.21: minus the natural logarithm of the outcome''s probability, floored at 0.0001';

COMMENT ON COLUMN review.scores.recorded_at IS 'UTC: when cutwatch recorded it';

CREATE VIEW review.sources AS
 SELECT c.source,
    c.what,
    c.redistributable,
    c.enabled,
    good.checked_at AS last_success_at,
    bad.error AS last_error,
    bad.checked_at AS last_error_at,
    good.missing,
    good.newest_as_of,
    good.expected_next_at,
    c.terms
   FROM ((cutwatch.source_catalog c
     LEFT JOIN LATERAL ( SELECT k.checked_at,
            ( SELECT max(m.newest_as_of) AS max
                   FROM cutwatch.source_checks m
                  WHERE ((m.source = c.source) AND m.ok)) AS newest_as_of,
            k.expected_next_at,
            k.missing
           FROM cutwatch.source_checks k
          WHERE ((k.source = c.source) AND k.ok)
          ORDER BY k.checked_at DESC
         LIMIT 1) good ON (true))
     LEFT JOIN LATERAL ( SELECT k.checked_at,
            k.error
           FROM cutwatch.source_checks k
          WHERE ((k.source = c.source) AND (NOT k.ok))
          ORDER BY k.checked_at DESC
         LIMIT 1) bad ON (true));

COMMENT ON VIEW review.sources IS 'Where figures come from, and when each source last answered.';

COMMENT ON COLUMN review.sources.source IS 'where it came from';

COMMENT ON COLUMN review.sources.what IS 'what the source gives';

COMMENT ON COLUMN review.sources.redistributable IS 'boolean: its licence lets figures be passed on';

COMMENT ON COLUMN review.sources.enabled IS 'boolean: asked by this installation';

COMMENT ON COLUMN review.sources.last_success_at IS 'UTC: last good answer';

COMMENT ON COLUMN review.sources.last_error IS 'newest error';

COMMENT ON COLUMN review.sources.last_error_at IS 'UTC: when it happened';

COMMENT ON COLUMN review.sources.missing IS 'what the last good answer lacked; null: nothing';

COMMENT ON COLUMN review.sources.newest_as_of IS 'UTC: newest observation the source had';

COMMENT ON COLUMN review.sources.expected_next_at IS 'UTC: when its next observation is due';

COMMENT ON COLUMN review.sources.terms IS 'caution on its terms of use';

ALTER TABLE ONLY cutwatch.alerts
    ADD CONSTRAINT alerts_key_basis_is_sample_parameters_version_key UNIQUE (key, basis, is_sample, parameters_version);

ALTER TABLE ONLY cutwatch.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY cutwatch.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY cutwatch.api_keys
    ADD CONSTRAINT api_keys_sha256_key UNIQUE (sha256);

ALTER TABLE ONLY cutwatch.asset_closes
    ADD CONSTRAINT asset_closes_pkey PRIMARY KEY (symbol, close_date, source, recorded_at);

ALTER TABLE ONLY cutwatch.detector_days
    ADD CONSTRAINT detector_days_pkey PRIMARY KEY (id);

ALTER TABLE ONLY cutwatch.detector_versions
    ADD CONSTRAINT detector_versions_pkey PRIMARY KEY (version);

ALTER TABLE ONLY cutwatch.effr_fixings
    ADD CONSTRAINT effr_fixings_pkey PRIMARY KEY (fixing_date, source, recorded_at);

ALTER TABLE ONLY cutwatch.futures_quotes
    ADD CONSTRAINT futures_quotes_pkey PRIMARY KEY (trade_date, contract_month, basis, grid, source, as_of, recorded_at);

ALTER TABLE ONLY cutwatch.history_writes
    ADD CONSTRAINT history_writes_pkey PRIMARY KEY (recorded_at);

ALTER TABLE ONLY cutwatch.imports
    ADD CONSTRAINT imports_pkey PRIMARY KEY (id);

ALTER TABLE ONLY cutwatch.job_runs
    ADD CONSTRAINT job_runs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY cutwatch.market_events
    ADD CONSTRAINT market_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY cutwatch.meeting_notices
    ADD CONSTRAINT meeting_notices_pkey PRIMARY KEY (id);

ALTER TABLE ONLY cutwatch.meeting_probabilities
    ADD CONSTRAINT meeting_probabilities_pkey PRIMARY KEY (trade_date, snapshot_id, meeting_date, lower_bp);

ALTER TABLE ONLY cutwatch.meeting_readings
    ADD CONSTRAINT meeting_readings_pkey PRIMARY KEY (trade_date, snapshot_id, meeting_date);

ALTER TABLE ONLY cutwatch.meeting_scores
    ADD CONSTRAINT meeting_scores_pkey PRIMARY KEY (id);

ALTER TABLE ONLY cutwatch.notices
    ADD CONSTRAINT notices_key_key UNIQUE (key);

ALTER TABLE ONLY cutwatch.notices
    ADD CONSTRAINT notices_pkey PRIMARY KEY (id);

ALTER TABLE ONLY cutwatch.published_probabilities
    ADD CONSTRAINT published_probabilities_pkey PRIMARY KEY (trade_date, meeting_date, lower_bp, grid, source, as_of, recorded_at);

ALTER TABLE ONLY cutwatch.quarantine
    ADD CONSTRAINT quarantine_pkey PRIMARY KEY (id);

ALTER TABLE ONLY cutwatch.repricing_assets
    ADD CONSTRAINT repricing_assets_pkey PRIMARY KEY (block_id, symbol);

ALTER TABLE ONLY cutwatch.repricing_blocks
    ADD CONSTRAINT repricing_blocks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY cutwatch.repricing_states
    ADD CONSTRAINT repricing_states_pkey PRIMARY KEY (id);

ALTER TABLE ONLY cutwatch.repricings
    ADD CONSTRAINT repricings_leg_key_basis_is_sample_parameters_version_key UNIQUE (leg_key, basis, is_sample, parameters_version);

ALTER TABLE ONLY cutwatch.repricings
    ADD CONSTRAINT repricings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY cutwatch.secret_keys
    ADD CONSTRAINT secret_keys_pkey PRIMARY KEY (fingerprint);

ALTER TABLE ONLY cutwatch.snapshot_requests
    ADD CONSTRAINT snapshot_requests_pkey PRIMARY KEY (id);

ALTER TABLE ONLY cutwatch.snapshots
    ADD CONSTRAINT snapshots_pkey PRIMARY KEY (id);

ALTER TABLE ONLY cutwatch.source_catalog
    ADD CONSTRAINT source_catalog_pkey PRIMARY KEY (source);

ALTER TABLE ONLY cutwatch.source_checks
    ADD CONSTRAINT source_checks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY cutwatch.source_pauses
    ADD CONSTRAINT source_pauses_pkey PRIMARY KEY (host);

ALTER TABLE ONLY cutwatch.source_payloads
    ADD CONSTRAINT source_payloads_pkey PRIMARY KEY (id);

ALTER TABLE ONLY cutwatch.source_payloads
    ADD CONSTRAINT source_payloads_source_sha256_key UNIQUE (source, sha256);

ALTER TABLE ONLY cutwatch.source_series
    ADD CONSTRAINT source_series_pkey PRIMARY KEY (source, series);

ALTER TABLE ONLY cutwatch.webhook_attempts
    ADD CONSTRAINT webhook_attempts_pkey PRIMARY KEY (delivery_id, number);

ALTER TABLE ONLY cutwatch.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY cutwatch.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_webhook_id_message_id_key UNIQUE (webhook_id, message_id);

ALTER TABLE ONLY cutwatch.webhook_rule_states
    ADD CONSTRAINT webhook_rule_states_pkey PRIMARY KEY (webhook_id, rule_key);

ALTER TABLE ONLY cutwatch.webhooks
    ADD CONSTRAINT webhooks_pkey PRIMARY KEY (id);

CREATE INDEX alerts_by_date ON cutwatch.alerts USING btree (trade_date);

CREATE INDEX alerts_by_repricing ON cutwatch.alerts USING btree (repricing_id, id);

CREATE INDEX asset_closes_numbers ON cutwatch.asset_closes USING btree (id);

CREATE INDEX detector_days_latest ON cutwatch.detector_days USING btree (basis, is_sample, parameters_version, trade_date DESC, id DESC);

CREATE INDEX detector_days_snapshots ON cutwatch.detector_days USING btree (basis, is_sample, parameters_version, snapshot_id DESC);

CREATE INDEX imports_payload ON cutwatch.imports USING btree (payload_id);

CREATE INDEX job_runs_newest ON cutwatch.job_runs USING btree (job, started_at DESC);

CREATE INDEX job_runs_running ON cutwatch.job_runs USING btree (heartbeat_at) WHERE (status = 'running'::cutwatch.job_status);

CREATE UNIQUE INDEX job_runs_slot ON cutwatch.job_runs USING btree (job, slot, attempt) WHERE (slot IS NOT NULL);

CREATE INDEX market_events_by_time ON cutwatch.market_events USING btree (scheduled_at);

CREATE INDEX market_events_latest ON cutwatch.market_events USING btree (event_key, id DESC);

CREATE INDEX meeting_notices_latest ON cutwatch.meeting_notices USING btree (meeting_date, kind, recorded_at DESC);

CREATE INDEX meeting_readings_by_meeting ON ONLY cutwatch.meeting_readings USING btree (meeting_date, trade_date);

CREATE INDEX meeting_scores_latest ON cutwatch.meeting_scores USING btree (meeting_date, basis, horizon_days, id DESC);

CREATE INDEX quarantine_newest ON cutwatch.quarantine USING btree (id DESC);

CREATE UNIQUE INDEX quarantine_once ON cutwatch.quarantine USING btree (payload_id, line, md5(reason));

CREATE INDEX repricing_blocks_evaluations ON cutwatch.repricing_blocks USING btree (repricing_id, evaluated_on DESC, id DESC);

CREATE INDEX repricing_blocks_latest ON cutwatch.repricing_blocks USING btree (repricing_id, id DESC);

CREATE INDEX repricing_states_latest ON cutwatch.repricing_states USING btree (repricing_id, id DESC);

CREATE INDEX repricings_by_meeting ON cutwatch.repricings USING btree (meeting_date, started_at);

CREATE INDEX snapshots_by_date ON cutwatch.snapshots USING btree (trade_date DESC, grid, is_sample, basis, recorded_at DESC);

CREATE INDEX snapshots_by_instant ON cutwatch.snapshots USING btree (as_of DESC, is_sample, basis, recorded_at DESC);

CREATE INDEX snapshots_by_recording ON cutwatch.snapshots USING btree (recorded_at, id);

CREATE INDEX snapshots_daily ON cutwatch.snapshots USING btree (basis, is_sample, id) WHERE (grid = 'settlement'::cutwatch.grid);

CREATE INDEX snapshots_daily_by_number ON cutwatch.snapshots USING btree (basis, is_sample, id DESC) WHERE (grid = 'settlement'::cutwatch.grid);

CREATE INDEX source_checks_as_of ON cutwatch.source_checks USING btree (source, newest_as_of) WHERE ok;

CREATE INDEX source_checks_newest ON cutwatch.source_checks USING btree (source, checked_at DESC);

CREATE INDEX webhook_deliveries_by_webhook ON cutwatch.webhook_deliveries USING btree (webhook_id, id DESC);

CREATE INDEX webhook_deliveries_dead ON cutwatch.webhook_deliveries USING btree (webhook_id, id) WHERE (state = ANY (ARRAY['failed'::text, 'parked'::text]));

CREATE INDEX webhook_deliveries_pending ON cutwatch.webhook_deliveries USING btree (webhook_id, due_at, id) WHERE (state = 'pending'::text);

CREATE INDEX webhooks_by_tenant ON cutwatch.webhooks USING btree (tenant, id) WHERE (deleted_at IS NULL);

ALTER TABLE ONLY cutwatch.alerts
    ADD CONSTRAINT alerts_parameters_version_fkey FOREIGN KEY (parameters_version) REFERENCES cutwatch.detector_versions(version);

ALTER TABLE ONLY cutwatch.alerts
    ADD CONSTRAINT alerts_repricing_id_fkey FOREIGN KEY (repricing_id) REFERENCES cutwatch.repricings(id);

ALTER TABLE ONLY cutwatch.alerts
    ADD CONSTRAINT alerts_resolves_id_fkey FOREIGN KEY (resolves_id) REFERENCES cutwatch.alerts(id);

ALTER TABLE ONLY cutwatch.alerts
    ADD CONSTRAINT alerts_reverses_id_fkey FOREIGN KEY (reverses_id) REFERENCES cutwatch.repricings(id);

ALTER TABLE ONLY cutwatch.detector_days
    ADD CONSTRAINT detector_days_parameters_version_fkey FOREIGN KEY (parameters_version) REFERENCES cutwatch.detector_versions(version);

ALTER TABLE ONLY cutwatch.detector_days
    ADD CONSTRAINT detector_days_snapshot_id_fkey FOREIGN KEY (snapshot_id) REFERENCES cutwatch.snapshots(id);

ALTER TABLE ONLY cutwatch.imports
    ADD CONSTRAINT imports_payload_id_fkey FOREIGN KEY (payload_id) REFERENCES cutwatch.source_payloads(id);

ALTER TABLE ONLY cutwatch.market_events
    ADD CONSTRAINT market_events_payload_id_fkey FOREIGN KEY (payload_id) REFERENCES cutwatch.source_payloads(id);

ALTER TABLE ONLY cutwatch.meeting_scores
    ADD CONSTRAINT meeting_scores_snapshot_id_fkey FOREIGN KEY (snapshot_id) REFERENCES cutwatch.snapshots(id);

ALTER TABLE ONLY cutwatch.quarantine
    ADD CONSTRAINT quarantine_payload_id_fkey FOREIGN KEY (payload_id) REFERENCES cutwatch.source_payloads(id);

ALTER TABLE ONLY cutwatch.repricing_assets
    ADD CONSTRAINT repricing_assets_block_id_fkey FOREIGN KEY (block_id) REFERENCES cutwatch.repricing_blocks(id);

ALTER TABLE ONLY cutwatch.repricing_blocks
    ADD CONSTRAINT repricing_blocks_repricing_id_fkey FOREIGN KEY (repricing_id) REFERENCES cutwatch.repricings(id);

ALTER TABLE ONLY cutwatch.repricing_states
    ADD CONSTRAINT repricing_states_repricing_id_fkey FOREIGN KEY (repricing_id) REFERENCES cutwatch.repricings(id);

ALTER TABLE ONLY cutwatch.repricing_states
    ADD CONSTRAINT repricing_states_reverses_id_fkey FOREIGN KEY (reverses_id) REFERENCES cutwatch.repricings(id);

ALTER TABLE ONLY cutwatch.repricings
    ADD CONSTRAINT repricings_parameters_version_fkey FOREIGN KEY (parameters_version) REFERENCES cutwatch.detector_versions(version);

ALTER TABLE ONLY cutwatch.repricings
    ADD CONSTRAINT repricings_reverses_id_fkey FOREIGN KEY (reverses_id) REFERENCES cutwatch.repricings(id);

ALTER TABLE ONLY cutwatch.webhook_attempts
    ADD CONSTRAINT webhook_attempts_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES cutwatch.webhook_deliveries(id);

ALTER TABLE ONLY cutwatch.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES cutwatch.alerts(id);

ALTER TABLE ONLY cutwatch.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES cutwatch.notices(id);

ALTER TABLE ONLY cutwatch.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES cutwatch.webhooks(id);

ALTER TABLE ONLY cutwatch.webhook_rule_states
    ADD CONSTRAINT webhook_rule_states_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES cutwatch.webhooks(id);

GRANT USAGE ON SCHEMA review TO cutwatch_reader;

GRANT ALL ON FUNCTION review.known_by(known_at timestamp with time zone) TO cutwatch_reader;

GRANT ALL ON FUNCTION review.probability_at(meeting date, lower_bp integer, at timestamp with time zone, known_at timestamp with time zone) TO cutwatch_reader;

GRANT SELECT ON TABLE review.alerts TO cutwatch_reader;

GRANT SELECT ON TABLE review.closes TO cutwatch_reader;

GRANT SELECT ON TABLE review.expected_rates TO cutwatch_reader;

GRANT SELECT ON TABLE review.odds TO cutwatch_reader;

GRANT SELECT ON TABLE review.daily_shifts TO cutwatch_reader;

GRANT SELECT ON TABLE review.deliveries TO cutwatch_reader;

GRANT SELECT ON TABLE review.fixings TO cutwatch_reader;

GRANT SELECT ON TABLE review.job_runs TO cutwatch_reader;

GRANT SELECT ON TABLE review.market_events TO cutwatch_reader;

GRANT SELECT ON TABLE review.meetings TO cutwatch_reader;

GRANT SELECT ON TABLE review.probabilities TO cutwatch_reader;

GRANT SELECT ON TABLE review.quarantine TO cutwatch_reader;

GRANT SELECT ON TABLE review.quotes TO cutwatch_reader;

GRANT SELECT ON TABLE review.repricing_assets TO cutwatch_reader;

GRANT SELECT ON TABLE review.repricings TO cutwatch_reader;

GRANT SELECT ON TABLE review.scores TO cutwatch_reader;

GRANT SELECT ON TABLE review.sources TO cutwatch_reader;

