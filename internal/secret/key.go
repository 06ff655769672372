// Package secret encrypts secrets that are stored in the database, such as provider keys.
//
// The operator guards one [Key]. A [Box] for each purpose is derived from it, so a value sealed for one purpose cannot be opened for another.
// Values are sealed with AES-256-GCM and random nonces.
package secret

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
)

// KeySize is the length of a key in bytes.
const KeySize = 32

// Key is an encryption key, made by [ParseKey] or [Source.Load]. The zero Key is invalid.
type Key struct{ bytes [KeySize]byte }

// ErrKeyFormat says that a text is not an encryption key. It does not quote the text.
var ErrKeyFormat = errors.New("an encryption key is 32 random bytes, written in base64 or hex")

// ParseKey reads a key of 32 bytes in hex or base64. The base64 may be the one for URLs, and without padding. Blanks around it are ignored.
func ParseKey(text string) (Key, error) {
	text = strings.TrimSpace(text)
	raw, err := hex.DecodeString(text)
	if err != nil {
		text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
		raw, err = base64.RawStdEncoding.Strict().DecodeString(text)
	}
	if err != nil || len(raw) != KeySize {
		return Key{}, ErrKeyFormat
	}
	return Key{[KeySize]byte(raw)}, nil
}

// newKey makes a key of random bytes.
func newKey() Key {
	var k Key
	_, _ = rand.Read(k.bytes[:]) // never fails
	return k
}

// text is the key in a form that [ParseKey] reads.
func (k *Key) text() string { return base64.StdEncoding.EncodeToString(k.bytes[:]) }

// String implements [fmt.Stringer]. It hides the key, so that it is never printed by accident.
func (Key) String() string { return "[encryption key]" }

// GoString implements [fmt.GoStringer] for the same reason.
func (k Key) GoString() string { return k.String() }
