package llmhttp

import (
	"sync/atomic"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// Place tells where a call goes: below the vendor's own base URL, or below one that the call brings. It remembers the last of the latter.
// It is safe for concurrent use.
type Place[T any] struct {
	vendor failure.Vendor
	below  func(baseURL string) (T, error)
	none   string // message for a call without any base URL
	own    spot[T]
	other  atomic.Pointer[spot[T]]
}

type spot[T any] struct {
	base string
	at   T
}

// NewPlace returns the place below own, which is "" for a vendor without a base URL of its own. It fails if own is invalid.
func NewPlace[T any](v failure.Vendor, own string, below func(baseURL string) (T, error)) (*Place[T], error) {
	p := &Place[T]{vendor: v, below: below}
	if own == "" {
		return p, nil
	}
	at, err := below(own)
	p.own = spot[T]{own, at}
	return p, err
}

// Of returns the place of a call, and whether the caller brought its base URL. The error is endpoint_not_found:
// there is no base URL, or an invalid one.
func (p *Place[T]) Of(r *llm.Request) (at T, foreign bool, err error) {
	base := r.Credentials.BaseURL
	if p.own.base != "" && (base == "" || base == p.own.base) {
		return p.own.at, false, nil
	}
	if s := p.other.Load(); s != nil && s.base == base {
		return s.at, true, nil
	}
	if base == "" && p.none != "" {
		return at, false, p.nowhere(r, "", p.none, nil)
	}
	if at, err = p.below(base); err != nil {
		return at, true, p.nowhere(r, "base_url", "The base URL given for "+p.vendor.Display+" is not an http or https URL.", err)
	}
	p.other.Store(&spot[T]{base, at})
	return at, true, nil
}

func (p *Place[T]) nowhere(r *llm.Request, param, message string, cause error) error {
	return &errs.Error{Reason: errs.EndpointNotFound, Provider: p.vendor.Slug, Model: r.Model, Param: param, Err: cause, Message: message}
}
