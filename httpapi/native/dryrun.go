package native

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
)

// wireDryRun says what a change would do.
type wireDryRun struct {
	Would     wireWould     `json:"would"`
	Gains     []wireHolding `json:"gains"`
	Loses     []wireHolding `json:"loses"`
	Truncated bool          `json:"truncated"`
	Counts    *wireCounts   `json:"counts"`
}

type wireWould struct {
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body"`
}

type wireHolding struct {
	User       *uuid.UUID       `json:"user"`
	Permission perms.Permission `json:"permission"`
	Tenant     *string          `json:"tenant"`
}

type wireCounts struct {
	Gains int `json:"gains"`
	Loses int `json:"loses"`
}

// wordDryRun answers a dry run with the status of the real call, but for 204, which has no body.
func wordDryRun(_ *httpapi.Call, would httpapi.Answer, report store.Report) httpapi.Answer {
	u := ungiven{at: wire.FormatTime(report.At), made: report.Made}
	body, _ := would.Body.(json.RawMessage)
	out := wireDryRun{
		Would: wireWould{would.Status, u.cover("", body)}, Gains: u.holdings(report.Gains), Loses: u.holdings(report.Loses),
		Truncated: report.Cut || len(report.Gains) < report.Gained || len(report.Loses) < report.Lost,
	}
	if !report.Cut {
		out.Counts = &wireCounts{report.Gained, report.Lost}
	}
	status := would.Status
	if status == http.StatusNoContent {
		status = http.StatusOK
	}
	return httpapi.Answer{Status: status, Body: out}
}

// ungiven covers what a dry run has made up: the real call will give other ids, numbers and times.
type ungiven struct {
	at   string // of the change
	made []uuid.UUID
}

func (u ungiven) holdings(list []store.Holding) []wireHolding {
	out := make([]wireHolding, len(list))
	for i, h := range list {
		out[i] = wireHolding{Permission: h.Permission}
		if !slices.Contains(u.made, h.User) {
			out[i].User = &h.User
		}
		if id, _ := h.Scope.Tenant(); !slices.Contains(u.made, id) {
			out[i].Tenant = new(h.Scope.String())
		}
	}
	return out
}

// null is what stands for something that is not given yet, and for the body of an answer without one.
var null = json.RawMessage("null")

// cover returns a value without what is not given yet. The members of objects keep their order.
func (u ungiven) cover(name string, value json.RawMessage) json.RawMessage {
	if len(value) == 0 {
		return null
	}
	switch value[0] {
	case '{':
		return u.coverObject(value)
	case '[':
		return u.coverArray(value)
	case '"':
		var text string
		if json.Unmarshal(value, &text) == nil && (u.isMade(text) || text == u.at && slices.Contains(stamps, name)) {
			return null
		}
	}
	return value
}

// stamps are the members that hold the time of a change.
var stamps = []string{"updated_at", "deleted_at", "set_at", "purged_at"}

func (u ungiven) isMade(text string) bool {
	id, _ := wire.UUID(text)
	return slices.Contains(u.made, id)
}

func (u ungiven) coverArray(value json.RawMessage) json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(value, &list) != nil {
		return value
	}
	for i := range list {
		list[i] = u.cover("", list[i])
	}
	return enclose('[', list, ']')
}

// coverObject covers the members of an object; number and time of birth, too, of what has no id yet.
func (u ungiven) coverObject(value json.RawMessage) json.RawMessage {
	var (
		list   []json.RawMessage
		unborn bool // what the object shows has no id yet
	)
	d := json.NewDecoder(bytes.NewReader(value))
	if _, err := d.Token(); err != nil { // the brace
		return value
	}
	for d.More() {
		var member json.RawMessage
		token, err := d.Token()
		if err != nil || d.Decode(&member) != nil {
			return value
		}
		name, _ := token.(string)
		covered := u.cover(name, member)
		unborn = unborn || (name == "id" || name == "role") && len(covered) != len(member)
		if unborn && (name == "number" || name == "created_at") {
			covered = null
		}
		key, _ := json.Marshal(name)
		list = append(list, slices.Concat(key, json.RawMessage(":"), covered))
	}
	return enclose('{', list, '}')
}

func enclose(open byte, list []json.RawMessage, end byte) json.RawMessage {
	parts := make([][]byte, len(list))
	for i, v := range list {
		parts[i] = v
	}
	out := append([]byte{open}, bytes.Join(parts, []byte{','})...)
	return append(out, end)
}
