-- Standards of other forms than a ratio: quotas by steps, bands of posts, one of
-- a role or facility a unit, shares of the staff, floor areas and reach. What
-- stood until now are ratios.

alter table standard
    add column form            text     not null default 'ratio',
    add column steps           jsonb    not null default '[]',  -- [{"from": people, "workers": quota}], ascending
    add column least           bigint   not null default 0,
    add column most            bigint   not null default 0,     -- 0: no upper limit
    add column permille        bigint   not null default 0,
    add column detour_permille bigint   not null default 0,     -- 0: as the program chooses
    add column settings        text[]   not null default '{}',  -- of the units it is asked of; none: all
    add column employment      text     not null default '',    -- counted; empty: any
    add column among           text[]   not null default '{}',  -- roles that a share is of; none: all
    add column full_posts      boolean  not null default false, -- counts shares of posts, not persons
    add column facility        text     not null default '',    -- type
    drop constraint standard_norm_unique,
    drop constraint standard_workers_in_range,
    drop constraint standard_residents_in_range,
    drop constraint standard_basis_known,
    add constraint standard_form_known         check (form in ('ratio', 'steps', 'band', 'one_each', 'share', 'floor', 'reach')),
    add constraint standard_workers_in_range   check (workers between (form = 'ratio')::int and 1000000 * (form = 'ratio')::int),
    add constraint standard_residents_in_range check (residents between (form = 'ratio')::int and 1000000000 * (form = 'ratio')::int),
    add constraint standard_basis_known        check (case when form in ('ratio', 'steps') then basis in ('resident', 'registered', 'urban_resident') else basis = '' end),
    add constraint standard_steps_of_quota     check (jsonb_typeof(steps) = 'array' and (form = 'steps') = (jsonb_array_length(steps) > 0)),
    add constraint standard_band_ordered       check (least >= 0 and most >= 0 and (most = 0 or least <= most)),
    add constraint standard_share_in_range     check (permille between 0 and 1000 and (form <> 'share' or permille > 0)),
    add constraint standard_detour_in_range    check (detour_permille = 0 or detour_permille between 1000 and 10000),
    add constraint standard_facility_of_reach  check (facility = '' or rule = 'COV-7'),
    add constraint standard_employment_known   check (employment in ('', 'full_time', 'part_time', 'volunteer'));
-- A ratio is one norm whatever roles it counts; of one role a unit there may be
-- a norm for each.
create unique index standard_norm_unique on standard
    (territory_id, rule, form, basis, tier, facility, employment, settings, (case when form = 'ratio' then '{}' else roles end), valid_from) nulls not distinct;

comment on column standard.form is 'How it reckons what a unit should have; see the fields that each form takes';
