-- +goose Up

-- What has been applied. Each migration adds its version as its last statement, whoever runs it; Migrate adds the rest.
create table rolebook_schema (
  version    bigint not null primary key,
  name       text collate "C",
  checksum   text collate "C",
  applied_at bigint
);

-- The journal's newest position: one row, which every writing transaction locks first.
create table rolebook_head (
  id       bigint not null primary key check (id = 1),
  revision bigint not null,
  at       bigint
);

insert into rolebook_head (id, revision) values (1, 0);

-- The last number given of each kind.
create table rolebook_counters (
  kind text collate "C" not null primary key,
  last bigint not null
);

insert into rolebook_counters (kind, last) values ('tenant', 1);

create table rolebook_keys (
  permission  text collate "C" not null primary key,
  description text collate "C" not null,
  feature     boolean not null
);

create table rolebook_tenants (
  number           bigint not null primary key,
  id               text collate "C" not null unique,
  slug             text collate "C" not null unique,
  name             text collate "C" not null,
  type             text collate "C" not null,
  require_approval boolean not null,
  created_at       bigint,
  version          bigint not null
);

create index rolebook_tenants_type on rolebook_tenants (type, number);

-- The default tenant, with a version 7 id.
insert into rolebook_tenants (number, id, slug, name, type, require_approval, created_at, version)
select
  1,
  substr(clock, 1, 8) || '-' || substr(clock, 9, 4) || '-7' || substr(random, 1, 3) || '-8' || substr(random, 4, 3) || '-' || substr(random, 21, 12),
  'default', 'Default', 'production', false, ms * 1000, 1
from (
  select ms, lpad(to_hex(ms), 12, '0') as clock, replace(cast(gen_random_uuid() as text), '-', '') as random
  from (select cast(extract(epoch from clock_timestamp()) * 1000 as bigint) as ms) as now
) as parts;

-- Patterns are separated by spaces. The scope is 'any' or the tenant's id, everywhere.
create table rolebook_roles (
  number      bigint not null primary key,
  id          text collate "C" not null unique,
  key         text collate "C" not null unique,
  name        text collate "C" not null,
  folded_name text collate "C" not null,
  description text collate "C" not null,
  patterns    text collate "C" not null,
  scope       text collate "C" not null,
  system      boolean not null,
  created_at  bigint,
  created_by  text collate "C",
  version     bigint not null
);

create unique index rolebook_roles_name on rolebook_roles (folded_name, scope);

create index rolebook_roles_scope on rolebook_roles (scope, number);

-- The home tenant and the text to search in follow from the other columns and rolebook_tenancies.
create table rolebook_users (
  number               bigint not null primary key,
  id                   text collate "C" not null unique,
  external             text collate "C",
  email                text collate "C" not null,
  username             text collate "C" not null,
  full_name            text collate "C" not null,
  given_name           text collate "C" not null,
  family_name          text collate "C" not null,
  phone                text collate "C" not null,
  search               text collate "C" not null,
  status               text collate "C" not null,
  home_tenant          text collate "C",
  mfa                  boolean not null,
  must_reset_mfa       boolean not null,
  must_change_password boolean not null,
  avatar_tag           text collate "C" not null,
  created_at           bigint,
  created_by           text collate "C",
  updated_at           bigint,
  deleted_at           bigint,
  version              bigint not null
);

create unique index rolebook_users_external on rolebook_users (external) where external is not null and status <> 'deleted';

create index rolebook_users_home on rolebook_users (home_tenant, number);

-- The addresses of the users who are not deleted, in canonical form: one namespace of e-mail addresses and user names.
create table rolebook_addresses (
  canonical   text collate "C" not null primary key,
  user_number bigint not null references rolebook_users (number)
);

create index rolebook_addresses_user on rolebook_addresses (user_number);

-- A tenancy is 'any', 'type:<type>' or a tenant's id.
create table rolebook_tenancies (
  user_number bigint not null references rolebook_users (number),
  position    bigint not null,
  tenancy     text collate "C" not null,
  primary key (user_number, position)
);

create index rolebook_tenancies_tenancy on rolebook_tenancies (tenancy, user_number);

create table rolebook_assignments (
  user_number bigint not null references rolebook_users (number),
  position    bigint not null,
  role_id     text collate "C" not null references rolebook_roles (id),
  scope       text collate "C" not null,
  starts_at   bigint,
  expires_at  bigint,
  primary key (user_number, position)
);

create index rolebook_assignments_role on rolebook_assignments (role_id, user_number);

create table rolebook_overrides (
  user_number bigint not null references rolebook_users (number),
  permission  text collate "C" not null,
  granted     boolean not null,
  scope       text collate "C" not null,
  starts_at   bigint,
  expires_at  bigint,
  reason      text collate "C" not null,
  set_by      text collate "C",
  set_at      bigint,
  primary key (user_number, permission, scope)
);

create table rolebook_user_objects (
  user_number bigint not null references rolebook_users (number),
  tenant_id   text collate "C" not null,
  type        text collate "C" not null,
  object_id   bigint not null,
  primary key (user_number, tenant_id, type, object_id)
);

create table rolebook_groups (
  number      bigint not null primary key,
  id          text collate "C" not null unique,
  tenant_id   text collate "C" not null references rolebook_tenants (id),
  name        text collate "C" not null,
  folded_name text collate "C" not null,
  description text collate "C" not null,
  color       text collate "C" not null,
  created_at  bigint
);

create unique index rolebook_groups_name on rolebook_groups (tenant_id, folded_name);

create index rolebook_groups_tenant on rolebook_groups (tenant_id, number);

create table rolebook_memberships (
  user_number bigint not null references rolebook_users (number),
  group_id    text collate "C" not null references rolebook_groups (id),
  primary key (user_number, group_id)
);

create index rolebook_memberships_group on rolebook_memberships (group_id, user_number);

create table rolebook_group_objects (
  group_id  text collate "C" not null references rolebook_groups (id),
  tenant_id text collate "C" not null,
  type      text collate "C" not null,
  object_id bigint not null,
  primary key (group_id, tenant_id, type, object_id)
);

create table rolebook_credentials (
  user_number bigint not null primary key references rolebook_users (number),
  hash        text collate "C" not null
);

create table rolebook_avatars (
  user_number bigint not null primary key references rolebook_users (number),
  tag         text collate "C" not null,
  media_type  text collate "C" not null,
  image       bytea not null
);

create table rolebook_sessions (
  digest      bytea not null primary key,
  user_number bigint not null references rolebook_users (number),
  created_at  bigint,
  expires_at  bigint not null
);

create index rolebook_sessions_user on rolebook_sessions (user_number);

create index rolebook_sessions_expiry on rolebook_sessions (expires_at);

-- Failures by the SHA-256 of their key: their times in microseconds since the epoch, ascending, separated by spaces.
create table rolebook_throttles (
  key        bytea not null primary key,
  failures   text collate "C" not null,
  expires_at bigint not null
);

create index rolebook_throttles_expiry on rolebook_throttles (expires_at);

create table rolebook_tombstones (
  number    bigint not null primary key,
  id        text collate "C" not null unique,
  name      text collate "C" not null,
  purged_at bigint
);

create table rolebook_invites (
  number      bigint not null primary key,
  id          text collate "C" not null unique,
  digest      bytea not null unique,
  email       text collate "C" not null,
  canonical   text collate "C" not null,
  name        text collate "C" not null,
  role_id     text collate "C",
  tenancy     text collate "C" not null,
  created_at  bigint,
  created_by  text collate "C",
  expires_at  bigint not null,
  accepted_at bigint,
  accepted_by text collate "C"
);

create unique index rolebook_invites_pending on rolebook_invites (tenancy, canonical) where accepted_at is null;

create index rolebook_invites_role on rolebook_invites (role_id) where accepted_at is null;

create index rolebook_invites_accepted on rolebook_invites (accepted_by) where accepted_by is not null;

create table rolebook_links (
  number     bigint not null primary key,
  id         text collate "C" not null unique,
  digest     bytea not null unique,
  tenant_id  text collate "C" not null,
  role_id    text collate "C",
  label      text collate "C" not null,
  max_uses   bigint not null,
  uses       bigint not null,
  created_at bigint,
  created_by text collate "C",
  expires_at bigint
);

create index rolebook_links_tenant on rolebook_links (tenant_id, number);

create index rolebook_links_role on rolebook_links (role_id);

-- Members are JSON objects. Of the personal ones only the names stand here, each with the value null.
create table rolebook_journal (
  revision      bigint not null primary key,
  at            bigint,
  actor_kind    text collate "C" not null,
  actor_user    text collate "C",
  actor_label   text collate "C" not null,
  action        text collate "C" not null,
  target_kind   text collate "C" not null,
  target_id     text collate "C",
  scope         text collate "C" not null,
  old_members   text collate "C",
  new_members   text collate "C",
  person        text collate "C",
  old_personal  text collate "C",
  new_personal  text collate "C",
  reason        text collate "C" not null,
  request_id    text collate "C" not null
);

-- The personal values of entries, until the person is purged.
create table rolebook_personal (
  revision    bigint not null primary key references rolebook_journal (revision),
  person      text collate "C",
  old_members text collate "C",
  new_members text collate "C"
);

create index rolebook_personal_person on rolebook_personal (person);

insert into rolebook_schema (version) values (1);
