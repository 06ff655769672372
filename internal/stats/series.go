// Package stats is the arithmetic of statistics about Logs: what Logs add up to, what they are told apart by, and over which intervals.
package stats

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/file"
)

// Series is what Logs have in common that are added up together. It can be compared and is a key of maps.
type Series struct {
	File, Version int64 // their numbers in the database
	Kind          file.Kind
	Source        string // one of the sources below
	Failed        bool
	Environment   string
	Provider      string
	Model         string
	APIKey        string // its id
	Origin        string // of a failure: who raised it
	Reason        string // of a failure; "" if a client reported it
}

// The sources of Logs.
const (
	FromAPI        = "api"
	FromMCP        = "mcp"
	FromEvaluation = "evaluation"
	FromMonitoring = "monitoring"
)

// Fields is a set of fields of a [Series].
type Fields uint16

// The fields, each alone.
const (
	ByFile Fields = 1 << iota
	ByVersion
	ByType
	BySource
	ByEnvironment
	ByProvider
	ByModel
	ByAPIKey
	ByOrigin
	ByReason
	ByFailure
)

// Only returns s without the fields that are not in by. A version keeps its File, which it belongs to.
func (s *Series) Only(by Fields) Series {
	var out Series
	if by&(ByFile|ByVersion) != 0 {
		out.File, out.Kind = s.File, s.Kind
	}
	if by&ByVersion != 0 {
		out.Version = s.Version
	}
	if by&ByType != 0 {
		out.Kind = s.Kind
	}
	out.Failed = by&ByFailure != 0 && s.Failed
	from, into := s.texts(), out.texts()
	for i, field := range [...]Fields{BySource, ByEnvironment, ByProvider, ByModel, ByAPIKey, ByOrigin, ByReason} {
		if by&field != 0 {
			*into[i] = *from[i]
		}
	}
	return out
}

// texts are the fields of free text, in the order in which they are encoded.
func (s *Series) texts() [7]*string {
	return [...]*string{&s.Source, &s.Environment, &s.Provider, &s.Model, &s.APIKey, &s.Origin, &s.Reason}
}

// maxText is how many bytes of each text count.
const maxText = 128

// Append appends s to b. Equal series have the same bytes, and these do not begin those of another.
func (s *Series) Append(b []byte) []byte {
	b = binary.AppendVarint(binary.AppendVarint(b, s.File), s.Version)
	kind := uint64(slices.Index(kinds[:], s.Kind)+1) << 1 //nolint:gosec // it is not negative
	if s.Failed {
		kind |= 1
	}
	b = binary.AppendUvarint(b, kind)
	for _, text := range s.texts() {
		b = appendText(b, *text)
	}
	return b
}

// kinds have numbers in encoded series, which never change.
var kinds = [...]file.Kind{file.PromptKind, file.ToolKind, file.DatasetKind, file.EvaluatorKind, file.FlowKind, file.AgentKind}

func appendText(b []byte, text string) []byte {
	if len(text) > maxText {
		text = text[:maxText]
	}
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// ReadSeries reads a series that Append has appended to nothing. Its texts are valid UTF-8.
func ReadSeries(b []byte) (s Series, err error) {
	s.File, b = varint(b)
	s.Version, b = varint(b)
	kind, b := uvarint(b)
	s.Failed = kind&1 != 0
	if at := kind >> 1; at > 0 && at <= uint64(len(kinds)) {
		s.Kind = kinds[at-1]
	}
	for _, text := range s.texts() {
		var size uint64
		if size, b = uvarint(b); size > uint64(len(b)) {
			return s, errShort
		}
		*text, b = strings.ToValidUTF8(string(b[:size]), "\uFFFD"), b[size:]
	}
	if b == nil {
		return s, errShort
	}
	return s, nil
}
