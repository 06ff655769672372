// Package ids makes the identifiers of the v5 API: a prefix, `_`, and 21 characters of [0-9A-Za-z].
//
// The first eight characters count milliseconds, so ids with one prefix sort by time. The rest is random.
package ids

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// Prefix is the start of an id. It names the kind of thing that has the id.
type Prefix string

// The prefixes of the v5 API.
const (
	Prompt           Prefix = "pr"
	PromptVersion    Prefix = "prv"
	Tool             Prefix = "tl"
	ToolVersion      Prefix = "tv"
	Dataset          Prefix = "ds"
	DatasetVersion   Prefix = "dsv"
	Datapoint        Prefix = "dp"
	Evaluator        Prefix = "ev"
	EvaluatorVersion Prefix = "evv"
	Flow             Prefix = "fl"
	FlowVersion      Prefix = "flv"
	Agent            Prefix = "ag"
	AgentVersion     Prefix = "agv"
	Evaluation       Prefix = "evr"
	Run              Prefix = "rn"
	Directory        Prefix = "dir"
	Environment      Prefix = "env"
	User             Prefix = "usr"
	Log              Prefix = "log"
	Session          Prefix = "sesh"
	Key              Prefix = "key"
	SignIn           Prefix = "login"
	Request          Prefix = "req"
)

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

const (
	bodyLen = 21
	timeLen = 8
)

// New makes an id for the time now. It is safe for concurrent use.
func New(p Prefix, now time.Time) string {
	out := make([]byte, len(p)+1+bodyLen)
	copy(out, p)
	out[len(p)] = '_'
	body := out[len(p)+1:]
	ms := uint64(max(now.UnixMilli(), 0))
	for i := timeLen - 1; i >= 0; i-- {
		body[i] = alphabet[ms%62]
		ms /= 62
	}
	fillRandom(body[timeLen:])
	return string(out)
}

// fillRandom writes random characters. 13 of them have 77 bits, so two ids of one millisecond never collide.
func fillRandom(dst []byte) {
	var seed [16]byte
	_, _ = rand.Read(seed[:]) // never fails (crypto/rand)
	lo, hi := binary.LittleEndian.Uint64(seed[:8]), binary.LittleEndian.Uint64(seed[8:])
	for i := range dst {
		if i == len(dst)/2 {
			lo = hi
		}
		dst[i] = alphabet[lo%62]
		lo /= 62
	}
}

// Of derives an id from a name given elsewhere. Equal names give equal ids. Such ids do not sort by time.
func Of(p Prefix, name []byte) string {
	sum := sha256.Sum256(name)
	out := append(make([]byte, 0, len(p)+1+bodyLen), p...)
	out = append(out, '_')
	for _, b := range sum[:bodyLen] {
		out = append(out, alphabet[int(b)%len(alphabet)])
	}
	return string(out)
}

// Derived makes the id of what follows from other things, which parts name. Equal parts give equal ids, and the same texts divided otherwise give
// others. Such ids do not sort by time.
func Derived(p Prefix, parts ...string) string {
	var name []byte
	for _, part := range parts {
		name = binary.AppendUvarint(name, uint64(len(part)))
		name = append(name, part...)
	}
	return Of(p, name)
}

type requestKey struct{}

// WithRequest returns a context for work on the request with the given id.
func WithRequest(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey{}, id)
}

// RequestFrom is the id of the request that ctx belongs to, the same as in the header x-request-id of its answer; "" outside a request.
func RequestFrom(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}
