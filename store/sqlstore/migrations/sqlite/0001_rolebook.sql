-- +goose Up

-- What has been applied. Each migration adds its version as its last statement, whoever runs it; Migrate adds the rest.
create table rolebook_schema (
  version    integer not null primary key,
  name       text,
  checksum   text,
  applied_at integer
) strict;

-- The journal's newest position: one row, which every writing transaction locks first.
create table rolebook_head (
  id       integer not null primary key check (id = 1),
  revision integer not null,
  at       integer
) strict;

insert into rolebook_head (id, revision) values (1, 0);

-- The last number given of each kind.
create table rolebook_counters (
  kind text    not null primary key,
  last integer not null
) strict, without rowid;

insert into rolebook_counters (kind, last) values ('tenant', 1);

create table rolebook_keys (
  permission  text    not null primary key,
  description text    not null,
  feature     integer not null
) strict, without rowid;

create table rolebook_tenants (
  number           integer not null primary key,
  id               text    not null unique,
  slug             text    not null unique,
  name             text    not null,
  type             text    not null,
  require_approval integer not null,
  created_at       integer,
  version          integer not null
) strict;

create index rolebook_tenants_type on rolebook_tenants (type, number);

-- The default tenant, with a version 7 id.
insert into rolebook_tenants (number, id, slug, name, type, require_approval, created_at, version)
select
  1,
  substr(clock, 1, 8) || '-' || substr(clock, 9, 4) || '-7' || substr(random, 1, 3) || '-8' || substr(random, 4, 3) || '-' || substr(random, 7, 12),
  'default', 'Default', 'production', 0, ms * 1000, 1
from (
  select ms, printf('%012x', ms) as clock, lower(hex(randomblob(9))) as random
  from (select cast((julianday('now') - 2440587.5) * 86400000 as integer) as ms)
);

-- Patterns are separated by spaces. The scope is 'any' or the tenant's id, everywhere.
create table rolebook_roles (
  number      integer not null primary key,
  id          text    not null unique,
  key         text    not null unique,
  name        text    not null,
  folded_name text    not null,
  description text    not null,
  patterns    text    not null,
  scope       text    not null,
  system      integer not null,
  created_at  integer,
  created_by  text,
  version     integer not null
) strict;

create unique index rolebook_roles_name on rolebook_roles (folded_name, scope);

create index rolebook_roles_scope on rolebook_roles (scope, number);

-- The home tenant and the text to search in follow from the other columns and rolebook_tenancies.
create table rolebook_users (
  number               integer not null primary key,
  id                   text    not null unique,
  external             text,
  email                text    not null,
  username             text    not null,
  full_name            text    not null,
  given_name           text    not null,
  family_name          text    not null,
  phone                text    not null,
  search               text    not null,
  status               text    not null,
  home_tenant          text,
  mfa                  integer not null,
  must_reset_mfa       integer not null,
  must_change_password integer not null,
  avatar_tag           text    not null,
  created_at           integer,
  created_by           text,
  updated_at           integer,
  deleted_at           integer,
  version              integer not null
) strict;

create unique index rolebook_users_external on rolebook_users (external) where external is not null and status <> 'deleted';

create index rolebook_users_home on rolebook_users (home_tenant, number);

-- The addresses of the users who are not deleted, in canonical form: one namespace of e-mail addresses and user names.
create table rolebook_addresses (
  canonical   text    not null primary key,
  user_number integer not null references rolebook_users (number)
) strict, without rowid;

create index rolebook_addresses_user on rolebook_addresses (user_number);

-- A tenancy is 'any', 'type:<type>' or a tenant's id.
create table rolebook_tenancies (
  user_number integer not null references rolebook_users (number),
  position    integer not null,
  tenancy     text    not null,
  primary key (user_number, position)
) strict, without rowid;

create index rolebook_tenancies_tenancy on rolebook_tenancies (tenancy, user_number);

create table rolebook_assignments (
  user_number integer not null references rolebook_users (number),
  position    integer not null,
  role_id     text    not null references rolebook_roles (id),
  scope       text    not null,
  starts_at   integer,
  expires_at  integer,
  primary key (user_number, position)
) strict, without rowid;

create index rolebook_assignments_role on rolebook_assignments (role_id, user_number);

create table rolebook_overrides (
  user_number integer not null references rolebook_users (number),
  permission  text    not null,
  granted     integer not null,
  scope       text    not null,
  starts_at   integer,
  expires_at  integer,
  reason      text    not null,
  set_by      text,
  set_at      integer,
  primary key (user_number, permission, scope)
) strict, without rowid;

create table rolebook_user_objects (
  user_number integer not null references rolebook_users (number),
  tenant_id   text    not null,
  type        text    not null,
  object_id   integer not null,
  primary key (user_number, tenant_id, type, object_id)
) strict, without rowid;

create table rolebook_groups (
  number      integer not null primary key,
  id          text    not null unique,
  tenant_id   text    not null references rolebook_tenants (id),
  name        text    not null,
  folded_name text    not null,
  description text    not null,
  color       text    not null,
  created_at  integer
) strict;

create unique index rolebook_groups_name on rolebook_groups (tenant_id, folded_name);

create index rolebook_groups_tenant on rolebook_groups (tenant_id, number);

create table rolebook_memberships (
  user_number integer not null references rolebook_users (number),
  group_id    text    not null references rolebook_groups (id),
  primary key (user_number, group_id)
) strict, without rowid;

create index rolebook_memberships_group on rolebook_memberships (group_id, user_number);

create table rolebook_group_objects (
  group_id  text    not null references rolebook_groups (id),
  tenant_id text    not null,
  type      text    not null,
  object_id integer not null,
  primary key (group_id, tenant_id, type, object_id)
) strict, without rowid;

create table rolebook_credentials (
  user_number integer not null primary key references rolebook_users (number),
  hash        text    not null
) strict;

create table rolebook_avatars (
  user_number integer not null primary key references rolebook_users (number),
  tag         text    not null,
  media_type  text    not null,
  image       blob    not null
) strict;

create table rolebook_sessions (
  digest      blob    not null primary key,
  user_number integer not null references rolebook_users (number),
  created_at  integer,
  expires_at  integer not null
) strict, without rowid;

create index rolebook_sessions_user on rolebook_sessions (user_number);

create index rolebook_sessions_expiry on rolebook_sessions (expires_at);

-- Failures by the SHA-256 of their key: their times in microseconds since the epoch, ascending, separated by spaces.
create table rolebook_throttles (
  key        blob    not null primary key,
  failures   text    not null,
  expires_at integer not null
) strict, without rowid;

create index rolebook_throttles_expiry on rolebook_throttles (expires_at);

create table rolebook_tombstones (
  number    integer not null primary key,
  id        text    not null unique,
  name      text    not null,
  purged_at integer
) strict;

create table rolebook_invites (
  number      integer not null primary key,
  id          text    not null unique,
  digest      blob    not null unique,
  email       text    not null,
  canonical   text    not null,
  name        text    not null,
  role_id     text,
  tenancy     text    not null,
  created_at  integer,
  created_by  text,
  expires_at  integer not null,
  accepted_at integer,
  accepted_by text
) strict;

create unique index rolebook_invites_pending on rolebook_invites (tenancy, canonical) where accepted_at is null;

create index rolebook_invites_role on rolebook_invites (role_id) where accepted_at is null;

create index rolebook_invites_accepted on rolebook_invites (accepted_by) where accepted_by is not null;

create table rolebook_links (
  number     integer not null primary key,
  id         text    not null unique,
  digest     blob    not null unique,
  tenant_id  text    not null,
  role_id    text,
  label      text    not null,
  max_uses   integer not null,
  uses       integer not null,
  created_at integer,
  created_by text,
  expires_at integer
) strict;

create index rolebook_links_tenant on rolebook_links (tenant_id, number);

create index rolebook_links_role on rolebook_links (role_id);

-- Members are JSON objects. Of the personal ones only the names stand here, each with the value null.
create table rolebook_journal (
  revision      integer not null primary key,
  at            integer,
  actor_kind    text    not null,
  actor_user    text,
  actor_label   text    not null,
  action        text    not null,
  target_kind   text    not null,
  target_id     text,
  scope         text    not null,
  old_members   text,
  new_members   text,
  person        text,
  old_personal  text,
  new_personal  text,
  reason        text    not null,
  request_id    text    not null
) strict;

-- The personal values of entries, until the person is purged.
create table rolebook_personal (
  revision    integer not null primary key references rolebook_journal (revision),
  person      text,
  old_members text,
  new_members text
) strict;

create index rolebook_personal_person on rolebook_personal (person);

insert into rolebook_schema (version) values (1);
