-- What changed, who did it and when: one change set a transaction, numbered
-- from territory_counter, and its records before and after.

create table change_set (
    territory_id bigint      not null,
    revision     bigint      not null,
    plan_id      bigint,               -- the plan whose grids are touched, if any
    at           timestamptz not null default clock_timestamp(),
    by_whom      text        not null,
    op           text        not null,
    reload       boolean     not null default false,  -- told as a whole, not record by record
    records      integer     not null default 0,  -- rows of the journal
    request_key  text,                 -- Idempotency-Key
    request_hash bytea,                -- of what was asked under the key
    constraint change_set_pk             primary key (territory_id, revision),
    constraint change_set_key_unique     unique (territory_id, request_key),
    constraint change_set_territory      foreign key (territory_id) references territory,
    constraint change_set_plan           foreign key (territory_id, plan_id) references plan,
    constraint change_set_key_with_hash  check ((request_key is null) = (request_hash is null)),
    constraint change_set_op_given       check (op <> ''),
    constraint change_set_records_counts check (records >= 0)
);

create table journal (
    territory_id bigint  not null,
    revision     bigint  not null,
    position     integer not null,  -- within the change set
    entity       text    not null,
    record_id    bigint  not null,
    before       jsonb,             -- null: created
    after        jsonb,             -- null: deleted
    constraint journal_pk         primary key (territory_id, revision, position),
    constraint journal_change_set foreign key (territory_id, revision) references change_set on delete cascade,
    constraint journal_changes    check (before is not null or after is not null)
);
create index journal_of_record on journal (territory_id, entity, record_id, revision);
