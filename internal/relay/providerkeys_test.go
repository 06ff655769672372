package relay_test

import (
	"context"
	"iter"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/secret"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/vault"
)

// noted is a provider that knows some models and notes what it is asked.
type noted struct {
	knows string // a model; "" means all
	asked []llm.Request
}

func (n *noted) Generate(_ context.Context, r *llm.Request) (*llm.Response, error) {
	n.asked = append(n.asked, *r)
	if n.knows != "" && r.Model != n.knows {
		return nil, &errs.Error{Reason: errs.ModelNotFound, Message: "There is no model " + r.Model + ".", Model: r.Model}
	}
	return &llm.Response{Message: llm.Message{Role: llm.Assistant, Content: llm.Text("OK")}, Finish: llm.FinishStop}, nil
}

func (n *noted) Stream(context.Context, *llm.Request) iter.Seq2[llm.Event, error] {
	return func(func(llm.Event, error) bool) {}
}

// safe is a relay with a vault, and two providers that are one noted driver.
type safe struct {
	*relay.Relay
	db     *store.DB
	driver *noted
}

var testDay = time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)

func newSafe(t *testing.T, known *models.Registry) *safe {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "test.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(context.WithoutCancel(t.Context())) })
	s := &safe{db: db, driver: &noted{}}
	s.Relay = relay.New(relay.Options{
		Vault: vault.New(db, secret.Source{Text: strings.Repeat("61", 32)}), Models: known,
		Now: func() time.Time { return testDay },
		Providers: map[string]relay.Provider{
			"openai":       {Driver: s.driver, Display: "OpenAI", Key: "of-the-environment", KeyName: "OPENAI_API_KEY", NeedsKey: true},
			"openai_azure": {Driver: s.driver, Display: "Azure OpenAI", KeyName: "AZURE_OPENAI_API_KEY", NeedsKey: true, TakesURL: true, URLName: "AZURE_OPENAI_ENDPOINT"},
		},
	})
	return s
}

func (s *safe) save(t *testing.T, slug, key, baseURL string) {
	t.Helper()
	if _, err := s.SaveProviderKey(auth.With(t.Context(), auth.Principal{KeyID: "key_1"}), slug, key, baseURL); err != nil {
		t.Fatal(err)
	}
}

// used is what a call with these keys gets in with.
func (s *safe) used(t *testing.T, slug string, keys map[string]string) (llm.Credentials, error) {
	t.Helper()
	s.driver.asked = nil
	plan, err := s.Plan(t.Context(), &relay.Question{Model: file.Fallback{Provider: slug, Model: "m"}, Keys: keys})
	if err != nil {
		return llm.Credentials{}, err
	}
	if o := s.Generate(t.Context(), plan); o.Err != nil {
		return llm.Credentials{}, o.Err
	}
	return s.driver.asked[0].Credentials, nil
}

func TestTheOrderOfKeys(t *testing.T) {
	s := newSafe(t, &models.Registry{})
	expect := func(name, slug string, keys map[string]string, want llm.Credentials) {
		t.Helper()
		if got, err := s.used(t, slug, keys); err != nil || got != want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	brought := map[string]string{"openai": "of-the-call", "openai_azure": "of-the-call", "openai_azure_endpoint": "https://call.example"}
	expect("the environment's", "openai", nil, llm.Credentials{Key: "of-the-environment"})
	expect("the call's before the environment's", "openai", brought, llm.Credentials{Key: "of-the-call"})
	s.save(t, "openai", "of-the-workspace", "")
	s.save(t, "openai_azure", "of-the-workspace", "https://stored.example")
	expect("the stored one before the environment's", "openai", nil, llm.Credentials{Key: "of-the-workspace"})
	expect("the stored one with its base URL", "openai_azure", nil, llm.Credentials{Key: "of-the-workspace", BaseURL: "https://stored.example"})
	expect("the call's before the stored one", "openai", brought, llm.Credentials{Key: "of-the-call"})
	expect("the call's before the stored one, with its own base URL", "openai_azure", brought, llm.Credentials{Key: "of-the-call", BaseURL: "https://call.example"})
	if err := s.db.DeleteProviderKey(t.Context(), "openai", store.DefaultKey); err != nil {
		t.Fatal(err)
	}
	expect("the environment's again", "openai", nil, llm.Credentials{Key: "of-the-environment"})
}

func TestTheStoredKeyIsSentToNoOtherBaseURL(t *testing.T) {
	s := newSafe(t, &models.Registry{})
	s.save(t, "openai_azure", "of-the-workspace", "https://stored.example")
	_, err := s.used(t, "openai_azure", map[string]string{"openai_azure_endpoint": "https://evil.example"})
	if !errs.Is(err, errs.ProviderKeyMissing) || len(s.driver.asked) != 0 {
		t.Errorf("%v, asked %v", err, s.driver.asked)
	}
}

func TestAStoredKeyThatCannotBeOpenedHidesNoOther(t *testing.T) {
	s := newSafe(t, &models.Registry{})
	if _, err := s.db.SaveProviderKey(t.Context(), store.ProviderKey{Provider: "openai", Sealed: []byte("garbage")}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.used(t, "openai", nil); !errs.Is(err, errs.ProviderKeyMissing) {
		t.Errorf("the environment's key took its place: %v", err)
	}
	if got, err := s.used(t, "openai", map[string]string{"openai": "of-the-call"}); err != nil || got.Key != "of-the-call" {
		t.Errorf("a call with a key of its own: %v, %v", got, err)
	}
}

func TestProvidersAreListedWithTheirKeys(t *testing.T) {
	s := newSafe(t, &models.Registry{})
	s.save(t, "openai_azure", "of-the-workspace", "https://stored.example")
	if _, err := s.db.SaveProviderKey(t.Context(), store.ProviderKey{Provider: "gone", Sealed: []byte("x"), Hint: "hint"}); err != nil {
		t.Fatal(err)
	}
	stored, err := s.db.ProviderKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []relay.ProviderKey{
		{Provider: "gone", Stored: &store.ProviderKey{Provider: "gone", Name: store.DefaultKey, Hint: "hint", Rotation: store.Rotation{Weight: 1}}},
		{Provider: "openai", Display: "OpenAI", Environment: true},
		{Provider: "openai_azure", Display: "Azure OpenAI", Stored: &store.ProviderKey{
			Provider: "openai_azure", Name: store.DefaultKey, Rotation: store.Rotation{Weight: 1}, Hint: "pace", BaseURL: "https://stored.example", CreatedBy: "key_1",
		}},
	}
	if d := cmp.Diff(want, s.ProviderKeys(stored), cmpopts.IgnoreFields(store.ProviderKey{}, "Sealed", "CreatedAt", "UpdatedAt")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestAKeyOfAnUnknownProviderIsNotStored(t *testing.T) {
	s := newSafe(t, &models.Registry{})
	_, err := s.SaveProviderKey(t.Context(), "opneai", "sk-0123456789", "")
	if !errs.Is(err, errs.UnknownProvider) || errs.From(err).Message != `This server has no provider "opneai". It has: openai, openai_azure.` {
		t.Errorf("%v", err)
	}
}

func shelf() *models.Registry {
	price := func(input, output float64) *models.Price {
		return &models.Price{Rates: models.Rates{Input: input, Output: output}}
	}
	return models.New("test", []models.Model{
		{Provider: "openai", ID: "free", Kind: models.Chat, Price: price(0, 0)},
		{Provider: "openai", ID: "thinks", Kind: models.Chat, Price: price(1, 1), Reasoning: true},
		{Provider: "openai", ID: "dear", Kind: models.Chat, Price: price(9, 9)},
		{Provider: "openai", ID: "fair", Kind: models.Chat, Price: price(2, 3), Retired: "2026-03-05"},
		{Provider: "openai", ID: "retired", Kind: models.Chat, Price: price(1, 1), Retired: "2026-03-04"},
		{Provider: "openai", ID: "embeds", Kind: models.Embedding, Price: price(1, 0)},
		{Provider: "openai", ID: "unknown price", Kind: models.Chat},
		{Provider: "openai", ID: models.Any, Kind: models.Chat, Price: price(1, 0)},
		{Provider: "groq", ID: "another's", Kind: models.Chat, Price: price(1, 0)},
	})
}

// TestWhichModelIsTested states the models that a test asks, and for how many tokens.
func TestWhichModelIsTested(t *testing.T) {
	type ask struct {
		Model  string
		Tokens int
	}
	for _, c := range []struct {
		name, model, knows string
		want               []ask
		fails              errs.Reason
	}{
		{"the cheapest that does not think", "", "", []ask{{"fair", 16}}, ""},
		{"the next when it does not exist", "", "dear", []ask{{"fair", 16}, {"dear", 16}}, ""},
		{"not more than three", "", "free", []ask{{"fair", 16}, {"dear", 16}, {"thinks", 1024}}, errs.ModelNotFound},
		{"the one that was named", "thinks", "", []ask{{"thinks", 1024}}, ""},
		{"no other than the one that was named", "nobody's", "fair", []ask{{"nobody's", 16}}, errs.ModelNotFound},
	} {
		s := newSafe(t, shelf())
		s.driver.knows = c.knows
		tested, err := s.TestProviderKey(t.Context(), "openai", c.model)
		var got []ask
		for _, r := range s.driver.asked {
			got = append(got, ask{r.Model, r.MaxTokens})
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
		switch last := c.want[len(c.want)-1].Model; {
		case c.fails == "" && (err != nil || tested != relay.Tested{Provider: "openai", Model: last}):
			t.Errorf("%s: %+v, %v", c.name, tested, err)
		case c.fails != "" && (!errs.Is(err, c.fails) || errs.From(err).Model != c.want[0].Model):
			t.Errorf("%s: the error is %v, not that of the first model", c.name, err)
		}
	}
}

func TestATestLeavesNoLogAndUsesTheStoredKey(t *testing.T) {
	s := newSafe(t, shelf())
	s.save(t, "openai", "of-the-workspace", "https://stored.example")
	if _, err := s.TestProviderKey(t.Context(), "openai", ""); err != nil {
		t.Fatal(err)
	}
	if got, want := s.driver.asked[0].Credentials, (llm.Credentials{Key: "of-the-workspace", BaseURL: "https://stored.example"}); got != want {
		t.Errorf("it used %+v", got)
	}
	if _, total, err := s.db.Logs(t.Context(), trace.Filter{}); total != 0 || err != nil {
		t.Errorf("%d Logs, %v", total, err)
	}
}

func TestATestThatCannotBeMade(t *testing.T) {
	s := newSafe(t, &models.Registry{})
	for _, c := range []struct {
		slug    string
		reason  errs.Reason
		message string
	}{
		{"opneai", errs.UnknownProvider, `This server has no provider "opneai". It has: openai, openai_azure.`},
		{"openai_azure", errs.ProviderKeyMissing, "There is no API key for Azure OpenAI. Set AZURE_OPENAI_API_KEY on the server, or send provider_api_keys.openai_azure with the call."},
		{"openai", errs.ValidationFailed, "No model of OpenAI is known to test with: name one."},
	} {
		_, err := s.TestProviderKey(t.Context(), c.slug, "")
		if !errs.Is(err, c.reason) || errs.From(err).Message != c.message {
			t.Errorf("%s: %v", c.slug, err)
		}
	}
}

// silent is a provider that never answers.
type silent struct{ noted }

func (*silent) Generate(ctx context.Context, _ *llm.Request) (*llm.Response, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestATestEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := relay.New(relay.Options{
			Models: &models.Registry{}, Now: time.Now, Providers: map[string]relay.Provider{"openai": {Driver: &silent{}, Display: "OpenAI"}},
		})
		_, err := g.TestProviderKey(t.Context(), "openai", "m")
		if !errs.Is(err, errs.Timeout) || errs.From(err).Message != "OpenAI did not answer the test within 60 seconds." {
			t.Errorf("%v", err)
		}
	})
}

// TestAPlanIsCallableWithOneKey has models of which some have a key.
func TestAPlanIsCallableWithOneKey(t *testing.T) {
	s := newSafe(t, nil)
	with, without := file.Fallback{Provider: "openai", Model: "m"}, file.Fallback{Provider: "openai_azure", Model: "m"}
	for name, test := range map[string]struct {
		model     file.Fallback
		fallbacks []file.Fallback
		want      errs.Reason // "" for none
	}{
		"the first":   {with, []file.Fallback{without}, ""},
		"a fallback":  {without, []file.Fallback{with}, ""},
		"none of two": {without, []file.Fallback{without}, errs.ProviderKeyMissing},
	} {
		plan, err := s.Plan(t.Context(), &relay.Question{Model: test.model, Fallbacks: test.fallbacks})
		if err != nil {
			t.Fatal(err)
		}
		if err := plan.Callable(); test.want == "" && err != nil || test.want != "" && !errs.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
