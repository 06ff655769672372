package auth

import (
	"crypto/rand"
	"encoding/base64"
	"time"
)

// Session is a browser that is signed in with an API key. Its token is in a cookie; the token itself is never stored.
type Session struct {
	ID        string
	Hash      string // of the token, see [HashSecret]
	KeyID     string
	KeyName   string
	Role      Role     // of the key
	Priority  Priority // of the calls of the key
	UserAgent string   // as the browser calls itself
	CreatedAt time.Time
	SeenAt    time.Time // when it was last used, within five minutes
}

// The life of a session.
const (
	SessionIdle = 12 * time.Hour      // without a request
	SessionLife = 30 * 24 * time.Hour // in all
)

// LinkLife is how long a sign-in link is valid.
const LinkLife = 10 * time.Minute

// EndsAt is when the session ends if it is not used again.
func (s *Session) EndsAt() time.Time {
	idle, life := s.SeenAt.Add(SessionIdle), s.CreatedAt.Add(SessionLife)
	if idle.Before(life) {
		return idle
	}
	return life
}

// NewToken makes the token of a session or of a sign-in link: 256 random bits.
func NewToken() string {
	var bits [32]byte
	_, _ = rand.Read(bits[:]) // crypto/rand does not fail
	return base64.RawURLEncoding.EncodeToString(bits[:])
}
