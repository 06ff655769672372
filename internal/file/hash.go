package file

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/openloop-server/openloop/internal/json"
)

// Hash identifies a version within its File: the SHA-256, in hex, of the kind, a zero byte and the canonical content.
func Hash(k Kind, canonical json.Value) string {
	h := sha256.New()
	h.Write([]byte(k))
	h.Write([]byte{0})
	h.Write(canonical)
	return hex.EncodeToString(h.Sum(nil))
}

// Content is the content of a version, of one kind.
type Content interface {
	// Kind of File the content belongs to.
	Kind() Kind
	// Normalize brings equal meanings to one form: what is absent, null or empty without effect becomes absent.
	Normalize()
}

// Seal normalises c and returns its JSON and its hash. The hash is that of the canonical form, so the order of members does not make a
// version. The JSON keeps the order, because models read schemas in order.
func Seal(c Content) (content json.Value, hash string, err error) {
	c.Normalize()
	content, err = json.Marshal(c)
	if err != nil {
		return nil, "", err
	}
	canonical, err := json.Canonical(content)
	if err != nil {
		return nil, "", err
	}
	return content, Hash(c.Kind(), canonical), nil
}
