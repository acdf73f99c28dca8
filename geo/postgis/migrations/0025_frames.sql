-- What a plan divides and how, as it was before it changed: what the territory
-- keeps, its roles, a plan's state and tiers. The journal tells of grids and
-- records; with these rows an earlier revision can be had again whole.

create table frame_change (
    territory_id bigint not null,
    revision     bigint not null,  -- of the change set that changed it
    plan_id      bigint not null,  -- 0: of the territory, whatever its plan
    before       jsonb  not null,
    constraint frame_change_pk      primary key (territory_id, revision, plan_id),
    constraint frame_change_of_set  foreign key (territory_id, revision) references change_set on delete cascade,
    constraint frame_change_document check (jsonb_typeof(before) = 'object')
);

comment on table frame_change is 'Territories and plans before changes that the journal does not tell: names, states, tiers, roles';

-- What was so before this step is not known of territories that stand already.
alter table territory add column framed_since bigint not null default 0;
update territory as t set framed_since = c.revision
from territory_counter as c where c.territory_id = t.territory_id;

comment on column territory.framed_since is 'The first revision at which the territory can be had again whole';
