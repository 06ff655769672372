// Package llmtest is the conformance suite of model adapters: what every [llm.Driver] has to do, checked over real HTTP against
// recorded answers.
//
// A fixture is one txtar file. Its name is a case of the suite; what follows two dashes is a variant of the same case
// ("tool--without-index.txtar"). It holds
//
//	call.json           the portable request, see [Call]
//	wire-request.http   what is sent: method, path and the headers that matter
//	wire-request.json   the body that is sent, compared as JSON
//	wire-response.http  optional: status line and headers of the answer
//	wire-response.json  the body of the answer; .sse for a stream, .frames for an AWS event stream, .txt for anything else
//	want.json           what the driver makes of it: a response or an error
//
// A call that the driver has to refuse has no wire files. `go test -update` writes the expected parts anew;
// of a shared fixture that does not fit a vendor it writes the vendor's own.
package llmtest

import (
	"flag"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// Key is the provider key that all calls of the suite carry.
const Key = "sk-llmtest-0123456789abcdefghijklmnop"

// Harness is a driver under test.
type Harness struct {
	// New makes the driver, which sends its calls through hc to baseURL.
	New func(t *testing.T, hc *llmhttp.Client, baseURL string) llm.Driver
	// Serves is the endpoint that the fixtures call, as the driver's package declares it. Each of its abilities needs its fixtures, and
	// each parameter that is not declared has to be refused.
	Serves llm.Served
	// Fixtures is the directory of the fixtures. The case "text" is the call that the suite varies.
	Fixtures string
	// Wire is the strict stand-in of the wire that takes the history of a chat; nil for one that takes none, or no tools.
	Wire func() *Wire
	// Ping is what a provider may send within a stream to no effect; "" means a comment of server-sent events.
	Ping string
	// Apart is for a provider whose streams are binary frames, or come by requests of their own.
	Apart bool
	// Own is for a vendor that shares the fixtures of others who speak its wire format: the directory of those in which it differs.
	// They take the place of the ones of the same name, of which only those that Serves needs are used. "" means that it shares none.
	Own string
	// Names turns what shared fixtures say of whose they are, in the head of the request and in what is wanted, into the vendor's own.
	Names *strings.Replacer
	// Plain is for a vendor that wraps the requests of others in a form of its own: it turns one that was sent into what shared fixtures
	// say. nil means that there is nothing to turn.
	Plain func(head string, body []byte) (string, []byte)
}

var update = flag.Bool("update", false, "write the expected parts of the fixtures anew")

// Run runs the whole suite.
func Run(t *testing.T, h Harness) {
	t.Helper()
	fixtures := h.load(t)
	t.Run("coverage", func(t *testing.T) { h.coverage(t, fixtures) })
	t.Run("fixture", func(t *testing.T) { h.replayAll(t, fixtures) })
	t.Run("pair", func(t *testing.T) { h.pairs(t, fixtures) })
	t.Run("split", func(t *testing.T) { h.splits(t, fixtures) })
	t.Run("cut", func(t *testing.T) { h.cuts(t, fixtures) })
	base, stream := fixtures.find(t, "text"), fixtures.find(t, "text-stream")
	t.Run("loose", func(t *testing.T) { h.loose(t, stream) })
	t.Run("unstreamed", func(t *testing.T) { h.unstreamed(t, base) })
	t.Run("refusal", func(t *testing.T) { h.refusals(t, base) })
	t.Run("status", func(t *testing.T) { h.statuses(t, base) })
	t.Run("retry after", func(t *testing.T) { h.retryAfter(t, base) })
	t.Run("no answer", func(t *testing.T) { h.noAnswers(t, base) })
	t.Run("coding", func(t *testing.T) { h.codings(t, base, stream) }) // Fault B10
	t.Run("foreign", func(t *testing.T) { h.foreign(t, base) })
	t.Run("history", func(t *testing.T) { h.histories(t, base) })
	t.Run("secret", func(t *testing.T) { h.secrets(t, base) })
	t.Run("clock", func(t *testing.T) { h.clocks(t, stream) })
	t.Run("cancel", func(t *testing.T) { h.cancels(t, stream) })
}
