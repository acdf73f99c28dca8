-- Households and people of every general grid, rolled up over the tree from
-- the leaf each household is placed in. Filter by territory_id and plan_id
-- (and id): the filter reaches the tree walk.
create view grid_household_count as
select g.territory_id, g.plan_id, g.id, g.code, g.tier,
       n.households, n.resident, n.registered, n.occupied
from grid as g
cross join lateral (
    with recursive below (id) as (
        select g.id
        union all
        select c.id
        from below
        join grid as c on c.territory_id = g.territory_id and c.plan_id = g.plan_id
                      and c.parent_id = below.id and c.kind = 'general'
    )
    select count(*)                        as households,
           coalesce(sum(h.resident), 0)    as resident,
           coalesce(sum(h.registered), 0)  as registered,
           count(*) filter (where h.occupied) as occupied
    from below
    join household as h on h.territory_id = g.territory_id and h.plan_id = g.plan_id and h.leaf_id = below.id
) as n
where g.kind = 'general';
