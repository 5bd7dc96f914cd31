-- +goose Up

-- Who has a role, and whether it counts everywhere and now, without a look at each assignment.
drop index rolebook_assignments_role;

create index rolebook_assignments_role on rolebook_assignments (role_id, user_number, scope, starts_at, expires_at);

insert into rolebook_schema (version) values (5);
