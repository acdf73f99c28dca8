-- Dedicated grids that lie in holes carved out of the general grids, and so
-- partition the parent together with them.

alter table tier
    add column dedicated text not null default '',  -- how new dedicated grids of the tier lie; empty: overlay
    add constraint tier_dedicated_known check (dedicated in ('', 'overlay', 'hole'));
comment on column tier.dedicated is 'overlay: over the general grids; hole: carved out of them; empty: overlay';

alter table grid
    add column hole boolean not null default false,
    add constraint grid_hole_dedicated check (not hole or kind = 'dedicated');
comment on column grid.hole is 'A dedicated grid that takes part in the partition of its parent';

-- As before, but for grids in holes as for general ones.
create or replace function partition_note_grids() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        insert into partition_check
        select distinct territory_id, plan_id, parent_id, pg_current_xact_id()
        from old_grid where (kind = 'general' or hole) and parent_id is not null
        on conflict do nothing;
    end if;
    if tg_op <> 'DELETE' then
        insert into partition_check
        select distinct territory_id, plan_id, parent_id, pg_current_xact_id()
        from new_grid where (kind = 'general' or hole) and parent_id is not null
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

create or replace function partition_note_plan() returns trigger language plpgsql as $$
begin
    insert into partition_check
    select distinct territory_id, plan_id, parent_id, pg_current_xact_id()
    from grid
    where territory_id = new.territory_id
      and plan_id = (to_jsonb(new) ->> case tg_table_name when 'plan' then 'id' else 'plan_id' end)::bigint
      and parent_id is not null and (kind = 'general' or hole)
    on conflict do nothing;
    return null;
end $$;

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
      and c.parent_id = new.parent_id and (c.kind = 'general' or c.hole);
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

create or replace function partition_faults(of_territory bigint, of_plan bigint) returns setof bigint language sql stable as $$
    with sums as materialized (
        select c.parent_id as id, sum(c.fingerprint_a) as a, sum(c.fingerprint_b) as b
        from grid as c
        join tier as t on t.territory_id = c.territory_id and t.plan_id = c.plan_id and t.rank = c.tier
        where c.territory_id = of_territory and c.plan_id = of_plan and (c.kind = 'general' or c.hole) and c.parent_id is not null
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

-- Households and people of every grid that takes part in the partition.
create or replace view grid_household_count as
select p.territory_id, p.id as plan_id, n.*
from plan as p
cross join lateral (
    with recursive held as (
        select leaf_id,
               count(*)                         as households,
               sum(resident)                    as resident,
               sum(registered)                  as registered,
               count(*) filter (where occupied) as occupied
        from household
        where territory_id = p.territory_id and plan_id = p.id
        group by leaf_id
    ), above (id, leaf_id) as (  -- every leaf under every grid above it, and itself
        select leaf_id, leaf_id from held
        union all
        select g.parent_id, above.leaf_id
        from above
        join grid as g on g.territory_id = p.territory_id and g.plan_id = p.id and g.id = above.id
        where g.parent_id is not null
    )
    select g.id, g.code, g.tier,
           coalesce(sum(held.households), 0)::bigint as households,
           coalesce(sum(held.resident), 0)::bigint   as resident,
           coalesce(sum(held.registered), 0)::bigint as registered,
           coalesce(sum(held.occupied), 0)::bigint   as occupied
    from grid as g
    left join above on above.id = g.id
    left join held on held.leaf_id = above.leaf_id
    where g.territory_id = p.territory_id and g.plan_id = p.id and (g.kind = 'general' or g.hole)
    group by g.id, g.code, g.tier
) as n;
