-- How many of its runs a schedule keeps, and days whose run was thrown away.

alter table check_schedule
    add column keep_runs  integer not null default 0,  -- at least the last so many; 0: not said
    add column keep_since date,                        -- and those from this day on
    add constraint check_schedule_keeps_some check (keep_runs between 0 and 100000);

comment on column check_schedule.keep_runs is 'The last so many runs are kept; with keep_since, runs that either keeps. Neither said: all';

alter table check_day
    add column thrown boolean not null default false,
    drop constraint check_day_run_or_refused,
    add constraint check_day_run_or_refused check ((run is null) = (refused <> '' or thrown));

comment on column check_day.thrown is 'Its run was kept and is no more; what it changed against the one before stays';
