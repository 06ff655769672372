package web

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/openloop-server/openloop/internal/admit"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web/input"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// Options are the settings of a [Server]. Zero values are the defaults.
type Options struct {
	// Authenticate finds the owner of a key. The error for an unknown or revoked key is an [errs.Error] of reason gateway_key_invalid.
	// Authenticate is needed if a route has a role.
	Authenticate func(ctx context.Context, secret string) (auth.Principal, error)
	// Session finds the owner of the session with a token, which browsers send in a cookie. The error for one that has ended is gateway_key_invalid.
	// Nil means that there are no sessions.
	Session func(ctx context.Context, token string) (auth.Principal, error)
	// Envelopes write the failures of requests that no route takes, by prefixes of their paths.
	Envelopes map[string]Envelope
	// Hints are sentences for requests that no route takes, by prefixes of their paths.
	Hints map[string]string
	// Fallback serves requests with a path of no route.
	Fallback *Fallback
	// TrustedProxies are the addresses of proxies whose X-Forwarded headers are believed.
	TrustedProxies []netip.Prefix
	// Types describes types of other packages.
	Types []schema.Type
	// Logger gets one line a request and the causes of internal errors. Nil drops them.
	Logger *slog.Logger
	// BaseURL is the public URL of the server, without a slash at its end. Every doc_url starts with it; "" makes them relative. Requests with its
	// path in front of theirs are served as those without.
	BaseURL string
	// MaxBody is the most bytes of a request body, compressed and decompressed. 0 means 32 MiB.
	MaxBody int64
	// MaxBodies is the memory for the bodies of all requests that have not been answered. A request whose body has more than 64 KiB is refused as
	// gateway_overloaded if it needs more; smaller ones count, but are never refused. 0 means 512 MiB. It is at least three times MaxBody, which one
	// compressed body may need.
	MaxBodies int64
	// Admit turns requests away while there is too much to do. Nil lets all in.
	Admit *admit.Controller
	// Strict refuses every request with unknown members or parameters, as the header X-Openloop-Strict does for one request.
	Strict bool
	// Tolerated are names of top-level members and of query parameters that older clients send. They are ignored without a report.
	Tolerated []string
	// BodyTimeout is the time that a client has to send its body. It replaces [http.Server.ReadTimeout]. 0 means 60 s.
	BodyTimeout time.Duration
	// WriteTimeout is the time that a client has to accept one write of a stream or of a large answer. 0 means 30 s.
	// [http.Server.WriteTimeout] must be 0, since it would end every stream.
	WriteTimeout time.Duration
	// StreamHold is how long the status line of a stream waits for the first event, from the chunk that opens it if there is one. An error that comes later is an event. 0 means 15 s, and a
	// negative one for ever.
	StreamHold time.Duration
	// KeepAlive is the silence after which a stream sends a comment. 0 means 15 s.
	KeepAlive time.Duration
	// AllowedOrigins are the origins whose pages may call the server; "*" allows all.
	AllowedOrigins []string
	// Observe is called after every request. It must be quick.
	Observe func(Observation)
	// Trace is called for every request that a route takes. The operation gets the context that it returns. What else it returns is called after the
	// request; it may be nil.
	Trace func(ctx context.Context, r *http.Request, route *Route) (context.Context, func(Observation))
	// Now is the clock; nil means [time.Now].
	Now func() time.Time
}

// Observation describes a request that has ended.
type Observation struct {
	Method   string
	Route    string // the pattern of the route, "" when there is none
	ID       string // its operation id
	Status   int    // 499 when the client left before an answer
	Duration time.Duration
	Bytes    int64 // of the answer's body
	Streamed bool
	Reason   errs.Reason // of a failure
	Origin   string      // of a failure
	Provider string      // of a failure
}

// Server serves a table of routes.
type Server struct {
	routes  []Route
	plans   []*input.Plan // of the routes, in their order
	schemas *schema.Builder
	paths   *router
	opts    Options
	maxBody int64
	bodies  bodies
	log     *slog.Logger
	now     func() time.Time

	leaving  atomic.Bool
	draining atomic.Bool
	fallback serve     // nil for none
	public   *url.URL  // BaseURL, nil for none
	prefix   string    // its path, "" for none
	buffers  sync.Pool // of *buffer
	unzips   sync.Pool // of *gzip.Reader
	zips     sync.Pool // of *gzip.Writer
	aways    sync.Map  // of *away, by awayKey
}

// New makes a server of routes. It returns an error for conflicting patterns, equal ids, invalid inputs, and types without a schema.
func New(routes []Route, opts Options) (*Server, error) {
	s := &Server{routes: slices.Clone(routes), opts: withDefaults(opts)}
	s.maxBody, s.log, s.now = s.opts.MaxBody, s.opts.Logger, s.opts.Now
	s.bodies.limit = max(s.opts.MaxBodies, 3*s.maxBody)
	s.buffers.New = func() any { return new(buffer) }
	s.schemas = schema.NewBuilder(append([]schema.Type{reasons()}, s.opts.Types...))
	s.paths = newRouter(s)
	s.readBase()
	if err := s.schemas.Describe(typeFailure); err != nil {
		return nil, err
	}
	ids := map[string]bool{}
	for i := range s.routes {
		r := &s.routes[i]
		if ids[r.ID] {
			return nil, fmt.Errorf("web: two routes have the id %q", r.ID)
		}
		ids[r.ID] = true
		if err := s.add(r); err != nil {
			return nil, fmt.Errorf("web: route %s %s (%s): %w", r.Method, r.Path, r.ID, err)
		}
	}
	return s, s.addFallback()
}

// Routes returns a copy of the table.
func (s *Server) Routes() []Route { return slices.Clone(s.routes) }

// Drain makes the server refuse every further request that needs a key, as shutting_down. Requests in progress continue, and public routes
// (health, metrics) are still served.
func (s *Server) Drain() { s.draining.Store(true) }

// Leave closes each connection after its next answer, so that clients send further requests to another process. It refuses nothing.
func (s *Server) Leave() { s.leaving.Store(true) }

// Draining reports whether [Server.Leave] or [Server.Drain] was called.
func (s *Server) Draining() bool { return s.leaving.Load() || s.draining.Load() }

func (s *Server) add(r *Route) error {
	if r.Op.bind == nil {
		return fmt.Errorf("it has no operation")
	}
	if r.ID == "" {
		return fmt.Errorf("it has no id")
	}
	if !r.Public() && !r.Role.Valid() {
		return fmt.Errorf("there is no role %q", r.Role)
	}
	if !r.Public() && s.opts.Authenticate == nil {
		return fmt.Errorf("it needs a key, and Options.Authenticate is not set")
	}
	plan, err := input.NewPlan(s.schemas, r.Op.in, r.Path)
	if err != nil {
		return err
	}
	s.plans = append(s.plans, plan)
	if err := s.schemas.Describe(r.Op.out, r.Op.chunk); err != nil {
		return err
	}
	return s.paths.add(r, r.Op.bind(plan))
}

func withDefaults(o Options) Options {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.MaxBody = cmp.Or(o.MaxBody, 32<<20)
	o.MaxBodies = cmp.Or(o.MaxBodies, 512<<20)
	o.BodyTimeout = cmp.Or(o.BodyTimeout, 60*time.Second)
	o.WriteTimeout = cmp.Or(o.WriteTimeout, 30*time.Second)
	o.StreamHold = cmp.Or(o.StreamHold, 15*time.Second)
	o.KeepAlive = cmp.Or(o.KeepAlive, 15*time.Second)
	return o
}

var _ http.Handler = (*Server)(nil)
