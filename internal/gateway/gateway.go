// Package gateway is the path of a call of a Prompt: resolve the version, render it, ask the model, record the Log, answer.
//
// A call that fails at the provider is recorded like one that succeeds, with what was delivered and why it failed. A Log is committed
// before the answer (of a stream: before its last chunk) is handed out, so a Log id that a caller has seen exists.
package gateway

import (
	"time"

	"openloop/internal/catalog"
	"openloop/internal/logbook"
	"openloop/internal/relay"
)

// Gateway runs calls and records Logs. It is safe for concurrent use.
type Gateway struct{ o Options }

// Options is what a Gateway works with. All fields are needed.
type Options struct {
	Catalog *catalog.Catalog
	Relay   *relay.Relay
	Logs    *logbook.Book
	Now     func() time.Time
}

// New returns a Gateway.
func New(o Options) *Gateway { return &Gateway{o: o} }
