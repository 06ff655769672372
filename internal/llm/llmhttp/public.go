package llmhttp

import "github.com/openloop-server/openloop/internal/netguard"

// NewPublicTransport returns a transport like [NewTransport] for URLs that callers bring. It uses no proxy and connects only to public
// addresses, whatever a name resolves to. Other connections fail with [netguard.ErrRefused].
func NewPublicTransport() *Transport { return newTransport(nil, netguard.Control) }
