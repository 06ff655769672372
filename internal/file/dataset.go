package file

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Dataset is the content of a Dataset's version: the number of its datapoints and a fingerprint of them. The datapoints themselves are
// stored separately.
type Dataset struct {
	Attributes  json.Value `json:"attributes,omitzero"` // an object
	Count       int        `json:"datapoints_count"`
	Fingerprint string     `json:"datapoints,omitempty"` // of [Fingerprint]
}

// Kind implements [Content].
func (d *Dataset) Kind() Kind { return DatasetKind }

// Normalize implements [Content].
func (d *Dataset) Normalize() { d.Attributes = dropEmpty(d.Attributes) }

// Action says how to combine the given datapoints with those of a base version.
type Action string

// The actions, as the API names them.
const (
	SetDatapoints    Action = "set"    // those given, and nothing of the base
	AddDatapoints    Action = "add"    // those of the base, and then those given that it lacks
	RemoveDatapoints Action = "remove" // those of the base that are not given
)

// MaxDatapoints is the largest number of datapoints in a request, including duplicates. It keeps the memory for them below 100 MB.
const MaxDatapoints = 250_000

// Datapoint is one case of a Dataset. Datapoints with equal inputs, messages and target are the same.
type Datapoint struct {
	ID       string            `json:"-"` // the same in all versions of the Dataset
	Inputs   map[string]string `json:"inputs,omitempty"`
	Messages []llm.Message     `json:"messages,omitempty"`
	Target   json.Value        `json:"target,omitzero"` // an object

	SourceLogID string `json:"-"` // the Log that it was made of, "" for none; not part of the content
}

// Digest identifies a datapoint by its content: the SHA-256 of its canonical JSON.
type Digest [sha256.Size]byte

// SealedDatapoint is a datapoint as it is stored.
type SealedDatapoint struct {
	ID          string // that it is to have; "" for a new one
	Content     json.Value
	Digest      Digest
	SourceLogID string
}

// Seal returns the stored form of d. It fails if an object in the target has a repeated member.
func (d *Datapoint) Seal() (SealedDatapoint, error) {
	d.Target = dropEmpty(d.Target)
	content, err := json.Marshal(d)
	if err != nil {
		return SealedDatapoint{}, err
	}
	canonical, err := json.CanonicalExact(content)
	return SealedDatapoint{ID: d.ID, Content: content, Digest: sha256.Sum256(canonical), SourceLogID: d.SourceLogID}, err
}

// OpenDatapoint decodes the result of [Datapoint.Seal].
func OpenDatapoint(id string, content json.Value) (Datapoint, error) {
	var d Datapoint
	err := json.UnmarshalForeign(content, &d)
	d.ID = id
	return d, err
}

// Fingerprint identifies a set of datapoints: the SHA-256, in hex, of their digests in ascending order, or "" for an empty set. So the
// order of the datapoints does not make a version.
func Fingerprint(digests []Digest) string {
	if len(digests) == 0 {
		return ""
	}
	sorted := slices.Clone(digests)
	slices.SortFunc(sorted, func(a, b Digest) int { return bytes.Compare(a[:], b[:]) })
	h := sha256.New()
	for i := range sorted {
		h.Write(sorted[i][:])
	}
	return hex.EncodeToString(h.Sum(nil))
}
