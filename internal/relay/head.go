package relay

import "github.com/openloop-server/openloop/internal/llm"

// head holds the frames of a native answer that come before its first output: as long as nothing was sent, a call that fails can go to
// another model, and its failure has a status. The zero head is empty.
type head struct {
	held []llm.Raw
	size int  // bytes
	sent bool // nothing is held any more
}

// The most that is held.
const (
	maxHeldFrames = 64
	maxHeldBytes  = 64 << 10
)

// keeps holds e, or reports that it is to be sent.
func (h *head) keeps(e *llm.Event) bool {
	if h.sent || e.Output() || e.Raw == nil || len(h.held) == maxHeldFrames || h.size+len(e.Raw.Data) > maxHeldBytes {
		h.sent = true
		return false
	}
	h.held = append(h.held, e.Raw.Clone())
	h.size += len(e.Raw.Data)
	return true
}

// release sends what is held. It returns false if send did.
func (h *head) release(send func(*llm.Event) bool) bool {
	for i := range h.held {
		if !send(&llm.Event{Raw: &h.held[i], More: true}) {
			return false
		}
	}
	h.held = nil
	return true
}
