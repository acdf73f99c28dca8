-- Edits of one plan side by side.
--
-- Whoever writes takes locks in this order: the plan, its grids, and last the
-- territory's counter. An edit takes the plan for key share and the grids it
-- changes for update, so that edits of different grids do not wait for each
-- other but for the moment of their commits; what changes the state of a plan
-- takes it for update, and waits for the edits under way.

-- The change sets in the journal tell which was the last that touched a grid. A
-- row's own number would have to be written under the counter's lock.
alter table grid drop column revision;

-- As before, but with a lock on the plan that lets its revision move on.
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
    -- The lock keeps the plan from coming into force beside this transaction:
    -- see plan_state_alone.
    select state = 'in_force' or whole into guarded from plan
    where territory_id = new.territory_id and id = new.plan_id for key share;
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

-- Nobody changes a plan's state, or begins to guard it, beside an edit.
create function plan_state_alone() returns trigger language plpgsql as $$
begin
    perform from plan where territory_id = new.territory_id and id = new.id for update;
    return new;
end $$;

create trigger plan_state_alone before update of state, whole on plan
    for each row when (new.state <> old.state or new.whole <> old.whole)
    execute function plan_state_alone();

-- Takes the next revision of a territory, and with it the turn to commit: the
-- counter's row stays locked until then, so that revisions and commits have one
-- order. An edit was judged when the drawing showed revision seen; it is
-- refused, to be judged again, when households changed since or one of the
-- codes it gives was given to another grid.
create function draw_revision(of_territory bigint, of_plan bigint, seen bigint, given text[]) returns bigint language plpgsql as $$
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
            when c.plan_id = of_plan and cardinality(given) > 0 then exists (
                select from journal as j
                where j.territory_id = c.territory_id and j.revision = c.revision and j.entity = 'grid'
                  and (j.before ->> 'code' = any(given) or j.after ->> 'code' = any(given)))
            end) then
        raise exception 'households or codes changed since revision %', seen
            using errcode = 'serialization_failure', constraint = 'edit_overtaken', table = 'change_set';
    end if;
    return drawn;
end $$;
