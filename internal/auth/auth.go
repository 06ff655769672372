// Package auth is the domain of API keys, sign-ins and roles.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"strings"
	"time"
)

// Role says what a key may do. Each role may do everything that the roles below it may.
type Role string

// The roles, from most to least.
const (
	Admin     Role = "admin"     // also keys, provider keys and settings
	Developer Role = "developer" // also change and deploy Files
	Member    Role = "member"    // call, log and read
)

var rank = map[Role]int{Member: 1, Developer: 2, Admin: 3}

// Valid reports whether r is one of the roles.
func (r Role) Valid() bool { return rank[r] > 0 }

// Allows reports whether r may do what needs the role need. Unknown roles may do nothing.
func (r Role) Allows(need Role) bool { return rank[r] >= rank[need] && rank[r] > 0 && rank[need] > 0 }

// Priority is the class of a call: which calls go on when the server has more of them than it can do.
type Priority string

// The priorities, from most to least.
const (
	Critical    Priority = "critical"    // the last that wait, as what a person's purchase depends on
	Interactive Priority = "interactive" // somebody waits for the answer; the priority of keys that say nothing
	Batch       Priority = "batch"       // nobody waits, and it may be tried again later
)

var urgency = map[Priority]int{Batch: 1, Interactive: 2, Critical: 3}

// Valid reports whether p is one of the priorities.
func (p Priority) Valid() bool { return urgency[p] > 0 }

// Lowered returns the lower of p and to. A priority that is none counts as [Interactive].
func (p Priority) Lowered(to Priority) Priority {
	if !p.Valid() {
		p = Interactive
	}
	if to.Valid() && urgency[to] < urgency[p] {
		return to
	}
	return p
}

// APIKey is a stored API key. The secret itself is never stored.
type APIKey struct {
	ID        string
	Name      string
	Role      Role
	Priority  Priority // of its calls
	Hash      string   // of the secret, see [HashSecret]
	Hint      string   // its last four characters
	CreatedAt time.Time
	CreatedBy string    // id of the API key that made it; "" for the server itself and the command line
	UsedAt    time.Time // when it was last used, within five minutes; zero for never
	RevokedAt time.Time // zero while it is valid
}

// SecretPrefix starts every secret that [NewSecret] makes.
const SecretPrefix = "hl_sk_"

const (
	secretLen = 40
	alphabet  = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// NewSecret makes a secret of 238 random bits.
func NewSecret() string {
	var b strings.Builder
	b.WriteString(SecretPrefix)
	size := big.NewInt(int64(len(alphabet)))
	for range secretLen {
		n, err := rand.Int(rand.Reader, size)
		if err != nil { // crypto/rand does not fail
			panic("auth: no randomness: " + err.Error())
		}
		b.WriteByte(alphabet[n.Int64()])
	}
	return b.String()
}

// HashSecret is the stored form of a secret. Secrets are long and random, so a plain SHA-256 is safe.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Hint is the part of a secret that may be shown: its last four characters, if the rest is long enough.
func Hint(secret string) string {
	if len(secret) < 12 {
		return ""
	}
	return secret[len(secret)-4:]
}

// Principal is who makes a request.
type Principal struct {
	KeyID     string
	Role      Role
	Priority  Priority // of the key's calls
	SessionID string   // of the [Session] that stands for the key; "" when the key itself was sent
}

type principalKey struct{}

// With returns a context for work of p.
func With(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// From is the principal of the innermost [With] in ctx. It is the zero Principal for work that nobody asked for, such as the server's own.
func From(ctx context.Context) Principal {
	p, _ := ctx.Value(principalKey{}).(Principal)
	return p
}
