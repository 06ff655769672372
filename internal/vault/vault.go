// Package vault keeps the workspace's secrets: the keys of model providers and the variables of Tools. They are encrypted in the database
// and decrypted in memory.
//
// All of them are encrypted with one encryption key. The start of a server, and every stored value, compare it with everything stored so
// far, so two servers on one database never use two keys.
//
// A key is authenticated together with its provider, its name and its base URL. So write access to the database is not enough to read a key or to
// have it sent elsewhere. The encryption key is read when first needed, and created only while nothing is stored.
package vault

import (
	"context"
	"errors"
	"hash/fnv"
	"sync"
	"sync/atomic"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/secret"
	"github.com/openloop-server/openloop/internal/store"
)

// Vault stores and decrypts secrets. It is safe for concurrent use.
type Vault struct {
	db     *store.DB
	source secret.Source
	opened atomic.Pointer[decrypted]

	mu    sync.Mutex
	boxes map[string]*secret.Box // by purpose, made when they are needed
}

// decrypted holds the decrypted keys at one moment.
type decrypted struct {
	moment uint64
	keys   map[string][]Credential // by provider
}

// Credential is a stored key of a provider, and the base URL stored with it.
type Credential struct {
	Name     string
	Revision uint64 // another one whenever the key is stored anew
	store.Rotation
	llm.Credentials
	Err error // provider_key_missing if the key cannot be decrypted
}

// The purposes of the encryption key in this package. They must never change, or stored values are lost.
const (
	providerKeys  = "provider keys"
	toolVariables = "tool variables"
)

// New returns the vault of a database. It reads nothing yet.
func New(db *store.DB, source secret.Source) *Vault {
	return &Vault{db: db, source: source, boxes: map[string]*secret.Box{}}
}

// Credentials returns the stored keys of a provider, sorted by order and name. It answers from memory while no secret changes in the database,
// so the result must not be changed.
func (v *Vault) Credentials(ctx context.Context, provider string) ([]Credential, error) {
	all, err := v.read(ctx)
	if err != nil {
		return nil, err
	}
	return all.keys[provider], nil
}

func (v *Vault) read(ctx context.Context) (*decrypted, error) {
	moment := v.db.Moment()
	if all := v.opened.Load(); all != nil && !v.db.Since(all.moment, store.Secrets) {
		return all, nil
	}
	rows, err := v.db.ProviderKeys(ctx)
	if err != nil {
		return nil, err
	}
	all := &decrypted{moment: moment, keys: make(map[string][]Credential, len(rows))}
	for i := range rows {
		k := &rows[i]
		all.keys[k.Provider] = append(all.keys[k.Provider], v.open(k))
	}
	v.opened.Store(all)
	return all, nil
}

func (v *Vault) open(k *store.ProviderKey) Credential {
	revision := fnv.New64a()
	_, _ = revision.Write(k.Sealed)
	out := Credential{Name: k.Name, Revision: revision.Sum64(), Rotation: k.Rotation}
	box, err := v.ready(providerKeys, v.source.Load)
	if err != nil {
		out.Err = unusable(k.Provider, err)
		return out
	}
	key, err := box.Open(k.Sealed, bound(k.Provider, k.Name, k.BaseURL)...)
	if err != nil {
		out.Err = unusable(k.Provider, err)
		return out
	}
	out.Credentials = llm.Credentials{Key: string(key), BaseURL: k.BaseURL}
	return out
}

// bound is what a key is authenticated with. The default one was so before keys had names.
func bound(provider, name, baseURL string) []string {
	if name == store.DefaultKey {
		return []string{provider, baseURL}
	}
	return []string{provider, baseURL, name}
}

// unusable returns the error of a call that needs a stored key which cannot be decrypted. The call uses no other key instead.
func unusable(provider string, err error) error {
	return &errs.Error{
		Reason: errs.ProviderKeyMissing, Op: "vault.open", Provider: provider, Param: "provider_api_keys." + provider, Err: err,
		Message: "The key that is stored for the provider " + provider + " cannot be opened: " + why(err) + ".",
	}
}

// why describes the problem with the encryption key or a stored key, without details that only the operator may know.
func why(err error) string {
	for _, known := range []error{secret.ErrNoKey, secret.ErrWrongKey, secret.ErrDamaged} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return "the encryption key cannot be read"
}

// ready returns the box of a purpose. If it does not exist yet, it is made with the key from load.
func (v *Vault) ready(purpose string, load func() (secret.Key, error)) (*secret.Box, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if box := v.boxes[purpose]; box != nil {
		return box, nil
	}
	key, err := load()
	if err != nil {
		return nil, err
	}
	box, err := key.Box(purpose)
	if err == nil {
		v.boxes[purpose] = box
	}
	return box, err
}

// forSealing returns the box of a purpose after checking that its key fits all stored values. It creates the encryption key if there is
// none and nothing is stored. Errors: [secret.ErrWrongKey], [secret.ErrNoKey].
func (v *Vault) forSealing(ctx context.Context, purpose string) (*secret.Box, error) {
	marks, err := v.db.SealedMarks(ctx)
	if err != nil {
		return nil, err
	}
	load := v.source.Load
	if len(marks) == 0 {
		load = v.source.LoadOrMake
	}
	box, err := v.ready(purpose, load)
	if err != nil {
		return nil, err
	}
	return box, v.fits(marks)
}

// fits checks that all stored values were encrypted with the encryption key. Damaged values fit any key. Errors: [secret.ErrWrongKey], and
// those of reading the key.
func (v *Vault) fits(marks []store.Mark) error {
	for _, m := range marks {
		purpose := providerKeys
		if m.Variable {
			purpose = toolVariables
		}
		box, err := v.ready(purpose, v.source.Load)
		if err != nil {
			return err
		}
		if err := box.CheckMark(m.Bytes); errors.Is(err, secret.ErrWrongKey) {
			return err
		}
	}
	return nil
}

// unsealable returns the error of storing a value while the encryption key is missing or different.
func unsealable(op, what string, err error) error {
	if _, ok := errors.AsType[*errs.Error](err); ok {
		return err
	}
	return &errs.Error{
		Reason: errs.DependencyUnavailable, Op: op, Err: err,
		Message: what + " cannot be encrypted like what is stored already: " + why(err) + ". The operator of this server has to set that right.",
	}
}

// Check reports, for the operator, whether the encryption key fits all stored keys and variables. While nothing is stored, there need not
// be a key. Errors: [secret.ErrWrongKey], [secret.ErrNoKey], and those of reading the key or the database.
func (v *Vault) Check(ctx context.Context) error {
	marks, err := v.db.SealedMarks(ctx)
	if err != nil {
		return err
	}
	return v.fits(marks)
}

// Fits reports whether an encryption key opens what begins with marks, of a database that is not open. Errors are those of [Vault.Check].
func Fits(source secret.Source, marks []store.Mark) error { return New(nil, source).fits(marks) }
