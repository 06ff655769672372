// Package secret encrypts what the database keeps and nobody may read there.
//
// A [Key] is the one secret that an operator guards. From it a [Box] is derived for each purpose, so that what was sealed for one
// purpose cannot be opened for another. Values are sealed with AES-256-GCM under random nonces.
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

// Key is an encryption key. It is made by [ParseKey] or [Source.Load]; the zero Key is none.
type Key struct{ bytes [KeySize]byte }

// ErrKeyFormat says that a text is no encryption key. It does not show the text.
var ErrKeyFormat = errors.New("an encryption key is 32 random bytes, written in base64 or hex")

// ParseKey reads a key of 32 bytes in hex or in base64, standard or for URLs, with or without padding. Blanks around it do not matter.
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

// text is the key as [ParseKey] reads it.
func (k *Key) text() string { return base64.StdEncoding.EncodeToString(k.bytes[:]) }

// String implements [fmt.Stringer], so that a key is never printed by accident.
func (Key) String() string { return "[encryption key]" }

// GoString implements [fmt.GoStringer] for the same reason.
func (k Key) GoString() string { return k.String() }
