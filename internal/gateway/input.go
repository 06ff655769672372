package gateway

import (
	"time"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// CallInput describes a call of a Prompt.
type CallInput struct {
	file.Ref
	Prompt     *file.Prompt        // brought along: the version is found by content, or made
	Among      []relay.Destination // in place of the Prompt's model, see [relay.Question]
	Draft      bool                // that version is only tried; see [store.Save]
	Inputs     json.Value          // an object
	Messages   []llm.Message
	ToolChoice llm.ToolChoice
	LogProbs   *int
	Suffix     string
	Ignored    func() []string // members of the request without effect, for the Log of a request that was translated; nil for none
	Native     *llm.Native     // the same request in the words of its client; nil if there are none. Its Own is set here
	Passages   *llm.Passages   // of [Gateway.Embed] alone
	Asked      *llm.Request    // further parameters and tools, which count where the version leaves them open; nil for none
	Samples    int             // 0 means 1
	Sticky     string          // names the conversation, see [relay.Question]
	Keys       map[string]string
	Until      time.Time       // see [relay.Question]
	Log        trace.Log       // what the caller attaches to the Logs; the id is that of the first sample's
	Caching    *Caching        // nil for none
	MaxRetries *int            // in place of the Prompt's
	Fallbacks  []file.Fallback // in place of the Prompt's
	Past       bool            // the version that VersionID names is run even if it, or its File, was deleted
	Free       bool            // nobody has taken the id of Log, as far as the caller knows: only the commit finds out
	Riders     []*store.Rider  // commit with the Log of the first sample

	// Note returns what commits with the Log of a native answer: the answer as the provider wrote it, or the frame that ended it, and who gave it.
	// Nil, also as its result, is for nothing.
	Note func(l *trace.Log, answer json.Value, by llm.Holder) *store.Rider

	// Keep reports whether a call that failed is recorded. Nil records every failure. Whoever tries again keeps the last one only.
	Keep func(failure error) bool

	ReceivedAt time.Time // when the request arrived
}

// MaxSamples is the largest number of samples in a call.
const MaxSamples = 32

// Result is the answer to a call.
type Result struct {
	Call *Call
	Logs []*trace.Log // one a sample, in order, all committed

	Cache  relay.CacheUse // of the first sample
	Age    time.Duration  // of its answer, if that was remembered
	Native json.Value     // the answer of the first sample as the provider wrote it, nil if it is not in the dialect of the request
}

// Chunk is a part of a streamed answer. It is valid until the next one.
type Chunk struct {
	Call  *Call
	Index int    // of the sample
	LogID string // of the sample

	Provider, Model string // that answer, or will as far as one can say; "" with an Err
	Attempts        int    // to ask models, so far

	Cache relay.CacheUse
	Age   time.Duration // of an answer that was remembered

	Event *llm.Event // nil in the first chunk, and in the last one of a sample; it may have nothing but a frame

	Final *trace.Log // in the last chunk of a sample: its Log, committed
	Tail  []llm.Raw  // beside it: the frames that end a native answer
	Err   error      // of a sample that failed while others go on
	Time  time.Time
}

// Opens reports whether c is the first chunk of a stream, which comes before any output.
func (c *Chunk) Opens() bool { return c.Event == nil && c.Final == nil && c.Err == nil }

// Native reports whether the chunk is of an answer that goes to the client as it comes.
func (c *Chunk) Native() bool { return c.Tail != nil || c.Event != nil && c.Event.Raw != nil }
