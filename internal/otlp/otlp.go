// Package otlp turns the spans of an OpenTelemetry trace export into Logs: of which File, with what content. It knows the attributes of the
// Humanloop SDKs, and the conventions for calls of models: OpenTelemetry's for generative AI, OpenLLMetry's, OpenInference's and the Vercel
// AI SDK's. Package wire reads the encodings of the protocol.
//
// [ReadProto] and [ReadJSON] return a [Batch], and [Batch.Entries] returns what to record. A span that cannot become a Log is refused, and
// the others are kept. The package does no input or output. All functions are safe for concurrent use.
package otlp

import "github.com/openloop-server/openloop/internal/otlp/wire"

// Batch is an export that was read.
type Batch struct {
	wire.Batch

	traces []Trace
}

// ReadProto reads an export in Protocol Buffers; see [wire.ReadProto].
func ReadProto(data []byte) (*Batch, error) { return batch(wire.ReadProto(data)) }

// ReadJSON reads an export in JSON; see [wire.ReadJSON].
func ReadJSON(data []byte) (*Batch, error) { return batch(wire.ReadJSON(data)) }

func batch(b *wire.Batch, err error) (*Batch, error) {
	if err != nil {
		return nil, err
	}
	return &Batch{Batch: *b}, nil
}
