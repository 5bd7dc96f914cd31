package integration_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/company"
	"github.com/seed-06a6a295/rolebook/internal/matrix"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
)

// documented are the APIs that have a document, by the prefixes under which they are mounted.
var documented = []contract{
	{prefix: "/msp"},
	{prefix: "/company", slash: true},
	{prefix: "/partial", slash: true, loose: true},
	{prefix: "/locator"},
	{prefix: "/teams", ignored: "organization_id"},
	{prefix: "/native"},
}

// contract is an API's document.
type contract struct {
	prefix   string
	slash    bool   // a path may end with one
	ignored  string // a parameter that is not read of callers who are not staff, whatever it is
	loose    bool   // by an option of the host the API accepts more than the document says
	document *openapi3.T
}

// The documents are right: all transcripts are played once more, with a validator between the people and the APIs. Whatever is answered is in the API's
// document, with its status, its media type and its body; whatever is accepted is a request that the document admits; and no operation and no success of
// the documents goes without an example.
func TestDocumentsAgainstTranscripts(t *testing.T) {
	apis := matrix.Every()
	apis["/partial"] = func(api *httpapi.API) http.Handler {
		return company.Handler(api, &company.Options{PartialUpdate: true})
	}
	mount := transcript.Mount(httpapi.Options{}, apis)
	openapi3filter.RegisterBodyDecoder("image/png", openapi3filter.FileBodyDecoder)
	contracts, seen := readDocuments(t, mount), &evidence{success: map[string]bool{}, faults: map[string]string{}}
	host := matrix.Host("validated", func(_ testing.TB, clock func() time.Time) store.Store {
		return memory.NewWith(memory.Options{Clock: clock})
	})
	host.Mount = func(book *store.Book) (http.Handler, error) {
		next, err := mount(book)
		return inspector{next, contracts, seen}, err
	}
	playTheRest(t, host, contracts)
	for _, api := range []string{"msp", "company", "locator", "teams", "native"} {
		t.Run(api, func(t *testing.T) { transcript.Run(t, "../../httpapi/"+api+"/testdata/*.txt", host) })
	}
	t.Run("together", func(t *testing.T) { transcript.Run(t, "../../httpapi/testdata/*.txt", host) })
	for _, what := range slices.Sorted(maps.Keys(seen.faults)) {
		t.Errorf("%s: %s", what, seen.faults[what])
	}
	for _, c := range contracts {
		for _, success := range c.successes() {
			if !c.loose && !seen.success[success] {
				t.Errorf("%s is in the document and in no transcript", success)
			}
		}
	}
}

// playTheRest plays what no transcript can hold: documents, and pictures.
func playTheRest(t *testing.T, host transcript.Host, contracts []contract) {
	t.Helper()
	stage := host.Start(t).As("root")
	for _, c := range contracts {
		for path := range c.document.Paths.Map() {
			if strings.HasSuffix(path, "/openapi.json") {
				stage.Get(t, c.prefix+path)
			}
		}
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	const avatar = "/teams/api/users/5/avatar"
	stage.Do(t, transcript.Request{Method: http.MethodPut, Path: avatar, Header: http.Header{"Content-Type": {"image/png"}}, Body: picture.String()})
	stage.Get(t, avatar)
}

// readDocuments reads the documents where everybody does, and checks that they are valid in themselves, their examples too.
func readDocuments(t *testing.T, mount func(*store.Book) (http.Handler, error)) []contract {
	t.Helper()
	book, err := store.Connect(t.Context(), memory.New(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := mount(book)
	if err != nil {
		t.Fatal(err)
	}
	var contracts []contract
	for _, c := range documented {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, c.prefix+"/openapi.json", nil))
		if c.document, err = openapi3.NewLoader().LoadFromData(w.Body.Bytes()); err != nil {
			t.Fatalf("%s: %v", c.prefix, err)
		}
		if err := c.document.Validate(t.Context(), openapi3.EnableExamplesValidation(), openapi3.EnableSchemaFormatValidation()); err != nil {
			t.Fatalf("%s: %v", c.prefix, err)
		}
		contracts = append(contracts, c)
	}
	return contracts
}

// evidence is what the transcripts have shown. A fault is told once for each operation and status.
type evidence struct {
	mu      sync.Mutex
	success map[string]bool   // by prefix, operation and status
	faults  map[string]string // likewise
}

func (e *evidence) note(what string, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err == nil {
		e.success[what] = true
	} else if e.faults[what] == "" {
		e.faults[what] = err.Error()
	}
}

// inspector holds what passes through it to the documents that the APIs behind it answer.
type inspector struct {
	next      http.Handler
	contracts []contract
	seen      *evidence
}

func (in inspector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	sent := r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	in.next.ServeHTTP(answer, r)
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
	for _, c := range in.contracts {
		if rest, ok := strings.CutPrefix(sent.URL.EscapedPath(), c.prefix+"/"); ok {
			in.seen.note(exchange{c, sent, body, answer}.check("/" + rest))
		}
	}
}

// exchange is a request and its answer.
type exchange struct {
	contract
	request *http.Request
	body    []byte
	answer  *httptest.ResponseRecorder
}

// check returns what was exchanged, and what is wrong with it.
func (e exchange) check(escaped string) (what string, err error) {
	if e.slash {
		escaped = strings.TrimSuffix(escaped, "/")
	}
	route, params := find(e.document, e.request.Method, escaped)
	if route == nil {
		refused := []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusTooManyRequests}
		if !slices.Contains(refused, e.answer.Code) {
			err = errors.New("answered, and in no document")
		}
		return fmt.Sprintf("%s %s%s %d", e.request.Method, e.prefix, escaped, e.answer.Code), err
	}
	what = fmt.Sprintf("%s %s%s %d", route.Method, e.prefix, route.Path, e.answer.Code)
	input := &openapi3filter.RequestValidationInput{Request: e.accepted(), PathParams: params, Route: route, Options: options}
	if e.answer.Code < 300 && !e.loose {
		if err := openapi3filter.ValidateRequest(e.request.Context(), input); err != nil {
			return what, fmt.Errorf("%s: %w", e.body, err)
		}
	}
	if e.request.Method == http.MethodHead {
		return "HEAD of " + what, hasStatus(route.Operation, e.answer.Code)
	}
	err = openapi3filter.ValidateResponse(e.request.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: e.answer.Code, Header: e.answer.Header(),
		Body: io.NopCloser(bytes.NewReader(e.answer.Body.Bytes())), Options: options,
	})
	if err == nil && route.Operation.Responses.Status(e.answer.Code).Value.Content == nil && e.answer.Body.Len() > 0 {
		err = errors.New("has a body, and should not")
	}
	if err != nil {
		return what, fmt.Errorf("%s: %w", e.answer.Body, err)
	}
	return what, nil
}

// accepted returns the request as the validator is to see it: without the parameter that was not read, and JSON, which may be sent as any kind of it or
// without a word, as the one that the documents name.
func (e exchange) accepted() *http.Request {
	r := e.request.Clone(context.WithoutCancel(e.request.Context()))
	r.Body = io.NopCloser(bytes.NewReader(e.body))
	if query := r.URL.Query(); query.Has(e.ignored) {
		if _, err := strconv.Atoi(query.Get(e.ignored)); err != nil {
			query.Del(e.ignored)
			r.URL.RawQuery = query.Encode()
		}
	}
	sent := r.Header.Get("Content-Type")
	if sent == "" || strings.HasPrefix(sent, "application/") && strings.Contains(sent, "json") {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// options of the validator. That a token is asked for is another test's to say; here most are asked without one.
var options = &openapi3filter.Options{
	IncludeResponseStatus: true, SkipSettingDefaults: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
	SchemaValidationOptions: []openapi3.SchemaValidationOption{
		openapi3.WithStringFormatValidators(map[string]openapi3.StringFormatValidator{
			"uuid": openapi3.NewRegexpFormatValidator(openapi3.FormatOfStringForUUIDOfRFC9562),
		}),
	},
}

func hasStatus(op *openapi3.Operation, status int) error {
	if op.Responses.Status(status) == nil {
		return errors.New("status is not in the document")
	}
	return nil
}

// find returns the operation of a request, or nil. Where two paths fit, the one comes first that is literal for longer: a brace sorts behind what stands in
// names.
func find(document *openapi3.T, method, escaped string) (*routers.Route, map[string]string) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	for _, path := range slices.Sorted(maps.Keys(document.Paths.Map())) {
		params, ok := match(path, escaped)
		item := document.Paths.Find(path)
		if op := item.GetOperation(method); ok && op != nil {
			return &routers.Route{Spec: document, Path: path, PathItem: item, Method: method, Operation: op}, params
		} else if ok {
			return nil, nil
		}
	}
	return nil, nil
}

// match compares a path of a document with one that was asked for.
func match(path, escaped string) (params map[string]string, ok bool) {
	want, got := strings.Split(path, "/"), strings.Split(escaped, "/")
	params = map[string]string{}
	ok = slices.EqualFunc(want, got, func(want, got string) bool {
		plain, err := url.PathUnescape(got)
		if name := strings.Trim(want, "{}"); name != want {
			params[name] = plain
			return err == nil && plain != ""
		}
		return want == plain
	})
	return params, ok
}

// successes returns every operation with each of its successes.
func (c contract) successes() []string {
	var list []string
	for path, item := range c.document.Paths.Map() {
		for method, op := range item.Operations() {
			for status := range op.Responses.Map() {
				if status[0] == '2' {
					list = append(list, fmt.Sprintf("%s %s%s %s", method, c.prefix, path, status))
				}
			}
		}
	}
	return list
}
