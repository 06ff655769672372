package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"aead.dev/minisign"
)

const sumsFile = "SHA256SUMS"

// publish writes a file of what is published.
func (r *release) publish(name string, data []byte) error {
	return os.WriteFile(filepath.Join(r.out, name), data, 0o644)
}

// sums writes the checksums of all that is published.
func (r *release) sums(context.Context) error {
	entries, err := os.ReadDir(r.out)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		sum, err := sumOf(filepath.Join(r.out, e.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&text, "%x  %s\n", sum, e.Name())
	}
	return r.publish(sumsFile, text.Bytes())
}

func sumOf(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return h.Sum(nil), err
}

// sign signs the checksums with the key in a file of minisign, as `minisign -Sm SHA256SUMS` does. The key belongs on a machine without a network,
// where this command, or minisign itself, is run over the checksums alone.
func (r *release) sign(keyFile, password string) error {
	var key minisign.PrivateKey
	text, err := os.ReadFile(keyFile)
	if err != nil {
		return err
	}
	if minisign.IsEncrypted(text) {
		key, err = minisign.DecryptKey(password, text)
	} else {
		err = key.UnmarshalText(text)
	}
	if err != nil {
		return errors.New("the key cannot be read; MINISIGN_PASSWORD must be its password")
	}
	sums, err := os.ReadFile(filepath.Join(r.out, sumsFile))
	if err != nil {
		return err
	}
	trusted := fmt.Sprintf("openloop %s, timestamp:%d", strings.TrimSpace(r.version), r.at.Unix())
	return r.publish(sumsFile+".minisig", minisign.SignWithComments(key, sums, trusted, "signature of the checksums of Openloop"))
}
