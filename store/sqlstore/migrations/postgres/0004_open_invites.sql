-- +goose Up

-- The invites that may still be accepted: of all that were ever sent they are a few.
create index rolebook_invites_open on rolebook_invites (expires_at) where accepted_at is null;

insert into rolebook_schema (version) values (4);
