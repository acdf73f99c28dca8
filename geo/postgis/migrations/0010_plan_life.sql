-- The life of a plan: what a draft stands on and where its edits begin,
-- sending back and discarding with a reason, a day in the future on which it
-- comes into force, and codes that are free again when they never were in force.

alter table plan
    -- from_plan is the plan in force that the draft stands on.
    -- The change set after which its edits can be undone: its making or its
    -- last rebase. What stands before is no longer undone or done again.
    add column begun        bigint not null default 0,
    -- Of a filed plan with a day: who put it there, and what spoke against it
    -- when the day had come, as the territory stood at that revision.
    add column due_by       text   not null default '',
    add column due_refused  text   not null default '',
    add column due_revision bigint not null default 0,
    drop constraint plan_state_known,
    add constraint plan_state_known check (state in ('draft', 'reviewed', 'filed', 'in_force', 'retired', 'discarded'));
-- Filed plans with a day, looked for every minute.
create index plan_due on plan (territory_id, effective) where state = 'filed' and effective is not null;

-- A draft copied from another draft holds edits that its own journal does not
-- tell, so it cannot be carried over to another plan.
update plan as p set from_plan = null, from_revision = null
from plan as f
where f.territory_id = p.territory_id and f.id = p.from_plan and f.state not in ('in_force', 'retired')
  and p.state in ('draft', 'reviewed', 'filed');

-- A plan may be in a state more than once.
alter table plan_step
    drop constraint plan_step_pk,
    drop constraint plan_step_state_known,
    add column position  integer,
    add column reason    text not null default '',  -- why it was sent back, discarded or did not come into force
    add column effective date;                      -- the day it shall come, or came, into force
update plan_step as s set position = n.position
from (select territory_id, plan_id, state, row_number() over (partition by territory_id, plan_id order by at) as position from plan_step) as n
where (s.territory_id, s.plan_id, s.state) = (n.territory_id, n.plan_id, n.state);
alter table plan_step
    alter column position set not null,
    add constraint plan_step_pk primary key (territory_id, plan_id, position),
    add constraint plan_step_state_known check (state in ('draft', 'reviewed', 'filed', 'in_force', 'retired', 'discarded'));

-- Every code a grid had while its plan was in force, and the grid: no other
-- grid gets it. A code that only drafts had is free when they are done with it.
drop trigger grid_code_noted on grid;
drop function grid_code_note();
alter table grid_code add column grid_id bigint;
delete from grid_code;
insert into grid_code (territory_id, code, grid_id)
select distinct on (g.territory_id, g.code) g.territory_id, g.code, g.id
from grid as g join plan as p on p.territory_id = g.territory_id and p.id = g.plan_id
where p.state in ('in_force', 'retired')
order by g.territory_id, g.code, p.id;
-- Codes that an import took out of a plan in force stand in the journal only.
insert into grid_code (territory_id, code, grid_id)
select distinct on (j.territory_id, j.before ->> 'code') j.territory_id, j.before ->> 'code', j.record_id
from journal as j
join change_set as c using (territory_id, revision)
join plan as p on p.territory_id = c.territory_id and p.id = c.plan_id
where j.entity = 'grid' and j.before is not null and c.turn is null and p.state in ('in_force', 'retired')
order by j.territory_id, j.before ->> 'code', j.revision
on conflict do nothing;
alter table grid_code
    alter column grid_id set not null,
    add constraint grid_code_held foreign key (territory_id, grid_id) references grid_identity;

create function grid_code_note() returns trigger language plpgsql as $$
begin
    insert into grid_code (territory_id, code, grid_id)
    select g.territory_id, g.code, g.id
    from new_grid as g join plan as p on p.territory_id = g.territory_id and p.id = g.plan_id
    where p.state = 'in_force'
    on conflict do nothing;
    return null;
end $$;
create trigger grid_code_noted after insert on grid
    referencing new table as new_grid
    for each statement execute function grid_code_note();
create trigger grid_code_changed after update on grid
    referencing new table as new_grid
    for each statement execute function grid_code_note();

create function plan_codes_note() returns trigger language plpgsql as $$
begin
    insert into grid_code (territory_id, code, grid_id)
    select territory_id, code, id from grid where territory_id = new.territory_id and plan_id = new.id
    on conflict do nothing;
    return null;
end $$;
create trigger plan_codes_noted after update of state on plan
    for each row when (new.state = 'in_force' and old.state <> 'in_force')
    execute function plan_codes_note();

-- carry: what a draft had, when it was made, that the plan it stands on has
-- not. rebased: the edit that this one repeats on a newer plan.
alter table change_set
    add column rebased bigint,
    drop constraint change_set_turn_known,
    drop constraint change_set_turn_target,
    add constraint change_set_turn_known  check (turn in ('edit', 'undo', 'redo', 'carry')),
    add constraint change_set_turn_target check ((target is not null) = (turn is not null and turn in ('undo', 'redo')));

-- Requests under an Idempotency-Key that changed nothing, and so have no
-- change set to remember them.
create table unchanged_request (
    territory_id bigint      not null,
    request_key  text        not null,
    request_hash bytea       not null,
    revision     bigint      not null,  -- of the territory, as answered
    at           timestamptz not null default clock_timestamp(),
    constraint unchanged_request_pk        primary key (territory_id, request_key),
    constraint unchanged_request_territory foreign key (territory_id) references territory
);

-- As before, but a code is also taken that another draft has given since: two
-- drafts do not give new grids the same number.
create or replace function draw_revision(of_territory bigint, of_plan bigint, seen bigint, given text[]) returns bigint language plpgsql as $$
declare
    drawn bigint;
begin
    update territory_counter set revision = revision + 1 where territory_id = of_territory returning revision into drawn;
    if exists (
        select from change_set as c
        where c.territory_id = of_territory and c.revision > seen and case
            when c.turn is null then c.reload or exists (
                select from journal as j
                where j.territory_id = c.territory_id and j.revision = c.revision and j.entity = 'household')
            when cardinality(given) > 0 then exists (
                select from journal as j
                where j.territory_id = c.territory_id and j.revision = c.revision and j.entity = 'grid'
                  and (j.before ->> 'code' = any(given) or j.after ->> 'code' = any(given)))
            end) then
        raise exception 'households or codes changed since revision %', seen
            using errcode = 'serialization_failure', constraint = 'edit_overtaken', table = 'change_set';
    end if;
    return drawn;
end $$;
