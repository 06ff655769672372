package api

import (
	"strconv"
	"time"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web/ascii"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// callChunk is an event of a streamed call on the wire. Its `output` is a delta, and so is an `output_message`. The last event of a sample
// has an empty `output`, the whole message, the usage and the finish reason.
type callChunk struct {
	*gateway.Chunk
}

// JSONSchema implements [schema.Schemer].
func (callChunk) JSONSchema() *schema.Schema { return schema.Of[v5.PromptCallStreamResponse]() }

// More implements [web.Chunk].
func (c callChunk) More() bool { return c.Event != nil && c.Event.More }

// AppendJSON implements [web.Chunk].
func (c callChunk) AppendJSON(dst []byte) []byte {
	switch {
	case c.Event != nil:
		return c.appendDelta(dst)
	case c.Err != nil:
		detail := errs.From(c.Err).Detail("", "")
		return c.appendFailure(dst, &detail)
	default:
		return c.appendFinal(dst)
	}
}

func (c callChunk) appendDelta(dst []byte) []byte {
	dst = append(dst, `{"output":`...)
	dst = ascii.AppendString(dst, c.Event.Text)
	if message := c.Event.Message(); message != nil {
		dst = append(dst, `,"output_message":`...)
		dst = json.AppendValue(dst, message)
	}
	return append(c.appendIdentity(dst), '}')
}

// appendIdentity appends the members of every event.
func (c callChunk) appendIdentity(dst []byte) []byte {
	dst = append(dst, `,"created_at":"`...)
	dst = c.Time.UTC().AppendFormat(dst, wireTime)
	dst = append(dst, `","index":`...)
	dst = strconv.AppendInt(dst, int64(c.Index), 10)
	dst = append(dst, `,"id":`...)
	dst = ascii.AppendString(dst, c.LogID)
	dst = append(dst, `,"prompt_id":`...)
	dst = ascii.AppendString(dst, c.Call.Prompt.File.ID)
	dst = append(dst, `,"version_id":`...)
	return ascii.AppendString(dst, c.Call.Prompt.Version.ID)
}

func (c callChunk) appendFinal(dst []byte) []byte {
	o := object{c.appendIdentity(append(dst, `{"output":""`...))}
	l := *c.Final
	l.Payload.Output = nil // the whole is in the message; here an output is a delta
	o.answer(&l, "")
	return append(o.dst, '}')
}

func (c callChunk) appendFailure(dst []byte, detail *errs.Detail) []byte {
	return json.AppendValue(dst, &v5.PromptCallStreamResponse{
		CreatedAt: c.Time.UTC().Truncate(time.Microsecond), Error: detail.Message, Detail: detail,
		Index: c.Index, ID: c.LogID, PromptID: c.Call.Prompt.File.ID, VersionID: c.Call.Prompt.Version.ID,
	})
}

// appendCallError appends the event that ends a failed stream after last was sent.
func appendCallError(dst []byte, last callChunk, detail *errs.Detail) []byte {
	failed := *last.Chunk
	failed.Time = last.Time.Add(time.Microsecond)
	return callChunk{&failed}.appendFailure(dst, detail)
}
