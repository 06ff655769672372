// Package upstream is a fast imitation of OpenAI's chat completions, so cheap that a benchmark in front of it measures the server between.
// It serves ready-made bytes over plain TCP connections and looks at a request only to tell a stream from a plain call.
package upstream

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/openloop-server/openloop/bench/internal/http1"
)

// Path is where calls are answered. A POST of [PathHold] has streams wait after their first delta, until one of [PathRelease].
const (
	Path        = "/v1/chat/completions"
	PathHold    = "/hold"
	PathRelease = "/release"
)

// Serve answers on listener until ctx is done, then closes every connection
// and returns nil. Any request on another path is a 404.
func Serve(ctx context.Context, listener net.Listener, config Config) error {
	ctx, cancel := context.WithCancel(ctx)
	var connections sync.WaitGroup
	defer connections.Wait()
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = listener.Close() })()

	ready, held := render(config), new(gate)
	for {
		conn, err := listener.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("accept: %w", err)
		}
		connections.Go(func() {
			defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
			defer func() { _ = conn.Close() }()
			s := session{held: held, conn: conn, reader: bufio.NewReaderSize(conn, 16<<10), config: config, ready: ready}
			for s.exchange(ctx) == nil {
			}
		})
	}
}

// session serves one connection.
type session struct {
	held   *gate
	conn   net.Conn
	reader *bufio.Reader
	config Config
	ready  answers
	body   []byte
}

var errClose = errors.New("client asked to close")

// exchange reads one request and answers it. An error ends the connection.
func (s *session) exchange(ctx context.Context) error {
	h, err := http1.ReadHead(s.reader)
	if err != nil {
		return err
	}
	s.body = s.body[:0]
	if err := http1.ReadBody(s.reader, h, func(b []byte) { s.body = append(s.body, b...) }); err != nil {
		return err
	}
	if err := s.answer(ctx, h); err != nil {
		return err
	}
	if h.Close {
		return errClose
	}
	return nil
}

func (s *session) answer(ctx context.Context, h http1.Head) error {
	method, rest, _ := strings.Cut(h.Start, " ")
	switch path, _, _ := strings.Cut(rest, " "); method + path {
	case "POST" + PathHold:
		s.held.close()
		return s.write([]byte(done))
	case "POST" + PathRelease:
		s.held.open()
		return s.write([]byte(done))
	case "POST" + Path:
		return s.call(ctx)
	}
	return s.write([]byte(notFound))
}

// call answers a call of a model.
func (s *session) call(ctx context.Context) error {
	if s.config.Latency > 0 {
		time.Sleep(s.config.Latency)
	}
	if !s.asks("stream") {
		return s.write(s.ready.plain)
	}
	if s.asks("include_usage") {
		return s.stream(ctx, s.ready.usage)
	}
	return s.stream(ctx, s.ready.stream)
}

// asks says whether the body sets member to true. It looks at the bytes only: the benchmark's own requests hold these words nowhere else.
func (s *session) asks(member string) bool {
	_, after, found := bytes.Cut(s.body, []byte(`"`+member+`":`))
	return found && bytes.HasPrefix(bytes.TrimLeft(after, " "), []byte("true"))
}

// stream writes each event at its time, so that a late one delays no other.
func (s *session) stream(ctx context.Context, events [][]byte) error {
	start := time.Now()
	for i, event := range events {
		if s.config.Pace > 0 {
			time.Sleep(time.Until(start.Add(time.Duration(i) * s.config.Pace)))
		}
		if i == firstDelta+1 {
			s.held.wait(ctx)
		}
		if err := s.write(event); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) write(b []byte) error {
	_, err := s.conn.Write(b)
	return err
}
