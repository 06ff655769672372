package input

import (
	"net/http"
	"reflect"
	"sync"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// Deferred is a JSON body that need not be a T, because the operation may pass it on as it is. Only what is no JSON is refused at once.
type Deferred[T any] struct {
	Raw json.Value // the body

	value   T
	fault   error
	unknown func() []string // nil for none
}

// Value returns the body as a T. The error lists every violation, those of a strict request too.
func (d *Deferred[T]) Value() (*T, error) { return &d.value, d.fault }

// Ignored lists the unknown members, as the header X-Openloop-Ignored does. The first time, it may read the body again to find them.
func (d *Deferred[T]) Ignored() []string {
	if d.unknown == nil {
		return nil
	}
	return d.unknown()
}

// typeOf is the type of the value, and settle sets what was found.
func (d *Deferred[T]) typeOf() reflect.Type { return reflect.TypeFor[T]() }

func (d *Deferred[T]) settle(raw json.Value, fault error, unknown func() []string) {
	d.Raw, d.fault, d.unknown = raw, fault, unknown
}

func (d *Deferred[T]) field() reflect.Value { return reflect.ValueOf(&d.value).Elem() }

type deferred interface {
	typeOf() reflect.Type
	field() reflect.Value
	settle(raw json.Value, fault error, unknown func() []string)
}

// deferredValue returns the type of the value of a [Deferred], and t itself for another type.
func deferredValue(t reflect.Type) (value reflect.Type, ok bool) {
	if d, ok := reflect.TypeAssert[deferred](reflect.New(t)); ok {
		return d.typeOf(), true
	}
	return t, false
}

// postpone decodes data, which it keeps, into a [Deferred], and leaves what is wrong with it there.
func (b *Body) postpone(data []byte, field reflect.Value, f *findings) error {
	into, _ := reflect.TypeAssert[deferred](field.Addr())
	found := findings{strict: f.strict, unknowns: unknowns{known: f.known}}
	switch {
	case f.strict:
	case b.sure(data, into.field(), json.UnmarshalKnown):
		into.settle(data, nil, nil)
		return nil
	case b.sure(data, into.field(), json.Unmarshal):
		into.settle(data, nil, sync.OnceValue(func() []string { return b.unknownIn(data, f.known) }))
		return nil
	}
	if err := b.careful(data, into.field(), &found); err != nil {
		return err
	}
	ignored := found.names()
	found.settle(found.strict, http.Header{}, &found.violations)
	into.settle(data, asOperation(found.err()), func() []string { return ignored })
	return nil
}

// unknownIn lists the unknown members of data, which is valid.
func (b *Body) unknownIn(data []byte, known []string) []string {
	found := findings{unknowns: unknowns{known: known}}
	v := &validator{found: &found.violations, unknown: &found.unknowns, loc: []any{InBody}}
	_ = v.validate(data, b.Schema) // data is JSON
	return found.names()
}

// asOperation is err with places as an operation names them.
func asOperation(err error) error {
	if err == nil {
		return nil
	}
	return errs.From(err).With(func(e *errs.Error) {
		for i := range e.Violations {
			e.Violations[i].Loc = e.Violations[i].Loc[1:]
		}
	})
}
