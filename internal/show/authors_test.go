package show

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/store"
)

// TestAuthors has keys that come, have no name, and are revoked. Fault D5: who made something is told by the key's name.
func TestAuthors(t *testing.T) {
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "test.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(t.Context()) })
	who := authors{db: db}
	is := func(id string, want *v5.UserResponse) {
		t.Helper()
		got, err := who.all(t.Context())
		if d := cmp.Diff(want, got[id]); d != "" || err != nil {
			t.Errorf("%s (-want +got): %v\n%s", id, err, d)
		}
	}
	is("", nil)
	is("key_1", nil)
	for id, name := range map[string]string{"key_1": "CI", "key_2": ""} {
		if err := db.CreateKey(t.Context(), auth.APIKey{ID: id, Name: name, Role: auth.Member, Hash: id}); err != nil {
			t.Fatal(err)
		}
	}
	is("key_1", &v5.UserResponse{ID: "key_1", FullName: new("CI")})
	is("key_2", &v5.UserResponse{ID: "key_2"})
	if err := db.RevokeKey(t.Context(), "key_1"); err != nil {
		t.Fatal(err)
	}
	is("key_1", &v5.UserResponse{ID: "key_1", FullName: new("CI")})
}

// Fault F16: an Evaluation has the address of its page when the public URL is known.
func TestTheAddressOfAnEvaluationsPage(t *testing.T) {
	if got := New(nil, nil, "").evaluationPage("evr_1"); got != nil {
		t.Errorf("without a public URL the page is %s", *got)
	}
	const want = "https://a.example/base/evaluations/evr%2F1"
	if got := New(nil, nil, "https://a.example/base").evaluationPage("evr/1"); got == nil || *got != want {
		t.Errorf("got %v, want %s", got, want)
	}
}
