package main

import (
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"aead.dev/minisign"
)

// TestChecksumsAreSigned signs them with a key of minisign, and has the library verify the signature, and the usual program if it is on this machine.
func TestChecksumsAreSigned(t *testing.T) {
	public, key, err := minisign.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text, err := key.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	r := &release{out: t.TempDir(), version: "1.2.3", at: time.Unix(1_700_000_000, 0)}
	file, signed := filepath.Join(t.TempDir(), "key"), []byte("00  file\n")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.publish(sumsFile, signed); err != nil {
		t.Fatal(err)
	}
	if err := r.sign(file, ""); err != nil {
		t.Fatal(err)
	}
	signature, err := os.ReadFile(filepath.Join(r.out, sumsFile+".minisig"))
	if err != nil {
		t.Fatal(err)
	}
	if !minisign.Verify(public, signed, signature) || minisign.Verify(public, []byte("01  file\n"), signature) {
		t.Error("the signature does not fit what was signed, or fits another text")
	}
	program, err := exec.LookPath("minisign")
	if err != nil {
		return
	}
	if out, err := exec.CommandContext(t.Context(), program, "-Vm", filepath.Join(r.out, sumsFile), "-P", public.String()).CombinedOutput(); err != nil {
		t.Errorf("minisign: %v: %s", err, out)
	}
}
