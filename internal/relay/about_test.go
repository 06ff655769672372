package relay_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/relay"
)

// about describes openai.
func (s *safe) about(t *testing.T) relay.About {
	t.Helper()
	stored, err := s.db.ProviderKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s.Providers(stored)[0]
}

func TestTheLastTestOfAKeyIsTold(t *testing.T) {
	s := newSafe(t, shelf())
	s.driver.knows = "dear"
	try := func(model string) error {
		_, err := s.TestProviderKey(t.Context(), "openai", model)
		return err
	}
	expect := func(name string, want *relay.KeyTest) {
		t.Helper()
		if d := cmp.Diff(want, s.about(t).Test, cmpopts.IgnoreUnexported(relay.KeyTest{})); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	expect("no test", nil)
	if err := try("dear"); err != nil {
		t.Fatal(err)
	}
	expect("one that works", &relay.KeyTest{At: testDay, Model: "dear"})
	if err := try("nobody's"); !errs.Is(err, errs.ModelNotFound) {
		t.Fatal(err)
	}
	expect("one that failed", &relay.KeyTest{
		At: testDay, Model: "nobody's", Err: &errs.Error{Reason: errs.ModelNotFound, Message: "There is no model nobody's.", Model: "nobody's"},
	})
	s.save(t, "openai", "of-the-workspace", "https://stored.example")
	expect("another key", nil)
}

func TestProvidersAreDescribed(t *testing.T) {
	s := newSafe(t, shelf())
	s.save(t, "openai", "of-the-workspace", "https://stored.example")
	got := s.about(t)
	if got.Stored == nil || got.Stored.BaseURL != "https://stored.example" {
		t.Errorf("the key is %+v", got.Stored)
	}
	want := relay.About{
		ProviderKey: relay.ProviderKey{Provider: "openai", Display: "OpenAI", Environment: true}, NeedsKey: true, KeyName: "OPENAI_API_KEY",
		BaseURL: "https://stored.example", Models: 8,
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(relay.ProviderKey{}, "Stored")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
