package wire

import (
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/openloop-server/openloop/internal/json"
)

// ExportResponse is an ExportTraceServiceResponse.
type ExportResponse struct {
	Records  []string // ids of the Logs, for the SDKs; nil for none
	Rejected int
	Message  string
}

type jsonAnswer struct {
	Records []string     `json:"records,omitzero"`
	Partial *jsonPartial `json:"partialSuccess,omitzero"`
}

type jsonPartial struct {
	Rejected int64  `json:"rejectedSpans,string"`
	Message  string `json:"errorMessage"`
}

// JSON is the answer to an export in JSON.
func (a *ExportResponse) JSON() ([]byte, error) {
	out := jsonAnswer{Records: a.Records}
	if a.Rejected > 0 {
		out.Partial = &jsonPartial{Rejected: int64(a.Rejected), Message: a.Message}
	}
	return json.Marshal(&out)
}

// Proto is the answer to an export in Protocol Buffers. It has no place for Records.
func (a *ExportResponse) Proto() []byte {
	if a.Rejected == 0 {
		return []byte{}
	}
	partial := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), uint64(a.Rejected)) //nolint:gosec // a count
	partial = protowire.AppendString(protowire.AppendTag(partial, 2, protowire.BytesType), a.Message)
	return protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), partial)
}
