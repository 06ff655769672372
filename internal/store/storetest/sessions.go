package storetest

import (
	"sync"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
)

var sessions = map[string]func(*testing.T, *harness){
	"A session is found by its hash until it ends":  sessionLife,
	"A session ends with its key":                   sessionEndsWithKey,
	"A sign-in link works once":                     linkOnce,
	"A sign-in link is too old after ten minutes":   linkExpires,
	"A session that ended long ago is deleted":      sessionsAreDeleted,
	"The use of a session is written down":          sessionUse,
	"A sign-in link of a revoked key does not work": linkOfRevoked,
}

func (h *harness) signIn(t *testing.T, id, key string) auth.Session {
	t.Helper()
	s, err := h.CreateSession(t.Context(), auth.Session{ID: id, Hash: auth.HashSecret(id), KeyID: key, UserAgent: "browser\x00"})
	must(t, err)
	return s
}

func sessionLife(t *testing.T, h *harness) {
	makeKey(t, h, "key_1", auth.Developer)
	makeKey(t, h, "key_2", auth.Admin)
	one, two := h.signIn(t, "login_1", "key_1"), h.signIn(t, "login_2", "key_1")
	h.signIn(t, "login_3", "key_2")
	if !one.CreatedAt.After(epoch) {
		t.Errorf("created at %v", one.CreatedAt)
	}
	want := auth.Session{
		ID: "login_1", Hash: auth.HashSecret("login_1"), KeyID: "key_1", KeyName: "of key_1", Role: auth.Developer, Priority: auth.Interactive, UserAgent: "browser\x00",
		CreatedAt: one.CreatedAt, SeenAt: one.CreatedAt,
	}
	equal(t, "session", want, one)
	got, err := h.SessionByHash(t.Context(), one.Hash)
	must(t, err)
	equal(t, "session by hash", &want, got)
	list, err := h.Sessions(t.Context(), "key_1")
	must(t, err)
	equal(t, "sessions", []auth.Session{two, one}, list)

	is(t, h.EndSession(t.Context(), "key_2", "login_1"), errs.ResourceNotFound)
	before := h.Moment()
	must(t, h.EndSession(t.Context(), "key_1", "login_1"))
	if !h.Since(before, "keys") {
		t.Error("the end of a session is nothing to forget")
	}
	_, err = h.SessionByHash(t.Context(), one.Hash)
	says(t, err, errs.GatewayKeyInvalid, "The session has ended. Sign in again.")
	is(t, h.EndSession(t.Context(), "key_1", "login_1"), errs.ResourceNotFound)
}

func sessionEndsWithKey(t *testing.T, h *harness) {
	makeKey(t, h, "key_1", auth.Developer)
	s := h.signIn(t, "login_1", "key_1")
	must(t, h.RevokeKey(t.Context(), "key_1"))
	_, err := h.SessionByHash(t.Context(), s.Hash)
	is(t, err, errs.GatewayKeyInvalid)
	_, err = h.CreateSession(t.Context(), auth.Session{ID: "login_2", Hash: "h", KeyID: "key_1"})
	is(t, err, errs.GatewayKeyInvalid)
}

func (h *harness) redeem(t *testing.T, link, id string) error {
	t.Helper()
	_, err := h.RedeemLink(t.Context(), link, auth.Session{ID: id, Hash: id})
	return err
}

func linkOnce(t *testing.T, h *harness) {
	makeKey(t, h, "key_1", auth.Admin)
	must(t, h.CreateLink(t.Context(), "link", "key_1"))
	is(t, h.redeem(t, "other", "login_0"), errs.GatewayKeyInvalid)
	var all sync.WaitGroup
	results := make(chan error, 4)
	for i := range cap(results) {
		all.Go(func() { results <- h.redeem(t, "link", "login_"+itoa(i)) })
	}
	all.Wait()
	opened := 0
	for range cap(results) {
		if err := <-results; err == nil {
			opened++
		} else {
			is(t, err, errs.GatewayKeyInvalid)
		}
	}
	equal(t, "sessions opened", 1, opened)
	list, err := h.Sessions(t.Context(), "key_1")
	must(t, err)
	equal(t, "sessions kept", 1, len(list))
}

func linkExpires(t *testing.T, h *harness) {
	makeKey(t, h, "key_1", auth.Admin)
	must(t, h.CreateLink(t.Context(), "one", "key_1"))
	must(t, h.CreateLink(t.Context(), "two", "key_1"))
	h.ticks.Add((auth.LinkLife - time.Minute).Milliseconds())
	must(t, h.redeem(t, "one", "login_1"))
	h.ticks.Add(time.Minute.Milliseconds())
	is(t, h.redeem(t, "two", "login_2"), errs.GatewayKeyInvalid)
}

func linkOfRevoked(t *testing.T, h *harness) {
	makeKey(t, h, "key_1", auth.Developer)
	must(t, h.CreateLink(t.Context(), "link", "key_1"))
	must(t, h.RevokeKey(t.Context(), "key_1"))
	is(t, h.redeem(t, "link", "login_1"), errs.GatewayKeyInvalid)
}

func sessionsAreDeleted(t *testing.T, h *harness) {
	makeKey(t, h, "key_1", auth.Admin)
	old := h.signIn(t, "login_1", "key_1")
	h.ticks.Add((auth.SessionIdle + 2*time.Hour).Milliseconds())
	h.signIn(t, "login_2", "key_1")
	_, err := h.SessionByHash(t.Context(), old.Hash)
	is(t, err, errs.GatewayKeyInvalid)
}

func sessionUse(t *testing.T, h *harness) {
	makeKey(t, h, "key_1", auth.Admin)
	s := h.signIn(t, "login_1", "key_1")
	h.ticks.Add(time.Hour.Milliseconds())
	must(t, h.KeepUses(t.Context(), nil, []string{s.ID}))
	got, err := h.SessionByHash(t.Context(), s.Hash)
	must(t, err)
	if later := got.SeenAt.Sub(s.SeenAt); later < time.Hour {
		t.Errorf("it was seen %s later", later)
	}
}
