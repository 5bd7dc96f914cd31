// Package wire is what every HTTP dialect of rolebook does in the same way: it
// reads strict JSON, queries and path values, and writes JSON answers.
//
// A body becomes a [Form]. A handler asks it for the members in the order of
// its body table; each answer is an [Opt], which keeps absent, null and set
// apart, and everything that is wrong is collected as a [Problem]:
//
//	form, err := wire.ReadObject(r)
//	if err != nil {
//		return err // ErrMalformed, ErrTooLarge, ErrMediaType
//	}
//	name := form.String("name", wire.Required)
//	tenant := form.Number("tenant_id", wire.Nullable)
//	if err := form.Err(); err != nil {
//		return err // *Invalid: every bad member
//	}
//
// A query works alike: [ParseQuery], the typed readers, [Query.Err].
//
// The package knows no dialect, no status of an error and no error body: it
// returns facts, and each dialect words them. The rule that is easily missed:
// null counts as absent, or as missing where the member is required, unless the
// reader is told that null is a value of this member ([Nullable]).
//
// The rules are those of sections 3.2 to 3.6 of the wire contract.
package wire
