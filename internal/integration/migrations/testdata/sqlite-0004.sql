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

CREATE INDEX rolebook_assignments_role on rolebook_assignments (role_id, user_number);

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

insert into rolebook_schema values (1, '0001_rolebook.sql', '89769e026a0cb8bd17a5d3a82905cdb131a3097d0f21a8bded0986a05f843833', 1795320091019883);
insert into rolebook_schema values (2, '0002_past.sql', 'c15b3f9ad99eab45cc89a2f440b9ee58508edd056c49f5b9a0ba264a7b86027e', 1795320091022413);
insert into rolebook_schema values (3, '0003_overrides.sql', '96adbdf6c397f6e114dd8a3372c1200f4725ee543814b7c64568e2fabcf82bc7', 1795320091022616);
insert into rolebook_schema values (4, '0004_open_invites.sql', '6108dd5faa139f42cfe7d9f02ff1935ee121a542afdcdc49e253b57bbce74fed', 1795320091022701);
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
insert into rolebook_tenants values (1, '01a2016a-918b-7e4b-88c1-505b8d190f7e', 'default', 'Default', 'production', 0, 1795320091019000, 1);
insert into rolebook_tenants values (2, '01a2016a-9195-7709-a3c5-81980ef8011c', 'acme', 'Acme', 'test', 0, 1777629600000000, 1);
insert into rolebook_tenants values (3, '01a2016a-9198-772a-87e3-11db032007d2', 'beta', 'Beta', 'production', 0, 1777629600000000, 1);
insert into rolebook_roles values (1, '01a2016a-918f-7974-91bc-06124ff05490', 'msp_admin', 'MSP Admin', 'msp admin', 'Everything, in every tenant', '*.*', 'any', 1, 1777629600000000, NULL, 1);
insert into rolebook_roles values (2, '01a2016a-918f-7c2b-9f6b-101234986b24', 'msp_technician', 'MSP Technician', 'msp technician', 'The assets of every tenant, no people', 'assets.* categories.manage dashboards.view employees.manage locations.manage surveys.create users.list workspaces.view', 'any', 1, 1777629600000000, NULL, 1);
insert into rolebook_roles values (3, '01a2016a-918f-7df6-8d92-3c55cd4125f8', 'client_admin', 'Client Admin', 'client admin', 'Everything in his own tenant but the making of roles', 'access.explain assets.* audit.read billing.manage categories.manage dashboards.view employees.manage features.* grants.* groups.* invites.* locations.manage notifications.manage overrides.* portal.manage reports.view requests.manage roles.list roles.read settings.manage surveys.create tenants.read tenants.update users.* workspaces.view', 'any', 1, 1777629600000000, NULL, 1);
insert into rolebook_roles values (4, '01a2016a-9190-7039-a773-cadaf334ec7e', 'client_manager', 'Client Manager', 'client manager', 'The assets of his own tenant, but for their deletion', 'assets.checkin assets.checkout assets.create assets.edit assets.export assets.import assets.view categories.manage dashboards.view employees.manage groups.read locations.manage surveys.create users.list workspaces.view', 'any', 1, 1777629600000000, NULL, 1);
insert into rolebook_roles values (5, '01a2016a-9190-71eb-966b-bed29668b146', 'client_viewer', 'Client Viewer', 'client viewer', 'Reads and exports the assets of his own tenant', 'assets.export assets.view users.list', 'any', 1, 1777629600000000, NULL, 1);
insert into rolebook_users values (1, '01a2016a-9192-7869-8c52-cc3d2f898828', NULL, 'root@example.com', 'root@example.com', 'root', 'root', '', '', 'root
root@example.com
root@example.com', 'active', NULL, 0, 0, 0, '', 1777629600000000, NULL, 1777629600000000, NULL, 1);
insert into rolebook_users values (2, '01a2016a-919a-76aa-a2b6-002bdba7cd2c', NULL, 'tech@example.com', 'tech@example.com', 'Tess Tech', 'Tess', 'Tech', '', 'tess tech
tech@example.com
tech@example.com', 'active', NULL, 0, 0, 0, '', 1777629600000000, '01a2016a-9192-7869-8c52-cc3d2f898828', 1777629600000000, NULL, 1);
insert into rolebook_users values (3, '01a2016a-919e-7747-a9d1-00f2916c1c97', NULL, 'ann@acme.io', 'ann@acme.io', 'Ann Admin', 'Ann', 'Admin', '', 'ann admin
ann@acme.io
ann@acme.io', 'active', '01a2016a-9195-7709-a3c5-81980ef8011c', 0, 0, 0, '', 1777629600000000, '01a2016a-9192-7869-8c52-cc3d2f898828', 1777629600000000, NULL, 1);
insert into rolebook_users values (4, '01a2016a-91a0-76bc-8ef8-56739e7de0fe', NULL, 'mia@acme.io', 'mia@acme.io', 'Mia Manager', 'Mia', 'Manager', '', 'mia manager
mia@acme.io
mia@acme.io', 'active', '01a2016a-9195-7709-a3c5-81980ef8011c', 0, 0, 0, '', 1777629600000000, '01a2016a-9192-7869-8c52-cc3d2f898828', 1777629600000000, NULL, 1);
insert into rolebook_users values (5, '01a2016a-91a3-736c-b2ab-d5c524bc5eb9', NULL, 'vic@acme.io', 'vic@acme.io', 'Vic Viewer', 'Vic', 'Viewer', '', 'vic viewer
vic@acme.io
vic@acme.io', 'active', '01a2016a-9195-7709-a3c5-81980ef8011c', 0, 0, 0, '', 1777629600000000, '01a2016a-9192-7869-8c52-cc3d2f898828', 1777629600000000, NULL, 2);
insert into rolebook_users values (6, '01a2016a-91a5-71f2-b860-cade39354e8c', NULL, 'bea@beta.io', 'bea@beta.io', 'Bea Admin', 'Bea', 'Admin', '', 'bea admin
bea@beta.io
bea@beta.io', 'deleted', '01a2016a-9198-772a-87e3-11db032007d2', 0, 0, 0, '', 1777629600000000, '01a2016a-9192-7869-8c52-cc3d2f898828', 1777629600000000, 1777629600000000, 2);
insert into rolebook_addresses values ('root@example.com', 1);
insert into rolebook_addresses values ('tech@example.com', 2);
insert into rolebook_addresses values ('ann@acme.io', 3);
insert into rolebook_addresses values ('mia@acme.io', 4);
insert into rolebook_addresses values ('vic@acme.io', 5);
insert into rolebook_tenancies values (3, 0, '01a2016a-9195-7709-a3c5-81980ef8011c');
insert into rolebook_tenancies values (4, 0, '01a2016a-9195-7709-a3c5-81980ef8011c');
insert into rolebook_tenancies values (5, 0, '01a2016a-9195-7709-a3c5-81980ef8011c');
insert into rolebook_tenancies values (6, 0, '01a2016a-9198-772a-87e3-11db032007d2');
insert into rolebook_tenancies values (1, 0, 'any');
insert into rolebook_tenancies values (2, 0, 'any');
insert into rolebook_assignments values (1, 0, '01a2016a-918f-7974-91bc-06124ff05490', 'any', NULL, NULL);
insert into rolebook_assignments values (2, 0, '01a2016a-918f-7c2b-9f6b-101234986b24', 'any', NULL, NULL);
insert into rolebook_assignments values (3, 0, '01a2016a-918f-7df6-8d92-3c55cd4125f8', 'any', NULL, NULL);
insert into rolebook_assignments values (4, 0, '01a2016a-9190-7039-a773-cadaf334ec7e', 'any', NULL, NULL);
insert into rolebook_assignments values (5, 0, '01a2016a-9190-71eb-966b-bed29668b146', 'any', NULL, NULL);
insert into rolebook_assignments values (6, 0, '01a2016a-918f-7df6-8d92-3c55cd4125f8', 'any', NULL, NULL);
insert into rolebook_overrides values (5, 'assets.view', 0, 'any', NULL, 1777633200000000, 'stock-taking; it''s "%"', NULL, 1777629600000000);
insert into rolebook_groups values (1, '01a2016a-91ac-7ac7-9337-479832d64fc9', '01a2016a-9195-7709-a3c5-81980ef8011c', 'Crew', 'crew', '', '', 1777629600000000);
insert into rolebook_memberships values (4, '01a2016a-91ac-7ac7-9337-479832d64fc9');
insert into rolebook_memberships values (5, '01a2016a-91ac-7ac7-9337-479832d64fc9');
insert into rolebook_credentials values (1, '$argon2id$v=19$m=64,t=1,p=1$Gga3V3/PW+YWiMzB2DtlQg$hbpK9BNwSnjfJCYvnX/bnYDawiznq3HrWokNTNS7PZM');
insert into rolebook_credentials values (2, '$argon2id$v=19$m=64,t=1,p=1$m84bM1kiW3i+LSd8N/sSCw$VSFpVrDeTNGGZdEHqo1n2DPHgpy7GVnCdtl4bdBLNyE');
insert into rolebook_credentials values (3, '$argon2id$v=19$m=64,t=1,p=1$UNqSG8FV3auiX8kAtMFwiw$lvc+wsU/aJHkfiTc8xDsiZ8CXdf96mv2PDfoeqpzKZA');
insert into rolebook_credentials values (4, '$argon2id$v=19$m=64,t=1,p=1$jepkabVmD1BMSOK7im7kVQ$J2N2BUU6zERGATSNGOht5KkUmMrG/8TR61muI+1ePP8');
insert into rolebook_credentials values (5, '$argon2id$v=19$m=64,t=1,p=1$9WcFZFBd3imtjM3qf67z6A$KfqwdQI0i5O0PDyKkvxQeycawA9AFE/WRP1KiRAVDOQ');
insert into rolebook_credentials values (6, '$argon2id$v=19$m=64,t=1,p=1$5Dji7ObFBfWZgidv2rDVdw$zdO3w0RJD4rHv5Nhq2JFg8wrwZ458bOZVW8yZ2bygoM');
insert into rolebook_sessions values (X'3FFAE93CC09D78F92A26C86A168E783986F8DF1BFD990BB37E80205A37AB0420', 3, 1777629600000000, 1778234400000000);
insert into rolebook_sessions values (X'453C670BF692E5348FE88B6AA54CDA118824CE0A1668EE23762DF5AB2FC76371', 2, 1777629600000000, 1778234400000000);
insert into rolebook_sessions values (X'A3A4C9C0E2B1634F282AE892C7B5D8C01F949AD6998E195BBFD4C49EBB1E0F02', 5, 1777629600000000, 1778234400000000);
insert into rolebook_sessions values (X'C4C3DDACE8C960EED0913243C99B8B7A4EDE506925BB1252779EA05E2CBDA3D4', 4, 1777629600000000, 1778234400000000);
insert into rolebook_sessions values (X'CAAB933E858621312899C1F1A44C4BDE462B6F8AA5948E18339FE8F3964E3D1C', 6, 1777629600000000, 1778234400000000);
insert into rolebook_sessions values (X'DD9FB7F8A7095AC91E496691E3F084BAD3A4DF256D486F0696CBA603711F5536', 1, 1777629600000000, 1778234400000000);
insert into rolebook_throttles values (X'90AB79526B48D08999D5FFEC84DD044198A594F9824CCCA89F9175B7199A0309', '', 1777630500000000);
insert into rolebook_tombstones values (7, '01a2016a-91b2-7aba-8df3-d82b75cb9f5b', 'Gone', 1777629600000000);
insert into rolebook_invites values (1, '01a2016a-91af-7e8b-9bca-7a232c9c99ac', X'2CEE78F5B9AF4B2C59422254071B52A44244778039B76993B39E99980A564823', 'guest@acme.io', 'guest@acme.io', '', '01a2016a-9190-71eb-966b-bed29668b146', '01a2016a-9195-7709-a3c5-81980ef8011c', 1777629600000000, NULL, 1777888800000000, NULL, NULL);
insert into rolebook_links values (1, '01a2016a-91b0-7cc8-bc72-e4ee452ed297', X'DA67D8ACA0A82EE7EA4ED90C57CD11815A59CCAC6D6E0DFA6894446EE27B39F6', '01a2016a-9195-7709-a3c5-81980ef8011c', NULL, 'Été', 5, 0, 1777629600000000, NULL, NULL);
insert into rolebook_journal values (1, 1777629600000000, 'system', NULL, 'setup', 'catalogue.update', 'catalogue', NULL, 'any', NULL, '{"keys":[{"description":"Check assets in","feature":false,"permission":"assets.checkin"},{"description":"Check assets out","feature":false,"permission":"assets.checkout"},{"description":"Create assets","feature":false,"permission":"assets.create"},{"description":"Delete assets","feature":false,"permission":"assets.delete"},{"description":"Edit assets","feature":false,"permission":"assets.edit"},{"description":"Export assets","feature":false,"permission":"assets.export"},{"description":"Import assets","feature":false,"permission":"assets.import"},{"description":"View assets","feature":false,"permission":"assets.view"},{"description":"Manage billing","feature":false,"permission":"billing.manage"},{"description":"Manage categories","feature":false,"permission":"categories.manage"},{"description":"View all dashboards; one dashboard is an object grant","feature":false,"permission":"dashboards.view"},{"description":"Manage employees","feature":false,"permission":"employees.manage"},{"description":"Manage locations","feature":false,"permission":"locations.manage"},{"description":"Manage notifications","feature":false,"permission":"notifications.manage"},{"description":"Manage the portal","feature":false,"permission":"portal.manage"},{"description":"View reports","feature":false,"permission":"reports.view"},{"description":"Manage requests","feature":false,"permission":"requests.manage"},{"description":"Manage settings","feature":false,"permission":"settings.manage"},{"description":"Create surveys","feature":false,"permission":"surveys.create"},{"description":"View workspaces","feature":false,"permission":"workspaces.view"}]}', NULL, NULL, NULL, '', '');
insert into rolebook_journal values (2, 1777629600000000, 'system', NULL, 'setup', 'role.create', 'role', '01a2016a-918f-7974-91bc-06124ff05490', 'any', NULL, '{"description":"Everything, in every tenant","key":"msp_admin","name":"MSP Admin","number":1,"permissions":["*.*"],"system":true,"tenant":"any"}', NULL, NULL, NULL, '', '');
insert into rolebook_journal values (3, 1777629600000000, 'system', NULL, 'setup', 'role.create', 'role', '01a2016a-918f-7c2b-9f6b-101234986b24', 'any', NULL, '{"description":"The assets of every tenant, no people","key":"msp_technician","name":"MSP Technician","number":2,"permissions":["assets.*","categories.manage","dashboards.view","employees.manage","locations.manage","surveys.create","users.list","workspaces.view"],"system":true,"tenant":"any"}', NULL, NULL, NULL, '', '');
insert into rolebook_journal values (4, 1777629600000000, 'system', NULL, 'setup', 'role.create', 'role', '01a2016a-918f-7df6-8d92-3c55cd4125f8', 'any', NULL, '{"description":"Everything in his own tenant but the making of roles","key":"client_admin","name":"Client Admin","number":3,"permissions":["access.explain","assets.*","audit.read","billing.manage","categories.manage","dashboards.view","employees.manage","features.*","grants.*","groups.*","invites.*","locations.manage","notifications.manage","overrides.*","portal.manage","reports.view","requests.manage","roles.list","roles.read","settings.manage","surveys.create","tenants.read","tenants.update","users.*","workspaces.view"],"system":true,"tenant":"any"}', NULL, NULL, NULL, '', '');
insert into rolebook_journal values (5, 1777629600000000, 'system', NULL, 'setup', 'role.create', 'role', '01a2016a-9190-7039-a773-cadaf334ec7e', 'any', NULL, '{"description":"The assets of his own tenant, but for their deletion","key":"client_manager","name":"Client Manager","number":4,"permissions":["assets.checkin","assets.checkout","assets.create","assets.edit","assets.export","assets.import","assets.view","categories.manage","dashboards.view","employees.manage","groups.read","locations.manage","surveys.create","users.list","workspaces.view"],"system":true,"tenant":"any"}', NULL, NULL, NULL, '', '');
insert into rolebook_journal values (6, 1777629600000000, 'system', NULL, 'setup', 'role.create', 'role', '01a2016a-9190-71eb-966b-bed29668b146', 'any', NULL, '{"description":"Reads and exports the assets of his own tenant","key":"client_viewer","name":"Client Viewer","number":5,"permissions":["assets.export","assets.view","users.list"],"system":true,"tenant":"any"}', NULL, NULL, NULL, '', '');
insert into rolebook_journal values (7, 1777629600000000, 'system', NULL, 'bootstrap', 'user.create', 'user', '01a2016a-9192-7869-8c52-cc3d2f898828', 'any', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":1,"objects":[],"overrides":[],"roles":[{"expires_at":null,"role":"msp_admin","starts_at":null,"tenant":"any"}],"status":"active","tenants":["any"]}', '01a2016a-9192-7869-8c52-cc3d2f898828', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', '');
insert into rolebook_journal values (8, 1777629600000000, 'user', '01a2016a-9192-7869-8c52-cc3d2f898828', '', 'tenant.create', 'tenant', '01a2016a-9195-7709-a3c5-81980ef8011c', '01a2016a-9195-7709-a3c5-81980ef8011c', NULL, '{"name":"Acme","number":2,"require_approval":false,"slug":"acme","type":"test"}', NULL, NULL, NULL, '', 'transcript');
insert into rolebook_journal values (9, 1777629600000000, 'user', '01a2016a-9192-7869-8c52-cc3d2f898828', '', 'tenant.create', 'tenant', '01a2016a-9198-772a-87e3-11db032007d2', '01a2016a-9198-772a-87e3-11db032007d2', NULL, '{"name":"Beta","number":3,"require_approval":false,"slug":"beta","type":"production"}', NULL, NULL, NULL, '', 'transcript');
insert into rolebook_journal values (10, 1777629600000000, 'user', '01a2016a-9192-7869-8c52-cc3d2f898828', '', 'user.create', 'user', '01a2016a-919a-76aa-a2b6-002bdba7cd2c', 'any', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":2,"objects":[],"overrides":[],"roles":[{"expires_at":null,"role":"msp_technician","starts_at":null,"tenant":"any"}],"status":"active","tenants":["any"]}', '01a2016a-919a-76aa-a2b6-002bdba7cd2c', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', 'transcript');
insert into rolebook_journal values (11, 1777629600000000, 'user', '01a2016a-9192-7869-8c52-cc3d2f898828', '', 'user.create', 'user', '01a2016a-919e-7747-a9d1-00f2916c1c97', '01a2016a-9195-7709-a3c5-81980ef8011c', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":3,"objects":[],"overrides":[],"roles":[{"expires_at":null,"role":"client_admin","starts_at":null,"tenant":"any"}],"status":"active","tenants":["01a2016a-9195-7709-a3c5-81980ef8011c"]}', '01a2016a-919e-7747-a9d1-00f2916c1c97', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', 'transcript');
insert into rolebook_journal values (12, 1777629600000000, 'user', '01a2016a-9192-7869-8c52-cc3d2f898828', '', 'user.create', 'user', '01a2016a-91a0-76bc-8ef8-56739e7de0fe', '01a2016a-9195-7709-a3c5-81980ef8011c', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":4,"objects":[],"overrides":[],"roles":[{"expires_at":null,"role":"client_manager","starts_at":null,"tenant":"any"}],"status":"active","tenants":["01a2016a-9195-7709-a3c5-81980ef8011c"]}', '01a2016a-91a0-76bc-8ef8-56739e7de0fe', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', 'transcript');
insert into rolebook_journal values (13, 1777629600000000, 'user', '01a2016a-9192-7869-8c52-cc3d2f898828', '', 'user.create', 'user', '01a2016a-91a3-736c-b2ab-d5c524bc5eb9', '01a2016a-9195-7709-a3c5-81980ef8011c', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":5,"objects":[],"overrides":[],"roles":[{"expires_at":null,"role":"client_viewer","starts_at":null,"tenant":"any"}],"status":"active","tenants":["01a2016a-9195-7709-a3c5-81980ef8011c"]}', '01a2016a-91a3-736c-b2ab-d5c524bc5eb9', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', 'transcript');
insert into rolebook_journal values (14, 1777629600000000, 'user', '01a2016a-9192-7869-8c52-cc3d2f898828', '', 'user.create', 'user', '01a2016a-91a5-71f2-b860-cade39354e8c', '01a2016a-9198-772a-87e3-11db032007d2', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":6,"objects":[],"overrides":[],"roles":[{"expires_at":null,"role":"client_admin","starts_at":null,"tenant":"any"}],"status":"active","tenants":["01a2016a-9198-772a-87e3-11db032007d2"]}', '01a2016a-91a5-71f2-b860-cade39354e8c', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', 'transcript');
insert into rolebook_journal values (15, 1777629600000000, 'system', NULL, 'golden', 'group.create', 'group', '01a2016a-91ac-7ac7-9337-479832d64fc9', '01a2016a-9195-7709-a3c5-81980ef8011c', NULL, '{"color":"","description":"","name":"Crew","number":1,"objects":[],"tenant":"01a2016a-9195-7709-a3c5-81980ef8011c"}', NULL, NULL, NULL, '', '');
insert into rolebook_journal values (16, 1777629600000000, 'system', NULL, 'golden', 'group.members', 'group', '01a2016a-91ac-7ac7-9337-479832d64fc9', '01a2016a-9195-7709-a3c5-81980ef8011c', NULL, '{"added":["01a2016a-91a0-76bc-8ef8-56739e7de0fe","01a2016a-91a3-736c-b2ab-d5c524bc5eb9"],"removed":[]}', NULL, NULL, NULL, '', '');
insert into rolebook_journal values (17, 1777629600000000, 'system', NULL, 'golden', 'override.set', 'user', '01a2016a-91a3-736c-b2ab-d5c524bc5eb9', '01a2016a-9195-7709-a3c5-81980ef8011c', NULL, '{"expires_at":"2026-05-01T11:00:00Z","granted":false,"permission":"assets.view","reason":"stock-taking; it''s \"%\"","set_at":"2026-05-01T10:00:00Z","set_by":null,"starts_at":null,"tenant":"any"}', '01a2016a-91a3-736c-b2ab-d5c524bc5eb9', NULL, NULL, '', '');
insert into rolebook_journal values (18, 1777629600000000, 'system', NULL, 'golden', 'invite.create', 'invite', '01a2016a-91af-7e8b-9bca-7a232c9c99ac', '01a2016a-9195-7709-a3c5-81980ef8011c', NULL, '{"expires_at":"2026-05-04T10:00:00Z","number":1,"replaced":[],"role":"client_viewer","tenant":"01a2016a-9195-7709-a3c5-81980ef8011c"}', '01a2016a-91af-7e8b-9bca-7a232c9c99ac', NULL, '{"email":null,"name":null}', '', '');
insert into rolebook_journal values (19, 1777629600000000, 'system', NULL, 'golden', 'link.create', 'link', '01a2016a-91b0-7cc8-bc72-e4ee452ed297', '01a2016a-9195-7709-a3c5-81980ef8011c', NULL, '{"expires_at":null,"label":"Été","max_uses":5,"number":1,"role":null,"tenant":"01a2016a-9195-7709-a3c5-81980ef8011c","uses":0}', NULL, NULL, NULL, '', '');
insert into rolebook_journal values (20, 1777629600000000, 'system', NULL, 'golden', 'user.create', 'user', '01a2016a-91b2-7aba-8df3-d82b75cb9f5b', '01a2016a-9195-7709-a3c5-81980ef8011c', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":7,"objects":[],"overrides":[],"roles":[],"status":"active","tenants":["01a2016a-9195-7709-a3c5-81980ef8011c"]}', '01a2016a-91b2-7aba-8df3-d82b75cb9f5b', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', '');
insert into rolebook_journal values (21, 1777629600000000, 'system', NULL, 'golden', 'user.purge', 'user', '01a2016a-91b2-7aba-8df3-d82b75cb9f5b', '01a2016a-9195-7709-a3c5-81980ef8011c', NULL, '{"history_name":"Gone","number":7}', NULL, NULL, NULL, '', '');
insert into rolebook_journal values (22, 1777629600000000, 'system', NULL, 'golden', 'user.delete', 'user', '01a2016a-91a5-71f2-b860-cade39354e8c', '01a2016a-9198-772a-87e3-11db032007d2', '{"status":"active"}', '{"status":"deleted"}', '01a2016a-91a5-71f2-b860-cade39354e8c', NULL, NULL, '', '');
insert into rolebook_personal values (7, '01a2016a-9192-7869-8c52-cc3d2f898828', NULL, '{"email":"root@example.com","external":"","first_name":"root","last_name":"","name":"root","phone":"","username":"root@example.com"}');
insert into rolebook_personal values (10, '01a2016a-919a-76aa-a2b6-002bdba7cd2c', NULL, '{"email":"tech@example.com","external":"","first_name":"Tess","last_name":"Tech","name":"Tess Tech","phone":"","username":"tech@example.com"}');
insert into rolebook_personal values (11, '01a2016a-919e-7747-a9d1-00f2916c1c97', NULL, '{"email":"ann@acme.io","external":"","first_name":"Ann","last_name":"Admin","name":"Ann Admin","phone":"","username":"ann@acme.io"}');
insert into rolebook_personal values (12, '01a2016a-91a0-76bc-8ef8-56739e7de0fe', NULL, '{"email":"mia@acme.io","external":"","first_name":"Mia","last_name":"Manager","name":"Mia Manager","phone":"","username":"mia@acme.io"}');
insert into rolebook_personal values (13, '01a2016a-91a3-736c-b2ab-d5c524bc5eb9', NULL, '{"email":"vic@acme.io","external":"","first_name":"Vic","last_name":"Viewer","name":"Vic Viewer","phone":"","username":"vic@acme.io"}');
insert into rolebook_personal values (14, '01a2016a-91a5-71f2-b860-cade39354e8c', NULL, '{"email":"bea@beta.io","external":"","first_name":"Bea","last_name":"Admin","name":"Bea Admin","phone":"","username":"bea@beta.io"}');
insert into rolebook_personal values (18, '01a2016a-91af-7e8b-9bca-7a232c9c99ac', NULL, '{"email":"guest@acme.io","name":""}');
insert into rolebook_archived values (1, 0, NULL);
insert into rolebook_journal_members values ('01a2016a-91a0-76bc-8ef8-56739e7de0fe', 16);
insert into rolebook_journal_members values ('01a2016a-91a3-736c-b2ab-d5c524bc5eb9', 16);

pragma foreign_keys = on;
