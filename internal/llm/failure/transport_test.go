package failure_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

func TestTransport(t *testing.T) {
	dial := func(err error) error {
		return &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(10, 1, 2, 3), Port: 8443}, Err: err}
	}
	cases := []struct {
		name   string
		err    error
		reason errs.Reason
		want   string
	}{
		{"refused", dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), errs.ProviderUnreachable, "OpenAI refused the connection."},
		{"unknown host", dial(&net.DNSError{Err: "no such host", Name: "secret.internal", IsNotFound: true}), errs.ProviderUnreachable, "The host name of OpenAI could not be resolved."},
		{"name server timed out", dial(&net.DNSError{Err: "i/o timeout", IsTimeout: true}), errs.ProviderUnreachable, "The host name of OpenAI could not be resolved."},
		{"no route", dial(os.NewSyscallError("connect", syscall.EHOSTUNREACH)), errs.ProviderUnreachable, "There is no network route to OpenAI."},
		{"certificate", &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, errs.ProviderUnreachable, "No secure connection to OpenAI could be made: TLS failed."},
		{"not TLS", tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, errs.ProviderUnreachable, "No secure connection to OpenAI could be made: TLS failed."},
		{"HTTP on HTTPS", errors.New("http: server gave HTTP response to HTTPS client"), errs.ProviderUnreachable, "No secure connection to OpenAI could be made: TLS failed."},
		{"closed", io.EOF, errs.ProviderUnreachable, "OpenAI closed the connection before it answered."},
		{"closed in the headers", io.ErrUnexpectedEOF, errs.ProviderUnreachable, "OpenAI closed the connection before it answered."},
		{"reset", &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, errs.ProviderUnreachable, "OpenAI closed the connection before it answered."},
		{"idle connection", errors.New("http: server closed idle connection"), errs.ProviderUnreachable, "OpenAI closed the connection before it answered."},
		{"HTTP/2 went away", errors.New("http2: server sent GOAWAY and closed the connection"), errs.ProviderUnreachable, "OpenAI closed the connection before it answered."},
		{"deadline of the context", context.DeadlineExceeded, errs.Timeout, "OpenAI did not answer in time."},
		{"dial timed out", dial(os.ErrDeadlineExceeded), errs.Timeout, "OpenAI did not answer in time."},
		{"redirects", errors.New("stopped after 10 redirects"), errs.ProviderUnreachable, "OpenAI redirected the call without end."},
		{"no address", errors.New("unsupported protocol scheme \"\""), errs.ProviderUnreachable, "The base URL that is set for OpenAI is not an address."},
		{"not HTTP", errors.New("malformed HTTP response \"SSH-2.0-OpenSSH\""), errs.ProviderUnreachable, "OpenAI answered with something that is not HTTP."},
		{"proxy", errors.New("proxyconnect tcp: refused by policy"), errs.ProviderUnreachable, "The proxy on the way to OpenAI failed."},
		{"anything else", errors.New("what"), errs.ProviderUnreachable, "The connection to OpenAI failed before it answered."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := call("openai").Transport(&url.Error{Op: "Post", URL: "https://10.1.2.3:8443/v1?key=AIzaSyABCDEFGH", Err: c.err})
			e := errs.From(err)
			want := errs.Error{Reason: c.reason, Message: c.want, Origin: errs.Gateway, Provider: "openai", Model: "m"}
			got := *e
			got.Err = nil
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if strings.Contains(err.Error(), "AIza") {
				t.Errorf("the operator's text holds a key: %v", err)
			}
		})
	}
}

// Fault F12: a refusal on this machine names the address.
//
// A real client gives more kinds of errors than a test can list.
func TestTransportOfARealClient(t *testing.T) {
	closing := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer closing.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	for address, want := range map[string]string{
		closing.URL: "OpenAI closed the connection before it answered.",
		secure.URL:  "No secure connection to OpenAI could be made: TLS failed.",
		strings.Replace(closing.URL, "http:", "https:", 1): "No secure connection to OpenAI could be made: TLS failed.",
		gone.URL: "OpenAI refused the connection. Nothing listens at " + strings.TrimPrefix(gone.URL, "http://") + ".",
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = resp.Body.Close()
			t.Fatalf("%s answered", address)
		}
		got := errs.From(call("openai").Transport(err))
		if got.Message != want {
			t.Errorf("%v: got %q, want %q", err, got.Message, want)
		}
		if address == gone.URL {
			continue
		}
		if m := regexp.MustCompile(`\d+\.\d+|:\d|http`).FindString(got.Message); m != "" {
			t.Errorf("the message %q holds %q", got.Message, m)
		}
	}
}

func TestTransportKeepsWhatIsClassified(t *testing.T) {
	e := errs.New(errs.Conflict, "m")
	if got := call("openai").Transport(fmt.Errorf("x: %w", e)); !errors.Is(got, e) {
		t.Errorf("got %v", got)
	}
	if got := call("openai").Transport(nil); got != nil {
		t.Errorf("got %v", got)
	}
}

func TestDeadline(t *testing.T) {
	cases := []struct {
		clock failure.Clock
		after time.Duration
		want  string
	}{
		{failure.Headers, time.Minute, "OpenAI did not begin to answer within 60 seconds."},
		{failure.Silence, 1500 * time.Millisecond, "OpenAI sent nothing for 1.5 seconds."},
		{failure.Idle, time.Second, "OpenAI produced no output for 1 second."},
		{failure.Total, 10 * time.Minute, "The call to OpenAI took longer than 600 seconds."},
	}
	for _, c := range cases {
		cl := call("openai")
		cl.Output = true
		want := &errs.Error{Reason: errs.Timeout, Message: c.want, Origin: errs.Gateway, Provider: "openai", Model: "m", PartialOutput: true}
		if d := cmp.Diff(want, cl.Deadline(c.clock, c.after)); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
}
