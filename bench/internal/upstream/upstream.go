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

// Path is the one path that the upstream serves.
const Path = "/v1/chat/completions"

// Serve answers on listener until ctx is done, then closes every connection
// and returns nil. Any request on another path than [Path] is a 404.
func Serve(ctx context.Context, listener net.Listener, config Config) error {
	ctx, cancel := context.WithCancel(ctx)
	var connections sync.WaitGroup
	defer connections.Wait()
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = listener.Close() })()

	ready := render(config)
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
			s := session{conn: conn, reader: bufio.NewReaderSize(conn, 16<<10), config: config, ready: ready}
			for s.exchange() == nil {
			}
		})
	}
}

// session serves one connection.
type session struct {
	conn   net.Conn
	reader *bufio.Reader
	config Config
	ready  answers
	body   []byte
}

var errClose = errors.New("client asked to close")

// exchange reads one request and answers it. An error ends the connection.
func (s *session) exchange() error {
	h, err := http1.ReadHead(s.reader)
	if err != nil {
		return err
	}
	s.body = s.body[:0]
	if err := http1.ReadBody(s.reader, h, func(b []byte) { s.body = append(s.body, b...) }); err != nil {
		return err
	}
	if err := s.answer(h); err != nil {
		return err
	}
	if h.Close {
		return errClose
	}
	return nil
}

func (s *session) answer(h http1.Head) error {
	if !strings.HasPrefix(h.Start, "POST "+Path+" ") {
		return s.write([]byte(notFound))
	}
	if s.config.Latency > 0 {
		time.Sleep(s.config.Latency)
	}
	if !s.asks("stream") {
		return s.write(s.ready.plain)
	}
	if s.asks("include_usage") {
		return s.stream(s.ready.usage)
	}
	return s.stream(s.ready.stream)
}

// asks says whether the body sets member to true. It looks at the bytes only: the benchmark's own requests hold these words nowhere else.
func (s *session) asks(member string) bool {
	_, after, found := bytes.Cut(s.body, []byte(`"`+member+`":`))
	return found && bytes.HasPrefix(bytes.TrimLeft(after, " "), []byte("true"))
}

// stream writes each event at its time, so that a late one delays no other.
func (s *session) stream(events [][]byte) error {
	start := time.Now()
	for i, event := range events {
		if s.config.Pace > 0 {
			time.Sleep(time.Until(start.Add(time.Duration(i) * s.config.Pace)))
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
