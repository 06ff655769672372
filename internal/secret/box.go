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
	header []byte // the start of every sealed value: the format and the id of the key
}

// A sealed value is a header (the number of the format and the id of the key), a nonce, and the ciphertext with its tag. The id is derived
// from the key and reveals nothing about it. With it a wrong key can be told from a damaged value.
const (
	format     = 1
	idSize     = 8
	headerSize = 1 + idSize
)

// MarkSize is the size of the mark at the start of a sealed value. All values of a box have the same mark.
const MarkSize = headerSize

// The reasons why a value cannot be opened.
var (
	ErrWrongKey = errors.New("the value was sealed with another encryption key")
	ErrDamaged  = errors.New("the sealed value is damaged, or belongs elsewhere")
)

// Box derives the box for a purpose, which is a constant text. Equal purposes give equal boxes.
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

// Seal encrypts value. of names its owner, such as a name or an address. It is not stored, and must be the same to open the value.
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

// CheckMark reports whether a value that begins with mark was sealed with the key of this box. Errors: [ErrWrongKey], and [ErrDamaged] if mark
// is not a mark.
func (b *Box) CheckMark(mark []byte) error {
	if len(mark) != headerSize || mark[0] != format {
		return ErrDamaged
	}
	if subtle.ConstantTimeCompare(mark, b.header) != 1 {
		return ErrWrongKey
	}
	return nil
}

// bound is the authenticated data of a sealed value: the header, and each text in of with its length, so that no two lists are equal.
func (b *Box) bound(of []string) []byte {
	out := append([]byte(nil), b.header...)
	for _, text := range of {
		out = binary.AppendUvarint(out, uint64(len(text)))
		out = append(out, text...)
	}
	return out
}
