package app

import (
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/ui"
)

var withUI = ui.New(fstest.MapFS{"index.html": {Data: []byte("<head></head>")}})

// TestTheGreetingSaysHowToBegin greets at a first and at a later start, with and without a UI and a public URL.
func TestTheGreetingSaysHowToBegin(t *testing.T) {
	const (
		link    = "/login#once=token"
		later   = "openloop login-link"
		noUI    = "built without the web UI"
		address = "http://127.0.0.1:8080"
	)
	for name, c := range map[string]struct {
		site      *ui.Site
		publicURL string
		made      *first
		has       []string
		lacks     []string
	}{
		"first":               {withUI, "", &first{"hl_sk_1", "token"}, []string{address + link, "hl_sk_1"}, []string{noUI, later}},
		"at a public URL":     {withUI, "https://example.com/x", &first{"hl_sk_1", "token"}, []string{"https://example.com/x" + link}, []string{address + link}},
		"first, without a UI": {ui.None(), "", &first{"hl_sk_1", "token"}, []string{noUI, "make ui", "hl_sk_1"}, []string{"token"}},
		"later":               {withUI, "", nil, []string{later, "openloop keys create"}, []string{"once=", noUI}},
	} {
		var out strings.Builder
		a := &App{ui: c.site, cfg: config.Config{PublicURL: c.publicURL}}
		if err := a.greet(&out, &net.TCPAddr{IP: net.IPv4zero, Port: 8080}, c.made); err != nil {
			t.Fatal(err)
		}
		for _, text := range c.has {
			if !strings.Contains(out.String(), text) {
				t.Errorf("%s: it lacks %q:\n%s", name, text, &out)
			}
		}
		for _, text := range c.lacks {
			if strings.Contains(out.String(), text) {
				t.Errorf("%s: it has %q:\n%s", name, text, &out)
			}
		}
	}
}

// TestTheFirstLinkOpensASession makes what a first start makes.
func TestTheFirstLinkOpensASession(t *testing.T) {
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "test.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(t.Context()) })
	a := &App{db: db, ui: withUI}
	start := func() (once string) {
		t.Helper()
		var out strings.Builder
		if err := a.welcome(t.Context(), &out, &net.TCPAddr{Port: 8080}); err != nil {
			t.Fatal(err)
		}
		_, after, _ := strings.Cut(out.String(), "once=")
		once, _, _ = strings.Cut(after, "\n")
		return once
	}
	s, err := db.RedeemLink(t.Context(), auth.HashSecret(start()), auth.Session{ID: "login_1", Hash: "h"})
	if err != nil || s.Role != auth.Admin || s.KeyName != nameOfFirst {
		t.Errorf("%v, %+v", err, s)
	}
	if again := start(); again != "" {
		t.Errorf("a second start makes %q", again)
	}
}

func TestLoginURL(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080/login#once=t", ":80": "http://127.0.0.1:80/login#once=t", "[::]:80": "http://127.0.0.1:80/login#once=t",
		"host:80": "http://host:80/login#once=t",
	} {
		if got := LoginURL(&config.Config{Addr: addr}, "t"); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
}

// TestAGreetingThatNobodyReadsIsAFailure closes what the greeting is written to.
func TestAGreetingThatNobodyReadsIsAFailure(t *testing.T) {
	_, w := io.Pipe()
	_ = w.Close()
	a := &App{ui: withUI}
	if err := a.greet(w, &net.TCPAddr{}, &first{"hl_sk_1", "token"}); err == nil || strings.Contains(err.Error(), "hl_sk_1") {
		t.Errorf("error is %v", err)
	}
	if err := a.greet(w, &net.TCPAddr{}, nil); err != nil {
		t.Errorf("without a key it is %v", err)
	}
}
