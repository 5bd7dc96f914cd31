-- +goose Up

-- Up to where the journal has been archived: one row. Older entries are no longer in it.
create table rolebook_archived (
  id       integer not null primary key check (id = 1),
  revision integer not null,
  at       integer
) strict;

insert into rolebook_archived (id, revision) values (1, 0);

-- What was known of things when the last entries about them were archived: JSON objects. The catalogue has the id of zeros.
create table rolebook_baselines (
  id      text not null primary key,
  members text not null
) strict, without rowid;

-- Whom an entry is about: the person of whom it tells, otherwise its target.
create index rolebook_journal_about on rolebook_journal (coalesce(person, target_id, '00000000-0000-0000-0000-000000000000'), revision)
where action <> 'group.members';

-- Whom an entry about the members of a group is about.
create table rolebook_journal_members (
  user_id  text    not null,
  revision integer not null,
  primary key (user_id, revision)
) strict, without rowid;

create index rolebook_journal_members_revision on rolebook_journal_members (revision);

insert into rolebook_journal_members (user_id, revision)
select distinct m.value, j.revision
from rolebook_journal j, json_each(j.new_members) l, json_each(l.value) m
where j.action = 'group.members' and l.key in ('added', 'removed');

insert into rolebook_schema (version) values (2);
