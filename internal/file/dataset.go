package file

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"openloop/internal/json"
	"openloop/internal/llm"
)

// Dataset is the content of a Dataset's version. Its datapoints are stored apart; here they are counted and named by a fingerprint.
type Dataset struct {
	Attributes  json.Value `json:"attributes,omitzero"` // an object
	Count       int        `json:"datapoints_count"`
	Fingerprint string     `json:"datapoints,omitempty"` // of [Fingerprint]
}

// Kind implements [Content].
func (d *Dataset) Kind() Kind { return DatasetKind }

// Normalize implements [Content].
func (d *Dataset) Normalize() { d.Attributes = dropEmpty(d.Attributes) }

// Action says how the datapoints of a new version follow from those given and those of another version, its base.
type Action string

// The actions, in the words of the API.
const (
	SetDatapoints    Action = "set"    // those given, and nothing of the base
	AddDatapoints    Action = "add"    // those of the base, and then those given that it lacks
	RemoveDatapoints Action = "remove" // those of the base that are not given
)

// MaxDatapoints is how many datapoints one request may give, equal ones counted each: what is remembered of them stays below 100 MB.
const MaxDatapoints = 250_000

// Datapoint is one case of a Dataset. What it holds is what it is: two with equal inputs, messages and target are one.
type Datapoint struct {
	ID       string            `json:"-"` // the same in all versions of the Dataset
	Inputs   map[string]string `json:"inputs,omitempty"`
	Messages []llm.Message     `json:"messages,omitempty"`
	Target   json.Value        `json:"target,omitzero"` // an object
}

// Digest names a datapoint by what it holds: the SHA-256 of its canonical JSON.
type Digest [sha256.Size]byte

// SealedDatapoint is a datapoint as it is stored.
type SealedDatapoint struct {
	Content json.Value
	Digest  Digest
}

// Seal returns the stored form of d. An object in the target that names a member twice is an error.
func (d *Datapoint) Seal() (SealedDatapoint, error) {
	d.Target = dropEmpty(d.Target)
	content, err := json.Marshal(d)
	if err != nil {
		return SealedDatapoint{}, err
	}
	canonical, err := json.CanonicalExact(content)
	return SealedDatapoint{Content: content, Digest: sha256.Sum256(canonical)}, err
}

// OpenDatapoint reads what [Datapoint.Seal] has written.
func OpenDatapoint(id string, content json.Value) (Datapoint, error) {
	var d Datapoint
	err := json.UnmarshalForeign(content, &d)
	d.ID = id
	return d, err
}

// Fingerprint names a set of datapoints: the SHA-256, in hex, of their digests in ascending order, and "" for none. So their order makes
// no version of its own.
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
