package auth_test

import (
	"regexp"
	"testing"

	"github.com/openloop-server/openloop/internal/auth"
)

func TestAllows(t *testing.T) {
	roles := []auth.Role{auth.Member, auth.Developer, auth.Admin} // from least to most
	for i, has := range roles {
		for j, needs := range roles {
			if got := has.Allows(needs); got != (i >= j) {
				t.Errorf("%s.Allows(%s) is %v", has, needs, got)
			}
		}
		for _, unknown := range []auth.Role{"", "king", "Admin"} {
			if unknown.Valid() || unknown.Allows(has) || has.Allows(unknown) {
				t.Errorf("%q is taken for a role beside %s", unknown, has)
			}
		}
	}
}

func TestNewSecret(t *testing.T) {
	form := regexp.MustCompile(`^hl_sk_[0-9A-Za-z]{40}$`)
	seen := map[string]bool{}
	for range 1000 {
		s := auth.NewSecret()
		if !form.MatchString(s) || seen[s] {
			t.Fatalf("%q is no new secret", s)
		}
		seen[s] = true
	}
}

// TestHashSecret fixes the hash that databases hold.
func TestHashSecret(t *testing.T) {
	const want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // the SHA-256 that FIPS 180 gives for "abc"
	if got := auth.HashSecret("abc"); got != want {
		t.Errorf("got %s", got)
	}
}

func TestHint(t *testing.T) {
	for secret, want := range map[string]string{"": "", "short": "", "elevenchars": "", "twelve-chars": "hars", "hl_sk_0123456789": "6789"} {
		if got := auth.Hint(secret); got != want {
			t.Errorf("Hint(%q) is %q", secret, got)
		}
	}
}
