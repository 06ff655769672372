package secret_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/secret"
)

// keyOf is a key whose bytes are all b.
func keyOf(t testing.TB, b byte) secret.Key {
	t.Helper()
	k, err := secret.ParseKey(hex.EncodeToString(bytes.Repeat([]byte{b}, secret.KeySize)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func boxOf(t testing.TB, b byte, purpose string) *secret.Box {
	t.Helper()
	box, err := keyOf(t, b).Box(purpose)
	if err != nil {
		t.Fatal(err)
	}
	return box
}

func TestParseKeyTakesHexAndBase64(t *testing.T) {
	raw := bytes.Repeat([]byte{0xfb, 0xff}, secret.KeySize/2) // has + and / in base64
	want, err := secret.ParseKey(hex.EncodeToString(raw))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		strings.ToUpper(hex.EncodeToString(raw)), " " + hex.EncodeToString(raw) + "\r\n",
		base64.StdEncoding.EncodeToString(raw), base64.RawStdEncoding.EncodeToString(raw),
		base64.URLEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw) + "\n",
	} {
		if got, err := secret.ParseKey(text); err != nil || got != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestParseKeyRefusesOthersAndShowsNone(t *testing.T) {
	raw := bytes.Repeat([]byte{7}, 33)
	for _, text := range []string{
		"", "secret", hex.EncodeToString(raw), hex.EncodeToString(raw[:31]), base64.StdEncoding.EncodeToString(raw[:16]),
		base64.StdEncoding.EncodeToString(raw), string(raw[:32]), strings.Repeat("!", 44),
	} {
		if _, err := secret.ParseKey(text); !errors.Is(err, secret.ErrKeyFormat) || text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAKeyIsNeverPrinted(t *testing.T) {
	k := keyOf(t, 'A')
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if shown := fmt.Sprintf(verb, k); !strings.Contains(shown, "[encryption key]") {
			t.Errorf("%s prints %s", verb, shown)
		}
	}
}

func TestOpenGivesWhatWasSealed(t *testing.T) {
	box := boxOf(t, 1, "test")
	for _, value := range []string{"", "a", "sk-0123456789", strings.Repeat("long", 10_000)} {
		sealed := box.Seal([]byte(value), "openai", "https://a.example")
		got, err := boxOf(t, 1, "test").Open(sealed, "openai", "https://a.example")
		if err != nil || string(got) != value {
			t.Errorf("%.20q: %v", value, err)
		}
		if value != "" && bytes.Contains(sealed, []byte(value)) && len(value) > 1 {
			t.Errorf("%.20q can be read", value)
		}
		if bytes.Equal(sealed, box.Seal([]byte(value), "openai", "https://a.example")) {
			t.Errorf("%.20q is sealed the same way twice", value)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	box := boxOf(t, 1, "test")
	sealed := box.Seal([]byte("sk-0123456789"), "openai", "https://a.example")
	for name, c := range map[string]struct {
		box  *secret.Box
		of   []string
		want error
	}{
		"another key":            {boxOf(t, 2, "test"), []string{"openai", "https://a.example"}, secret.ErrWrongKey},
		"another purpose":        {boxOf(t, 1, "other"), []string{"openai", "https://a.example"}, secret.ErrWrongKey},
		"another owner":          {box, []string{"groq", "https://a.example"}, secret.ErrDamaged},
		"another address":        {box, []string{"openai", "https://b.example"}, secret.ErrDamaged},
		"texts that were joined": {box, []string{"openaihttps://a.example"}, secret.ErrDamaged},
		"nobody":                 {box, nil, secret.ErrDamaged},
	} {
		if got, err := c.box.Open(sealed, c.of...); !errors.Is(err, c.want) || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestEveryChangedByteIsFound(t *testing.T) {
	box := boxOf(t, 1, "test")
	sealed := box.Seal([]byte("sk-0123456789"), "openai")
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := box.Open(changed, "openai"); err == nil {
			t.Errorf("byte %d may be changed", i)
		}
		if _, err := box.Open(sealed[:i], "openai"); !errors.Is(err, secret.ErrDamaged) {
			t.Errorf("the first %d bytes: %v", i, err)
		}
	}
}

func TestCheckTellsWhichKeyItWas(t *testing.T) {
	sealed := boxOf(t, 1, "test").Seal([]byte("value"), "openai")
	got := []error{boxOf(t, 1, "test").Check(sealed), boxOf(t, 2, "test").Check(sealed), boxOf(t, 1, "test").Check(nil)}
	want := []error{nil, secret.ErrWrongKey, secret.ErrDamaged}
	if d := cmp.Diff(want, got, cmp.Comparer(func(a, b error) bool { return errors.Is(a, b) })); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestTheFileIsMadeOnceAndForItsOwnerAlone(t *testing.T) {
	s := secret.Source{Path: filepath.Join(t.TempDir(), "deep", "encryption.key")}
	if _, err := s.Load(); !errors.Is(err, secret.ErrNoKey) {
		t.Fatalf("before: %v", err)
	}
	var all sync.Map
	var running sync.WaitGroup
	for range 16 {
		running.Go(func() {
			k, err := s.LoadOrMake()
			if err != nil {
				t.Error(err)
			}
			all.Store(k, true)
		})
	}
	running.Wait()
	count := 0
	all.Range(func(any, any) bool { count++; return true })
	info, err := os.Stat(s.Path)
	if err != nil || info.Mode().Perm() != 0o600 || count != 1 {
		t.Errorf("%d keys, mode %v, %v", count, info.Mode(), err)
	}
	left, err := os.ReadDir(filepath.Dir(s.Path))
	if err != nil || len(left) != 1 {
		t.Errorf("the directory holds %v, %v", left, err)
	}
}

func TestAFileIsNeverOverwritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "encryption.key")
	for _, content := range []string{"", "not a key"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := secret.Source{Path: path}.LoadOrMake()
		if !errors.Is(err, secret.ErrKeyFormat) || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: %v", content, err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != content {
			t.Errorf("%q became %q, %v", content, got, err)
		}
	}
}

func TestTheTextWinsOverTheFile(t *testing.T) {
	s := secret.Source{Path: filepath.Join(t.TempDir(), "encryption.key"), Text: strings.Repeat("61", 32)}
	k, err := s.LoadOrMake()
	if err != nil || k != keyOf(t, 'a') {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(s.Path); err == nil {
		t.Error("a file was made")
	}
	s.Text = "nonsense"
	if _, err := s.LoadOrMake(); !errors.Is(err, secret.ErrKeyFormat) {
		t.Errorf("%v", err)
	}
}

// kept is a value as a database holds it, sealed by the first version of this package: later ones have to open it.
const kept = "01466536871dc9be51f23988a2a55a4680f71b13a864822714b8f85f7ce18e9add316f3b02af30a01337dcf1bb83f4c84fcb"

func keptValue(t testing.TB) []byte {
	t.Helper()
	raw, err := hex.DecodeString(kept)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestOldValuesOpen(t *testing.T) {
	if got, err := boxOf(t, 1, "test").Open(keptValue(t), "openai"); string(got) != "sk-0123456789" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func FuzzOpen(f *testing.F) {
	box, whole := boxOf(f, 1, "test"), keptValue(f)
	for _, seed := range [][]byte{nil, {1}, whole, whole[:len(whole)-1], append(bytes.Clone(whole), 0), boxOf(f, 2, "test").Seal(nil, "openai")} {
		f.Add(seed, "openai")
	}
	f.Fuzz(func(t *testing.T, sealed []byte, of string) {
		value, err := box.Open(sealed, of)
		switch {
		case err == nil && (of != "openai" || !bytes.Equal(sealed, whole) || string(value) != "sk-0123456789"):
			t.Errorf("%x was never sealed for %q, and opens", sealed, of)
		case err != nil && !errors.Is(err, secret.ErrWrongKey) && !errors.Is(err, secret.ErrDamaged):
			t.Errorf("%v", err)
		}
	})
}

func FuzzParseKey(f *testing.F) {
	for _, seed := range []string{"", strings.Repeat("61", 32), base64.StdEncoding.EncodeToString(make([]byte, 32)), "=", "+/+/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		k, err := secret.ParseKey(text)
		if err != nil {
			if !errors.Is(err, secret.ErrKeyFormat) {
				t.Errorf("%v", err)
			}
			return
		}
		if again, err := secret.ParseKey("\n" + text + " "); err != nil || again != k {
			t.Errorf("%q is another key with blanks around it: %v", text, err)
		}
	})
}
