package suite

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/openloop-server/openloop/bench/internal/load"
	"github.com/openloop-server/openloop/bench/internal/process"
	"github.com/openloop-server/openloop/bench/internal/report"
	"github.com/openloop-server/openloop/bench/internal/upstream"
)

// target is one way to the upstream.
type target struct {
	name     string
	addr     string
	requests requests
	server   *process.Process // nil for direct calls
	right    int              // answers so far, each of which must have left a Log
	api      *api             // only of the server under test
}

// stack is an upstream and a server for each target, all fresh.
type stack struct {
	bench    *Bench
	dir      string
	config   upstream.Config
	work     work
	slowDisk bool
	upstream string // host:port
	targets  []*target
	running  []*process.Process
}

// newStack starts everything and checks each target with one call of each kind. Whatever it returns must be closed, also beside an error.
func (b *Bench) newStack(ctx context.Context, c benchCase) (*stack, error) {
	s := &stack{bench: b, config: c.upstream, work: c.work, slowDisk: c.slowDisk, upstream: b.Upstream}
	var err error
	if s.dir, err = os.MkdirTemp(b.Scratch, "stack"); err != nil {
		return s, err
	}
	if s.upstream == "" {
		if s.upstream, err = freeAddr(ctx); err != nil {
			return s, err
		}
	}
	spec := process.Spec{Name: RoleUpstream, Path: b.Self, Args: upstreamArgs(s.upstream, s.config)}
	if _, _, err := s.start(ctx, spec, func(ctx context.Context) error { return accepts(ctx, s.upstream) }); err != nil {
		return s, err
	}
	for _, name := range b.Targets {
		t, err := s.newTarget(ctx, name)
		if err != nil {
			return s, err
		}
		if err := s.check(ctx, t); err != nil {
			return s, fmt.Errorf("%s: %w", name, err)
		}
		s.targets = append(s.targets, t)
	}
	return s, nil
}

func (s *stack) newTarget(ctx context.Context, name string) (*target, error) {
	switch name {
	case report.Direct:
		chat, err := s.work.chat(ownEndpoint())
		return &target{name: name, addr: s.upstream, requests: chat}, err
	case report.Proxy:
		chat, err := s.work.chat(ownEndpoint())
		if err != nil {
			return nil, err
		}
		server, addr, _, err := s.startProxy(ctx)
		return &target{name: name, addr: addr, requests: chat, server: server}, err
	case report.Openloop:
		return s.newOpenloop(ctx)
	case report.Gateway:
		return s.newGateway()
	}
	return nil, fmt.Errorf("no target %q", name)
}

func (s *stack) newOpenloop(ctx context.Context) (*target, error) {
	home, err := s.newHome(ctx)
	if err != nil {
		return nil, err
	}
	server, addr, _, err := s.startOpenloop(ctx, home)
	if err != nil {
		return nil, err
	}
	calls, err := s.work.openloop(home.key)
	if err != nil {
		return nil, err
	}
	t := &target{name: report.Openloop, addr: addr, requests: calls, server: server, api: &api{"http://" + addr, home.key}}
	if s.work.path == promptPath {
		err = t.api.savePrompt(ctx)
	}
	return t, err
}

// newGateway is the gateway that the bench was told of. It runs already.
func (s *stack) newGateway() (*target, error) {
	g := s.bench.Gateway
	u, err := url.Parse(g.URL)
	if err != nil {
		return nil, err
	}
	chat, err := s.work.chat(endpoint{cmp.Or(u.EscapedPath(), upstream.Path), g.Key, g.Model})
	t := &target{name: report.Gateway, addr: u.Host, requests: chat}
	if g.PID != 0 {
		t.server = process.Running(report.Gateway, g.PID)
	}
	return t, err
}

// startProxy starts the yardstick and returns the time until it was ready.
func (s *stack) startProxy(ctx context.Context) (*process.Process, string, time.Duration, error) {
	addr, err := freeAddr(ctx)
	if err != nil {
		return nil, "", 0, err
	}
	spec := process.Spec{Name: RoleProxy, Path: s.bench.Self, Args: proxyArgs(addr, s.upstream)}
	p, took, err := s.start(ctx, spec, func(ctx context.Context) error { return accepts(ctx, addr) })
	return p, addr, took, err
}

// home is what the server under test keeps between two starts.
type home struct {
	data     string // folder
	database string // URL; empty: the embedded database
	key      string
}

func (s *stack) newHome(ctx context.Context) (home, error) {
	data, err := os.MkdirTemp(s.dir, "data")
	if err != nil {
		return home{}, err
	}
	h := home{data: data, key: "hl_sk_" + (rand.Text() + rand.Text())[:40]}
	if s.bench.NewDatabase != nil {
		h.database, err = s.bench.NewDatabase(ctx)
	}
	return h, err
}

// startOpenloop starts the server under test and returns the time until it was ready.
func (s *stack) startOpenloop(ctx context.Context, h home) (*process.Process, string, time.Duration, error) {
	addr, err := freeAddr(ctx)
	if err != nil {
		return nil, "", 0, err
	}
	env := append(slices.Clone(s.bench.Env),
		"OPENLOOP_ADDR="+addr, "OPENLOOP_DATA_DIR="+h.data, "OPENLOOP_API_KEY="+h.key,
		"OPENAI_API_KEY=sk-bench", "OPENAI_BASE_URL=http://"+s.upstream+"/v1")
	if h.database != "" {
		env = append(env, "OPENLOOP_DATABASE_URL="+h.database)
	}
	path := s.bench.Openloop
	if s.slowDisk {
		env = append(env, "OPENLOOP_TEST_SLOW_SYNC="+slowSync)
		if path, err = s.bench.Slow(ctx); err != nil {
			return nil, "", 0, err
		}
	}
	spec := process.Spec{Name: report.Openloop, Path: path, Args: []string{"serve"}, Env: env}
	p, took, err := s.start(ctx, spec, func(ctx context.Context) error { return serves(ctx, addr, http.MethodGet, "/ready") })
	return p, addr, took, err
}

// start starts a program of the stack, with its log in the stack's folder.
func (s *stack) start(ctx context.Context, spec process.Spec, ready func(context.Context) error) (*process.Process, time.Duration, error) {
	spec.Log = filepath.Join(s.dir, spec.Name+".log")
	for _, name := range []string{"PATH", "HOME", "TMPDIR"} {
		spec.Env = append(spec.Env, name+"="+os.Getenv(name))
	}
	p, err := process.Start(ctx, spec)
	if err != nil {
		return nil, 0, err
	}
	s.running = append(s.running, p)
	took, err := p.Ready(ctx, ready)
	return p, took, err
}

// stop ends one program of the stack before the others.
func (s *stack) stop(p *process.Process) error {
	s.running = slices.DeleteFunc(s.running, func(other *process.Process) bool { return other == p })
	return p.Stop()
}

// close ends all programs, the last started first, and removes their files.
func (s *stack) close() error {
	var errs []error
	for _, p := range slices.Backward(s.running) {
		errs = append(errs, p.Stop())
	}
	return errors.Join(append(errs, os.RemoveAll(s.dir))...)
}

// check makes one call of each kind that the upstream is set up for.
func (s *stack) check(ctx context.Context, t *target) error {
	for _, stream := range []bool{false, true} {
		if stream && s.config.Chunks == 0 {
			continue
		}
		once := func(callers []load.Caller) load.Result { return load.Closed(ctx, callers, time.Nanosecond) }
		if _, err := s.load(ctx, t, 1, stream, once); err != nil {
			return err
		}
	}
	return nil
}

// load opens connections to a target, lets work call over them, and fails unless every answer was right.
func (s *stack) load(ctx context.Context, t *target, conns int, stream bool, work func([]load.Caller) load.Result) (load.Result, error) {
	request, tokens := t.requests.plain, 1
	if stream {
		request, tokens = t.requests.stream, s.config.Chunks
	}
	callers, hangUp, err := dial(ctx, t.addr, conns, request, tokens)
	if err != nil {
		return load.Result{}, err
	}
	defer hangUp()
	result := work(callers)
	t.right += result.Calls
	if result.Failures > 0 {
		return result, fmt.Errorf("%d of %d calls failed, such as: %w", result.Failures, result.Calls+result.Failures, result.Err)
	}
	return result, ctx.Err()
}

// verifyLogs checks that every call that was answered has left a Log, and that it took the lane that the case is about.
func (s *stack) verifyLogs(ctx context.Context, t *target) error {
	if t.api == nil || t.right == 0 {
		return nil
	}
	kept, err := t.api.logs(ctx, s.work.path)
	switch {
	case err != nil:
		return err
	case kept.Total != t.right:
		return fmt.Errorf("%d calls were answered, but %d Logs are there", t.right, kept.Total)
	case s.work.lane != "" && kept.Records[0].Lane != s.work.lane:
		return fmt.Errorf("a call took the lane %q in place of %q", kept.Records[0].Lane, s.work.lane)
	}
	return nil
}

// gate has streams of the upstream wait or go on, see package upstream.
func (s *stack) gate(ctx context.Context, path string) error {
	return serves(ctx, s.upstream, http.MethodPost, path)
}

// freeAddr returns a loopback host:port that nothing listens on.
func freeAddr(ctx context.Context) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}
