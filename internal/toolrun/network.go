package toolrun

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/openloop-server/openloop/internal/netguard"
	"github.com/openloop-server/openloop/internal/sandbox"
)

// fetch makes a request of a Tool's code.
func (t *task) fetch(ctx context.Context, asked *sandbox.FetchRequest) (*sandbox.FetchResponse, error) {
	address, err := url.Parse(asked.URL)
	if err != nil {
		return nil, failed("The address of the request is not a URL.")
	}
	asked.Header.Del("Accept-Encoding") // the code gets what was compressed as it was before
	if err := checkRequest(asked); err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, asked.Method, asked.URL, bytes.NewReader(asked.Body))
	if err != nil {
		return nil, failed("The address of the request is not a URL.")
	}
	r.Header = asked.Header
	res, err := t.o.HTTP.Do(r)
	if err != nil {
		return nil, netguard.Classify(ctx, address, err)
	}
	defer res.Body.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, netguard.Classify(ctx, address, err)
	}
	_, reason, _ := strings.Cut(res.Status, " ")
	return &sandbox.FetchResponse{Status: res.StatusCode, Reason: reason, URL: res.Request.URL.String(), Header: res.Header, Body: body}, nil
}

// checkRequest refuses a method and headers that cannot be sent.
func checkRequest(r *sandbox.FetchRequest) error {
	if !isToken(r.Method) {
		return failed("The method of the request is not one of HTTP.")
	}
	for name, values := range r.Header {
		for _, value := range values {
			if !isToken(name) || !isHeader(value) {
				return badHeader(name)
			}
		}
	}
	return nil
}
