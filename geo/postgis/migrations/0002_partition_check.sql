-- The deferred judgement: at commit the drawn general children of a grid, if
-- any of them is of a complete tier, have together the grid's fingerprint. It
-- is asked of plans in force; a draft may hold faults, and a grid with an
-- undrawn general child is not judged.
--
-- Each statement notes the parents it touched, once per transaction, whatever
-- the number of rows; the deferred trigger on the note judges one parent.
-- Transactions that each keep the sum keep it together, so editors of one
-- parent need not wait for each other.

create table partition_check (
    territory_id bigint not null,
    plan_id      bigint not null,
    parent_id    bigint not null,
    transaction  xid8   not null,
    constraint partition_check_pk primary key (territory_id, plan_id, parent_id, transaction)
);

-- Notes the parents of the statement's rows and, after an update, the rows
-- themselves: their own boundary may have moved away from their children's. A
-- new grid has no children but those of the same statement, which note it.
create function partition_note_grids() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        insert into partition_check
        select distinct territory_id, plan_id, parent_id, pg_current_xact_id()
        from old_grid where kind = 'general' and parent_id is not null
        on conflict do nothing;
    end if;
    if tg_op <> 'DELETE' then
        insert into partition_check
        select distinct territory_id, plan_id, parent_id, pg_current_xact_id()
        from new_grid where kind = 'general' and parent_id is not null
        on conflict do nothing;
    end if;
    if tg_op = 'UPDATE' then
        insert into partition_check
        select territory_id, plan_id, id, pg_current_xact_id()
        from new_grid where kind = 'general'
        on conflict do nothing;
    end if;
    return null;
end $$;

create trigger grid_inserted after insert on grid
    referencing new table as new_grid
    for each statement execute function partition_note_grids();
create trigger grid_updated after update on grid
    referencing old table as old_grid new table as new_grid
    for each statement execute function partition_note_grids();
create trigger grid_deleted after delete on grid
    referencing old table as old_grid
    for each statement execute function partition_note_grids();

-- A plan that comes into force and a tier whose completeness changes put all
-- parents of the plan on trial.
create function partition_note_plan() returns trigger language plpgsql as $$
begin
    insert into partition_check
    select distinct territory_id, plan_id, parent_id, pg_current_xact_id()
    from grid
    where territory_id = new.territory_id
      and plan_id = (to_jsonb(new) ->> case tg_table_name when 'plan' then 'id' else 'plan_id' end)::bigint
      and parent_id is not null and kind = 'general'
    on conflict do nothing;
    return null;
end $$;

create trigger plan_state_changed after update of state on plan
    for each row when (new.state = 'in_force' and old.state <> 'in_force')
    execute function partition_note_plan();
create trigger tier_complete_changed after update of complete on tier
    for each row when (new.complete and not old.complete)
    execute function partition_note_plan();

create function partition_judge() returns trigger language plpgsql as $$
declare
    plan_state text;
    sum_a      numeric;
    sum_b      numeric;
    judged     boolean;
begin
    delete from partition_check
    where (territory_id, plan_id, parent_id, transaction)
        = (new.territory_id, new.plan_id, new.parent_id, new.transaction);
    -- The lock keeps the plan from coming into force beside this transaction.
    select state into plan_state from plan
    where territory_id = new.territory_id and id = new.plan_id for share;
    if plan_state is distinct from 'in_force' then
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

create constraint trigger grid_children_cover_parent
    after insert on partition_check
    deferrable initially deferred
    for each row execute function partition_judge();
