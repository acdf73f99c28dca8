-- Heads and flags of households, kept only where the territory's switch
-- (territory.keeps, member personal) says so. They stand apart from the
-- household: no query of households, no journal and no tile reads this table.

create table personal (
    territory_id bigint not null,
    household_id bigint not null,
    head         text   not null default '',
    flags        text[] not null default '{}',
    updated_on   date,
    constraint personal_pk              primary key (territory_id, household_id),
    constraint personal_household       foreign key (territory_id, household_id) references household on delete cascade,
    constraint personal_says_something  check (head <> '' or flags <> '{}'),
    constraint personal_head_is_no_number check (head !~ '[0-9]')
);

comment on table personal is 'Heads and flags of households; empty where territory.keeps does not say personal';
comment on column personal.head is 'Name of the head of the household, nothing but the name; empty: not said';
comment on column personal.flags is 'Codes of flags that territory.keeps declares';

-- Who does not say whose people he wants sees no row, its owner neither: a
-- query written without thinking of it finds the table empty. It is no guard
-- against who may set what he likes; grants are.
alter table personal enable row level security;
alter table personal force row level security;
create policy personal_of_one_territory on personal
    using (territory_id = nullif(current_setting('gridmap.personal', true), '')::bigint);

-- Who read or changed them and when: never what stood there.
create table personal_access (
    territory_id bigint      not null,
    id           bigint      generated always as identity,
    at           timestamptz not null default clock_timestamp(),
    by_whom      text        not null,
    op           text        not null,
    household_id bigint,               -- null: many, or the switch
    households   bigint      not null, -- how many were read or changed
    constraint personal_access_pk        primary key (territory_id, id),
    constraint personal_access_territory foreign key (territory_id) references territory,
    constraint personal_access_op_known  check (op in ('read', 'write', 'forget', 'import', 'export', 'switch')),
    constraint personal_access_counts    check (households >= 0)
);

comment on table personal_access is 'Reads and changes of table personal, by whom and when, without what stood there';
