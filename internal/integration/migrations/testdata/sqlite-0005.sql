pragma foreign_keys = off;

CREATE TABLE rolebook_schema (
  version    integer not null primary key,
  name       text,
  checksum   text,
  applied_at integer
) strict;

CREATE TABLE rolebook_head (
  id       integer not null primary key check (id = 1),
  revision integer not null,
  at       integer
) strict;

CREATE TABLE rolebook_counters (
  kind text    not null primary key,
  last integer not null
) strict, without rowid;

CREATE TABLE rolebook_keys (
  permission  text    not null primary key,
  description text    not null,
  feature     integer not null
) strict, without rowid;

CREATE TABLE rolebook_tenants (
  number           integer not null primary key,
  id               text    not null unique,
  slug             text    not null unique,
  name             text    not null,
  type             text    not null,
  require_approval integer not null,
  created_at       integer,
  version          integer not null
) strict;

CREATE TABLE rolebook_roles (
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

CREATE TABLE rolebook_users (
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

CREATE TABLE rolebook_addresses (
  canonical   text    not null primary key,
  user_number integer not null references rolebook_users (number)
) strict, without rowid;

CREATE TABLE rolebook_tenancies (
  user_number integer not null references rolebook_users (number),
  position    integer not null,
  tenancy     text    not null,
  primary key (user_number, position)
) strict, without rowid;

CREATE TABLE rolebook_assignments (
  user_number integer not null references rolebook_users (number),
  position    integer not null,
  role_id     text    not null references rolebook_roles (id),
  scope       text    not null,
  starts_at   integer,
  expires_at  integer,
  primary key (user_number, position)
) strict, without rowid;

CREATE TABLE rolebook_overrides (
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

CREATE TABLE rolebook_user_objects (
  user_number integer not null references rolebook_users (number),
  tenant_id   text    not null,
  type        text    not null,
  object_id   integer not null,
  primary key (user_number, tenant_id, type, object_id)
) strict, without rowid;

CREATE TABLE rolebook_groups (
  number      integer not null primary key,
  id          text    not null unique,
  tenant_id   text    not null references rolebook_tenants (id),
  name        text    not null,
  folded_name text    not null,
  description text    not null,
  color       text    not null,
  created_at  integer
) strict;

CREATE TABLE rolebook_memberships (
  user_number integer not null references rolebook_users (number),
  group_id    text    not null references rolebook_groups (id),
  primary key (user_number, group_id)
) strict, without rowid;

CREATE TABLE rolebook_group_objects (
  group_id  text    not null references rolebook_groups (id),
  tenant_id text    not null,
  type      text    not null,
  object_id integer not null,
  primary key (group_id, tenant_id, type, object_id)
) strict, without rowid;

CREATE TABLE rolebook_credentials (
  user_number integer not null primary key references rolebook_users (number),
  hash        text    not null
) strict;

CREATE TABLE rolebook_avatars (
  user_number integer not null primary key references rolebook_users (number),
  tag         text    not null,
  media_type  text    not null,
  image       blob    not null
) strict;

CREATE TABLE rolebook_sessions (
  digest      blob    not null primary key,
  user_number integer not null references rolebook_users (number),
  created_at  integer,
  expires_at  integer not null
) strict, without rowid;

CREATE TABLE rolebook_throttles (
  key        blob    not null primary key,
  failures   text    not null,
  expires_at integer not null
) strict, without rowid;

CREATE TABLE rolebook_tombstones (
  number    integer not null primary key,
  id        text    not null unique,
  name      text    not null,
  purged_at integer
) strict;

CREATE TABLE rolebook_invites (
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

CREATE TABLE rolebook_links (
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

CREATE TABLE rolebook_journal (
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

CREATE TABLE rolebook_personal (
  revision    integer not null primary key references rolebook_journal (revision),
  person      text,
  old_members text,
  new_members text
) strict;

CREATE TABLE rolebook_archived (
  id       integer not null primary key check (id = 1),
  revision integer not null,
  at       integer
) strict;

CREATE TABLE rolebook_baselines (
  id      text not null primary key,
  members text not null
) strict, without rowid;

CREATE TABLE rolebook_journal_members (
  user_id  text    not null,
  revision integer not null,
  primary key (user_id, revision)
) strict, without rowid;

CREATE INDEX rolebook_tenants_type on rolebook_tenants (type, number);

CREATE UNIQUE INDEX rolebook_roles_name on rolebook_roles (folded_name, scope);

CREATE INDEX rolebook_roles_scope on rolebook_roles (scope, number);

CREATE UNIQUE INDEX rolebook_users_external on rolebook_users (external) where external is not null and status <> 'deleted';

CREATE INDEX rolebook_users_home on rolebook_users (home_tenant, number);

CREATE INDEX rolebook_addresses_user on rolebook_addresses (user_number);

CREATE INDEX rolebook_tenancies_tenancy on rolebook_tenancies (tenancy, user_number);

CREATE UNIQUE INDEX rolebook_groups_name on rolebook_groups (tenant_id, folded_name);

CREATE INDEX rolebook_groups_tenant on rolebook_groups (tenant_id, number);

CREATE INDEX rolebook_memberships_group on rolebook_memberships (group_id, user_number);

CREATE INDEX rolebook_sessions_user on rolebook_sessions (user_number);

CREATE INDEX rolebook_sessions_expiry on rolebook_sessions (expires_at);

CREATE INDEX rolebook_throttles_expiry on rolebook_throttles (expires_at);

CREATE UNIQUE INDEX rolebook_invites_pending on rolebook_invites (tenancy, canonical) where accepted_at is null;

CREATE INDEX rolebook_invites_role on rolebook_invites (role_id) where accepted_at is null;

CREATE INDEX rolebook_invites_accepted on rolebook_invites (accepted_by) where accepted_by is not null;

CREATE INDEX rolebook_links_tenant on rolebook_links (tenant_id, number);

CREATE INDEX rolebook_links_role on rolebook_links (role_id);

CREATE INDEX rolebook_personal_person on rolebook_personal (person);

CREATE INDEX rolebook_journal_about on rolebook_journal (coalesce(person, target_id, '00000000-0000-0000-0000-000000000000'), revision)
where action <> 'group.members';

CREATE INDEX rolebook_journal_members_revision on rolebook_journal_members (revision);

CREATE INDEX rolebook_overrides_permission on rolebook_overrides (permission, user_number);

CREATE INDEX rolebook_invites_open on rolebook_invites (expires_at) where accepted_at is null;

CREATE INDEX rolebook_assignments_role on rolebook_assignments (role_id, user_number, scope, starts_at, expires_at);

insert into rolebook_schema values (1, '0001_rolebook.sql', '89769e026a0cb8bd17a5d3a82905cdb131a3097d0f21a8bded0986a05f843833', 1795331393467243);
insert into rolebook_schema values (2, '0002_past.sql', 'c15b3f9ad99eab45cc89a2f440b9ee58508edd056c49f5b9a0ba264a7b86027e', 1795331393481882);
insert into rolebook_schema values (3, '0003_overrides.sql', '96adbdf6c397f6e114dd8a3372c1200f4725ee543814b7c64568e2fabcf82bc7', 1795331393482081);
insert into rolebook_schema values (4, '0004_open_invites.sql', '6108dd5faa139f42cfe7d9f02ff1935ee121a542afdcdc49e253b57bbce74fed', 1795331393482182);
insert into rolebook_schema values (5, '0005_holders.sql', '892bcdb73bda347ae2754ebcbdc52e225ef01ba20af38d2c7db4cc907c18ec48', 1795331393482361);
insert into rolebook_head values (1, 22, 1777629600000000);
insert into rolebook_counters values ('group', 1);
insert into rolebook_counters values ('invite', 1);
insert into rolebook_counters values ('link', 1);
insert into rolebook_counters values ('role', 5);
insert into rolebook_counters values ('tenant', 3);
insert into rolebook_counters values ('user', 7);
insert into rolebook_keys values ('assets.checkin', 'Check assets in', 0);
insert into rolebook_keys values ('assets.checkout', 'Check assets out', 0);
insert into rolebook_keys values ('assets.create', 'Create assets', 0);
insert into rolebook_keys values ('assets.delete', 'Delete assets', 0);
insert into rolebook_keys values ('assets.edit', 'Edit assets', 0);
insert into rolebook_keys values ('assets.export', 'Export assets', 0);
insert into rolebook_keys values ('assets.import', 'Import assets', 0);
insert into rolebook_keys values ('assets.view', 'View assets', 0);
insert into rolebook_keys values ('billing.manage', 'Manage billing', 0);
insert into rolebook_keys values ('categories.manage', 'Manage categories', 0);
insert into rolebook_keys values ('dashboards.view', 'View all dashboards; one dashboard is an object grant', 0);
insert into rolebook_keys values ('employees.manage', 'Manage employees', 0);
insert into rolebook_keys values ('locations.manage', 'Manage locations', 0);
insert into rolebook_keys values ('notifications.manage', 'Manage notifications', 0);
insert into rolebook_keys values ('portal.manage', 'Manage the portal', 0);
insert into rolebook_keys values ('reports.view', 'View reports', 0);
insert into rolebook_keys values ('requests.manage', 'Manage requests', 0);
insert into rolebook_keys values ('settings.manage', 'Manage settings', 0);
insert into rolebook_keys values ('surveys.create', 'Create surveys', 0);
insert into rolebook_keys values ('workspaces.view', 'View workspaces', 0);
insert into rolebook_tenants values (1, '01a20217-07ba-7451-898d-e190d1c19b33', 'default', 'Default', 'production', 0, 1795331393466000, 1);
insert into rolebook_tenants values (2, '01a20217-07e0-749d-bb7b-93cf60abe175', 'acme', 'Acme', 'test', 0, 1777629600000000, 1);
insert into rolebook_tenants values (3, '01a20217-07e0-7d5f-86bb-764e5a9e7705', 'beta', 'Beta', 'production', 0, 1777629600000000, 1);
insert into rolebook_roles values (1, '01a20217-07cb-717b-b1ad-a94e8ec3cc36', 'msp_admin', 'MSP Admin', 'msp admin', 'Everything, in every tenant', '*.*', 'any', 1, 1777629600000000, NULL, 1);
insert into rolebook_roles values (2, '01a20217-07cb-739d-ba8f-8b280a03fc5a', 'msp_technician', 'MSP Technician', 'msp technician', 'The assets of every tenant, no people', 'assets.* categories.manage dashboards.view employees.manage locations.manage surveys.create users.list workspaces.view', 'any', 1, 1777629600000000, NULL, 1);
insert into rolebook_roles values (3, '01a20217-07cb-7511-b3b3-1a0d7582979d', 'client_admin', 'Client Admin', 'client admin', 'Everything in his own tenant but the making of roles', 'access.explain assets.* audit.read billing.manage categories.manage dashboards.view employees.manage features.* grants.* groups.* invites.* locations.manage notifications.manage overrides.* portal.manage reports.view requests.manage roles.list roles.read settings.manage surveys.create tenants.read tenants.update users.* workspaces.view', 'any', 1, 1777629600000000, NULL, 1);
insert into rolebook_roles values (4, '01a20217-07cb-7636-82cb-5012ab12b414', 'client_manager', 'Client Manager', 'client manager', 'The assets of his own tenant, but for their deletion', 'assets.checkin assets.checkout assets.create assets.edit assets.export assets.import assets.view categories.manage dashboards.view employees.manage groups.read locations.manage surveys.create users.list workspaces.view', 'any', 1, 1777629600000000, NULL, 1);
insert into rolebook_roles values (5, '01a20217-07cb-776f-af55-de4a665eadc1', 'client_viewer', 'Client Viewer', 'client viewer', 'Reads and exports the assets of his own tenant', 'assets.export assets.view users.list', 'any', 1, 1777629600000000, NULL, 1);
insert into rolebook_users values (1, '01a20217-07cd-710a-ab79-bdc08ae434b9', NULL, 'root@example.com', 'root@example.com', 'root', 'root', '', '', 'root
root@example.com
root@example.com', 'active', NULL, 0, 0, 0, '', 1777629600000000, NULL, 1777629600000000, NULL, 1);
insert into rolebook_users values (2, '01a20217-07e6-7c32-af36-2c9fcc438880', NULL, 'tech@example.com', 'tech@example.com', 'Tess Tech', 'Tess', 'Tech', '', 'tess tech
tech@example.com
tech@example.com', 'active', NULL, 0, 0, 0, '', 1777629600000000, '01a20217-07cd-710a-ab79-bdc08ae434b9', 1777629600000000, NULL, 1);
insert into rolebook_users values (3, '01a20217-07fc-7739-a744-fa6c80480194', NULL, 'ann@acme.io', 'ann@acme.io', 'Ann Admin', 'Ann', 'Admin', '', 'ann admin
ann@acme.io
ann@acme.io', 'active', '01a20217-07e0-749d-bb7b-93cf60abe175', 0, 0, 0, '', 1777629600000000, '01a20217-07cd-710a-ab79-bdc08ae434b9', 1777629600000000, NULL, 1);
insert into rolebook_users values (4, '01a20217-0800-7726-ab0b-b99d8a6bd59c', NULL, 'mia@acme.io', 'mia@acme.io', 'Mia Manager', 'Mia', 'Manager', '', 'mia manager
mia@acme.io
mia@acme.io', 'active', '01a20217-07e0-749d-bb7b-93cf60abe175', 0, 0, 0, '', 1777629600000000, '01a20217-07cd-710a-ab79-bdc08ae434b9', 1777629600000000, NULL, 1);
insert into rolebook_users values (5, '01a20217-0803-75eb-bf8c-5a683173f8df', NULL, 'vic@acme.io', 'vic@acme.io', 'Vic Viewer', 'Vic', 'Viewer', '', 'vic viewer
vic@acme.io
vic@acme.io', 'active', '01a20217-07e0-749d-bb7b-93cf60abe175', 0, 0, 0, '', 1777629600000000, '01a20217-07cd-710a-ab79-bdc08ae434b9', 1777629600000000, NULL, 2);
insert into rolebook_users values (6, '01a20217-0806-7c0f-9e60-2106102120c0', NULL, 'bea@beta.io', 'bea@beta.io', 'Bea Admin', 'Bea', 'Admin', '', 'bea admin
bea@beta.io
bea@beta.io', 'deleted', '01a20217-07e0-7d5f-86bb-764e5a9e7705', 0, 0, 0, '', 1777629600000000, '01a20217-07cd-710a-ab79-bdc08ae434b9', 1777629600000000, 1777629600000000, 2);
insert into rolebook_addresses values ('root@example.com', 1);
insert into rolebook_addresses values ('tech@example.com', 2);
insert into rolebook_addresses values ('ann@acme.io', 3);
insert into rolebook_addresses values ('mia@acme.io', 4);
insert into rolebook_addresses values ('vic@acme.io', 5);
insert into rolebook_tenancies values (3, 0, '01a20217-07e0-749d-bb7b-93cf60abe175');
insert into rolebook_tenancies values (4, 0, '01a20217-07e0-749d-bb7b-93cf60abe175');
insert into rolebook_tenancies values (5, 0, '01a20217-07e0-749d-bb7b-93cf60abe175');
insert into rolebook_tenancies values (6, 0, '01a20217-07e0-7d5f-86bb-764e5a9e7705');
insert into rolebook_tenancies values (1, 0, 'any');
insert into rolebook_tenancies values (2, 0, 'any');
insert into rolebook_assignments values (1, 0, '01a20217-07cb-717b-b1ad-a94e8ec3cc36', 'any', NULL, NULL);
insert into rolebook_assignments values (2, 0, '01a20217-07cb-739d-ba8f-8b280a03fc5a', 'any', NULL, NULL);
insert into rolebook_assignments values (3, 0, '01a20217-07cb-7511-b3b3-1a0d7582979d', 'any', NULL, NULL);
insert into rolebook_assignments values (6, 0, '01a20217-07cb-7511-b3b3-1a0d7582979d', 'any', NULL, NULL);
insert into rolebook_assignments values (4, 0, '01a20217-07cb-7636-82cb-5012ab12b414', 'any', NULL, NULL);
insert into rolebook_assignments values (5, 0, '01a20217-07cb-776f-af55-de4a665eadc1', 'any', NULL, NULL);
insert into rolebook_overrides values (5, 'assets.view', 0, 'any', NULL, 1777633200000000, 'stock-taking; it''s "%"', NULL, 1777629600000000);
insert into rolebook_groups values (1, '01a20217-0824-7215-844b-38a947e2c6b4', '01a20217-07e0-749d-bb7b-93cf60abe175', 'Crew', 'crew', '', '', 1777629600000000);
insert into rolebook_memberships values (4, '01a20217-0824-7215-844b-38a947e2c6b4');
insert into rolebook_memberships values (5, '01a20217-0824-7215-844b-38a947e2c6b4');
insert into rolebook_credentials values (1, '$argon2id$v=19$m=64,t=1,p=1$/k+YdKJ4BREJQZ+ddIkcLA$EyRnJn3Wsu0vKmnFxbQ//SwcOYOVct5q6iAntfSKhPQ');
insert into rolebook_credentials values (2, '$argon2id$v=19$m=64,t=1,p=1$33e3LxKebpCAFakiTTjEcw$IJyGGCxDJ+ju57Ibb4cCt3wvyyNsQbvJymHqDWxDcAk');
insert into rolebook_credentials values (3, '$argon2id$v=19$m=64,t=1,p=1$4Tlda9sgrg7dBNAL+w02Bw$kiGL8cPRhtzcKk3pdjfVEaE+rkLzr85R64KyNCweYYs');
insert into rolebook_credentials values (4, '$argon2id$v=19$m=64,t=1,p=1$UtExtFp+IGaVEybY7ROYEg$/ktv6LSND/HeZzfaENPhgqB/vvAQPYaTktK7r0CKQ6E');
insert into rolebook_credentials values (5, '$argon2id$v=19$m=64,t=1,p=1$/IFWFwd3cp5yOIvRPiOoDA$UwhfERwBMn//DeWl++XVWVWYguhbVDLoehOHV4qWC0c');
insert into rolebook_credentials values (6, '$argon2id$v=19$m=64,t=1,p=1$TBCgCVVU4x8j6+8+vmyIow$9Jt7rZwHepjpwjK4DxRTvvrTIZHebEBId09pWg14VP0');
insert into rolebook_sessions values (X'1B2A09DF6F358F2C398015B2F9D79D01EA5C96201287057375BB65F49C568AD9', 6, 1777629600000000, 1778234400000000);
insert into rolebook_sessions values (X'2C5571FA5F4C077B8154711AC0E879383E147C04529537A7B7F982935BFCD986', 3, 1777629600000000, 1778234400000000);
insert into rolebook_sessions values (X'2EDDDFFDC9707BFC6AD0A76581DDBAF964D1C8B840D8C33779A6803DB33B2349', 5, 1777629600000000, 1778234400000000);
insert into rolebook_sessions values (X'56BDC441EEFA546776D72F6101A265BB4E8DE3014EC103C08E987515FCB43CE1', 1, 1777629600000000, 1778234400000000);
insert into rolebook_sessions values (X'57754F53BDAE9E587F758E5F769358DAB202837EFD2C204993F847CE6A6395DD', 4, 1777629600000000, 1778234400000000);
insert into rolebook_sessions values (X'BD6130951C07FD24748E61CFAF6A379D3D6EA3BD05785A74FAEA2B9D795270B1', 2, 1777629600000000, 1778234400000000);
insert into rolebook_throttles values (X'90AB79526B48D08999D5FFEC84DD044198A594F9824CCCA89F9175B7199A0309', '', 1777630500000000);
insert into rolebook_tombstones values (7, '01a20217-0830-73b9-b178-ffab71796512', 'Gone', 1777629600000000);
insert into rolebook_invites values (1, '01a20217-082e-73a1-b5b9-2f2c228b1ac6', X'9F832F0FAC32CE2FC175C6F3E2761C4AD9B62B90A2DD509DFB9FF14959B889CB', 'guest@acme.io', 'guest@acme.io', '', '01a20217-07cb-776f-af55-de4a665eadc1', '01a20217-07e0-749d-bb7b-93cf60abe175', 1777629600000000, NULL, 1777888800000000, NULL, NULL);
insert into rolebook_links values (1, '01a20217-082f-7160-8a72-631c66c0c901', X'04A0C2ACA9EDF522AD8B1989F975C170F479DC997AC538E1C0FC9BFAC9981884', '01a20217-07e0-749d-bb7b-93cf60abe175', NULL, 'Été', 5, 0, 1777629600000000, NULL, NULL);
insert into rolebook_journal values (1, 1777629600000000, 'system', NULL, 'setup', 'catalogue.update', 'catalogue', NULL, 'any', NULL, '{"keys":[{"description":"Check assets in","feature":false,"permission":"assets.checkin"},{"description":"Check assets out","feature":false,"permission":"assets.checkout"},{"description":"Create assets","feature":false,"permission":"assets.create"},{"description":"Delete assets","feature":false,"permission":"assets.delete"},{"description":"Edit assets","feature":false,"permission":"assets.edit"},{"description":"Export assets","feature":false,"permission":"assets.export"},{"description":"Import assets","feature":false,"permission":"assets.import"},{"description":"View assets","feature":false,"permission":"assets.view"},{"description":"Manage billing","feature":false,"permission":"billing.manage"},{"description":"Manage categories","feature":false,"permission":"categories.manage"},{"description":"View all dashboards; one dashboard is an object grant","feature":false,"permission":"dashboards.view"},{"description":"Manage employees","feature":false,"permission":"employees.manage"},{"description":"Manage locations","feature":false,"permission":"locations.manage"},{"description":"Manage notifications","feature":false,"permission":"notifications.manage"},{"description":"Manage the portal","feature":false,"permission":"portal.manage"},{"description":"View reports","feature":false,"permission":"reports.view"},{"description":"Manage requests","feature":false,"permission":"requests.manage"},{"description":"Manage settings","feature":false,"permission":"settings.manage"},{"description":"Create surveys","feature":false,"permission":"surveys.create"},{"description":"View workspaces","feature":false,"permission":"workspaces.view"}]}', NULL, NULL, NULL, '', '');
insert into rolebook_journal values (2, 1777629600000000, 'system', NULL, 'setup', 'role.create', 'role', '01a20217-07cb-717b-b1ad-a94e8ec3cc36', 'any', NULL, '{"description":"Everything, in every tenant","key":"msp_admin","name":"MSP Admin","number":1,"permissions":["*.*"],"system":true,"tenant":"any"}', NULL, NULL, NULL, '', '');
insert into rolebook_journal values (3, 1777629600000000, 'system', NULL, 'setup', 'role.create', 'role', '01a20217-07cb-739d-ba8f-8b280a03fc5a', 'any', NULL, '{"description":"The assets of every tenant, no people","key":"msp_technician","name":"MSP Technician","number":2,"permissions":["assets.*","categories.manage","dashboards.view","employees.manage","locations.manage","surveys.create","users.list","workspaces.view"],"system":true,"tenant":"any"}', NULL, NULL, NULL, '', '');
insert into rolebook_journal values (4, 1777629600000000, 'system', NULL, 'setup', 'role.create', 'role', '01a20217-07cb-7511-b3b3-1a0d7582979d', 'any', NULL, '{"description":"Everything in his own tenant but the making of roles","key":"client_admin","name":"Client Admin","number":3,"permissions":["access.explain","assets.*","audit.read","billing.manage","categories.manage","dashboards.view","employees.manage","features.*","grants.*","groups.*","invites.*","locations.manage","notifications.manage","overrides.*","portal.manage","reports.view","requests.manage","roles.list","roles.read","settings.manage","surveys.create","tenants.read","tenants.update","users.*","workspaces.view"],"system":true,"tenant":"any"}', NULL, NULL, NULL, '', '');
insert into rolebook_journal values (5, 1777629600000000, 'system', NULL, 'setup', 'role.create', 'role', '01a20217-07cb-7636-82cb-5012ab12b414', 'any', NULL, '{"description":"The assets of his own tenant, but for their deletion","key":"client_manager","name":"Client Manager","number":4,"permissions":["assets.checkin","assets.checkout","assets.create","assets.edit","assets.export","assets.import","assets.view","categories.manage","dashboards.view","employees.manage","groups.read","locations.manage","surveys.create","users.list","workspaces.view"],"system":true,"tenant":"any"}', NULL, NULL, NULL, '', '');
insert into rolebook_journal values (6, 1777629600000000, 'system', NULL, 'setup', 'role.create', 'role', '01a20217-07cb-776f-af55-de4a665eadc1', 'any', NULL, '{"description":"Reads and exports the assets of his own tenant","key":"client_viewer","name":"Client Viewer","number":5,"permissions":["assets.export","assets.view","users.list"],"system":true,"tenant":"any"}', NULL, NULL, NULL, '', '');
insert into rolebook_journal values (7, 1777629600000000, 'system', NULL, 'bootstrap', 'user.create', 'user', '01a20217-07cd-710a-ab79-bdc08ae434b9', 'any', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":1,"objects":[],"overrides":[],"roles":[{"expires_at":null,"role":"msp_admin","starts_at":null,"tenant":"any"}],"status":"active","tenants":["any"]}', '01a20217-07cd-710a-ab79-bdc08ae434b9', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', '');
insert into rolebook_journal values (8, 1777629600000000, 'user', '01a20217-07cd-710a-ab79-bdc08ae434b9', '', 'tenant.create', 'tenant', '01a20217-07e0-749d-bb7b-93cf60abe175', '01a20217-07e0-749d-bb7b-93cf60abe175', NULL, '{"name":"Acme","number":2,"require_approval":false,"slug":"acme","type":"test"}', NULL, NULL, NULL, '', 'transcript');
insert into rolebook_journal values (9, 1777629600000000, 'user', '01a20217-07cd-710a-ab79-bdc08ae434b9', '', 'tenant.create', 'tenant', '01a20217-07e0-7d5f-86bb-764e5a9e7705', '01a20217-07e0-7d5f-86bb-764e5a9e7705', NULL, '{"name":"Beta","number":3,"require_approval":false,"slug":"beta","type":"production"}', NULL, NULL, NULL, '', 'transcript');
insert into rolebook_journal values (10, 1777629600000000, 'user', '01a20217-07cd-710a-ab79-bdc08ae434b9', '', 'user.create', 'user', '01a20217-07e6-7c32-af36-2c9fcc438880', 'any', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":2,"objects":[],"overrides":[],"roles":[{"expires_at":null,"role":"msp_technician","starts_at":null,"tenant":"any"}],"status":"active","tenants":["any"]}', '01a20217-07e6-7c32-af36-2c9fcc438880', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', 'transcript');
insert into rolebook_journal values (11, 1777629600000000, 'user', '01a20217-07cd-710a-ab79-bdc08ae434b9', '', 'user.create', 'user', '01a20217-07fc-7739-a744-fa6c80480194', '01a20217-07e0-749d-bb7b-93cf60abe175', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":3,"objects":[],"overrides":[],"roles":[{"expires_at":null,"role":"client_admin","starts_at":null,"tenant":"any"}],"status":"active","tenants":["01a20217-07e0-749d-bb7b-93cf60abe175"]}', '01a20217-07fc-7739-a744-fa6c80480194', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', 'transcript');
insert into rolebook_journal values (12, 1777629600000000, 'user', '01a20217-07cd-710a-ab79-bdc08ae434b9', '', 'user.create', 'user', '01a20217-0800-7726-ab0b-b99d8a6bd59c', '01a20217-07e0-749d-bb7b-93cf60abe175', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":4,"objects":[],"overrides":[],"roles":[{"expires_at":null,"role":"client_manager","starts_at":null,"tenant":"any"}],"status":"active","tenants":["01a20217-07e0-749d-bb7b-93cf60abe175"]}', '01a20217-0800-7726-ab0b-b99d8a6bd59c', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', 'transcript');
insert into rolebook_journal values (13, 1777629600000000, 'user', '01a20217-07cd-710a-ab79-bdc08ae434b9', '', 'user.create', 'user', '01a20217-0803-75eb-bf8c-5a683173f8df', '01a20217-07e0-749d-bb7b-93cf60abe175', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":5,"objects":[],"overrides":[],"roles":[{"expires_at":null,"role":"client_viewer","starts_at":null,"tenant":"any"}],"status":"active","tenants":["01a20217-07e0-749d-bb7b-93cf60abe175"]}', '01a20217-0803-75eb-bf8c-5a683173f8df', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', 'transcript');
insert into rolebook_journal values (14, 1777629600000000, 'user', '01a20217-07cd-710a-ab79-bdc08ae434b9', '', 'user.create', 'user', '01a20217-0806-7c0f-9e60-2106102120c0', '01a20217-07e0-7d5f-86bb-764e5a9e7705', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":6,"objects":[],"overrides":[],"roles":[{"expires_at":null,"role":"client_admin","starts_at":null,"tenant":"any"}],"status":"active","tenants":["01a20217-07e0-7d5f-86bb-764e5a9e7705"]}', '01a20217-0806-7c0f-9e60-2106102120c0', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', 'transcript');
insert into rolebook_journal values (15, 1777629600000000, 'system', NULL, 'golden', 'group.create', 'group', '01a20217-0824-7215-844b-38a947e2c6b4', '01a20217-07e0-749d-bb7b-93cf60abe175', NULL, '{"color":"","description":"","name":"Crew","number":1,"objects":[],"tenant":"01a20217-07e0-749d-bb7b-93cf60abe175"}', NULL, NULL, NULL, '', '');
insert into rolebook_journal values (16, 1777629600000000, 'system', NULL, 'golden', 'group.members', 'group', '01a20217-0824-7215-844b-38a947e2c6b4', '01a20217-07e0-749d-bb7b-93cf60abe175', NULL, '{"added":["01a20217-0800-7726-ab0b-b99d8a6bd59c","01a20217-0803-75eb-bf8c-5a683173f8df"],"removed":[]}', NULL, NULL, NULL, '', '');
insert into rolebook_journal values (17, 1777629600000000, 'system', NULL, 'golden', 'override.set', 'user', '01a20217-0803-75eb-bf8c-5a683173f8df', '01a20217-07e0-749d-bb7b-93cf60abe175', NULL, '{"expires_at":"2026-05-01T11:00:00Z","granted":false,"permission":"assets.view","reason":"stock-taking; it''s \"%\"","set_at":"2026-05-01T10:00:00Z","set_by":null,"starts_at":null,"tenant":"any"}', '01a20217-0803-75eb-bf8c-5a683173f8df', NULL, NULL, '', '');
insert into rolebook_journal values (18, 1777629600000000, 'system', NULL, 'golden', 'invite.create', 'invite', '01a20217-082e-73a1-b5b9-2f2c228b1ac6', '01a20217-07e0-749d-bb7b-93cf60abe175', NULL, '{"expires_at":"2026-05-04T10:00:00Z","number":1,"replaced":[],"role":"client_viewer","tenant":"01a20217-07e0-749d-bb7b-93cf60abe175"}', '01a20217-082e-73a1-b5b9-2f2c228b1ac6', NULL, '{"email":null,"name":null}', '', '');
insert into rolebook_journal values (19, 1777629600000000, 'system', NULL, 'golden', 'link.create', 'link', '01a20217-082f-7160-8a72-631c66c0c901', '01a20217-07e0-749d-bb7b-93cf60abe175', NULL, '{"expires_at":null,"label":"Été","max_uses":5,"number":1,"role":null,"tenant":"01a20217-07e0-749d-bb7b-93cf60abe175","uses":0}', NULL, NULL, NULL, '', '');
insert into rolebook_journal values (20, 1777629600000000, 'system', NULL, 'golden', 'user.create', 'user', '01a20217-0830-73b9-b178-ffab71796512', '01a20217-07e0-749d-bb7b-93cf60abe175', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":7,"objects":[],"overrides":[],"roles":[],"status":"active","tenants":["01a20217-07e0-749d-bb7b-93cf60abe175"]}', '01a20217-0830-73b9-b178-ffab71796512', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', '');
insert into rolebook_journal values (21, 1777629600000000, 'system', NULL, 'golden', 'user.purge', 'user', '01a20217-0830-73b9-b178-ffab71796512', '01a20217-07e0-749d-bb7b-93cf60abe175', NULL, '{"history_name":"Gone","number":7}', NULL, NULL, NULL, '', '');
insert into rolebook_journal values (22, 1777629600000000, 'system', NULL, 'golden', 'user.delete', 'user', '01a20217-0806-7c0f-9e60-2106102120c0', '01a20217-07e0-7d5f-86bb-764e5a9e7705', '{"status":"active"}', '{"status":"deleted"}', '01a20217-0806-7c0f-9e60-2106102120c0', NULL, NULL, '', '');
insert into rolebook_personal values (7, '01a20217-07cd-710a-ab79-bdc08ae434b9', NULL, '{"email":"root@example.com","external":"","first_name":"root","last_name":"","name":"root","phone":"","username":"root@example.com"}');
insert into rolebook_personal values (10, '01a20217-07e6-7c32-af36-2c9fcc438880', NULL, '{"email":"tech@example.com","external":"","first_name":"Tess","last_name":"Tech","name":"Tess Tech","phone":"","username":"tech@example.com"}');
insert into rolebook_personal values (11, '01a20217-07fc-7739-a744-fa6c80480194', NULL, '{"email":"ann@acme.io","external":"","first_name":"Ann","last_name":"Admin","name":"Ann Admin","phone":"","username":"ann@acme.io"}');
insert into rolebook_personal values (12, '01a20217-0800-7726-ab0b-b99d8a6bd59c', NULL, '{"email":"mia@acme.io","external":"","first_name":"Mia","last_name":"Manager","name":"Mia Manager","phone":"","username":"mia@acme.io"}');
insert into rolebook_personal values (13, '01a20217-0803-75eb-bf8c-5a683173f8df', NULL, '{"email":"vic@acme.io","external":"","first_name":"Vic","last_name":"Viewer","name":"Vic Viewer","phone":"","username":"vic@acme.io"}');
insert into rolebook_personal values (14, '01a20217-0806-7c0f-9e60-2106102120c0', NULL, '{"email":"bea@beta.io","external":"","first_name":"Bea","last_name":"Admin","name":"Bea Admin","phone":"","username":"bea@beta.io"}');
insert into rolebook_personal values (18, '01a20217-082e-73a1-b5b9-2f2c228b1ac6', NULL, '{"email":"guest@acme.io","name":""}');
insert into rolebook_archived values (1, 0, NULL);
insert into rolebook_journal_members values ('01a20217-0800-7726-ab0b-b99d8a6bd59c', 16);
insert into rolebook_journal_members values ('01a20217-0803-75eb-bf8c-5a683173f8df', 16);

pragma foreign_keys = on;
