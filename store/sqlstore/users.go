package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

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

// columns returns where userColumns are scanned to.
func (r *userRow) columns() []any {
	return []any{
		&r.ID, &r.Number, &r.External, &r.Email, &r.Username, &r.FullName, &r.GivenName, &r.FamilyName, &r.Phone, &r.Status,
		&r.MFA, &r.MustResetMFA, &r.MustChangePassword, &r.AvatarTag, &r.CreatedAt, &r.CreatedBy, &r.UpdatedAt, &r.DeletedAt, &r.Version,
	}
}

// userRows returns the rows of a statement that selects userColumns. They are what lists are made of, so they are scanned without reflection.
func userRows(rows *sql.Rows) ([]userRow, error) {
	var (
		r    userRow
		list []userRow
	)
	columns := r.columns()
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
	return s.user(ctx, userByID, id)
}

// UserByNumber implements [users.Store].
func (s *Store) UserByNumber(ctx context.Context, number int64) (users.User, error) {
	return s.user(ctx, userByNumber, number)
}

// UserByAddress implements [users.Store].
func (s *Store) UserByAddress(ctx context.Context, canonical string) (users.User, error) {
	return s.user(ctx, userByAddress, canonical)
}

func (s *Store) user(ctx context.Context, i inquiry, key any) (found users.User, err error) {
	err = s.reading(ctx, func(u *unit) error {
		found, _, err = u.account(ctx, i, users.ErrNotFound, key)
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

// The statements that read one user with all that the other tables hold of him.
var (
	userByID      = inquireAccount(byID)
	userByNumber  = inquireAccount("= ?")
	userByAddress = inquireAccount("= (select user_number from rolebook_addresses where canonical = ?)")
	userBySession = inquireAccount("= (select user_number from rolebook_sessions where digest = ?)", sessionFacts)
)

// inquireAccount returns the inquiry of a user's own row with each of his facts, or with none.
func inquireAccount(whose string, more ...string) inquiry {
	const (
		with = `
			with facts (user_number, part, position, word, ref, scope, starts_at, expires_at, reason, set_at) as (`
		account = `)
			select` + userColumns + `,
				facts.part, facts.position, facts.word, facts.ref, facts.scope, facts.starts_at, facts.expires_at, facts.reason, facts.set_at
			from rolebook_users u
			left join facts on facts.user_number = u.number
			where u.number `
	)
	facts := inquire(whose, append([]string{tenancyFacts, assignmentFacts, overrideFacts, objectFacts, membershipFacts}, more...)...)
	return inquiry{text: with + facts.text + account + whose, parts: facts.parts + 1}
}

// account returns the answer to an inquiry of one user, and the facts of it.
func (u *unit) account(ctx context.Context, i inquiry, missing error, whose any) (users.User, []*fact, error) {
	var (
		row   userRow
		f     fact
		kind  number // of the fact: NULL where there is none
		found []userRow
		facts []*fact
	)
	columns := append(row.columns(), &kind, &f.position, &f.word, &f.ref, &f.scope, &f.starts, &f.expires, &f.reason, &f.setAt)
	err := u.query(ctx, func(rows *sql.Rows) error {
		for rows.Next() {
			row, f = userRow{}, fact{}
			if err := rows.Scan(columns...); err != nil {
				return err
			}
			found = append(found, row)
			if next := f; kind != 0 {
				next.user, next.part = row.Number, part(kind)
				facts = append(facts, &next)
			}
		}
		return nil
	}, i.text, slices.Repeat([]any{whose}, i.parts)...)
	row, err = only(found, missing, err)
	if err != nil {
		return users.User{}, nil, err
	}
	slices.SortFunc(facts, compareFacts)
	user := row.user()
	return user, facts, addFacts(&user, facts)
}

var usersByNumbers = inquire(byNumbers, tenancyFacts, assignmentFacts, overrideFacts, objectFacts, membershipFacts)

// completeAll returns the users of rows in ascending order of number, with what the other tables hold of them: by one statement for all of them.
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
