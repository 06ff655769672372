// Package otlp says what each span of an OpenTelemetry trace export is in the terms of this server: a Log, of which File, with what
// content. It knows the dialects of the Humanloop SDKs, and the conventions by which instrumentations describe calls of models:
// OpenTelemetry's own for generative AI, OpenLLMetry's, OpenInference's and the Vercel AI SDK's. The protocol's encodings are read in package
// wire.
//
// [ReadProto] and [ReadJSON] give a [Batch], and [Batch.Entries] what is to be recorded of it. A span of which nothing can be made is refused
// alone. Nothing here does input or output; all functions are safe for concurrent use.
package otlp

import "openloop/internal/otlp/wire"

// Batch is an export as it was read.
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
