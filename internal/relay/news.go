package relay

import (
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/health"
	"github.com/openloop-server/openloop/internal/json"
)

// news is [health.News] as processes tell it each other.
type news struct {
	Provider   string      `json:"provider"`
	Credential string      `json:"credential"`
	Revision   uint64      `json:"revision,string"` // which is the same on all processes
	Model      string      `json:"model,omitempty"`
	Left       int64       `json:"ms,omitempty"`
	Reason     errs.Reason `json:"reason,omitempty"`
}

// told returns what tells others of the health of targets, nil if there is nobody to tell.
func (o *Options) told() func(health.News) {
	if o.Tell == nil {
		return nil
	}
	return func(n health.News) {
		text, err := json.Marshal(news{n.Provider, n.Credential, n.Revision, n.Model, n.Left.Milliseconds(), n.Reason})
		if err == nil {
			o.Tell(string(text))
		}
	}
}

// Hear takes what another process told. What it cannot read, as of a newer program, it ignores.
func (r *Relay) Hear(text string) {
	var n news
	if json.UnmarshalForeign(json.Value(text), &n) == nil {
		r.health.Hear(r.o.Now(), health.News{
			Account: health.Account{Provider: n.Provider, Credential: n.Credential, Revision: n.Revision},
			Model:   n.Model, Left: time.Duration(n.Left) * time.Millisecond, Reason: n.Reason,
		})
	}
}
