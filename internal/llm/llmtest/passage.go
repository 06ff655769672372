package llmtest

import (
	"context"
	"net/http"
	"testing"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Exchange is a fixture for those who stand between a client and the provider: what is asked, what the provider gets and answers, and what the client
// should read.
type Exchange struct {
	Name string
	Call *Call
	Sent json.Value // the body that the provider gets from its driver
	Want Want
	of   *fixture
}

// Exchanges returns the fixtures of a folder in which something is sent, but for those of the endpoint complete.
func Exchanges(t *testing.T, dir string) (out []Exchange) {
	t.Helper()
	for _, f := range load(t, dir) {
		c := f.call(t)
		if !f.answer.given || c.Endpoint == llm.Complete || c.Other != nil {
			continue
		}
		e := Exchange{Name: f.name, Call: c, Sent: f.file("wire-request.json"), of: f}
		if err := json.Unmarshal(f.file("want.json"), &e.Want); err != nil {
			t.Fatalf("%s: want.json: %v", f.path, err)
		}
		out = append(out, e)
	}
	return out
}

// ServeHTTP implements [http.Handler]: it answers as the provider does.
func (e *Exchange) ServeHTTP(w http.ResponseWriter, _ *http.Request) { e.of.answer.write(w) }

// Ask makes the call with the driver of a client.
func (e *Exchange) Ask(ctx context.Context, d llm.Driver, change func(*llm.Request)) Want {
	r := e.Call.request()
	change(r)
	return wantOf(run(ctx, d, r, e.Call.Stream))
}

// Updating reports whether expected files are written anew.
func Updating() bool { return *update }
