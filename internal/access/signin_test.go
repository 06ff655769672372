package access_test

import (
	"net/netip"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/access"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store"
)

var day = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// harness is an access service, and another one of the same database, on a clock that moves when the test says so.
type harness struct {
	*access.Service
	other *access.Service
	db    *store.DB
	clock atomic.Int64
}

func (h *harness) pass(d time.Duration) { h.clock.Add(int64(d)) }

func newHarness(t *testing.T) *harness {
	t.Helper()
	h := new(harness)
	now := func() time.Time { return day.Add(time.Duration(h.clock.Load())) }
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "test.db"), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(t.Context()) })
	h.db, h.Service, h.other = db, access.New(db, now), access.New(db, now)
	h.makeKey(t, "key_1", auth.Admin)
	return h
}

// makeKey makes a key whose secret is its id.
func (h *harness) makeKey(t *testing.T, id string, role auth.Role) {
	t.Helper()
	must(t, h.db.CreateKey(t.Context(), auth.APIKey{ID: id, Name: "of " + id, Role: role, Priority: auth.Batch, Hash: auth.HashSecret(id), CreatedAt: day}))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var home = netip.MustParseAddr("192.0.2.1")

func (h *harness) signIn(t *testing.T, key string) (session auth.Session, token string) {
	t.Helper()
	session, token, err := h.SignIn(t.Context(), access.SignIn{Key: key, Address: home, UserAgent: "browser"})
	must(t, err)
	return session, token
}

func TestASessionStandsForItsKey(t *testing.T) {
	h := newHarness(t)
	h.makeKey(t, "key_2", auth.Member)
	session, token := h.signIn(t, "key_2")
	who, err := h.Session(t.Context(), token)
	must(t, err)
	if want := (auth.Principal{KeyID: "key_2", Role: auth.Member, Priority: auth.Batch, SessionID: session.ID}); who != want {
		t.Errorf("it is %+v, want %+v", who, want)
	}
	if _, err := h.Key(t.Context(), token); !errs.Is(err, errs.GatewayKeyInvalid) {
		t.Errorf("the token is taken for a key: %v", err)
	}
	if _, err := h.Session(t.Context(), "key_2"); !errs.Is(err, errs.GatewayKeyInvalid) {
		t.Errorf("the key is taken for a token: %v", err)
	}
	must(t, h.db.RevokeKey(t.Context(), "key_2"))
	if _, err := h.Session(t.Context(), token); !errs.Is(err, errs.GatewayKeyInvalid) {
		t.Errorf("it outlives its key: %v", err)
	}
}

// TestASessionEndsWhenNothingUsesIt lets time pass, with and without requests.
func TestASessionEndsWhenNothingUsesIt(t *testing.T) {
	h := newHarness(t)
	_, token := h.signIn(t, "key_1")
	for range 4 { // 44 hours, each time within twelve
		h.pass(11 * time.Hour)
		_, err := h.Session(t.Context(), token)
		must(t, err)
		must(t, h.KeepUses(t.Context()))
	}
	h.pass(auth.SessionIdle)
	if _, err := h.Session(t.Context(), token); !errs.Is(err, errs.GatewayKeyInvalid) {
		t.Errorf("after twelve hours: %v", err)
	}
	if list, err := h.Sessions(t.Context(), "key_1"); err != nil || len(list) != 0 {
		t.Errorf("it is listed: %v, %v", list, err)
	}
}

func TestASessionEndsAfterThirtyDays(t *testing.T) {
	h := newHarness(t)
	_, token := h.signIn(t, "key_1")
	for range 3*30 - 1 {
		h.pass(8 * time.Hour)
		_, err := h.Session(t.Context(), token)
		must(t, err)
		must(t, h.KeepUses(t.Context()))
	}
	h.pass(8 * time.Hour)
	if _, err := h.Session(t.Context(), token); !errs.Is(err, errs.GatewayKeyInvalid) {
		t.Errorf("after thirty days: %v", err)
	}
}

// TestASessionIsUsedByAnotherProcess uses a session in one process, after which another one must not think that it has ended.
func TestASessionIsUsedByAnotherProcess(t *testing.T) {
	h := newHarness(t)
	_, token := h.signIn(t, "key_1")
	_, err := h.other.Session(t.Context(), token)
	must(t, err)
	h.pass(8 * time.Hour)
	_, err = h.Session(t.Context(), token)
	must(t, err)
	must(t, h.KeepUses(t.Context()))
	h.pass(8 * time.Hour)
	if _, err := h.other.Session(t.Context(), token); err != nil {
		t.Errorf("in the other process: %v", err)
	}
}

// TestUsesAreWrittenRarely uses a key all the time, and counts what is written of it.
func TestUsesAreWrittenRarely(t *testing.T) {
	h := newHarness(t)
	written := map[time.Time]bool{}
	for range 20 {
		_, err := h.Key(t.Context(), "key_1")
		must(t, err)
		h.pass(time.Minute)
		must(t, h.KeepUses(t.Context()))
		k, err := h.db.Key(t.Context(), "key_1")
		must(t, err)
		written[k.UsedAt] = true
	}
	if len(written) != 4 {
		t.Errorf("in 20 minutes it was written %d times: %v", len(written), written)
	}
	before := h.db.Statements()
	h.pass(time.Hour)
	must(t, h.KeepUses(t.Context()))
	must(t, h.KeepUses(t.Context()))
	if after := h.db.Statements(); after > before+2 {
		t.Errorf("what nobody uses costs %d statements", after-before)
	}
}

// TestAUseOutlivesWhatIsRemembered changes another key between a use and its writing.
func TestAUseOutlivesWhatIsRemembered(t *testing.T) {
	h := newHarness(t)
	_, err := h.Key(t.Context(), "key_1")
	must(t, err)
	h.makeKey(t, "key_2", auth.Member)
	_, err = h.Key(t.Context(), "key_2")
	must(t, err)
	h.pass(time.Minute)
	must(t, h.KeepUses(t.Context()))
	for _, id := range []string{"key_1", "key_2"} {
		if k, err := h.db.Key(t.Context(), id); err != nil || k.UsedAt.IsZero() {
			t.Errorf("%s: %v, %+v", id, err, k)
		}
	}
}

func (h *harness) try(t *testing.T, key, from string) error {
	t.Helper()
	_, _, err := h.SignIn(t.Context(), access.SignIn{Key: key, Address: netip.MustParseAddr(from)})
	return err
}

// TestTooManyFailures tries wrong keys until the address must wait.
func TestTooManyFailures(t *testing.T) {
	h := newHarness(t)
	for i := range 10 {
		if err := h.try(t, "wrong", "192.0.2.1"); !errs.Is(err, errs.GatewayKeyInvalid) {
			t.Fatalf("try %d: %v", i, err)
		}
		must(t, h.try(t, "key_1", "192.0.2.2")) // does not help the other
		h.pass(time.Minute)
	}
	err := h.try(t, "key_1", "192.0.2.1")
	if e := errs.From(err); !errs.Is(err, errs.GatewayRateLimited) || e.RetryAfter != 5*time.Minute || e.Message != "Signing in failed too often from this address. Try again in 5m0s." {
		t.Errorf("the right key then: %v, after %s", err, e.RetryAfter)
	}
	must(t, h.try(t, "key_1", "192.0.2.2"))
	h.pass(5 * time.Minute)
	must(t, h.try(t, "key_1", "192.0.2.1"))
}

// TestANetworkIsOneAddress fails from ten addresses of one client.
func TestANetworkIsOneAddress(t *testing.T) {
	h := newHarness(t)
	for i := range 10 {
		_ = h.try(t, "wrong", netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 15: byte(i)}).String())
	}
	if err := h.try(t, "key_1", "2001:db8::ff"); !errs.Is(err, errs.GatewayRateLimited) {
		t.Errorf("the same network: %v", err)
	}
	must(t, h.try(t, "key_1", "2001:db8:0:1::ff"))
}

func TestALinkSignsInOnce(t *testing.T) {
	h := newHarness(t)
	once, err := access.NewLink(t.Context(), h.db, "key_1")
	must(t, err)
	session, _, err := h.SignIn(t.Context(), access.SignIn{Once: once, Address: home})
	must(t, err)
	if session.KeyID != "key_1" || session.Role != auth.Admin || session.KeyName != "of key_1" {
		t.Errorf("it is %+v", session)
	}
	if _, _, err := h.other.SignIn(t.Context(), access.SignIn{Once: once, Address: home}); !errs.Is(err, errs.GatewayKeyInvalid) {
		t.Errorf("again: %v", err)
	}
}
