package telemetry

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	metricspb "go.opentelemetry.io/proto/otlp/metrics/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// Receiver is where exports go.
type Receiver struct {
	URL     string            // with its path, as https://collector:4318/v1/traces
	Headers map[string]string // as a key
	Timeout time.Duration     // of one try; 0 means 10 s
	Gzip    bool
	TLS     *tls.Config // nil means the usual
}

// sender posts exports in Protocol Buffers. What a receiver refuses for a while is tried again until the context ends.
//
// The exporters of OpenTelemetry would do it, too, but link gRPC and the templates of the standard library into the program: ADR 22.
type sender struct {
	to   Receiver
	http *http.Client
}

func newSender(to Receiver) *sender {
	if to.Timeout == 0 {
		to.Timeout = 10 * time.Second
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = to.TLS
	redirect := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // a key goes to no other place
	return &sender{to, &http.Client{Transport: transport, Timeout: to.Timeout, CheckRedirect: redirect}}
}

// traces implements [otlptrace.Client].
type traces struct{ *sender }

// Start implements [otlptrace.Client].
func (*traces) Start(context.Context) error { return nil }

// Stop implements [otlptrace.Client].
func (t *traces) Stop(context.Context) error {
	t.http.CloseIdleConnections()
	return nil
}

// UploadTraces implements [otlptrace.Client].
func (t *traces) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	return t.send(ctx, &tracepb.TracesData{ResourceSpans: spans}) // the same bytes as an ExportTraceServiceRequest
}

func (s *sender) sendMetrics(ctx context.Context, metrics *metricspb.ResourceMetrics) error {
	return s.send(ctx, &metricspb.MetricsData{ResourceMetrics: []*metricspb.ResourceMetrics{metrics}})
}

// send posts an export, and again while the receiver asks for it.
func (s *sender) send(ctx context.Context, m proto.Message) error {
	body, err := proto.Marshal(m)
	if err != nil {
		return err
	}
	if s.to.Gzip {
		body = zipped(body)
	}
	for pause := time.Second; ; pause = min(2*pause, 10*time.Second) {
		wait, err := s.post(ctx, body)
		if err == nil || wait < 0 {
			return err
		}
		wait = max(wait, pause/2+rand.N(pause)) //nolint:gosec // spreads tries, guards nothing
		if end, ok := ctx.Deadline(); ok && time.Until(end) < wait {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
}

func zipped(body []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(body) // into memory
	_ = z.Close()
	return out.Bytes()
}

// post makes one try. wait is when the next may be made, negative for never.
func (s *sender) post(ctx context.Context, body []byte) (wait time.Duration, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.to.URL, bytes.NewReader(body))
	if err != nil {
		return -1, errors.New("telemetry: the endpoint is no URL")
	}
	r.Header.Set("Content-Type", "application/x-protobuf")
	r.Header.Set("User-Agent", "openloop")
	if s.to.Gzip {
		r.Header.Set("Content-Encoding", "gzip")
	}
	for name, v := range s.to.Headers {
		r.Header.Set(name, v)
	}
	res, err := s.http.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()                                      //nolint:errcheck // it was only read
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<16)) // so that the connection can be used again
	switch res.StatusCode {
	case http.StatusOK, http.StatusAccepted, http.StatusNoContent:
		return -1, nil
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		seconds, _ := strconv.Atoi(res.Header.Get("Retry-After")) // 0 for a date, which nobody sends here
		return time.Duration(max(seconds, 0)) * time.Second, refused(res.StatusCode)
	}
	return -1, refused(res.StatusCode)
}

func refused(status int) error { return fmt.Errorf("telemetry: the receiver answered %d", status) }
