package openai

import (
	"context"
	"strings"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// A response that its provider keeps has the id that the provider gave it. The Log of the call notes where it is kept, so that any process finds it.

// note notes that answer is kept by its provider.
func note(l *trace.Log, answer json.Value, by llm.Holder) *store.Rider {
	id := idOf(answer)
	if id == "" {
		return nil
	}
	return store.KeepResponse(&store.KeptResponse{ID: id, LogID: l.ID, Provider: by.Provider, Credential: by.Credential, KeyID: l.CreatedBy}, l.CreatedAt)
}

// idOf is the id of a response, or of that of an event.
func idOf(answer json.Value) string {
	e, _ := json.NewEdit(answer)
	within, ok := json.NewEdit(e.Get("response"))
	if !ok {
		within = e
	}
	return dialect.Word(within.Get("id"))
}

// goOn reads the members of a request, and looks up the response that it goes on from, if its provider keeps that.
func (k keptResponses) goOn(ctx context.Context, in *createResponse) error {
	e, ok := json.NewEdit(in.Body.Raw)
	if !ok {
		return nil // what is wrong with the body is told by who reads it
	}
	in.text = e
	id := dialect.Word(e.Get(placeOfPrevious))
	if id == "" || strings.HasPrefix(id, keptPrefix) {
		return nil
	}
	r, ok, err := k.DB.KeptResponse(ctx, id, auth.From(ctx).KeyID)
	if err != nil {
		in.lost = true
		return err
	}
	if ok {
		in.before = &r
	}
	return nil
}

// elsewhere does what is asked with a response that its provider keeps. It returns the answer, and the id of the Log of the call. ok is false for a
// response that is not known to be kept elsewhere.
func (k keptResponses) elsewhere(ctx context.Context, id string, asked llm.Kept) (told json.Value, logID string, ok bool, err error) {
	if strings.HasPrefix(id, keptPrefix) {
		return nil, "", false, nil
	}
	r, ok, err := k.DB.KeptResponse(ctx, id, auth.From(ctx).KeyID)
	if !ok || err != nil {
		return nil, "", false, err
	}
	asked.ID = id
	told, err = k.Relay.Kept(ctx, llm.Holder{Provider: r.Provider, Credential: r.Credential}, asked)
	return told, r.LogID, true, err
}
