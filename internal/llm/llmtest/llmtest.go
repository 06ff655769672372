// Package llmtest is the conformance suite of the drivers in internal/provider. It checks what every [llm.Driver] must do, over real HTTP,
// against recorded answers.
//
// A fixture is one txtar file. Its name is a case of the suite. Two dashes separate the name of a variant of the same case
// ("tool--without-index.txtar"). A fixture holds
//
//	call.json           the portable request, see [Call]
//	wire-request.http   the request that is sent: method, path and the headers that matter
//	wire-request.json   the body that is sent, compared as JSON
//	wire-response.http  optional: status line and headers of the answer
//	wire-response.json  the body of the answer; .sse for a stream, .frames for an AWS event stream, .txt for anything else
//	want.json           the result of the driver: a response or an error
//
// The fixture of a call that the driver must refuse has no wire files. `go test -update` rewrites the expected parts. If a shared fixture
// does not fit a vendor, it writes one of the vendor's own.
package llmtest

import (
	"flag"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// Key is the provider key in all calls of the suite.
const Key = "sk-llmtest-0123456789abcdefghijklmnop"

// Harness describes a driver under test. New, Serves and Fixtures are required.
type Harness struct {
	// New makes the driver, which must send its calls through hc to baseURL.
	New func(t *testing.T, hc *llmhttp.Client, baseURL string) llm.Driver
	// Serves is the endpoint that the fixtures call, as the driver's package declares it. Each of its abilities needs its fixtures. Each
	// parameter that is not declared must be refused.
	Serves llm.Served
	// Fixtures is the directory of the fixtures. The case "text" is the call that the suite varies.
	Fixtures string
	// Wire makes a strict stand-in for a wire that takes the history of a chat. It is nil for a wire without histories or without tools.
	Wire func() *Wire
	// Ping is what a provider may send within a stream to no effect. "" means a comment of server-sent events.
	Ping string
	// Apart is set for a provider whose streams are binary frames, or come through requests of their own.
	Apart bool
	// Own is set for a vendor that shares the fixtures of others with the same wire format. It is the directory of the vendor's own fixtures,
	// which replace shared ones of the same name. Of the shared fixtures only those that Serves needs are used. "" means that nothing is shared.
	Own string
	// Names replaces the names of another vendor in shared fixtures by the vendor's own, in the head of the request and in the expected result.
	Names *strings.Replacer
	// Plain is set for a vendor that wraps requests in a form of its own. It turns a request that was sent into the form of the shared
	// fixtures. nil means that requests already have that form.
	Plain func(head string, body []byte) (string, []byte)
}

var update = flag.Bool("update", false, "write the expected parts of the fixtures anew")

// Run runs the whole suite as subtests of t.
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
