// Package mcpclient asks servers of the Model Context Protocol which functions they have, and calls them, over the Streamable HTTP transport.
// What they answer is foreign: it is bounded in size and time, and a fault of theirs is a classified error.
//
// A session is opened once and serves many calls, one at a time, until it was idle for [idleTime].
package mcpclient

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// The limits of what a server may take and have.
const (
	callTime     = time.Minute // for an answer, with what has to be asked before
	idleTime     = time.Minute
	listTime     = time.Minute // how long a list of functions is believed
	maxIdle      = 64          // sessions
	maxPages     = 100         // of a list
	maxFunctions = 1000
	maxText      = 1 << 20 // bytes of a result
)

// Options configures a Client. All fields are required.
type Options struct {
	HTTP    *http.Client // of [netguard.NewClient]
	Version string       // of this program, which servers are told
	Now     func() time.Time
}

// Client is safe for concurrent use. Close it after use.
type Client struct {
	o Options

	mu      sync.Mutex
	idle    []*session // the longest idle first
	closed  bool
	closing sync.WaitGroup
}

// New returns a client without sessions.
func New(o Options) *Client { return &Client{o: o} }

// Endpoint is where a server is, and what it is sent with each request.
type Endpoint struct {
	URL    *url.URL
	Header http.Header
}

// Function is one that a server has.
type Function struct {
	Name        string
	Description string
	Parameters  json.Value // a JSON Schema, an object
}

// Functions returns what a server has now. Errors: address_refused; tool_unreachable for a server that does not answer; tool_failed for an answer
// that cannot be used.
func (c *Client) Functions(ctx context.Context, at Endpoint) ([]Function, error) {
	var out []Function
	err := c.with(ctx, at, func(ctx context.Context, s *session) error {
		err := s.read(ctx)
		out = s.functions
		return err
	})
	return out, err
}

// Call calls a function with arguments, an object, and returns the text of the result: its texts, and JSON for what is no text. Errors are those
// of [Client.Functions], tool_changed if the function has other parameters now or is gone, and tool_failed for what the server calls an error.
func (c *Client) Call(ctx context.Context, at Endpoint, f *Function, arguments json.Value) (text string, err error) {
	err = c.with(ctx, at, func(ctx context.Context, s *session) error {
		if err := s.expect(ctx, f); err != nil {
			return err
		}
		text, err = s.call(ctx, f.Name, arguments)
		return err
	})
	return text, err
}

// with lends a session to do. If it turns out that the server has ended the session, so that nothing was done, do gets a new one.
func (c *Client) with(ctx context.Context, at Endpoint, do func(context.Context, *session) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, callTime, late(&at))
	defer cancel()
	for {
		seen := new(observed)
		within := context.WithValue(ctx, observedKey{}, seen)
		s, used, err := c.take(within, &at)
		if err == nil {
			err = do(within, s)
			c.give(s, err == nil || answered(err) && !seen.lost())
		}
		switch {
		case err == nil:
			return nil
		case !used || !seen.lost() || ctx.Err() != nil:
			return classify(ctx, &at, seen, err)
		}
	}
}

// take returns an idle session, or opens one. used reports whether others had it before.
func (c *Client) take(ctx context.Context, at *Endpoint) (s *session, used bool, err error) {
	key := at.key()
	c.mu.Lock()
	for i := len(c.idle) - 1; i >= 0; i-- {
		if s := c.idle[i]; s.key == key {
			c.idle = append(c.idle[:i], c.idle[i+1:]...)
			s.timer.Stop()
			c.mu.Unlock()
			return s, true, nil
		}
	}
	c.mu.Unlock()
	s, err = c.open(ctx, at)
	return s, false, err
}

// give takes a session back. It is closed if it is not good for another call, or there are enough.
func (c *Client) give(s *session, good bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !good || c.closed || len(c.idle) >= maxIdle {
		c.end(s)
		return
	}
	s.timer = time.AfterFunc(idleTime, func() { c.expire(s) })
	c.idle = append(c.idle, s)
}

// expire closes a session that is still idle.
func (c *Client) expire(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.idle {
		if c.idle[i] == s {
			c.idle = append(c.idle[:i], c.idle[i+1:]...)
			c.end(s)
			return
		}
	}
}

// end closes a session without waiting for the server.
func (c *Client) end(s *session) {
	c.closing.Go(func() { _ = s.sdk.Close() }) // it is of no use any more, whatever the server says
}

// Close ends all sessions and waits for that. Calls that go on end theirs.
func (c *Client) Close() {
	c.mu.Lock()
	c.closed = true
	for _, s := range c.idle {
		s.timer.Stop()
		c.end(s)
	}
	c.idle = nil
	c.mu.Unlock()
	c.closing.Wait()
}

// answered reports whether err is the answer of a server, after which the session can go on.
func answered(err error) bool {
	_, ok := errors.AsType[*errs.Error](err)
	return ok || isRefusal(err)
}
