-- What a territory keeps of its households beside place and number, and how
-- many residents of a household belong to the groups it declares.

alter table territory add column keeps jsonb not null default '{}';

alter table territory
    add constraint territory_keeps_object check (jsonb_typeof(keeps) = 'object');

comment on column territory.keeps is 'Groups whose members households may count; {} keeps nothing more';

alter table household add column groups jsonb;

alter table household
    add constraint household_groups_object check (jsonb_typeof(groups) = 'object' and groups <> '{}');

comment on column household.groups is 'Residents by group, counts only, for sums over grids; null: none. No list of households is made by it';
