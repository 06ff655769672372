package relay_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/relay"
)

// counting is a provider that counts, unless it fails.
type counting struct {
	keyed
	err error
}

func (c *counting) Count(context.Context, *llm.Request) (int64, error) { return 7, c.err }

// TestCount states what a provider's count is worth: all but a model that is not there may be estimated.
func TestCount(t *testing.T) {
	c := &counting{}
	r := relay.New(relay.Options{Models: &models.Registry{}, Now: func() time.Time { return testDay }, Providers: map[string]relay.Provider{
		"counts": {Driver: c}, "does not": {Driver: &keyed{}}, "has no key": {Driver: c, NeedsKey: true},
	}})
	type result struct {
		N      int64
		OK     bool
		Failed bool
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	for _, test := range []struct {
		provider string
		ctx      context.Context
		err      error
		want     result
	}{
		{"counts", t.Context(), nil, result{7, true, false}},
		{"does not", t.Context(), nil, result{}},
		{"has no key", t.Context(), nil, result{}},
		{"nobody", t.Context(), nil, result{Failed: true}},
		{"counts", t.Context(), errs.New(errs.RateLimited, "slow down"), result{}},
		{"counts", t.Context(), errs.New(errs.ModelNotFound, "none"), result{Failed: true}},
		{"counts", gone, context.Canceled, result{Failed: true}},
	} {
		c.err = test.err
		n, ok, err := r.Count(test.ctx, &relay.Question{Model: file.Fallback{Provider: test.provider, Model: "m"}})
		if d := cmp.Diff(test.want, result{n, ok, err != nil}); d != "" && (err == nil || !test.want.Failed) {
			t.Errorf("%s, %v: %v (-want +got):\n%s", test.provider, test.err, err, d)
		}
	}
}
