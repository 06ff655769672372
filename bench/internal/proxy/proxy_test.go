package proxy

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/openloop-server/openloop/bench/internal/http1"
)

// start serves in front of upstream until the test ends and returns host:port.
func start(t *testing.T, upstream *httptest.Server) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, listener, strings.TrimPrefix(upstream.URL, "http://")) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// An upstream may answer while the request is still on its way, and neither
// the answer's beginning may wait for the request's end nor either be cut.
func TestAnswerMayBeginBeforeTheRequestEnds(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if err := control.EnableFullDuplex(); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, r.URL.Path+" ")
		_ = control.Flush()
		_, _ = io.Copy(w, r.Body)
	}))
	defer upstream.Close()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", start(t, upstream))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}

	_, _ = io.WriteString(conn, "POST /v1/x HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nfirst")
	reader := bufio.NewReader(conn)
	head, err := http1.ReadHead(reader)
	if err != nil || head.Status() != http.StatusOK {
		t.Fatalf("%+v, %v", head, err)
	}
	_, _ = io.WriteString(conn, " half")
	var body bytes.Buffer
	if err := http1.ReadBody(reader, head, func(b []byte) { body.Write(b) }); err != nil {
		t.Fatal(err)
	}
	if got, want := body.String(), "/v1/x first half"; got != want {
		t.Errorf("body %q, want %q", got, want)
	}
}
