-- +goose Up

-- Who has an override of a permission.
create index rolebook_overrides_permission on rolebook_overrides (permission, user_number);

insert into rolebook_schema (version) values (3);
