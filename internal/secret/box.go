package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
)

// Box seals and opens values for one purpose. It is safe for concurrent use.
type Box struct {
	aead   cipher.AEAD
	header []byte // starts every sealed value: the format, and which key it was
}

// A sealed value is a header (the format's number and the id of the key), a nonce, and the ciphertext with its tag. The id is derived
// from the key and tells nothing about it; it tells a wrong key from a damaged value.
const (
	format     = 1
	idSize     = 8
	headerSize = 1 + idSize
)

// MarkSize is the number of bytes at the beginning of a sealed value that tell what it was sealed with: the same for all values of a box.
const MarkSize = headerSize

// Why a value cannot be opened. The value itself is not changed by it.
var (
	ErrWrongKey = errors.New("the value was sealed with another encryption key")
	ErrDamaged  = errors.New("the sealed value is damaged, or belongs elsewhere")
)

// Box derives the box for a purpose, a constant text. One purpose gives the same box each time.
func (k Key) Box(purpose string) (*Box, error) {
	key, err := k.derive("openloop " + purpose)
	if err != nil {
		return nil, err
	}
	id, err := k.derive("openloop " + purpose + " id")
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make a box: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("make a box: %w", err)
	}
	return &Box{aead: aead, header: append([]byte{format}, id[:idSize]...)}, nil
}

func (k Key) derive(info string) ([]byte, error) {
	out, err := hkdf.Key(sha256.New, k.bytes[:], nil, info, KeySize)
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	return out, nil
}

// Seal encrypts value. What of says whose it is (a name, an address it belongs with) is not kept, but has to be the same to open it.
func (b *Box) Seal(value []byte, of ...string) []byte {
	return b.aead.Seal(append([]byte(nil), b.header...), nil, value, b.bound(of)) //nolint:gosec // the AEAD makes a random nonce itself, and takes none
}

// Open decrypts what Seal made with the same key and the same of. Errors: [ErrWrongKey], [ErrDamaged].
func (b *Box) Open(sealed []byte, of ...string) ([]byte, error) {
	if err := b.Check(sealed); err != nil {
		return nil, err
	}
	value, err := b.aead.Open(nil, nil, sealed[headerSize:], b.bound(of))
	if err != nil {
		return nil, ErrDamaged
	}
	return value, nil
}

// Check reports whether a value was sealed with the key of this box, without opening it. Errors: [ErrWrongKey], [ErrDamaged].
func (b *Box) Check(sealed []byte) error {
	if len(sealed) < headerSize+b.aead.Overhead() {
		return ErrDamaged
	}
	return b.CheckMark(sealed[:headerSize])
}

// CheckMark reports whether a value that begins with mark was sealed with the key of this box. Errors: [ErrWrongKey], [ErrDamaged] for
// what is no mark.
func (b *Box) CheckMark(mark []byte) error {
	if len(mark) != headerSize || mark[0] != format {
		return ErrDamaged
	}
	if subtle.ConstantTimeCompare(mark, b.header) != 1 {
		return ErrWrongKey
	}
	return nil
}

// bound is the data that a sealed value is bound to: the header, and each text with its length, so that no two lists look the same.
func (b *Box) bound(of []string) []byte {
	out := append([]byte(nil), b.header...)
	for _, text := range of {
		out = binary.AppendUvarint(out, uint64(len(text)))
		out = append(out, text...)
	}
	return out
}
