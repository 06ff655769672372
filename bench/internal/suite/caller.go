package suite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/openloop-server/openloop/bench/internal/http1"
	"github.com/openloop-server/openloop/bench/internal/load"
	"github.com/openloop-server/openloop/bench/internal/upstream"
)

// caller sends one request again and again over one connection, and takes an
// answer as right when it is a 200 with all tokens of the upstream's answer.
type caller struct {
	conn    *http1.Conn
	request []byte
	tokens  int
	opening []byte // of the last answer's body, for messages
}

// shown is how much of a wrong answer a message shows.
const shown = 400

var tokenMark = []byte{upstream.TokenMark}

// Call implements [load.Caller].
func (c *caller) Call(first func()) (int, error) {
	seen := 0
	c.opening = c.opening[:0]
	h, err := c.conn.Do(c.request, func(piece []byte) {
		if len(c.opening) == 0 {
			c.opening = append(c.opening, piece[:min(len(piece), shown)]...)
		}
		tokens := bytes.Count(piece, tokenMark)
		if tokens > 0 && seen == 0 {
			first()
		}
		seen += tokens
	})
	if err != nil {
		return 0, err
	}
	if h.Status() != http.StatusOK {
		return 0, fmt.Errorf("answered %s: %s", h.Start, c.opening)
	}
	// The server under test may repeat the text as a whole at a stream's end.
	if seen < c.tokens {
		return 0, fmt.Errorf("answer has %d of %d tokens: %s", seen, c.tokens, c.opening)
	}
	return c.tokens, nil
}

// dial opens n connections that send request. Closing them, which also happens when ctx is done, is up to the returned function.
func dial(ctx context.Context, addr string, n int, request []byte, tokens int) (_ []load.Caller, hangUp func(), _ error) {
	var callers []load.Caller
	var conns []*http1.Conn
	closeAll := func() {
		for _, conn := range conns {
			_ = conn.Close()
		}
	}
	for range n {
		conn, err := http1.Dial(ctx, addr)
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		conns = append(conns, conn)
		callers = append(callers, &caller{conn: conn, request: request, tokens: tokens})
	}
	stop := context.AfterFunc(ctx, closeAll)
	return callers, func() { stop(); closeAll() }, nil
}

// accepts is nil once addr takes connections.
func accepts(ctx context.Context, addr string) error {
	conn, err := http1.Dial(ctx, addr)
	if err != nil {
		return err
	}
	return conn.Close()
}

// serves is nil once a request of path at addr is answered with 200.
func serves(ctx context.Context, addr, method, path string) error {
	conn, err := http1.Dial(ctx, addr)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	defer func() { _ = conn.Close() }()
	h, err := conn.Do([]byte(method+" "+path+" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"), func([]byte) {})
	if err == nil && h.Status() != http.StatusOK {
		err = errors.New("answered " + h.Start)
	}
	return err
}
