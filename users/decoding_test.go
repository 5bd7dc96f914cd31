package users

import (
	"context"
	"errors"
	"testing"
)

// Whoever waits for his turn to have a picture decoded waits no longer than he likes.
func TestWaitingToDecodeEnds(t *testing.T) {
	s := &Service{decoding: make(chan struct{}, maxDecoding)}
	for range maxDecoding {
		s.decoding <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.redraw(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
