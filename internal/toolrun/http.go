package toolrun

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/netguard"
)

const (
	maxText    = 1 << 20 // bytes of an answer that is a Tool's output
	maxExcerpt = 300     // of an answer that is an error
)

// apiCall gets a URL and returns the text of the answer. Inputs and variables are put in place of {{name}} in the setup values `url`, `headers` and
// `query`.
func (t *task) apiCall(ctx context.Context) (outcome, error) {
	var setup struct {
		URL     string                `json:"url"`
		Headers map[string]json.Value `json:"headers"`
		Query   map[string]json.Value `json:"query"`
	}
	if err := t.setup(&setup); err != nil {
		return outcome{}, err
	}
	given, err := t.given(ctx)
	if err != nil {
		return outcome{}, err
	}
	address, err := given.url(setup.URL, setup.Query)
	if err != nil {
		return outcome{}, err
	}
	header, err := given.headers(setup.Headers)
	if err != nil {
		return outcome{}, err
	}
	text, err := t.get(ctx, address, header)
	if err != nil {
		return outcome{}, err
	}
	return output(text), nil
}

// get returns the text of the answer to a GET request.
func (t *task) get(ctx context.Context, address *url.URL, header http.Header) (string, error) {
	r := (&http.Request{Method: http.MethodGet, URL: address, Header: header, Host: address.Host}).WithContext(ctx)
	res, err := t.o.HTTP.Do(r)
	if err != nil {
		return "", netguard.Classify(ctx, address, err)
	}
	defer res.Body.Close() //nolint:errcheck // it was only read
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxText+1))
	if err != nil {
		return "", netguard.Classify(ctx, address, err)
	}
	text := strings.ToValidUTF8(string(raw), "\uFFFD")
	switch {
	case res.StatusCode >= http.StatusBadRequest:
		excerpt := errs.Redact(t.mask.text(text))
		return "", failed("%s answered %s: %s", address.Hostname(), res.Status, errs.Truncate(strings.TrimSpace(excerpt), maxExcerpt))
	case len(raw) > maxText:
		return "", failed("%s answered more than %d KiB.", address.Hostname(), maxText>>10)
	}
	return text, nil
}

// failed is the error of a Tool.
func failed(format string, args ...any) error { return errs.New(errs.ToolFailed, format, args...) }
