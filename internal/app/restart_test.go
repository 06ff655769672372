package app_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/config"
)

// replica is a server with an address of its own, which can be stopped and started again.
type replica struct {
	environ []string
	addr    string
	stop    context.CancelFunc
	ended   chan error
}

// up starts the replica, and returns once it listens.
func (r *replica) up(t *testing.T) {
	t.Helper()
	cfg, err := config.Read(append(r.environ, "OPENLOOP_ADDR="+r.addr))
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), cfg, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var ctx context.Context
	ctx, r.stop = context.WithCancel(context.WithoutCancel(t.Context()))
	r.ended = make(chan error, 1)
	greeted := make(chan string, 1)
	go func() { r.ended <- a.Run(ctx, nil, greeter(greeted)) }()
	select {
	case greeting := <-greeted:
		r.addr = regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(greeting)
	case err := <-r.ended:
		t.Fatal(err)
	}
}

// down stops the replica as SIGTERM does, and returns once it has ended.
func (r *replica) down(t *testing.T) {
	t.Helper()
	r.stop()
	if err := <-r.ended; err != nil {
		t.Errorf("the replica ended with %v", err)
	}
}

// greeter passes on what is written to it at first.
type greeter chan string

func (g greeter) Write(p []byte) (int, error) {
	select {
	case g <- string(p):
	default:
	}
	return len(p), nil
}

// balanced sends calls in turn to replicas that are ready, and to another one when a connection is refused: as a load balancer does.
type balanced struct {
	replicas []string
	client   http.Client
	turn     atomic.Int64
}

func (b *balanced) call(ctx context.Context, path, body string) (status int, text string, err error) {
	for range 100 * len(b.replicas) {
		to := b.replicas[int(b.turn.Add(1))%len(b.replicas)]
		if !b.ready(ctx, to) {
			continue
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+to+path, strings.NewReader(body))
		if err != nil {
			return 0, "", err
		}
		req.Header.Set("X-API-KEY", testKey)
		req.Header.Set("Content-Type", "application/json")
		resp, err := b.client.Do(req)
		if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "dial" { // refused, or reset before it was made
			continue
		}
		if err != nil {
			return 0, "", err
		}
		defer resp.Body.Close()
		raw, err := io.ReadAll(resp.Body)
		return resp.StatusCode, string(raw), err
	}
	return 0, "", errors.New("every replica refuses connections")
}

func (b *balanced) ready(ctx context.Context, replica string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+replica+"/ready", http.NoBody)
	if err != nil {
		return false
	}
	resp, err := b.client.Do(req)
	if err != nil {
		return false
	}
	return resp.Body.Close() == nil && resp.StatusCode == http.StatusOK
}

// Fault E: rolling restarts of two replicas on one PostgreSQL under load. TestRollingRestarts loses no call of clients that repeat refused
// connections alone, whether they keep their connections or not.
func TestRollingRestarts(t *testing.T) {
	t.Parallel()
	url := postgres.URL(t)
	for name, fresh := range map[string]bool{"a connection a call": true, "connections are kept": false} {
		t.Run(name, func(t *testing.T) {
			replicas := []*replica{{}, {}}
			to := &balanced{client: http.Client{Transport: &http.Transport{DisableKeepAlives: fresh, MaxIdleConnsPerHost: 8}}}
			for _, r := range replicas {
				r.environ, r.addr = []string{"OPENLOOP_DATABASE_URL=" + url, "OPENLOOP_API_KEY=" + testKey, "OPENLOOP_DRAIN_DELAY=0"}, "127.0.0.1:0"
				r.up(t)
				to.replicas = append(to.replicas, r.addr)
			}
			const call = `{"path": "p", "prompt": {"model": "echo", "provider": "mock"}, "messages": [{"role": "user", "content": "hi"}]}`
			var work sync.WaitGroup
			done, progress := make(chan struct{}), make(chan struct{})
			var calls, failures atomic.Int64
			for range 8 {
				work.Go(func() {
					for {
						select {
						case <-done:
							return
						default:
						}
						calls.Add(1)
						select {
						case progress <- struct{}{}:
						default:
						}
						if status, text, err := to.call(t.Context(), "/v5/prompts/call", call); err != nil || status != http.StatusOK {
							failures.Add(1)
							t.Errorf("a call is answered %d %s, %v", status, text, err)
						}
					}
				})
			}
			for range 3 {
				for _, r := range replicas {
					for range 50 {
						<-progress
					}
					r.down(t)
					r.up(t)
				}
			}
			close(done)
			work.Wait()
			to.client.CloseIdleConnections()
			for _, r := range replicas {
				r.down(t)
			}
			t.Logf("%d calls, %d failed", calls.Load(), failures.Load())
		})
	}
}
