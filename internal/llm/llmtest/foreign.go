package llmtest

import (
	"net/http"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/netguard"
)

// closed is a transport that treats every address as private.
type closed struct{}

func (closed) RoundTrip(*http.Request) (*http.Response, error) { return nil, netguard.ErrRefused }

// foreign checks that a base URL from the call goes through Client.Foreign, the transport that keeps such URLs away from private addresses,
// and that the driver's own base URL does not.
func (h *Harness) foreign(t *testing.T, f *fixture) {
	for _, stream := range []bool{false, true} {
		s := serve(t, said(http.StatusUnauthorized, "Reached."))
		hc := s.client(t)
		hc.Foreign = closed{}
		r := f.call(t).request()
		if _, err := run(t.Context(), h.New(t, hc, s.url), r, stream); errs.From(err).ProviderStatus != http.StatusUnauthorized {
			t.Errorf("stream %v: the driver's own base URL was not reached: %v", stream, err)
		}
		r.Credentials.BaseURL = s.url + "/elsewhere"
		_, err := run(t.Context(), h.New(t, hc, s.url), r, stream)
		if e := errs.From(err); err == nil || e.Reason != errs.EndpointNotFound || e.Param != "base_url" || len(s.requests()) != 1 {
			t.Errorf("stream %v: the base URL of the call led to %d requests, %v", stream, len(s.requests()), err)
		}
	}
}
