-- Drafts: which plan they were copied from, their way into force, and the
-- edits that made them, each of which can be undone.

alter table plan
    add column from_plan     bigint,   -- the plan this one was copied from
    add column from_revision bigint,   -- that plan's revision then
    -- The children of every grid partition it, and each commit must keep that,
    -- though the plan is not in force.
    add column whole         boolean not null default false,
    add constraint plan_copied_from foreign key (territory_id, from_plan) references plan,
    add constraint plan_copied_at   check ((from_plan is null) = (from_revision is null));

-- Who took a plan to a state and when.
create table plan_step (
    territory_id bigint      not null,
    plan_id      bigint      not null,
    state        text        not null,
    at           timestamptz not null default clock_timestamp(),
    by_whom      text        not null,
    constraint plan_step_pk          primary key (territory_id, plan_id, state),
    constraint plan_step_plan        foreign key (territory_id, plan_id) references plan on delete cascade,
    constraint plan_step_state_known check (state in ('draft', 'reviewed', 'filed', 'in_force', 'retired'))
);

-- Every code a grid of the territory ever had: none is given again.
create table grid_code (
    territory_id bigint not null,
    code         text   not null,
    constraint grid_code_pk primary key (territory_id, code)
);
insert into grid_code select distinct territory_id, code from grid;

create function grid_code_note() returns trigger language plpgsql as $$
begin
    insert into grid_code select territory_id, code from new_grid on conflict do nothing;
    return null;
end $$;

create trigger grid_code_noted after insert on grid
    referencing new table as new_grid
    for each statement execute function grid_code_note();

-- An edit of a plan's grids can be undone and done again; turns name the edit
-- they took back or did again.
alter table change_set
    add column turn   text,               -- edit, undo or redo
    add column target bigint,             -- the edit that was undone or done again
    add column undone boolean not null default false,  -- of an edit: as it stands now
    add column answer jsonb,              -- what was told besides the records: who moved
    add constraint change_set_turn_known  check (turn in ('edit', 'undo', 'redo')),
    add constraint change_set_turn_target check ((target is not null) = (turn is not null and turn <> 'edit')),
    add constraint change_set_undone_edit check (not undone or turn = 'edit');
create index change_set_of_edits on change_set (territory_id, plan_id, revision) where turn = 'edit';
create index change_set_of_plan on change_set (territory_id, revision) include (plan_id) where plan_id is not null;

-- As before, but a plan that is whole is judged whatever its state.
create or replace function partition_judge() returns trigger language plpgsql as $$
declare
    guarded boolean;
    sum_a   numeric;
    sum_b   numeric;
    judged  boolean;
begin
    delete from partition_check
    where (territory_id, plan_id, parent_id, transaction)
        = (new.territory_id, new.plan_id, new.parent_id, new.transaction);
    -- The lock keeps the plan from coming into force beside this transaction.
    select state = 'in_force' or whole into guarded from plan
    where territory_id = new.territory_id and id = new.plan_id for share;
    if guarded is not true then
        return null;
    end if;
    select bool_or(t.complete) and bool_and(c.boundary is not null), sum(c.fingerprint_a), sum(c.fingerprint_b)
    into judged, sum_a, sum_b
    from grid as c
    join tier as t on t.territory_id = c.territory_id and t.plan_id = c.plan_id and t.rank = c.tier
    where c.territory_id = new.territory_id and c.plan_id = new.plan_id
      and c.parent_id = new.parent_id and c.kind = 'general';
    if judged and exists (
        select from grid as p
        where p.territory_id = new.territory_id and p.plan_id = new.plan_id and p.id = new.parent_id
          and p.boundary is not null
          and (mod(p.fingerprint_a - sum_a, 18446744073709551616) <> 0
            or mod(p.fingerprint_b - sum_b, 18446744073709551616) <> 0)) then
        raise exception 'the children of grid % do not partition it',
            (select code from grid where territory_id = new.territory_id and plan_id = new.plan_id and id = new.parent_id)
            using errcode = 'check_violation', constraint = 'grid_children_cover_parent', table = 'grid';
    end if;
    return null;
end $$;

-- The parents of a plan that the judgement would not let pass. All sums come
-- first: parent by parent, before the first ANALYZE, each would read the plan.
create function partition_faults(of_territory bigint, of_plan bigint) returns setof bigint language sql stable as $$
    with sums as materialized (
        select c.parent_id as id, sum(c.fingerprint_a) as a, sum(c.fingerprint_b) as b
        from grid as c
        join tier as t on t.territory_id = c.territory_id and t.plan_id = c.plan_id and t.rank = c.tier
        where c.territory_id = of_territory and c.plan_id = of_plan and c.kind = 'general' and c.parent_id is not null
        group by c.parent_id
        having bool_or(t.complete) and bool_and(c.boundary is not null)
    )
    select p.id
    from sums
    join grid as p on p.territory_id = of_territory and p.plan_id = of_plan and p.id = sums.id
    where p.boundary is not null
      and (mod(p.fingerprint_a - sums.a, 18446744073709551616) <> 0
        or mod(p.fingerprint_b - sums.b, 18446744073709551616) <> 0)
$$;
