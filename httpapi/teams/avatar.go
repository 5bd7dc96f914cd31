package teams

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/users"
)

// Limits of a form that holds an avatar, beside the picture itself.
const (
	maxFraming = 64 << 10 // bytes of boundaries, headers and other fields
	maxParts   = 16
)

// errNoPicture: a body holds no picture, or more than one.
var errNoPicture = errors.New("teams: no picture")

// setAvatar is route 6.
func (t *teams) setAvatar(c *httpapi.Call) error {
	u, err := addressedUser(c)
	if err != nil {
		return err
	}
	picture, err := readPicture(c.Request)
	if errors.Is(err, errNoPicture) || errors.Is(err, wire.ErrMalformed) {
		return &refusal{"Invalid avatar", err}
	}
	if err != nil {
		return err
	}
	u, err = c.Book.Users.SetAvatar(c.Context(), c.Actor, users.ByID(u.ID), picture)
	if err != nil {
		return err
	}
	return t.answer(c, http.StatusOK, avatar{UserID: u.Number, UserAvatar: t.avatarURL(u)})
}

// readPicture reads a picture: the body itself, or the one file of a form. What kind of picture it is, its content says.
func readPicture(r *http.Request) ([]byte, error) {
	mediaType := wire.MediaType(r)
	switch {
	case strings.HasPrefix(mediaType, "image/"):
		return wire.ReadBytes(r, users.MaxAvatarBytes)
	case mediaType == "multipart/form-data":
		return readForm(r)
	}
	body, err := wire.ReadBytes(r, 0)
	if len(body) == 0 && err == nil {
		return nil, errNoPicture
	}
	return nil, wire.ErrMediaType
}

// readForm returns the one file of a form, in the field avatar or file.
func readForm(r *http.Request) ([]byte, error) {
	body, err := wire.ReadBytes(r, users.MaxAvatarBytes+maxFraming)
	if err != nil {
		return nil, err
	}
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, errNoPicture
	}
	form := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	var picture []byte
	for range maxParts {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return picture, nil
		}
		if err != nil {
			return nil, errNoPicture
		}
		if name := part.FormName(); part.FileName() == "" || name != "avatar" && name != "file" {
			continue
		}
		if picture != nil {
			return nil, errNoPicture
		}
		if picture, err = readFile(part); err != nil {
			return nil, err
		}
	}
	return nil, errNoPicture
}

func readFile(part io.Reader) ([]byte, error) {
	picture, err := io.ReadAll(part)
	if err != nil {
		return nil, errNoPicture
	}
	if len(picture) > users.MaxAvatarBytes {
		return nil, wire.ErrTooLarge
	}
	return picture, nil
}

// getAvatar is the addition to route 6. The picture has been drawn anew by the library, and a browser is still told to run nothing in it.
func (t *teams) getAvatar(c *httpapi.Call) error {
	ref, err := userRef(c, "id")
	if err != nil {
		return err
	}
	picture, err := c.Book.Users.Avatar(c.Context(), c.Actor, ref)
	if err != nil {
		return err
	}
	header := c.Header()
	header.Set("Content-Type", picture.MediaType)
	header.Set("Content-Length", strconv.Itoa(len(picture.Image)))
	header.Set("Content-Disposition", "inline")
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Writer().WriteHeader(http.StatusOK)
	_, _ = c.Writer().Write(picture.Image) // a client that has gone needs no answer
	return nil
}
