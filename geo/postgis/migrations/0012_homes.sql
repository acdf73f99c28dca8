-- A territory says in which plan its households lie: the one in force, or
-- before there is one, that they were loaded with. A household names only its
-- leaf, and grids keep their ids over plans: when a plan takes the place of
-- another, only the households that move are written.

alter table territory
    add column housed_in bigint,
    add constraint territory_housed_in_plan foreign key (territory_id, housed_in) references plan;
comment on column territory.housed_in is 'The plan that the leaves of its households are of';

update territory as t set housed_in = (
    select p.id from plan as p where p.territory_id = t.territory_id
    order by p.state = 'in_force' desc, p.state = 'discarded', p.id desc limit 1);
-- Without a plan in force some may lie in an older draft; they are placed
-- anew with the next import or plan in force.
update household as h set plan_id = null, leaf_id = null
from territory as t
where t.territory_id = h.territory_id and h.plan_id <> t.housed_in;

drop view grid_household_count;
alter table household drop column plan_id;  -- with its index and check
create index household_of_leaf on household (territory_id, leaf_id);

-- As before: no grid goes while a household lies in it.
create or replace function household_keeps_leaf() returns trigger language plpgsql as $$
begin
    if exists (select from old_grid as g
               join territory as t on t.territory_id = g.territory_id and t.housed_in = g.plan_id
               join household as h on h.territory_id = g.territory_id and h.leaf_id = g.id) then
        raise exception 'a household lies in a grid that is to go'
            using errcode = 'foreign_key_violation', constraint = 'household_leaf_in_plan', table = 'household';
    end if;
    return null;
end $$;

-- Households and people of every grid that takes part in the partition, rolled
-- up over the tree; of other plans than the one they lie in, none.
create view grid_household_count as
select p.territory_id, p.id as plan_id, n.*
from plan as p
join territory as t on t.territory_id = p.territory_id
cross join lateral (
    with recursive held as (
        select leaf_id,
               count(*)                         as households,
               sum(resident)                    as resident,
               sum(registered)                  as registered,
               count(*) filter (where occupied) as occupied
        from household
        where territory_id = p.territory_id and p.id = t.housed_in and leaf_id is not null
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

-- As before, but every step is a look into an index whatever the statistics
-- say: the children once, then their tiers, then the parent.
create or replace function partition_judge() returns trigger language plpgsql as $$
declare
    guarded boolean;
    sum_a   numeric;
    sum_b   numeric;
    ranks   smallint[];
    drawn   boolean;
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
    select array_agg(distinct tier), bool_and(boundary is not null), sum(fingerprint_a), sum(fingerprint_b)
    into ranks, drawn, sum_a, sum_b
    from grid
    where territory_id = new.territory_id and plan_id = new.plan_id
      and parent_id = new.parent_id and (kind = 'general' or hole);
    if drawn and exists (
        select from grid as p
        where p.territory_id = new.territory_id and p.plan_id = new.plan_id and p.id = new.parent_id
          and p.boundary is not null
          and (mod(p.fingerprint_a - sum_a, 18446744073709551616) <> 0
            or mod(p.fingerprint_b - sum_b, 18446744073709551616) <> 0))
       and exists (
        select from tier
        where territory_id = new.territory_id and plan_id = new.plan_id and rank = any(ranks) and complete) then
        raise exception 'the children of grid % do not partition it',
            (select code from grid where territory_id = new.territory_id and plan_id = new.plan_id and id = new.parent_id)
            using errcode = 'check_violation', constraint = 'grid_children_cover_parent', table = 'grid';
    end if;
    return null;
end $$;
