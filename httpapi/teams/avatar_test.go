package teams_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/users"
)

const vicsAvatar = "/teams/api/users/5/avatar"

// picture returns a PNG picture of a size.
func picture(t *testing.T, w, h int) string {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	m.Set(0, 0, color.RGBA{R: 200, A: 255})
	return drawn(t, func(out *bytes.Buffer) error { return png.Encode(out, m) })
}

func drawn(t *testing.T, encode func(*bytes.Buffer) error) string {
	t.Helper()
	var out bytes.Buffer
	if err := encode(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// upload sends an avatar of vic's.
func upload(t *testing.T, stage *transcript.Stage, status int, mediaType, body string) transcript.Answer {
	t.Helper()
	a := stage.Do(t, transcript.Request{Method: "PUT", Path: vicsAvatar, Header: http.Header{"Content-Type": {mediaType}}, Body: body})
	if a.Status != status {
		t.Fatalf("%s: %d %s, want %d", mediaType, a.Status, a.Body, status)
	}
	return a
}

// part is a field of a form.
type part struct{ field, file, content string }

// form returns a form's media type and body.
func form(t *testing.T, parts ...part) (mediaType, body string) {
	t.Helper()
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for _, p := range parts {
		disposition := fmt.Sprintf("form-data; name=%q", p.field)
		if p.file != "" {
			disposition += fmt.Sprintf("; filename=%q", p.file)
		}
		field, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {disposition}, "Content-Type": {"text/html"}})
		if err == nil {
			_, err = field.Write([]byte(p.content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), out.String()
}

// Both forms of an upload, every kind of picture, whatever name and type are claimed; the address leads to the picture and changes with it.
func TestAvatar(t *testing.T) {
	stage := onMemory().Start(t).As("vic")
	stage.Must(t, http.StatusNotFound, "GET", vicsAvatar, "")
	small := image.NewPaletted(image.Rect(0, 0, 4, 3), color.Palette{color.White, color.Black})
	byForm, formBody := form(t, part{"note", "", "hello"}, part{"avatar", "me.html", picture(t, 600, 300)})
	byFile, fileBody := form(t, part{"file", "blob", picture(t, 5, 7)})
	seen := map[string]bool{}
	for _, c := range []struct{ mediaType, body, kept, size string }{
		{"image/png", picture(t, 2, 2), "image/png", "2x2"},
		{"image/svg+xml", drawn(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, image.NewGray(image.Rect(0, 0, 9, 5)), nil) }), "image/jpeg", "9x5"},
		{"IMAGE/x; q=1", drawn(t, func(b *bytes.Buffer) error { return gif.Encode(b, small, nil) }), "image/png", "4x3"},
		{byForm, formBody, "image/png", "512x256"},
		{byFile, fileBody, "image/png", "5x7"},
	} {
		var answer struct {
			Data struct {
				UserID     int64  `json:"user_id"`
				UserAvatar string `json:"user_avatar"`
			}
		}
		upload(t, stage, http.StatusOK, c.mediaType, c.body).Decode(t, &answer)
		url := answer.Data.UserAvatar
		if answer.Data.UserID != 5 || !strings.HasPrefix(url, vicsAvatar+"?v=") || len(url) != len(vicsAvatar+"?v=")+16 || seen[url] {
			t.Errorf("%s: %+v", c.mediaType, answer.Data)
		}
		seen[url] = true
		if shown := stage.Must(t, http.StatusOK, "GET", "/teams/api/users/5", "").Body; !strings.Contains(shown, `"user_avatar":"`+url+`"`) {
			t.Errorf("%s: the user is %s", c.mediaType, shown)
		}
		got := stage.Must(t, http.StatusOK, "GET", url, "")
		size, _, err := image.DecodeConfig(strings.NewReader(got.Body))
		if err != nil || fmt.Sprintf("%dx%d", size.Width, size.Height) != c.size {
			t.Errorf("%s: %v, %v, want %s", c.mediaType, size, err, c.size)
		}
		for name, want := range map[string]string{
			"Content-Type": c.kept, "Content-Length": fmt.Sprint(len(got.Body)), "Content-Disposition": "inline",
			"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff",
		} {
			if got.Header.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", c.mediaType, name, got.Header.Get(name), want)
			}
		}
	}
}

// What is no picture, or is not to be taken as one, is refused and changes nothing.
func TestAvatarRefuses(t *testing.T) {
	const invalid, tooLarge, mediaType = `{"error":1,"message":"Invalid avatar"}`, `{"error":1,"message":"Request body too large"}`,
		`{"error":1,"message":"Content-Type must be application/json"}`
	good := picture(t, 2, 2)
	big := good + strings.Repeat("x", users.MaxAvatarBytes-len(good)+1)
	many := make([]part, 16)
	for i := range many {
		many[i] = part{"note", "", "x"}
	}
	stage := onMemory().Start(t).As("vic")
	before := stage.Dump(t)
	refuse := func(what string, status int, mediaType, body, want string) {
		t.Helper()
		if got := upload(t, stage, status, mediaType, body); got.Body != want {
			t.Errorf("%s: %s", what, got.Body)
		}
	}
	refuse("nothing", 400, "image/png", "", invalid)
	refuse("nothing of no type", 400, "", "", invalid)
	refuse("SVG", 400, "image/png", `<svg xmlns="http://www.w3.org/2000/svg"/>`, invalid)
	refuse("HTML", 400, "image/gif", "<html>GIF89a", invalid)
	refuse("cut off", 400, "image/png", good[:40], invalid)
	refuse("too many pixels", 400, "image/png", drawn(t, func(b *bytes.Buffer) error { return png.Encode(b, image.NewGray(image.Rect(0, 0, 4001, 4000))) }), invalid)
	refuse("too large", 413, "image/png", big, tooLarge)
	refuse("JSON", 415, "application/json", `{}`, mediaType)
	refuse("bytes", 415, "application/octet-stream", good, mediaType)
	refuse("no type", 415, "", good, mediaType)
	refuse("another form", 415, "multipart/mixed; boundary=x", good, mediaType)
	for what, parts := range map[string][]part{
		"no part": nil, "another field": {{"picture", "a.png", good}}, "no file": {{"avatar", "", good}}, "an empty file": {{"avatar", "a.png", ""}},
		"two files": {{"avatar", "a.png", good}, {"file", "b.png", good}}, "one after too many others": append(many, part{"avatar", "a.png", good}),
		"no picture": {{"avatar", "a.png", "hello"}},
	} {
		formType, body := form(t, parts...)
		refuse(what, 400, formType, body, invalid)
	}
	formType, body := form(t, part{"avatar", "a.png", good})
	refuse("no boundary", 400, "multipart/form-data", body, invalid)
	refuse("another boundary", 400, "multipart/form-data; boundary=other", body, invalid)
	refuse("a bad parameter", 400, "multipart/form-data; boundary=\"", body, invalid)
	refuse("a form cut off", 400, formType, body[:len(body)-30], invalid)
	formType, body = form(t, part{"avatar", "a.png", big})
	refuse("a large file", 413, formType, body, tooLarge)
	formType, body = form(t, part{"avatar", "a.png", good}, part{"note", "", strings.Repeat("x", users.MaxAvatarBytes+(64<<10))})
	refuse("a large form", 413, formType, body, tooLarge)
	gzip := transcript.Request{Method: "PUT", Path: vicsAvatar, Header: http.Header{"Content-Type": {"image/png"}, "Content-Encoding": {"gzip"}}, Body: good}
	if got := stage.Do(t, gzip); got.Status != 415 || got.Body != mediaType {
		t.Errorf("gzip: %d %s", got.Status, got.Body)
	}
	if stage.Dump(t) != before {
		t.Error("something has changed")
	}
}

// The gate and the look-up come before the body, the target rule behind it. A deleted user's avatar is shown as he is.
func TestWhoseAvatar(t *testing.T) {
	stage := onMemory().Start(t)
	upload(t, stage.As("vic"), http.StatusOK, "image/png", picture(t, 2, 2))
	upload(t, stage.As("mia"), http.StatusForbidden, "text/plain", "x")
	upload(t, stage.As("bea"), http.StatusNotFound, "text/plain", "x")
	stage.As("root").Must(t, http.StatusOK, "PUT", "/msp/api/users/5/permissions", `{"permission_key":"roles.create","granted":true}`)
	upload(t, stage.As("ann"), http.StatusUnsupportedMediaType, "text/plain", "x")
	if got := upload(t, stage, http.StatusForbidden, "image/png", picture(t, 3, 3)); !strings.Contains(got.Body, "Insufficient permissions") {
		t.Errorf("%s", got.Body)
	}
	stage.As("root").Must(t, http.StatusNoContent, "DELETE", "/teams/api/users/5", "")
	stage.As("ann").Must(t, http.StatusOK, "GET", vicsAvatar, "")
	upload(t, stage, http.StatusNotFound, "image/png", picture(t, 3, 3))
}
