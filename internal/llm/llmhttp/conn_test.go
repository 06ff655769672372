package llmhttp

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// writes records what is written to a connection, call by call.
type writes struct {
	net.Conn
	all []string
}

func (w *writes) Write(p []byte) (int, error) {
	w.all = append(w.all, string(p))
	return len(p), nil
}

// TestBodyInMemoryIsWrittenAtOnce states that a body which is in memory is not copied first.
func TestBodyInMemoryIsWrittenAtOnce(t *testing.T) {
	body := strings.Repeat("x", 100<<10)
	to, from := &writes{}, &io.LimitedReader{R: io.NopCloser(strings.NewReader(body)), N: int64(len(body))}
	n, err := outgoing{to}.ReadFrom(from)
	if err != nil || n != int64(len(body)) || from.N != 0 || !slices.Equal(to.all, []string{body}) {
		t.Errorf("%d bytes in %d writes, %d left, error %v", n, len(to.all), from.N, err)
	}
}

// TestBodyThatIsReadIsCopied states that a body of any other kind comes whole.
func TestBodyThatIsReadIsCopied(t *testing.T) {
	body := strings.Repeat("x", 100<<10)
	for _, from := range []io.Reader{iotest.HalfReader(strings.NewReader(body)), io.LimitReader(iotest.HalfReader(strings.NewReader(body)), 1<<20)} {
		to := &writes{}
		if n, err := (outgoing{to}).ReadFrom(from); err != nil || n != int64(len(body)) || strings.Join(to.all, "") != body {
			t.Errorf("%d bytes, error %v", n, err)
		}
	}
}

// TestLongBodyArrives states that a body longer than all buffers comes to the provider whole, also over a connection that was used before.
func TestLongBodyArrives(t *testing.T) {
	var got [][]byte
	provider := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, body)
	}))
	defer provider.Close()
	transport := NewTransport()
	defer transport.CloseIdleConnections()
	body := bytes.Repeat([]byte("0123456789"), 50<<10)
	for range 2 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, provider.URL, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		res, err := transport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
	}
	if !slices.EqualFunc(got, [][]byte{body, body}, bytes.Equal) {
		t.Errorf("%d bodies came, not twice what was sent", len(got))
	}
}
