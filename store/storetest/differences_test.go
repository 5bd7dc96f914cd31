package storetest

import "testing"

// pinned says where each difference between databases is pinned, so that every store, a host's own too, is held to one of the answers.
var pinned = []struct {
	difference string
	cases      []string // as topic/case
}{
	{"NUL: SQLite stores it, PostgreSQL does not", []string{"Differences/UnstorableTexts", "Differences/TextsNobodyHas", "Differences/TextsInMembers"}},
	{"bad UTF-8: likewise", []string{"Differences/UnstorableTexts", "Differences/TextsNobodyHas", "Differences/TextsInMembers"}},
	{"a violated unique constraint: PostgreSQL's transaction is lost", []string{"Transactions/AfterRefusal", "Addresses/OneNamespace", "Roles/Names", "Groups/Names"}},
	{"another failed statement: SQLite's transaction goes on", []string{"Differences/FailureForgotten", "Differences/FailureInside", "Users/References", "Roles/InsertTwice"}},
	{"a commit after a failure: PostgreSQL rolls back and calls it a success", []string{"Differences/FailureForgotten", "Transactions/ContextEndsBeforeCommit"}},
	{"lower('É'): é in PostgreSQL alone", []string{"Search/Contains", "Addresses/OneNamespace", "Roles/Names"}},
	{"like: SQLite's ignores the case of ASCII letters", []string{"Search/Contains"}},
	{"wildcards of like and glob", []string{"Search/Contains", "Search/External", "Users/Missing", "Roles/Missing", "Addresses/OneNamespace"}},
	{"a negative limit or offset: all in SQLite, an error in PostgreSQL", []string{"Search/Pages", "Roles/List", "Tenants/List", "Journal/Limits"}},
	{"no limit, and the largest", []string{"Search/Pages", "Differences/Extremes", "Journal/OrderAndFilter"}},
	{"an offset without a limit: no statement in SQLite", []string{"Search/Pages"}},
	{"times: PostgreSQL's have microseconds, Go's have nanoseconds", []string{"Users/Times", "Differences/FarTimes", "New/DefaultTenant", "Journal/ClockNeverRunsBackwards"}},
	{"a sequence keeps the numbers of what was rolled back", []string{"Catalogue/NumbersRolledBack", "Journal/RolledBack"}},
	{"a rowid is given again when the last row goes", []string{"Catalogue/NumbersNeverReused", "Purge/Tombstones"}},
	{"order: a collation is not the bytes", []string{"Differences/OrderByBytes", "Catalogue/KeysInOrder"}},
	{"very long texts: an index of PostgreSQL takes 2704 bytes", []string{"Differences/LongTexts"}},
	{"an empty list, and none", []string{"New/NothingElse", "Users/ReadsBackBare", "Roles/ReadsBack", "Journal/Members"}},
	{"'' and null in a unique column", []string{"Addresses/Unset", "Addresses/External"}},
	{"one row twice in one statement: an error in PostgreSQL", []string{"Differences/KeysTwice", "Groups/AddMembers"}},
	{"a boolean is a number in SQLite", []string{"Users/ReadsBack", "Catalogue/KeysInOrder", "Tenants/ReadsBack"}},
	{"a read that others write beside: SQLite's snapshot begins with the first read", []string{"Views/Snapshot", "Isolation/Uncommitted"}},
}

func TestDifferencesArePinned(t *testing.T) {
	cases := map[string]bool{}
	for _, topic := range topics() {
		for _, c := range topic.cases {
			cases[topic.name+"/"+c.name] = true
		}
	}
	for _, row := range pinned {
		for _, name := range row.cases {
			if !cases[name] {
				t.Errorf("%s: there is no case %s", row.difference, name)
			}
		}
	}
}
