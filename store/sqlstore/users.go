package sqlstore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/users"
)

type userRow struct {
	ID                 uuid.UUID `db:"id"`
	Number             int64     `db:"number"`
	External           text      `db:"external"`
	Email              string    `db:"email"`
	Username           string    `db:"username"`
	FullName           string    `db:"full_name"`
	GivenName          string    `db:"given_name"`
	FamilyName         string    `db:"family_name"`
	Phone              string    `db:"phone"`
	Status             status    `db:"status"`
	MFA                flag      `db:"mfa"`
	MustResetMFA       flag      `db:"must_reset_mfa"`
	MustChangePassword flag      `db:"must_change_password"`
	AvatarTag          string    `db:"avatar_tag"`
	CreatedAt          instant   `db:"created_at"`
	CreatedBy          uuid.UUID `db:"created_by"`
	UpdatedAt          instant   `db:"updated_at"`
	DeletedAt          instant   `db:"deleted_at"`
	Version            int64     `db:"version"`
}

func (r *userRow) user() users.User {
	return users.User{
		ID: r.ID, Number: r.Number, External: string(r.External), Email: r.Email, Username: r.Username,
		Name:  users.Name{Full: r.FullName, Given: r.GivenName, Family: r.FamilyName},
		Phone: r.Phone, Status: r.Status.Status,
		MFA: bool(r.MFA), MustResetMFA: bool(r.MustResetMFA), MustChangePassword: bool(r.MustChangePassword), AvatarTag: r.AvatarTag,
		CreatedAt: r.CreatedAt.Time, CreatedBy: r.CreatedBy, UpdatedAt: r.UpdatedAt.Time, DeletedAt: r.DeletedAt.Time, Version: r.Version,
	}
}

// userRows returns the rows of a statement that selects userColumns. They are what lists are made of, so they are scanned without reflection.
func userRows(rows *sql.Rows) ([]userRow, error) {
	var (
		r    userRow
		list []userRow
	)
	columns := []any{
		&r.ID, &r.Number, &r.External, &r.Email, &r.Username, &r.FullName, &r.GivenName, &r.FamilyName, &r.Phone, &r.Status,
		&r.MFA, &r.MustResetMFA, &r.MustChangePassword, &r.AvatarTag, &r.CreatedAt, &r.CreatedBy, &r.UpdatedAt, &r.DeletedAt, &r.Version,
	}
	for rows.Next() {
		r = userRow{}
		if err := rows.Scan(columns...); err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

const userColumns = `
		u.id, u.number,` + otherColumns

// otherColumns are what follows the id and the number, which a statement may take from the table with which it begins, to have its order.
const otherColumns = `
		u.external, u.email, u.username, u.full_name, u.given_name, u.family_name, u.phone, u.status,
		u.mfa, u.must_reset_mfa, u.must_change_password, u.avatar_tag, u.created_at, u.created_by, u.updated_at, u.deleted_at, u.version`

const selectUsers = `
	select` + userColumns + `
	from rolebook_users u`

// User implements [users.Store].
func (s *Store) User(ctx context.Context, id uuid.UUID) (users.User, error) {
	const query = selectUsers + `
		where u.id = ?`
	return s.user(ctx, query, id)
}

// UserByNumber implements [users.Store].
func (s *Store) UserByNumber(ctx context.Context, number int64) (users.User, error) {
	const query = selectUsers + `
		where u.number = ?`
	return s.user(ctx, query, number)
}

// UserByAddress implements [users.Store].
func (s *Store) UserByAddress(ctx context.Context, canonical string) (users.User, error) {
	const query = selectUsers + `
		where u.number = (select user_number from rolebook_addresses where canonical = ?)`
	return s.user(ctx, query, canonical)
}

func (s *Store) user(ctx context.Context, query string, key any) (found users.User, err error) {
	err = s.snapshot(ctx, func(u *unit) error {
		var rows []userRow
		err := u.query(ctx, func(r *sql.Rows) (err error) {
			rows, err = userRows(r)
			return err
		}, query, key)
		row, err := only(rows, users.ErrNotFound, err)
		if err != nil {
			return err
		}
		found, err = u.complete(ctx, row)
		return err
	})
	return found, err
}

// AnyUser implements [users.Store].
func (s *Store) AnyUser(ctx context.Context) (any bool, err error) {
	const query = `
		select number
		from rolebook_users
		limit 1`
	err = s.reading(ctx, func(u *unit) error {
		found, err := scalars[int64](ctx, u, query)
		any = len(found) > 0
		return err
	})
	return any, err
}

var (
	userByID       = inquire(byID, tenancyFacts, assignmentFacts, overrideFacts, objectFacts, membershipFacts)
	usersByNumbers = inquire(byNumbers, tenancyFacts, assignmentFacts, overrideFacts, objectFacts, membershipFacts)
)

// complete returns the user of a row, with what the other tables hold of him.
func (u *unit) complete(ctx context.Context, row userRow) (users.User, error) {
	facts, err := u.facts(ctx, userByID, row.ID)
	if err != nil {
		return users.User{}, err
	}
	user := row.user()
	return user, addFacts(&user, facts)
}

// completeAll is complete for rows in ascending order of number, by one statement for all of them.
func (u *unit) completeAll(ctx context.Context, rows []userRow) ([]users.User, error) {
	found := make([]users.User, len(rows))
	if len(rows) == 0 {
		return found, nil
	}
	numbers := make([]int64, len(rows))
	for i := range rows {
		found[i], numbers[i] = rows[i].user(), rows[i].Number
	}
	facts, err := u.facts(ctx, usersByNumbers, array(numbers))
	if err != nil {
		return nil, err
	}
	next := 0
	return found, perUser(facts, func(number int64, facts []*fact) error {
		for found[next].Number != number {
			next++
		}
		return addFacts(&found[next], facts)
	})
}

func addFacts(u *users.User, facts []*fact) error {
	for _, f := range facts {
		switch f.part {
		case tenancyPart:
			t, err := f.tenancy()
			if err != nil {
				return fmt.Errorf("sqlstore: user %d: %w", f.user, err)
			}
			u.Tenants = append(u.Tenants, t)
		case assignmentPart:
			u.Roles = append(u.Roles, f.assignment())
		case overridePart:
			u.Overrides = append(u.Overrides, f.override())
		case objectPart:
			u.Objects = append(u.Objects, f.object())
		case membershipPart:
			u.Groups = append(u.Groups, f.ref)
		}
	}
	return nil
}
