-- Households and people of every general grid, rolled up over the tree from
-- the leaf each household is placed in. A filter by territory_id and plan_id
-- reaches the tables; one by id does not save work.
create view grid_household_count as
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
    where g.territory_id = p.territory_id and g.plan_id = p.id and g.kind = 'general'
    group by g.id, g.code, g.tier
) as n;
