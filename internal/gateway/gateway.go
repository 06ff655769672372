// Package gateway runs calls of Prompts. A call resolves the version, runs the Tools that its template calls, renders the template, asks the
// model, records the Log and returns the answer.
//
// A failed call is recorded like a successful one, with the output received so far and the error. A Log is committed before the caller gets
// the answer (for a stream: before its last chunk), so a Log id that a caller has seen exists.
package gateway

import (
	"time"

	"github.com/openloop-server/openloop/internal/answers"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/logbook"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/toolrun"
)

// Gateway runs calls and records Logs. It is safe for concurrent use.
type Gateway struct{ o Options }

// Options configures a Gateway. All fields are required but Answers.
type Options struct {
	Catalog *catalog.Catalog
	Relay   *relay.Relay
	Tools   *toolrun.Runner // for those that templates call
	Logs    *logbook.Book
	Answers *answers.Cache // nil means that no answers are remembered
	Now     func() time.Time
}

// New returns a Gateway.
func New(o Options) *Gateway { return &Gateway{o: o} }
