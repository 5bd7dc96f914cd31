package users_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// halves is a picture whose left half is red and whose right half is blue.
func halves(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{R: 255, A: 255}
			if x >= w/2 {
				c = color.NRGBA{B: 255, A: 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

// file returns what encode writes.
func file(encode func(*bytes.Buffer) error) []byte {
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func pngFile(m image.Image) []byte {
	return file(func(b *bytes.Buffer) error { return png.Encode(b, m) })
}

// frames is a GIF of two frames: the first like halves, the second all green.
func frames(w, h int) []byte {
	palette := color.Palette{color.NRGBA{R: 255, A: 255}, color.NRGBA{B: 255, A: 255}, color.NRGBA{G: 255, A: 255}}
	first, second := image.NewPaletted(image.Rect(0, 0, w, h), palette), image.NewPaletted(image.Rect(0, 0, w, h), palette)
	for i := range first.Pix {
		if i%w >= w/2 {
			first.Pix[i] = 1
		}
		second.Pix[i] = 2
	}
	return file(func(b *bytes.Buffer) error {
		return gif.EncodeAll(b, &gif.GIF{Image: []*image.Paletted{first, second}, Delay: []int{1, 1}})
	})
}

// withChunk returns a PNG with a text chunk behind its header, as cameras and editors write them.
func withChunk(picture []byte, text string) []byte {
	const header = 8 + 25
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(text)))
	chunk = append(append(chunk, "tEXt"...), text...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return append(append(bytes.Clone(picture[:header]), chunk...), picture[header:]...)
}

// withSize returns a PNG whose header claims another size.
func withSize(picture []byte, w, h uint32) []byte {
	out := bytes.Clone(picture)
	binary.BigEndian.PutUint32(out[16:], w)
	binary.BigEndian.PutUint32(out[20:], h)
	binary.BigEndian.PutUint32(out[29:], crc32.ChecksumIEEE(out[12:29]))
	return out
}

func TestAvatarIsDrawnAnew(t *testing.T) {
	photo := file(func(b *bytes.Buffer) error { return jpeg.Encode(b, halves(1000, 500), &jpeg.Options{Quality: 100}) })
	secret := "GPS 47.3769"
	exif := append(append(bytes.Clone(photo[:2]), 0xff, 0xe1, 0, byte(2+len(secret))), append([]byte(secret), photo[2:]...)...)
	for _, c := range []struct {
		name   string
		in     []byte
		kind   string
		width  int
		height int
	}{
		{"png", withChunk(pngFile(halves(1024, 256)), secret), "image/png", 512, 128},
		{"png with something behind it", append(pngFile(halves(100, 300)), secret...), "image/png", 100, 300},
		{"tall png", pngFile(halves(600, 900)), "image/png", 341, 512},
		{"line", pngFile(halves(4000, 2)), "image/png", 512, 1},
		{"jpeg", exif, "image/jpeg", 512, 256},
		{"gif", append(frames(600, 600), "<html>"+secret...), "image/png", 512, 512},
		{"small gif", frames(4, 4), "image/png", 4, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			u, err := w.Users.SetAvatar(w.ctx, w.as("vic"), users.ByID(w.id("vic")), c.in)
			w.must(err)
			a, err := w.Users.Avatar(w.ctx, w.as("ann"), users.ByNumber(u.Number))
			w.must(err)
			if a.MediaType != c.kind || a.Tag != u.AvatarTag || len(a.Tag) != 16 || bytes.Contains(a.Image, []byte(secret)) {
				t.Errorf("got %s %s %q", a.MediaType, a.Tag, u.AvatarTag)
			}
			m, kind, err := image.Decode(bytes.NewReader(a.Image))
			w.must(err)
			if "image/"+kind != c.kind || m.Bounds() != image.Rect(0, 0, c.width, c.height) {
				t.Errorf("got %s of %v", kind, m.Bounds())
			}
			left, right := m.At(c.width/8, c.height/2), m.At(c.width-1-c.width/8, c.height/2)
			if !near(left, color.NRGBA{R: 255, A: 255}) || !near(right, color.NRGBA{B: 255, A: 255}) {
				t.Errorf("colours %v and %v", left, right)
			}
		})
	}
}

func near(a, b color.Color) bool {
	ar, ag, ab, aa := a.RGBA()
	br, bg, bb, ba := b.RGBA()
	for _, d := range []int{int(ar) - int(br), int(ag) - int(bg), int(ab) - int(bb), int(aa) - int(ba)} {
		if d < -0x1000 || d > 0x1000 {
			return false
		}
	}
	return true
}

// What is averaged is light, not what a transparent pixel would be if it could be seen.
func TestAvatarAveragesTransparency(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 1024, 1024))
	for i := range m.Pix {
		if i%8 < 4 {
			m.Pix[i] = [4]uint8{255, 255, 255, 255}[i%4] // white
		} // every other column is transparent black
	}
	w := newWorld(t)
	_, err := w.Users.SetAvatar(w.ctx, w.as("vic"), users.ByID(w.id("vic")), pngFile(m))
	w.must(err)
	a, err := w.Users.Avatar(w.ctx, w.as("vic"), users.ByID(w.id("vic")))
	w.must(err)
	small, err := png.Decode(bytes.NewReader(a.Image))
	w.must(err)
	if got := color.NRGBAModel.Convert(small.At(7, 7)).(color.NRGBA); got.A != 128 || got.R < 254 {
		t.Errorf("got %v, want white, half transparent", got)
	}
}

func TestAvatarRefuses(t *testing.T) {
	whole := pngFile(halves(64, 64))
	for _, c := range []struct {
		name string
		in   []byte
		code perms.FieldCode
	}{
		{"nothing", nil, perms.Format},
		{"text", []byte("hello"), perms.Format},
		{"svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), perms.Format},
		{"bmp", append([]byte("BM"), make([]byte, 100)...), perms.Format},
		{"truncated", whole[:len(whole)/2], perms.Format},
		{"header alone", whole[:33], perms.Format},
		{"too large a file", append(bytes.Clone(whole), make([]byte, users.MaxAvatarBytes)...), perms.TooLong},
		{"65,535 squared", withSize(whole, 65535, 65535), perms.Range},
		{"16,004,000 pixels", withSize(whole, 4001, 4000), perms.Range},
		{"2³¹ wide", withSize(whole, 1<<31-1, 1<<31-1), perms.Range},
		{"no pixels", withSize(whole, 0, 64), perms.Format},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			before := w.head()
			_, err := w.Users.SetAvatar(w.ctx, w.as("vic"), users.ByID(w.id("vic")), c.in)
			w.tried(err, perms.ErrInvalid, before)
			var invalid *perms.InvalidError
			if c.name == "2³¹ wide" && errors.As(err, &invalid) { // the decoder may refuse it itself
				c.code = invalid.Fields[0].Code
			}
			if !errors.As(err, &invalid) || invalid.Fields[0].Field != "avatar" || invalid.Fields[0].Code != c.code {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
}

func TestWhoMayChangeAvatars(t *testing.T) {
	picture := pngFile(halves(8, 8))
	for _, c := range []struct {
		actor, target string
		want          error
	}{
		{"vic", "vic", nil},
		{"ann", "vic", nil},
		{"root", "ann", nil},
		{"hal", "ann", perms.ErrEscalation},
		{"ann", "zoe", perms.ErrEscalation},
		{"vic", "ann", perms.ErrForbidden},
		{"bea", "vic", users.ErrNotFound},
		{"ann", "gone", users.ErrNotFound},
	} {
		t.Run(c.actor+" "+c.target, func(t *testing.T) {
			w := newWorld(t)
			w.add("gone", "viewer", perms.TenantOf(w.acme))
			w.must(verb(users.Delete)(w, system, "gone"))
			before := w.head()
			u, err := w.Users.SetAvatar(w.ctx, w.as(c.actor), users.ByID(w.id(c.target)), picture)
			w.tried(err, c.want, before)
			if c.want != nil {
				if _, err := w.Users.RemoveAvatar(w.ctx, w.as(c.actor), users.ByID(w.id(c.target))); !errors.Is(err, c.want) && c.want != perms.ErrEscalation {
					t.Errorf("remove: %v", err)
				}
				return
			}
			e := w.entry(before)
			if e.Action != perms.UserAvatar || len(e.After) != 1 || e.After["avatar"] != u.AvatarTag || e.Before["avatar"] != "" || u.Version != 2 {
				t.Errorf("%+v of %+v", e, u)
			}
			before = w.head()
			_, err = w.Users.SetAvatar(w.ctx, w.as(c.actor), users.ByID(w.id(c.target)), picture)
			w.must(err)
			if w.head() != before {
				t.Error("the same picture is in the journal")
			}
			u, err = w.Users.RemoveAvatar(w.ctx, w.as(c.actor), users.ByID(w.id(c.target)))
			w.must(err)
			if e := w.entry(before); e.After["avatar"] != "" || u.AvatarTag != "" {
				t.Errorf("removed: %+v", e)
			}
			if _, err := w.Users.Avatar(w.ctx, w.as(c.actor), users.ByID(w.id(c.target))); !errors.Is(err, users.ErrNoAvatar) {
				t.Errorf("after removal: %v", err)
			}
		})
	}
}

// The right to ask comes before the work: who may not change the avatar does not get it decoded.
func TestAvatarIsRefusedBeforeItIsDecoded(t *testing.T) {
	w := newWorld(t)
	_, err := w.Users.SetAvatar(w.ctx, w.as("vic"), users.ByID(w.id("ann")), []byte("no picture"))
	if !errors.Is(err, perms.ErrForbidden) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	if _, err := w.Users.SetAvatar(ctx, w.as("vic"), users.ByID(w.id("vic")), pngFile(halves(8, 8))); !errors.Is(err, context.Canceled) {
		t.Errorf("after the caller has gone: %v", err)
	}
}

func TestWhoSeesAvatars(t *testing.T) {
	w := newWorld(t)
	_, err := w.Users.SetAvatar(w.ctx, system, users.ByID(w.id("vic")), pngFile(halves(8, 8)))
	w.must(err)
	for actor, want := range map[string]error{"vic": nil, "ann": nil, "bea": users.ErrNotFound, "zoe": perms.ErrForbidden} {
		if _, err := w.Users.Avatar(w.ctx, w.as(actor), users.ByID(w.id("vic"))); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", actor, err, want)
		}
	}
	w.must(verb(users.Delete)(w, system, "vic"))
	_, err = w.Users.Avatar(w.ctx, w.as("ann"), users.ByID(w.id("vic")))
	w.must(err)
}
