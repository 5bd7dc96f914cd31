package users

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Limits of avatars (wire/teams.md, route 6).
const (
	MaxAvatarBytes  = 2 << 20    // of what is uploaded
	MaxAvatarPixels = 16_000_000 // of what is uploaded
	MaxAvatarSide   = 512        // pixels of what is kept, either way

	maxDecoding = 1 // uploads decoded at once: each may take 100 MB for a moment
)

// avatarChange admits to changing an avatar.
var avatarChange = Needs(perms.UsersUpdate).OrSelf()

// SetAvatar gives a user a picture: a PNG, JPEG or GIF by its content, of which the first frame is kept, drawn anew at most 512 pixels wide and high,
// without whatever else the file holds. It takes users.update, for oneself nothing. A picture that is not acceptable is [perms.ErrInvalid].
func (s *Service) SetAvatar(ctx context.Context, actor perms.Actor, user Ref, picture []byte) (User, error) {
	if _, err := s.Find(ctx, actor, avatarChange, user); err != nil { // decoding is slow: ask before, and again inside the transaction
		return User{}, fmt.Errorf("set avatar: %w", err)
	}
	drawn, err := s.redraw(ctx, picture)
	if err != nil {
		return User{}, fmt.Errorf("set avatar: %w", err)
	}
	return s.putAvatar(ctx, actor, user, drawn)
}

// redraw is the function of the same name, when it is its turn.
func (s *Service) redraw(ctx context.Context, picture []byte) (Avatar, error) {
	select {
	case s.decoding <- struct{}{}:
		defer func() { <-s.decoding }()
		return redraw(picture)
	case <-ctx.Done():
		return Avatar{}, ctx.Err()
	}
}

// RemoveAvatar takes a user's picture away, if he has one. It takes what [Service.SetAvatar] takes.
func (s *Service) RemoveAvatar(ctx context.Context, actor perms.Actor, user Ref) (User, error) {
	return s.putAvatar(ctx, actor, user, Avatar{})
}

// Avatar returns a user's picture, or [ErrNoAvatar]: to whoever holds users.read where he is, and to himself. That of a soft-deleted user is found too.
func (s *Service) Avatar(ctx context.Context, actor perms.Actor, user Ref) (Avatar, error) {
	var found Avatar
	err := s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		u, err := s.find(ctx, tx, a, Needs(perms.UsersRead).OrSelf().OrDeleted(), user)
		if err != nil {
			return err
		}
		found, err = tx.Avatar(ctx, u.ID)
		return err
	})
	return found, wrap("read avatar", err)
}

func (s *Service) putAvatar(ctx context.Context, actor perms.Actor, user Ref, picture Avatar) (User, error) {
	var out User
	err := s.write(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		u, err := s.find(ctx, tx, a, avatarChange, user)
		if err != nil {
			return err
		}
		if u.AvatarTag != picture.Tag {
			if u, err = s.replaceAvatar(ctx, tx, a, u, picture); err != nil {
				return err
			}
		}
		out, err = s.shown(ctx, tx, a, u)
		return err
	})
	return out, wrap("change avatar", err)
}

// replaceAvatar judges the change as one of the user's record, and makes it.
func (s *Service) replaceAvatar(ctx context.Context, tx Store, a *perms.Authority, old User, picture Avatar) (User, error) {
	c := &change{service: s, tx: tx, a: a, op: avatarChange, old: old, u: old.Clone()}
	c.u.AvatarTag = picture.Tag
	var err error
	if c.held, err = rolesOf(ctx, tx, old); err != nil {
		return User{}, err
	}
	if err := c.judge(ctx); err != nil {
		return User{}, err
	}
	c.u.Version, c.u.UpdatedAt = old.Version+1, a.Now
	if err := tx.UpdateUser(ctx, old, c.u); err != nil {
		return User{}, err
	}
	if err := tx.SetAvatar(ctx, old.ID, picture); err != nil {
		return User{}, fmt.Errorf("write avatar: %w", err)
	}
	entry := a.Entry(perms.UserAvatar, perms.Target{Kind: perms.KindUser, ID: old.ID}, touched(old, c.u))
	return c.u, s.journal(ctx, tx, entry, old, c.u)
}

// format is a kind of picture that is taken, known by how it begins.
type format struct {
	magic  string
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
	photo  bool // kept as JPEG, otherwise as PNG
}

// formatOf returns the format of a picture. It asks no registry: a host's own decoders are none of ours.
func formatOf(picture []byte) (format, bool) {
	for _, f := range []format{
		{"\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode, false},
		{"\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode, true},
		{"GIF87a", gif.DecodeConfig, gif.Decode, false},
		{"GIF89a", gif.DecodeConfig, gif.Decode, false},
	} {
		if bytes.HasPrefix(picture, []byte(f.magic)) {
			return f, true
		}
	}
	return format{}, false
}

// redraw returns the avatar that an uploaded picture makes. How large it is, is known before any of it is unpacked.
func redraw(picture []byte) (Avatar, error) {
	if len(picture) > MaxAvatarBytes {
		return Avatar{}, perms.Invalid("avatar", perms.TooLong, "must have at most 2 MiB")
	}
	f, ok := formatOf(picture)
	if !ok {
		return Avatar{}, perms.Invalid("avatar", perms.Format, "must be a PNG, JPEG or GIF picture")
	}
	size, err := f.config(bytes.NewReader(picture))
	if err != nil || size.Width < 1 || size.Height < 1 {
		return Avatar{}, perms.Invalid("avatar", perms.Format, "is broken")
	}
	if int64(size.Width)*int64(size.Height) > MaxAvatarPixels {
		return Avatar{}, perms.Invalid("avatar", perms.Range, "must have at most 16 megapixels")
	}
	full, err := f.decode(bytes.NewReader(picture))
	if err != nil || full.Bounds().Empty() {
		return Avatar{}, perms.Invalid("avatar", perms.Format, "is broken")
	}
	return encode(shrink(full, MaxAvatarSide), f.photo)
}

func encode(m image.Image, photo bool) (Avatar, error) {
	var out bytes.Buffer
	kind, err := "image/png", error(nil)
	if photo {
		kind, err = "image/jpeg", jpeg.Encode(&out, m, &jpeg.Options{Quality: 85})
	} else {
		err = png.Encode(&out, m)
	}
	if err != nil {
		return Avatar{}, fmt.Errorf("encode avatar: %w", err)
	}
	sum := sha256.Sum256(out.Bytes())
	return Avatar{Tag: hex.EncodeToString(sum[:8]), MediaType: kind, Image: out.Bytes()}, nil
}

// shrink draws a picture anew, no side longer than most: each pixel is the average of those that it covers. A small picture keeps its size.
func shrink(full image.Image, most int) *image.RGBA {
	from := full.Bounds()
	w, h := from.Dx(), from.Dy()
	if longer := max(w, h); longer > most {
		w, h = max(1, share(w, longer, most)), max(1, share(h, longer, most))
	}
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	var rows *image.RGBA
	for y := range h { // a strip at a time, so that there is never a second picture of the full size
		top, bottom := share(y, h, from.Dy()), share(y+1, h, from.Dy())
		if rows == nil || rows.Rect.Dy() != bottom-top {
			rows = image.NewRGBA(image.Rect(0, 0, from.Dx(), bottom-top))
		}
		draw.Draw(rows, rows.Rect, full, from.Min.Add(image.Pt(0, top)), draw.Src)
		for x := range w {
			average(small.Pix[small.PixOffset(x, y):][:4], rows, share(x, w, from.Dx()), share(x+1, w, from.Dx()))
		}
	}
	return small
}

// share returns i n-ths of a length, rounded down. The product does not fit where int has 32 bits.
func share(i, n, length int) int { return int(int64(i) * int64(length) / int64(n)) }

// average sets a pixel to the mean of the columns [left, right) of a strip, channel by channel.
func average(pixel []uint8, rows *image.RGBA, left, right int) {
	var sum [4]int
	for y := range rows.Rect.Dy() {
		for i, v := range rows.Pix[rows.PixOffset(left, y):rows.PixOffset(right, y)] {
			sum[i%4] += int(v)
		}
	}
	n := (right - left) * rows.Rect.Dy()
	for i := range pixel {
		pixel[i] = uint8((sum[i] + n/2) / n)
	}
}
