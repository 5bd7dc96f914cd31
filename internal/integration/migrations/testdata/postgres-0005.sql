CREATE TABLE rolebook_addresses (
    canonical text NOT NULL COLLATE pg_catalog."C",
    user_number bigint NOT NULL
);
CREATE TABLE rolebook_archived (
    id bigint NOT NULL,
    revision bigint NOT NULL,
    at bigint,
    CONSTRAINT rolebook_archived_id_check CHECK ((id = 1))
);
CREATE TABLE rolebook_assignments (
    user_number bigint NOT NULL,
    "position" bigint NOT NULL,
    role_id text NOT NULL COLLATE pg_catalog."C",
    scope text NOT NULL COLLATE pg_catalog."C",
    starts_at bigint,
    expires_at bigint
);
CREATE TABLE rolebook_avatars (
    user_number bigint NOT NULL,
    tag text NOT NULL COLLATE pg_catalog."C",
    media_type text NOT NULL COLLATE pg_catalog."C",
    image bytea NOT NULL
);
CREATE TABLE rolebook_baselines (
    id text NOT NULL COLLATE pg_catalog."C",
    members text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE rolebook_counters (
    kind text NOT NULL COLLATE pg_catalog."C",
    last bigint NOT NULL
);
CREATE TABLE rolebook_credentials (
    user_number bigint NOT NULL,
    hash text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE rolebook_group_objects (
    group_id text NOT NULL COLLATE pg_catalog."C",
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    type text NOT NULL COLLATE pg_catalog."C",
    object_id bigint NOT NULL
);
CREATE TABLE rolebook_groups (
    number bigint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    folded_name text NOT NULL COLLATE pg_catalog."C",
    description text NOT NULL COLLATE pg_catalog."C",
    color text NOT NULL COLLATE pg_catalog."C",
    created_at bigint
);
CREATE TABLE rolebook_head (
    id bigint NOT NULL,
    revision bigint NOT NULL,
    at bigint,
    CONSTRAINT rolebook_head_id_check CHECK ((id = 1))
);
CREATE TABLE rolebook_invites (
    number bigint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    digest bytea NOT NULL,
    email text NOT NULL COLLATE pg_catalog."C",
    canonical text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    role_id text COLLATE pg_catalog."C",
    tenancy text NOT NULL COLLATE pg_catalog."C",
    created_at bigint,
    created_by text COLLATE pg_catalog."C",
    expires_at bigint NOT NULL,
    accepted_at bigint,
    accepted_by text COLLATE pg_catalog."C"
);
CREATE TABLE rolebook_journal (
    revision bigint NOT NULL,
    at bigint,
    actor_kind text NOT NULL COLLATE pg_catalog."C",
    actor_user text COLLATE pg_catalog."C",
    actor_label text NOT NULL COLLATE pg_catalog."C",
    action text NOT NULL COLLATE pg_catalog."C",
    target_kind text NOT NULL COLLATE pg_catalog."C",
    target_id text COLLATE pg_catalog."C",
    scope text NOT NULL COLLATE pg_catalog."C",
    old_members text COLLATE pg_catalog."C",
    new_members text COLLATE pg_catalog."C",
    person text COLLATE pg_catalog."C",
    old_personal text COLLATE pg_catalog."C",
    new_personal text COLLATE pg_catalog."C",
    reason text NOT NULL COLLATE pg_catalog."C",
    request_id text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE rolebook_journal_members (
    user_id text NOT NULL COLLATE pg_catalog."C",
    revision bigint NOT NULL
);
CREATE TABLE rolebook_keys (
    permission text NOT NULL COLLATE pg_catalog."C",
    description text NOT NULL COLLATE pg_catalog."C",
    feature boolean NOT NULL
);
CREATE TABLE rolebook_links (
    number bigint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    digest bytea NOT NULL,
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    role_id text COLLATE pg_catalog."C",
    label text NOT NULL COLLATE pg_catalog."C",
    max_uses bigint NOT NULL,
    uses bigint NOT NULL,
    created_at bigint,
    created_by text COLLATE pg_catalog."C",
    expires_at bigint
);
CREATE TABLE rolebook_memberships (
    user_number bigint NOT NULL,
    group_id text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE rolebook_overrides (
    user_number bigint NOT NULL,
    permission text NOT NULL COLLATE pg_catalog."C",
    granted boolean NOT NULL,
    scope text NOT NULL COLLATE pg_catalog."C",
    starts_at bigint,
    expires_at bigint,
    reason text NOT NULL COLLATE pg_catalog."C",
    set_by text COLLATE pg_catalog."C",
    set_at bigint
);
CREATE TABLE rolebook_personal (
    revision bigint NOT NULL,
    person text COLLATE pg_catalog."C",
    old_members text COLLATE pg_catalog."C",
    new_members text COLLATE pg_catalog."C"
);
CREATE TABLE rolebook_roles (
    number bigint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    folded_name text NOT NULL COLLATE pg_catalog."C",
    description text NOT NULL COLLATE pg_catalog."C",
    patterns text NOT NULL COLLATE pg_catalog."C",
    scope text NOT NULL COLLATE pg_catalog."C",
    system boolean NOT NULL,
    created_at bigint,
    created_by text COLLATE pg_catalog."C",
    version bigint NOT NULL
);
CREATE TABLE rolebook_schema (
    version bigint NOT NULL,
    name text COLLATE pg_catalog."C",
    checksum text COLLATE pg_catalog."C",
    applied_at bigint
);
CREATE TABLE rolebook_sessions (
    digest bytea NOT NULL,
    user_number bigint NOT NULL,
    created_at bigint,
    expires_at bigint NOT NULL
);
CREATE TABLE rolebook_tenancies (
    user_number bigint NOT NULL,
    "position" bigint NOT NULL,
    tenancy text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE rolebook_tenants (
    number bigint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    slug text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    type text NOT NULL COLLATE pg_catalog."C",
    require_approval boolean NOT NULL,
    created_at bigint,
    version bigint NOT NULL
);
CREATE TABLE rolebook_throttles (
    key bytea NOT NULL,
    failures text NOT NULL COLLATE pg_catalog."C",
    expires_at bigint NOT NULL
);
CREATE TABLE rolebook_tombstones (
    number bigint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    purged_at bigint
);
CREATE TABLE rolebook_user_objects (
    user_number bigint NOT NULL,
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    type text NOT NULL COLLATE pg_catalog."C",
    object_id bigint NOT NULL
);
CREATE TABLE rolebook_users (
    number bigint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    external text COLLATE pg_catalog."C",
    email text NOT NULL COLLATE pg_catalog."C",
    username text NOT NULL COLLATE pg_catalog."C",
    full_name text NOT NULL COLLATE pg_catalog."C",
    given_name text NOT NULL COLLATE pg_catalog."C",
    family_name text NOT NULL COLLATE pg_catalog."C",
    phone text NOT NULL COLLATE pg_catalog."C",
    search text NOT NULL COLLATE pg_catalog."C",
    status text NOT NULL COLLATE pg_catalog."C",
    home_tenant text COLLATE pg_catalog."C",
    mfa boolean NOT NULL,
    must_reset_mfa boolean NOT NULL,
    must_change_password boolean NOT NULL,
    avatar_tag text NOT NULL COLLATE pg_catalog."C",
    created_at bigint,
    created_by text COLLATE pg_catalog."C",
    updated_at bigint,
    deleted_at bigint,
    version bigint NOT NULL
);
INSERT INTO rolebook_addresses VALUES ('root@example.com', 1);
INSERT INTO rolebook_addresses VALUES ('tech@example.com', 2);
INSERT INTO rolebook_addresses VALUES ('ann@acme.io', 3);
INSERT INTO rolebook_addresses VALUES ('mia@acme.io', 4);
INSERT INTO rolebook_addresses VALUES ('vic@acme.io', 5);
INSERT INTO rolebook_archived VALUES (1, 0, NULL);
INSERT INTO rolebook_assignments VALUES (1, 0, '01a20217-0c9f-74a7-8098-2b2096cfc72b', 'any', NULL, NULL);
INSERT INTO rolebook_assignments VALUES (2, 0, '01a20217-0ca1-78ee-9d4d-329975f32274', 'any', NULL, NULL);
INSERT INTO rolebook_assignments VALUES (3, 0, '01a20217-0ca3-71a5-82ac-273c8ce1dc82', 'any', NULL, NULL);
INSERT INTO rolebook_assignments VALUES (4, 0, '01a20217-0ca4-7d0a-a93e-690632f41442', 'any', NULL, NULL);
INSERT INTO rolebook_assignments VALUES (5, 0, '01a20217-0ca6-757e-b366-7039d481e000', 'any', NULL, NULL);
INSERT INTO rolebook_assignments VALUES (6, 0, '01a20217-0ca3-71a5-82ac-273c8ce1dc82', 'any', NULL, NULL);
INSERT INTO rolebook_counters VALUES ('role', 5);
INSERT INTO rolebook_counters VALUES ('tenant', 3);
INSERT INTO rolebook_counters VALUES ('group', 1);
INSERT INTO rolebook_counters VALUES ('invite', 1);
INSERT INTO rolebook_counters VALUES ('link', 1);
INSERT INTO rolebook_counters VALUES ('user', 7);
INSERT INTO rolebook_credentials VALUES (1, '$argon2id$v=19$m=64,t=1,p=1$H1vgKOfLHTYHEVOUZLG6/w$Y1o2ecIZ6VKKCrENoWo0dTdZkS2AOJLbIDVQRyMbqA8');
INSERT INTO rolebook_credentials VALUES (2, '$argon2id$v=19$m=64,t=1,p=1$265RjGMboavhxekdTVZTdw$JfyIxMBZqVdhOfoG6unG4B13Am1DyN5I9mGAi/+9mhQ');
INSERT INTO rolebook_credentials VALUES (3, '$argon2id$v=19$m=64,t=1,p=1$o/1mulCiNisQOjN5o4SaSw$9+KiXmi+raIRIBWVInhn81WQBqeEX1yDHwLG6go9+RU');
INSERT INTO rolebook_credentials VALUES (4, '$argon2id$v=19$m=64,t=1,p=1$70AHCo31sGzE5ZHsCVn8GQ$SkjBgz6mEvsPGs09WOaDrgBCmf/GdQy6K675ly3oozs');
INSERT INTO rolebook_credentials VALUES (5, '$argon2id$v=19$m=64,t=1,p=1$u9YeFfRd8jC+nwhCGeo4Fw$8Z72gGdC/W4dYFN2CmdDZJaK2s2Ir/FTlNZFcKWa6os');
INSERT INTO rolebook_credentials VALUES (6, '$argon2id$v=19$m=64,t=1,p=1$FFQM14Uk/yi+BEm6DVhpsg$jzEILm7CP7cngmAcfP2P8CC/xBl/u5skEbG5OGZifN0');
INSERT INTO rolebook_groups VALUES (1, '01a20217-0d53-7822-b4de-c274fa41bee0', '01a20217-0cce-7989-b61b-81b808093365', 'Crew', 'crew', '', '', 1777629600000000);
INSERT INTO rolebook_head VALUES (1, 22, 1777629600000000);
INSERT INTO rolebook_invites VALUES (1, '01a20217-0d8f-791b-af43-5798ebba1caa', '\xee77ed464d855ae4eba60e96fb2667f9b27cf6438b8826b7696275eb482ece25', 'guest@acme.io', 'guest@acme.io', '', '01a20217-0ca6-757e-b366-7039d481e000', '01a20217-0cce-7989-b61b-81b808093365', 1777629600000000, NULL, 1777888800000000, NULL, NULL);
INSERT INTO rolebook_journal VALUES (1, 1777629600000000, 'system', NULL, 'setup', 'catalogue.update', 'catalogue', NULL, 'any', NULL, '{"keys":[{"description":"Check assets in","feature":false,"permission":"assets.checkin"},{"description":"Check assets out","feature":false,"permission":"assets.checkout"},{"description":"Create assets","feature":false,"permission":"assets.create"},{"description":"Delete assets","feature":false,"permission":"assets.delete"},{"description":"Edit assets","feature":false,"permission":"assets.edit"},{"description":"Export assets","feature":false,"permission":"assets.export"},{"description":"Import assets","feature":false,"permission":"assets.import"},{"description":"View assets","feature":false,"permission":"assets.view"},{"description":"Manage billing","feature":false,"permission":"billing.manage"},{"description":"Manage categories","feature":false,"permission":"categories.manage"},{"description":"View all dashboards; one dashboard is an object grant","feature":false,"permission":"dashboards.view"},{"description":"Manage employees","feature":false,"permission":"employees.manage"},{"description":"Manage locations","feature":false,"permission":"locations.manage"},{"description":"Manage notifications","feature":false,"permission":"notifications.manage"},{"description":"Manage the portal","feature":false,"permission":"portal.manage"},{"description":"View reports","feature":false,"permission":"reports.view"},{"description":"Manage requests","feature":false,"permission":"requests.manage"},{"description":"Manage settings","feature":false,"permission":"settings.manage"},{"description":"Create surveys","feature":false,"permission":"surveys.create"},{"description":"View workspaces","feature":false,"permission":"workspaces.view"}]}', NULL, NULL, NULL, '', '');
INSERT INTO rolebook_journal VALUES (2, 1777629600000000, 'system', NULL, 'setup', 'role.create', 'role', '01a20217-0c9f-74a7-8098-2b2096cfc72b', 'any', NULL, '{"description":"Everything, in every tenant","key":"msp_admin","name":"MSP Admin","number":1,"permissions":["*.*"],"system":true,"tenant":"any"}', NULL, NULL, NULL, '', '');
INSERT INTO rolebook_journal VALUES (3, 1777629600000000, 'system', NULL, 'setup', 'role.create', 'role', '01a20217-0ca1-78ee-9d4d-329975f32274', 'any', NULL, '{"description":"The assets of every tenant, no people","key":"msp_technician","name":"MSP Technician","number":2,"permissions":["assets.*","categories.manage","dashboards.view","employees.manage","locations.manage","surveys.create","users.list","workspaces.view"],"system":true,"tenant":"any"}', NULL, NULL, NULL, '', '');
INSERT INTO rolebook_journal VALUES (4, 1777629600000000, 'system', NULL, 'setup', 'role.create', 'role', '01a20217-0ca3-71a5-82ac-273c8ce1dc82', 'any', NULL, '{"description":"Everything in his own tenant but the making of roles","key":"client_admin","name":"Client Admin","number":3,"permissions":["access.explain","assets.*","audit.read","billing.manage","categories.manage","dashboards.view","employees.manage","features.*","grants.*","groups.*","invites.*","locations.manage","notifications.manage","overrides.*","portal.manage","reports.view","requests.manage","roles.list","roles.read","settings.manage","surveys.create","tenants.read","tenants.update","users.*","workspaces.view"],"system":true,"tenant":"any"}', NULL, NULL, NULL, '', '');
INSERT INTO rolebook_journal VALUES (5, 1777629600000000, 'system', NULL, 'setup', 'role.create', 'role', '01a20217-0ca4-7d0a-a93e-690632f41442', 'any', NULL, '{"description":"The assets of his own tenant, but for their deletion","key":"client_manager","name":"Client Manager","number":4,"permissions":["assets.checkin","assets.checkout","assets.create","assets.edit","assets.export","assets.import","assets.view","categories.manage","dashboards.view","employees.manage","groups.read","locations.manage","surveys.create","users.list","workspaces.view"],"system":true,"tenant":"any"}', NULL, NULL, NULL, '', '');
INSERT INTO rolebook_journal VALUES (6, 1777629600000000, 'system', NULL, 'setup', 'role.create', 'role', '01a20217-0ca6-757e-b366-7039d481e000', 'any', NULL, '{"description":"Reads and exports the assets of his own tenant","key":"client_viewer","name":"Client Viewer","number":5,"permissions":["assets.export","assets.view","users.list"],"system":true,"tenant":"any"}', NULL, NULL, NULL, '', '');
INSERT INTO rolebook_journal VALUES (7, 1777629600000000, 'system', NULL, 'bootstrap', 'user.create', 'user', '01a20217-0cae-7b4e-ab80-f7c4ba283d09', 'any', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":1,"objects":[],"overrides":[],"roles":[{"expires_at":null,"role":"msp_admin","starts_at":null,"tenant":"any"}],"status":"active","tenants":["any"]}', '01a20217-0cae-7b4e-ab80-f7c4ba283d09', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', '');
INSERT INTO rolebook_journal VALUES (8, 1777629600000000, 'user', '01a20217-0cae-7b4e-ab80-f7c4ba283d09', '', 'tenant.create', 'tenant', '01a20217-0cce-7989-b61b-81b808093365', '01a20217-0cce-7989-b61b-81b808093365', NULL, '{"name":"Acme","number":2,"require_approval":false,"slug":"acme","type":"test"}', NULL, NULL, NULL, '', 'transcript');
INSERT INTO rolebook_journal VALUES (9, 1777629600000000, 'user', '01a20217-0cae-7b4e-ab80-f7c4ba283d09', '', 'tenant.create', 'tenant', '01a20217-0cd4-7dce-963f-1ee0ff800f5d', '01a20217-0cd4-7dce-963f-1ee0ff800f5d', NULL, '{"name":"Beta","number":3,"require_approval":false,"slug":"beta","type":"production"}', NULL, NULL, NULL, '', 'transcript');
INSERT INTO rolebook_journal VALUES (10, 1777629600000000, 'user', '01a20217-0cae-7b4e-ab80-f7c4ba283d09', '', 'user.create', 'user', '01a20217-0cde-72b4-8c6a-9fb4f326ecfc', 'any', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":2,"objects":[],"overrides":[],"roles":[{"expires_at":null,"role":"msp_technician","starts_at":null,"tenant":"any"}],"status":"active","tenants":["any"]}', '01a20217-0cde-72b4-8c6a-9fb4f326ecfc', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', 'transcript');
INSERT INTO rolebook_journal VALUES (11, 1777629600000000, 'user', '01a20217-0cae-7b4e-ab80-f7c4ba283d09', '', 'user.create', 'user', '01a20217-0cea-7964-9b57-80c6880ab0e4', '01a20217-0cce-7989-b61b-81b808093365', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":3,"objects":[],"overrides":[],"roles":[{"expires_at":null,"role":"client_admin","starts_at":null,"tenant":"any"}],"status":"active","tenants":["01a20217-0cce-7989-b61b-81b808093365"]}', '01a20217-0cea-7964-9b57-80c6880ab0e4', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', 'transcript');
INSERT INTO rolebook_journal VALUES (12, 1777629600000000, 'user', '01a20217-0cae-7b4e-ab80-f7c4ba283d09', '', 'user.create', 'user', '01a20217-0cf8-7e30-82cf-911822241c72', '01a20217-0cce-7989-b61b-81b808093365', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":4,"objects":[],"overrides":[],"roles":[{"expires_at":null,"role":"client_manager","starts_at":null,"tenant":"any"}],"status":"active","tenants":["01a20217-0cce-7989-b61b-81b808093365"]}', '01a20217-0cf8-7e30-82cf-911822241c72', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', 'transcript');
INSERT INTO rolebook_journal VALUES (13, 1777629600000000, 'user', '01a20217-0cae-7b4e-ab80-f7c4ba283d09', '', 'user.create', 'user', '01a20217-0d06-7280-9978-9bb401c3ad8c', '01a20217-0cce-7989-b61b-81b808093365', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":5,"objects":[],"overrides":[],"roles":[{"expires_at":null,"role":"client_viewer","starts_at":null,"tenant":"any"}],"status":"active","tenants":["01a20217-0cce-7989-b61b-81b808093365"]}', '01a20217-0d06-7280-9978-9bb401c3ad8c', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', 'transcript');
INSERT INTO rolebook_journal VALUES (14, 1777629600000000, 'user', '01a20217-0cae-7b4e-ab80-f7c4ba283d09', '', 'user.create', 'user', '01a20217-0d13-7540-8135-f3160f12b2d7', '01a20217-0cd4-7dce-963f-1ee0ff800f5d', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":6,"objects":[],"overrides":[],"roles":[{"expires_at":null,"role":"client_admin","starts_at":null,"tenant":"any"}],"status":"active","tenants":["01a20217-0cd4-7dce-963f-1ee0ff800f5d"]}', '01a20217-0d13-7540-8135-f3160f12b2d7', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', 'transcript');
INSERT INTO rolebook_journal VALUES (15, 1777629600000000, 'system', NULL, 'golden', 'group.create', 'group', '01a20217-0d53-7822-b4de-c274fa41bee0', '01a20217-0cce-7989-b61b-81b808093365', NULL, '{"color":"","description":"","name":"Crew","number":1,"objects":[],"tenant":"01a20217-0cce-7989-b61b-81b808093365"}', NULL, NULL, NULL, '', '');
INSERT INTO rolebook_journal VALUES (16, 1777629600000000, 'system', NULL, 'golden', 'group.members', 'group', '01a20217-0d53-7822-b4de-c274fa41bee0', '01a20217-0cce-7989-b61b-81b808093365', NULL, '{"added":["01a20217-0cf8-7e30-82cf-911822241c72","01a20217-0d06-7280-9978-9bb401c3ad8c"],"removed":[]}', NULL, NULL, NULL, '', '');
INSERT INTO rolebook_journal VALUES (17, 1777629600000000, 'system', NULL, 'golden', 'override.set', 'user', '01a20217-0d06-7280-9978-9bb401c3ad8c', '01a20217-0cce-7989-b61b-81b808093365', NULL, '{"expires_at":"2026-05-01T11:00:00Z","granted":false,"permission":"assets.view","reason":"stock-taking; it''s \"%\"","set_at":"2026-05-01T10:00:00Z","set_by":null,"starts_at":null,"tenant":"any"}', '01a20217-0d06-7280-9978-9bb401c3ad8c', NULL, NULL, '', '');
INSERT INTO rolebook_journal VALUES (18, 1777629600000000, 'system', NULL, 'golden', 'invite.create', 'invite', '01a20217-0d8f-791b-af43-5798ebba1caa', '01a20217-0cce-7989-b61b-81b808093365', NULL, '{"expires_at":"2026-05-04T10:00:00Z","number":1,"replaced":[],"role":"client_viewer","tenant":"01a20217-0cce-7989-b61b-81b808093365"}', '01a20217-0d8f-791b-af43-5798ebba1caa', NULL, '{"email":null,"name":null}', '', '');
INSERT INTO rolebook_journal VALUES (19, 1777629600000000, 'system', NULL, 'golden', 'link.create', 'link', '01a20217-0d9a-75c0-a931-253083766786', '01a20217-0cce-7989-b61b-81b808093365', NULL, '{"expires_at":null,"label":"Été","max_uses":5,"number":1,"role":null,"tenant":"01a20217-0cce-7989-b61b-81b808093365","uses":0}', NULL, NULL, NULL, '', '');
INSERT INTO rolebook_journal VALUES (20, 1777629600000000, 'system', NULL, 'golden', 'user.create', 'user', '01a20217-0da6-7db1-96a9-2bc03f82179d', '01a20217-0cce-7989-b61b-81b808093365', NULL, '{"avatar":"","groups":[],"mfa":false,"must_change_password":false,"must_reset_mfa":false,"number":7,"objects":[],"overrides":[],"roles":[],"status":"active","tenants":["01a20217-0cce-7989-b61b-81b808093365"]}', '01a20217-0da6-7db1-96a9-2bc03f82179d', NULL, '{"email":null,"external":null,"first_name":null,"last_name":null,"name":null,"phone":null,"username":null}', '', '');
INSERT INTO rolebook_journal VALUES (21, 1777629600000000, 'system', NULL, 'golden', 'user.purge', 'user', '01a20217-0da6-7db1-96a9-2bc03f82179d', '01a20217-0cce-7989-b61b-81b808093365', NULL, '{"history_name":"Gone","number":7}', NULL, NULL, NULL, '', '');
INSERT INTO rolebook_journal VALUES (22, 1777629600000000, 'system', NULL, 'golden', 'user.delete', 'user', '01a20217-0d13-7540-8135-f3160f12b2d7', '01a20217-0cd4-7dce-963f-1ee0ff800f5d', '{"status":"active"}', '{"status":"deleted"}', '01a20217-0d13-7540-8135-f3160f12b2d7', NULL, NULL, '', '');
INSERT INTO rolebook_journal_members VALUES ('01a20217-0cf8-7e30-82cf-911822241c72', 16);
INSERT INTO rolebook_journal_members VALUES ('01a20217-0d06-7280-9978-9bb401c3ad8c', 16);
INSERT INTO rolebook_keys VALUES ('assets.checkin', 'Check assets in', false);
INSERT INTO rolebook_keys VALUES ('assets.checkout', 'Check assets out', false);
INSERT INTO rolebook_keys VALUES ('assets.create', 'Create assets', false);
INSERT INTO rolebook_keys VALUES ('assets.delete', 'Delete assets', false);
INSERT INTO rolebook_keys VALUES ('assets.edit', 'Edit assets', false);
INSERT INTO rolebook_keys VALUES ('assets.export', 'Export assets', false);
INSERT INTO rolebook_keys VALUES ('assets.import', 'Import assets', false);
INSERT INTO rolebook_keys VALUES ('assets.view', 'View assets', false);
INSERT INTO rolebook_keys VALUES ('billing.manage', 'Manage billing', false);
INSERT INTO rolebook_keys VALUES ('categories.manage', 'Manage categories', false);
INSERT INTO rolebook_keys VALUES ('dashboards.view', 'View all dashboards; one dashboard is an object grant', false);
INSERT INTO rolebook_keys VALUES ('employees.manage', 'Manage employees', false);
INSERT INTO rolebook_keys VALUES ('locations.manage', 'Manage locations', false);
INSERT INTO rolebook_keys VALUES ('notifications.manage', 'Manage notifications', false);
INSERT INTO rolebook_keys VALUES ('portal.manage', 'Manage the portal', false);
INSERT INTO rolebook_keys VALUES ('reports.view', 'View reports', false);
INSERT INTO rolebook_keys VALUES ('requests.manage', 'Manage requests', false);
INSERT INTO rolebook_keys VALUES ('settings.manage', 'Manage settings', false);
INSERT INTO rolebook_keys VALUES ('surveys.create', 'Create surveys', false);
INSERT INTO rolebook_keys VALUES ('workspaces.view', 'View workspaces', false);
INSERT INTO rolebook_links VALUES (1, '01a20217-0d9a-75c0-a931-253083766786', '\x8ab8302209e224f418da281641e660fda5fef01f227a0e302544651cc8cc4c16', '01a20217-0cce-7989-b61b-81b808093365', NULL, 'Été', 5, 0, 1777629600000000, NULL, NULL);
INSERT INTO rolebook_memberships VALUES (4, '01a20217-0d53-7822-b4de-c274fa41bee0');
INSERT INTO rolebook_memberships VALUES (5, '01a20217-0d53-7822-b4de-c274fa41bee0');
INSERT INTO rolebook_overrides VALUES (5, 'assets.view', false, 'any', NULL, 1777633200000000, 'stock-taking; it''s "%"', NULL, 1777629600000000);
INSERT INTO rolebook_personal VALUES (7, '01a20217-0cae-7b4e-ab80-f7c4ba283d09', NULL, '{"email":"root@example.com","external":"","first_name":"root","last_name":"","name":"root","phone":"","username":"root@example.com"}');
INSERT INTO rolebook_personal VALUES (10, '01a20217-0cde-72b4-8c6a-9fb4f326ecfc', NULL, '{"email":"tech@example.com","external":"","first_name":"Tess","last_name":"Tech","name":"Tess Tech","phone":"","username":"tech@example.com"}');
INSERT INTO rolebook_personal VALUES (11, '01a20217-0cea-7964-9b57-80c6880ab0e4', NULL, '{"email":"ann@acme.io","external":"","first_name":"Ann","last_name":"Admin","name":"Ann Admin","phone":"","username":"ann@acme.io"}');
INSERT INTO rolebook_personal VALUES (12, '01a20217-0cf8-7e30-82cf-911822241c72', NULL, '{"email":"mia@acme.io","external":"","first_name":"Mia","last_name":"Manager","name":"Mia Manager","phone":"","username":"mia@acme.io"}');
INSERT INTO rolebook_personal VALUES (13, '01a20217-0d06-7280-9978-9bb401c3ad8c', NULL, '{"email":"vic@acme.io","external":"","first_name":"Vic","last_name":"Viewer","name":"Vic Viewer","phone":"","username":"vic@acme.io"}');
INSERT INTO rolebook_personal VALUES (14, '01a20217-0d13-7540-8135-f3160f12b2d7', NULL, '{"email":"bea@beta.io","external":"","first_name":"Bea","last_name":"Admin","name":"Bea Admin","phone":"","username":"bea@beta.io"}');
INSERT INTO rolebook_personal VALUES (18, '01a20217-0d8f-791b-af43-5798ebba1caa', NULL, '{"email":"guest@acme.io","name":""}');
INSERT INTO rolebook_roles VALUES (1, '01a20217-0c9f-74a7-8098-2b2096cfc72b', 'msp_admin', 'MSP Admin', 'msp admin', 'Everything, in every tenant', '*.*', 'any', true, 1777629600000000, NULL, 1);
INSERT INTO rolebook_roles VALUES (2, '01a20217-0ca1-78ee-9d4d-329975f32274', 'msp_technician', 'MSP Technician', 'msp technician', 'The assets of every tenant, no people', 'assets.* categories.manage dashboards.view employees.manage locations.manage surveys.create users.list workspaces.view', 'any', true, 1777629600000000, NULL, 1);
INSERT INTO rolebook_roles VALUES (3, '01a20217-0ca3-71a5-82ac-273c8ce1dc82', 'client_admin', 'Client Admin', 'client admin', 'Everything in his own tenant but the making of roles', 'access.explain assets.* audit.read billing.manage categories.manage dashboards.view employees.manage features.* grants.* groups.* invites.* locations.manage notifications.manage overrides.* portal.manage reports.view requests.manage roles.list roles.read settings.manage surveys.create tenants.read tenants.update users.* workspaces.view', 'any', true, 1777629600000000, NULL, 1);
INSERT INTO rolebook_roles VALUES (4, '01a20217-0ca4-7d0a-a93e-690632f41442', 'client_manager', 'Client Manager', 'client manager', 'The assets of his own tenant, but for their deletion', 'assets.checkin assets.checkout assets.create assets.edit assets.export assets.import assets.view categories.manage dashboards.view employees.manage groups.read locations.manage surveys.create users.list workspaces.view', 'any', true, 1777629600000000, NULL, 1);
INSERT INTO rolebook_roles VALUES (5, '01a20217-0ca6-757e-b366-7039d481e000', 'client_viewer', 'Client Viewer', 'client viewer', 'Reads and exports the assets of his own tenant', 'assets.export assets.view users.list', 'any', true, 1777629600000000, NULL, 1);
INSERT INTO rolebook_schema VALUES (1, '0001_rolebook.sql', '223b6dbb67c481cf22a5cf430bc2de7d909731cfd675d81ecb5d1c46609fdd26', 1795331394678812);
INSERT INTO rolebook_schema VALUES (2, '0002_past.sql', 'ccb97ed66b20214de2474b57821ade82ae7f7505c2d1a9ad17f64a1076984f90', 1795331394707091);
INSERT INTO rolebook_schema VALUES (3, '0003_overrides.sql', '96adbdf6c397f6e114dd8a3372c1200f4725ee543814b7c64568e2fabcf82bc7', 1795331394709497);
INSERT INTO rolebook_schema VALUES (4, '0004_open_invites.sql', '6108dd5faa139f42cfe7d9f02ff1935ee121a542afdcdc49e253b57bbce74fed', 1795331394711819);
INSERT INTO rolebook_schema VALUES (5, '0005_holders.sql', '892bcdb73bda347ae2754ebcbdc52e225ef01ba20af38d2c7db4cc907c18ec48', 1795331394714869);
INSERT INTO rolebook_sessions VALUES ('\x50bd988c150f689a5d1d7107e86ca7fbd8188792502f691bba84623ebcf736e8', 1, 1777629600000000, 1778234400000000);
INSERT INTO rolebook_sessions VALUES ('\xb3f74ee5ef841a136cf9aa72cc44dab4e1ac240b933f19d4e22954ed9282ce5d', 2, 1777629600000000, 1778234400000000);
INSERT INTO rolebook_sessions VALUES ('\x0026cef7242a99e5bd417950983492fb9043952a29ce99153e2db15e06f15a93', 3, 1777629600000000, 1778234400000000);
INSERT INTO rolebook_sessions VALUES ('\xaeb68cd8fb49269b32b4bc5d275ad658ac930a98c65154ded52d86b29c9d22fb', 4, 1777629600000000, 1778234400000000);
INSERT INTO rolebook_sessions VALUES ('\xaab57f73ed3371026f34b91a786f2568cb771987096e53b6c559273034867b07', 5, 1777629600000000, 1778234400000000);
INSERT INTO rolebook_sessions VALUES ('\x2deb88eabd8fc364be3050a6eca3cbd4d1dd53e621b6c917e5c15fd77a259302', 6, 1777629600000000, 1778234400000000);
INSERT INTO rolebook_tenancies VALUES (1, 0, 'any');
INSERT INTO rolebook_tenancies VALUES (2, 0, 'any');
INSERT INTO rolebook_tenancies VALUES (3, 0, '01a20217-0cce-7989-b61b-81b808093365');
INSERT INTO rolebook_tenancies VALUES (4, 0, '01a20217-0cce-7989-b61b-81b808093365');
INSERT INTO rolebook_tenancies VALUES (5, 0, '01a20217-0cce-7989-b61b-81b808093365');
INSERT INTO rolebook_tenancies VALUES (6, 0, '01a20217-0cd4-7dce-963f-1ee0ff800f5d');
INSERT INTO rolebook_tenants VALUES (1, '01a20217-0ae6-772f-8192-6235a0a25def', 'default', 'Default', 'production', false, 1795331394278000, 1);
INSERT INTO rolebook_tenants VALUES (2, '01a20217-0cce-7989-b61b-81b808093365', 'acme', 'Acme', 'test', false, 1777629600000000, 1);
INSERT INTO rolebook_tenants VALUES (3, '01a20217-0cd4-7dce-963f-1ee0ff800f5d', 'beta', 'Beta', 'production', false, 1777629600000000, 1);
INSERT INTO rolebook_throttles VALUES ('\x90ab79526b48d08999d5ffec84dd044198a594f9824ccca89f9175b7199a0309', '', 1777630500000000);
INSERT INTO rolebook_tombstones VALUES (7, '01a20217-0da6-7db1-96a9-2bc03f82179d', 'Gone', 1777629600000000);
INSERT INTO rolebook_users VALUES (1, '01a20217-0cae-7b4e-ab80-f7c4ba283d09', NULL, 'root@example.com', 'root@example.com', 'root', 'root', '', '', 'root
root@example.com
root@example.com', 'active', NULL, false, false, false, '', 1777629600000000, NULL, 1777629600000000, NULL, 1);
INSERT INTO rolebook_users VALUES (2, '01a20217-0cde-72b4-8c6a-9fb4f326ecfc', NULL, 'tech@example.com', 'tech@example.com', 'Tess Tech', 'Tess', 'Tech', '', 'tess tech
tech@example.com
tech@example.com', 'active', NULL, false, false, false, '', 1777629600000000, '01a20217-0cae-7b4e-ab80-f7c4ba283d09', 1777629600000000, NULL, 1);
INSERT INTO rolebook_users VALUES (3, '01a20217-0cea-7964-9b57-80c6880ab0e4', NULL, 'ann@acme.io', 'ann@acme.io', 'Ann Admin', 'Ann', 'Admin', '', 'ann admin
ann@acme.io
ann@acme.io', 'active', '01a20217-0cce-7989-b61b-81b808093365', false, false, false, '', 1777629600000000, '01a20217-0cae-7b4e-ab80-f7c4ba283d09', 1777629600000000, NULL, 1);
INSERT INTO rolebook_users VALUES (4, '01a20217-0cf8-7e30-82cf-911822241c72', NULL, 'mia@acme.io', 'mia@acme.io', 'Mia Manager', 'Mia', 'Manager', '', 'mia manager
mia@acme.io
mia@acme.io', 'active', '01a20217-0cce-7989-b61b-81b808093365', false, false, false, '', 1777629600000000, '01a20217-0cae-7b4e-ab80-f7c4ba283d09', 1777629600000000, NULL, 1);
INSERT INTO rolebook_users VALUES (5, '01a20217-0d06-7280-9978-9bb401c3ad8c', NULL, 'vic@acme.io', 'vic@acme.io', 'Vic Viewer', 'Vic', 'Viewer', '', 'vic viewer
vic@acme.io
vic@acme.io', 'active', '01a20217-0cce-7989-b61b-81b808093365', false, false, false, '', 1777629600000000, '01a20217-0cae-7b4e-ab80-f7c4ba283d09', 1777629600000000, NULL, 2);
INSERT INTO rolebook_users VALUES (6, '01a20217-0d13-7540-8135-f3160f12b2d7', NULL, 'bea@beta.io', 'bea@beta.io', 'Bea Admin', 'Bea', 'Admin', '', 'bea admin
bea@beta.io
bea@beta.io', 'deleted', '01a20217-0cd4-7dce-963f-1ee0ff800f5d', false, false, false, '', 1777629600000000, '01a20217-0cae-7b4e-ab80-f7c4ba283d09', 1777629600000000, 1777629600000000, 2);
ALTER TABLE ONLY rolebook_addresses
    ADD CONSTRAINT rolebook_addresses_pkey PRIMARY KEY (canonical);
ALTER TABLE ONLY rolebook_archived
    ADD CONSTRAINT rolebook_archived_pkey PRIMARY KEY (id);
ALTER TABLE ONLY rolebook_assignments
    ADD CONSTRAINT rolebook_assignments_pkey PRIMARY KEY (user_number, "position");
ALTER TABLE ONLY rolebook_avatars
    ADD CONSTRAINT rolebook_avatars_pkey PRIMARY KEY (user_number);
ALTER TABLE ONLY rolebook_baselines
    ADD CONSTRAINT rolebook_baselines_pkey PRIMARY KEY (id);
ALTER TABLE ONLY rolebook_counters
    ADD CONSTRAINT rolebook_counters_pkey PRIMARY KEY (kind);
ALTER TABLE ONLY rolebook_credentials
    ADD CONSTRAINT rolebook_credentials_pkey PRIMARY KEY (user_number);
ALTER TABLE ONLY rolebook_group_objects
    ADD CONSTRAINT rolebook_group_objects_pkey PRIMARY KEY (group_id, tenant_id, type, object_id);
ALTER TABLE ONLY rolebook_groups
    ADD CONSTRAINT rolebook_groups_id_key UNIQUE (id);
ALTER TABLE ONLY rolebook_groups
    ADD CONSTRAINT rolebook_groups_pkey PRIMARY KEY (number);
ALTER TABLE ONLY rolebook_head
    ADD CONSTRAINT rolebook_head_pkey PRIMARY KEY (id);
ALTER TABLE ONLY rolebook_invites
    ADD CONSTRAINT rolebook_invites_digest_key UNIQUE (digest);
ALTER TABLE ONLY rolebook_invites
    ADD CONSTRAINT rolebook_invites_id_key UNIQUE (id);
ALTER TABLE ONLY rolebook_invites
    ADD CONSTRAINT rolebook_invites_pkey PRIMARY KEY (number);
ALTER TABLE ONLY rolebook_journal_members
    ADD CONSTRAINT rolebook_journal_members_pkey PRIMARY KEY (user_id, revision);
ALTER TABLE ONLY rolebook_journal
    ADD CONSTRAINT rolebook_journal_pkey PRIMARY KEY (revision);
ALTER TABLE ONLY rolebook_keys
    ADD CONSTRAINT rolebook_keys_pkey PRIMARY KEY (permission);
ALTER TABLE ONLY rolebook_links
    ADD CONSTRAINT rolebook_links_digest_key UNIQUE (digest);
ALTER TABLE ONLY rolebook_links
    ADD CONSTRAINT rolebook_links_id_key UNIQUE (id);
ALTER TABLE ONLY rolebook_links
    ADD CONSTRAINT rolebook_links_pkey PRIMARY KEY (number);
ALTER TABLE ONLY rolebook_memberships
    ADD CONSTRAINT rolebook_memberships_pkey PRIMARY KEY (user_number, group_id);
ALTER TABLE ONLY rolebook_overrides
    ADD CONSTRAINT rolebook_overrides_pkey PRIMARY KEY (user_number, permission, scope);
ALTER TABLE ONLY rolebook_personal
    ADD CONSTRAINT rolebook_personal_pkey PRIMARY KEY (revision);
ALTER TABLE ONLY rolebook_roles
    ADD CONSTRAINT rolebook_roles_id_key UNIQUE (id);
ALTER TABLE ONLY rolebook_roles
    ADD CONSTRAINT rolebook_roles_key_key UNIQUE (key);
ALTER TABLE ONLY rolebook_roles
    ADD CONSTRAINT rolebook_roles_pkey PRIMARY KEY (number);
ALTER TABLE ONLY rolebook_schema
    ADD CONSTRAINT rolebook_schema_pkey PRIMARY KEY (version);
ALTER TABLE ONLY rolebook_sessions
    ADD CONSTRAINT rolebook_sessions_pkey PRIMARY KEY (digest);
ALTER TABLE ONLY rolebook_tenancies
    ADD CONSTRAINT rolebook_tenancies_pkey PRIMARY KEY (user_number, "position");
ALTER TABLE ONLY rolebook_tenants
    ADD CONSTRAINT rolebook_tenants_id_key UNIQUE (id);
ALTER TABLE ONLY rolebook_tenants
    ADD CONSTRAINT rolebook_tenants_pkey PRIMARY KEY (number);
ALTER TABLE ONLY rolebook_tenants
    ADD CONSTRAINT rolebook_tenants_slug_key UNIQUE (slug);
ALTER TABLE ONLY rolebook_throttles
    ADD CONSTRAINT rolebook_throttles_pkey PRIMARY KEY (key);
ALTER TABLE ONLY rolebook_tombstones
    ADD CONSTRAINT rolebook_tombstones_id_key UNIQUE (id);
ALTER TABLE ONLY rolebook_tombstones
    ADD CONSTRAINT rolebook_tombstones_pkey PRIMARY KEY (number);
ALTER TABLE ONLY rolebook_user_objects
    ADD CONSTRAINT rolebook_user_objects_pkey PRIMARY KEY (user_number, tenant_id, type, object_id);
ALTER TABLE ONLY rolebook_users
    ADD CONSTRAINT rolebook_users_id_key UNIQUE (id);
ALTER TABLE ONLY rolebook_users
    ADD CONSTRAINT rolebook_users_pkey PRIMARY KEY (number);
CREATE INDEX rolebook_addresses_user ON rolebook_addresses USING btree (user_number);
CREATE INDEX rolebook_assignments_role ON rolebook_assignments USING btree (role_id, user_number, scope, starts_at, expires_at);
CREATE UNIQUE INDEX rolebook_groups_name ON rolebook_groups USING btree (tenant_id, folded_name);
CREATE INDEX rolebook_groups_tenant ON rolebook_groups USING btree (tenant_id, number);
CREATE INDEX rolebook_invites_accepted ON rolebook_invites USING btree (accepted_by) WHERE (accepted_by IS NOT NULL);
CREATE INDEX rolebook_invites_open ON rolebook_invites USING btree (expires_at) WHERE (accepted_at IS NULL);
CREATE UNIQUE INDEX rolebook_invites_pending ON rolebook_invites USING btree (tenancy, canonical) WHERE (accepted_at IS NULL);
CREATE INDEX rolebook_invites_role ON rolebook_invites USING btree (role_id) WHERE (accepted_at IS NULL);
CREATE INDEX rolebook_journal_about ON rolebook_journal USING btree (COALESCE(person, target_id, '00000000-0000-0000-0000-000000000000'::text), revision) WHERE (action <> 'group.members'::text);
CREATE INDEX rolebook_journal_members_revision ON rolebook_journal_members USING btree (revision);
CREATE INDEX rolebook_links_role ON rolebook_links USING btree (role_id);
CREATE INDEX rolebook_links_tenant ON rolebook_links USING btree (tenant_id, number);
CREATE INDEX rolebook_memberships_group ON rolebook_memberships USING btree (group_id, user_number);
CREATE INDEX rolebook_overrides_permission ON rolebook_overrides USING btree (permission, user_number);
CREATE INDEX rolebook_personal_person ON rolebook_personal USING btree (person);
CREATE UNIQUE INDEX rolebook_roles_name ON rolebook_roles USING btree (folded_name, scope);
CREATE INDEX rolebook_roles_scope ON rolebook_roles USING btree (scope, number);
CREATE INDEX rolebook_sessions_expiry ON rolebook_sessions USING btree (expires_at);
CREATE INDEX rolebook_sessions_user ON rolebook_sessions USING btree (user_number);
CREATE INDEX rolebook_tenancies_tenancy ON rolebook_tenancies USING btree (tenancy, user_number);
CREATE INDEX rolebook_tenants_type ON rolebook_tenants USING btree (type, number);
CREATE INDEX rolebook_throttles_expiry ON rolebook_throttles USING btree (expires_at);
CREATE UNIQUE INDEX rolebook_users_external ON rolebook_users USING btree (external) WHERE ((external IS NOT NULL) AND (status <> 'deleted'::text));
CREATE INDEX rolebook_users_home ON rolebook_users USING btree (home_tenant, number);
ALTER TABLE ONLY rolebook_addresses
    ADD CONSTRAINT rolebook_addresses_user_number_fkey FOREIGN KEY (user_number) REFERENCES rolebook_users(number);
ALTER TABLE ONLY rolebook_assignments
    ADD CONSTRAINT rolebook_assignments_role_id_fkey FOREIGN KEY (role_id) REFERENCES rolebook_roles(id);
ALTER TABLE ONLY rolebook_assignments
    ADD CONSTRAINT rolebook_assignments_user_number_fkey FOREIGN KEY (user_number) REFERENCES rolebook_users(number);
ALTER TABLE ONLY rolebook_avatars
    ADD CONSTRAINT rolebook_avatars_user_number_fkey FOREIGN KEY (user_number) REFERENCES rolebook_users(number);
ALTER TABLE ONLY rolebook_credentials
    ADD CONSTRAINT rolebook_credentials_user_number_fkey FOREIGN KEY (user_number) REFERENCES rolebook_users(number);
ALTER TABLE ONLY rolebook_group_objects
    ADD CONSTRAINT rolebook_group_objects_group_id_fkey FOREIGN KEY (group_id) REFERENCES rolebook_groups(id);
ALTER TABLE ONLY rolebook_groups
    ADD CONSTRAINT rolebook_groups_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES rolebook_tenants(id);
ALTER TABLE ONLY rolebook_memberships
    ADD CONSTRAINT rolebook_memberships_group_id_fkey FOREIGN KEY (group_id) REFERENCES rolebook_groups(id);
ALTER TABLE ONLY rolebook_memberships
    ADD CONSTRAINT rolebook_memberships_user_number_fkey FOREIGN KEY (user_number) REFERENCES rolebook_users(number);
ALTER TABLE ONLY rolebook_overrides
    ADD CONSTRAINT rolebook_overrides_user_number_fkey FOREIGN KEY (user_number) REFERENCES rolebook_users(number);
ALTER TABLE ONLY rolebook_personal
    ADD CONSTRAINT rolebook_personal_revision_fkey FOREIGN KEY (revision) REFERENCES rolebook_journal(revision);
ALTER TABLE ONLY rolebook_sessions
    ADD CONSTRAINT rolebook_sessions_user_number_fkey FOREIGN KEY (user_number) REFERENCES rolebook_users(number);
ALTER TABLE ONLY rolebook_tenancies
    ADD CONSTRAINT rolebook_tenancies_user_number_fkey FOREIGN KEY (user_number) REFERENCES rolebook_users(number);
ALTER TABLE ONLY rolebook_user_objects
    ADD CONSTRAINT rolebook_user_objects_user_number_fkey FOREIGN KEY (user_number) REFERENCES rolebook_users(number);
