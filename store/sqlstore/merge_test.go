package sqlstore

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// TestMerged: facts are in their order however they come: part by part, the parts or what is in them the other way round, or in any order.
func TestMerged(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var facts []*fact
	for user := range int64(40) {
		facts = append(facts, &fact{user: user, part: selfPart})
		for range r.IntN(4) {
			facts = append(facts,
				&fact{user: user, part: tenancyPart, position: number(r.IntN(1000))},
				&fact{user: user, part: overridePart, word: text(strings.Repeat("a", r.IntN(9))), scope: scope{perms.In(uuid.UUID{byte(r.IntN(256))})}},
				&fact{user: user, part: objectPart, ref: uuid.UUID{byte(r.IntN(256))}, position: number(r.IntN(1000))})
		}
		facts = append(facts, &fact{user: 0, part: rulePart, ref: uuid.UUID{byte(user)}})
	}
	want := slices.Clone(facts)
	slices.SortStableFunc(want, compareFacts)
	partByPart := slices.Clone(want)
	slices.SortStableFunc(partByPart, func(a, b *fact) int { return int(a.part) - int(b.part) })
	backwards := slices.Clone(partByPart)
	slices.Reverse(backwards)
	shuffled := slices.Clone(want)
	r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	for name, found := range map[string][]*fact{"part by part": partByPart, "backwards": backwards, "in any order": shuffled, "none": nil} {
		got := merged(slices.Clone(found))
		if len(got) != len(found) || !slices.IsSortedFunc(got, compareFacts) {
			t.Errorf("%s: not in order", name)
		}
		for _, f := range found {
			if !slices.Contains(got, f) {
				t.Fatalf("%s: %+v is not there", name, f)
			}
		}
	}
}
