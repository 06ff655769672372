// Package config reads the configuration of the server from the environment into one struct, and checks it.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"github.com/openloop-server/openloop/internal/secret"
	"github.com/openloop-server/openloop/internal/vendor"
)

// Config is the configuration of a server. Defaults are in the tags; a duration is written as "30s" or "2m".
type Config struct {
	Addr        string `env:"OPENLOOP_ADDR" envDefault:"127.0.0.1:8080"`
	DataDir     string `env:"OPENLOOP_DATA_DIR" envDefault:"./data"`
	DatabaseURL string `env:"OPENLOOP_DATABASE_URL"`              // postgres://…; "" means SQLite in DataDir
	DirectURL   string `env:"OPENLOOP_DATABASE_DIRECT_URL"`       // the same database past a pooler of connections; "" means DatabaseURL
	Migrate     string `env:"OPENLOOP_MIGRATE" envDefault:"auto"` // or check: the server does not start if the database lacks a migration
	PublicURL   string `env:"OPENLOOP_PUBLIC_URL"`                // the address of this server for its users: the start of every doc_url; "" makes them relative
	APIKey      string `env:"OPENLOOP_API_KEY"`                   // the first key; "" means that the first start makes one

	EncryptionKey string   `env:"OPENLOOP_ENCRYPTION_KEY"`                     // of stored provider keys; "" means the one in a file in DataDir
	LogDurability string   `env:"OPENLOOP_LOG_DURABILITY" envDefault:"strict"` // or relaxed
	LogRetention  Age      `env:"OPENLOOP_LOG_RETENTION" envDefault:"0"`       // older Logs are deleted; 0 keeps them for ever
	LogLevel      string   `env:"OPENLOOP_LOG_LEVEL" envDefault:"info"`        // debug, info, warn, error
	LogFormat     string   `env:"OPENLOOP_LOG_FORMAT" envDefault:"text"`       // or json
	AllowOrigins  []string `env:"OPENLOOP_ALLOWED_ORIGINS"`
	TrustProxies  []string `env:"OPENLOOP_TRUSTED_PROXIES"`                     // networks or addresses of proxies whose X-Forwarded headers are believed
	MaxBody       int64    `env:"OPENLOOP_MAX_BODY" envDefault:"33554432"`      // bytes of a request's body
	MaxBodies     int64    `env:"OPENLOOP_MAX_BODIES" envDefault:"536870912"`   // bytes of the bodies of all requests in progress
	CacheMemory   int64    `env:"OPENLOOP_CACHE_MEMORY" envDefault:"268435456"` // bytes of answers that are remembered; 0 means none
	Shed          bool     `env:"OPENLOOP_SHED" envDefault:"true"`              // requests are turned away while there is too much to do
	Strict        bool     `env:"OPENLOOP_STRICT"`                              // unknown members and parameters are refused
	ForwardBearer bool     `env:"OPENLOOP_FORWARD_BEARER"`                      // the bearer token of a call with X-Openloop-Key is the provider's key
	MaxRetries    int      `env:"OPENLOOP_MAX_RETRIES" envDefault:"0"`          // of a failed call, unless the call or its Prompt says otherwise
	ModelsFile    string   `env:"OPENLOOP_MODELS_FILE"`                         // models and prices of the operator's own
	MetricsKey    string   `env:"OPENLOOP_METRICS_KEY"`                         // a key that opens /metrics and nothing else; "" means that there is none
	MetricsOpen   *bool    `env:"OPENLOOP_METRICS_OPEN"`                        // /metrics needs no key; nil means if Addr is a loopback address
	Timeouts      Timeouts `envPrefix:"OPENLOOP_"`
	PprofAddress  string   `env:"OPENLOOP_PPROF_ADDRESS"`                        // serves profiles of the process; "" means that nothing does
	AllowPrivate  bool     `env:"OPENLOOP_ALLOW_PRIVATE_URLS"`                   // base URLs in calls may lead to private addresses
	ToolHosts     []string `env:"OPENLOOP_TOOL_HOSTS"`                           // that Tools may connect to; none means all
	ToolNetwork   string   `env:"OPENLOOP_TOOL_NETWORK" envDefault:"public"`     // or none: Tools connect to nothing
	PythonWorkers int      `env:"OPENLOOP_PYTHON_WORKERS" envDefault:"0"`        // runs of users' code at a time; 0 means one less than processors
	PythonMemory  int64    `env:"OPENLOOP_PYTHON_MEMORY" envDefault:"134217728"` // bytes of a run, with its interpreter
	PythonImage   string   `env:"OPENLOOP_PYTHON_IMAGE"`                         // the file of another interpreter
	PythonCommand string   `env:"OPENLOOP_PYTHON_COMMAND"`                       // runs Python in a jail of the operator's; "" means that there is none
	PythonReuse   bool     `env:"OPENLOOP_PYTHON_REUSE"`                         // a process of that command makes more than one run
	PythonDefault string   `env:"OPENLOOP_PYTHON_DEFAULT" envDefault:"sandbox"`  // or command: where code runs that does not say
	Program       string   `env:"-"`                                             // the program that this process runs; "" means that it cannot be started again
	NotifySocket  string   `env:"NOTIFY_SOCKET"`                                 // where systemd, or who else started this, is told how it is; "" means nobody is

	Workers               bool    `env:"OPENLOOP_WORKERS" envDefault:"true"`              // this process runs Evaluations and Evaluators in the background
	Only                  string  `env:"OPENLOOP_ONLY"`                                   // "workers": this process does nothing else; "" means that it does all
	EvaluationConcurrency int     `env:"OPENLOOP_EVALUATION_CONCURRENCY" envDefault:"16"` // calls of one provider in the background, of all replicas together
	EvaluationDailyCost   float64 `env:"OPENLOOP_EVALUATION_DAILY_COST" envDefault:"0"`   // US dollars a day that the background may spend; 0 means no limit

	MonitorBacklog int `env:"OPENLOOP_MONITOR_BACKLOG" envDefault:"10000"` // judgments of an Evaluator that may wait before new Logs of a monitored File are skipped

	fallbackURL fallbackDB `env:"-"`

	Telemetry Telemetry                `env:"-"`
	Providers map[string]vendor.Access `env:"-"` // the settings of model providers by slug; only of those that have any
}

// OnlyWorkers is the value of Config.Only for a process that runs Evaluations and Evaluators, and serves no requests.
const OnlyWorkers = "workers"

type fallbackDB struct {
	URL string `env:"DATABASE_URL"`
}

// Timeouts are the timeouts of the server. 0 means none, unless a comment says otherwise.
type Timeouts struct {
	Provider     time.Duration  `env:"PROVIDER_TIMEOUT" envDefault:"10m"`    // to a provider's response headers
	StreamIdle   time.Duration  `env:"STREAM_IDLE_TIMEOUT" envDefault:"2m"`  // without any bytes of a provider's answer
	StreamHold   time.Duration  `env:"STREAM_HOLD" envDefault:"15s"`         // of the status line of a stream, until its first event
	StreamOutput time.Duration  `env:"STREAM_OUTPUT_TIMEOUT" envDefault:"0"` // without output in a provider's stream
	Shutdown     time.Duration  `env:"SHUTDOWN_TIMEOUT" envDefault:"60s"`    // for calls in flight
	Drain        *time.Duration `env:"DRAIN_DELAY"`                          // in which a stopping server still takes calls, see [Config.DrainDelay]
	Agent        time.Duration  `env:"AGENT_TIMEOUT" envDefault:"30m"`       // of a turn of an Agent
	Python       time.Duration  `env:"PYTHON_TIMEOUT" envDefault:"10s"`      // of a run of users' code; 0 means the default, since there always is one
}

// DrainDelay is how long a server that is to stop still takes calls, while /ready says that it stops. OPENLOOP_DRAIN_DELAY says it. If it is not set, a server on a
// shared database gives balancers 5 s to notice; one with an embedded database has no other beside it that could take the calls.
func (c *Config) DrainDelay() time.Duration {
	switch {
	case c.Timeouts.Drain != nil:
		return *c.Timeouts.Drain
	case c.DatabaseURL == "":
		return 0
	}
	return 5 * time.Second
}

// Hold is StreamHold for package web, where a negative one means none.
func (t *Timeouts) Hold() time.Duration {
	if t.StreamHold == 0 {
		return -1
	}
	return t.StreamHold
}

// Read reads the configuration from the variables in environ, as [os.Environ] returns them, and checks it. Its error names every invalid
// variable, but never a value. A setting may be in a file, see docs/settings.md#settings-in-files.
func Read(environ []string) (Config, error) {
	var c Config
	var problems []error
	options := env.Options{Environment: env.ToMap(environ)}
	problems = append(problems, readFiles(options.Environment)...)
	for _, part := range []any{&c, &c.fallbackURL} {
		problems = append(problems, c.unreadable(env.ParseWithOptions(part, options))...)
	}
	if c.DatabaseURL == "" {
		c.DatabaseURL = c.fallbackURL.URL
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	problems = append(problems, c.check()...)
	access, wrong := readProviders(options.Environment)
	c.Providers, c.Telemetry = access, readTelemetry(options.Environment)
	return c, errors.Join(append(problems, wrong...)...)
}

// unreadable names the durations that could not be parsed. A number becomes -1, which check refuses.
func (c *Config) unreadable(err error) []error {
	all, _ := errors.AsType[env.AggregateError](err)
	var problems []error
	for _, err := range all.Errors {
		e, ok := errors.AsType[env.ParseError](err)
		if !ok {
			problems = append(problems, err)
			continue
		}
		if f, ok := reflect.TypeFor[Config]().FieldByName(e.Name); ok && isBool(f.Type) {
			problems = append(problems, fmt.Errorf("%s must be true or false", f.Tag.Get("env")))
		}
		if f, ok := reflect.TypeFor[Timeouts]().FieldByName(e.Name); ok {
			problems = append(problems, fmt.Errorf("OPENLOOP_%s must be a duration, as 30s or 2m", f.Tag.Get("env")))
		}
		switch number := reflect.ValueOf(c).Elem().FieldByName(e.Name); {
		case number.CanInt():
			number.SetInt(-1)
		case number.CanFloat():
			number.SetFloat(-1)
		}
	}
	return problems
}

func isBool(t reflect.Type) bool {
	return t.Kind() == reflect.Bool || t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Bool
}

// OpenMetrics reports whether /metrics needs no key. OPENLOOP_METRICS_OPEN says so; if it is not set, and no key is set for the metrics, a server that listens on a loopback
// address needs none, as no other machine reaches it. A proxy on this machine is the operator's to configure.
func (c *Config) OpenMetrics() bool {
	if c.MetricsOpen != nil {
		return *c.MetricsOpen
	}
	if c.MetricsKey != "" {
		return false
	}
	host, _, err := net.SplitHostPort(c.Addr)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// Proxies are the networks in OPENLOOP_TRUSTED_PROXIES.
func (c *Config) Proxies() []netip.Prefix {
	all := make([]netip.Prefix, 0, len(c.TrustProxies))
	for _, text := range c.TrustProxies {
		if p, ok := network(text); ok {
			all = append(all, p)
		}
	}
	return all
}

// network reads a network, as 10.0.0.0/8, or a single address.
func network(text string) (p netip.Prefix, ok bool) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), a.Zone() == ""
	}
	p, err := netip.ParsePrefix(text)
	return p.Masked(), err == nil
}

// SQLitePath is the path of the embedded database.
func (c *Config) SQLitePath() string { return filepath.Join(c.DataDir, "openloop.db") }

// Encryption says where the encryption key is.
func (c *Config) Encryption() secret.Source {
	return secret.Source{Text: c.EncryptionKey, Path: filepath.Join(c.DataDir, "encryption.key")}
}

func (c *Config) check() []error {
	var problems []error
	must := func(ok bool, what string) {
		if !ok {
			problems = append(problems, errors.New(what))
		}
	}
	_, _, err := net.SplitHostPort(c.Addr)
	must(err == nil, "OPENLOOP_ADDR must be host:port, as 127.0.0.1:8080")
	must(c.PprofAddress == "" || isInternal(c.PprofAddress), "OPENLOOP_PPROF_ADDRESS must be host:port with a loopback or private IP address, as 127.0.0.1:6060")
	c.checkDatabase(must)
	must(c.LogRetention >= 0, "OPENLOOP_LOG_RETENTION must be a time, as 90d or 12h, or 0 to keep Logs for ever")
	must(c.LogDurability == "strict" || c.LogDurability == "relaxed", "OPENLOOP_LOG_DURABILITY must be strict or relaxed")
	must(new(slog.Level).UnmarshalText([]byte(c.LogLevel)) == nil, "OPENLOOP_LOG_LEVEL must be debug, info, warn or error")
	must(c.LogFormat == "text" || c.LogFormat == "json", "OPENLOOP_LOG_FORMAT must be text or json")
	must(c.APIKey == "" || isSecret(c.APIKey), "OPENLOOP_API_KEY must have 16 to 512 letters, digits and signs, without blanks")
	must(c.MetricsKey == "" || isSecret(c.MetricsKey), "OPENLOOP_METRICS_KEY must have 16 to 512 letters, digits and signs, without blanks")
	_, err = secret.ParseKey(c.EncryptionKey)
	must(c.EncryptionKey == "" || err == nil, "OPENLOOP_ENCRYPTION_KEY must be 32 random bytes in base64 or hex")
	must(c.MaxRetries >= 0 && c.MaxRetries <= 10, "OPENLOOP_MAX_RETRIES must be a number from 0 to 10")
	must(c.Only == "" || c.Only == OnlyWorkers && c.Workers, "OPENLOOP_ONLY must be workers, and then OPENLOOP_WORKERS must not be false")
	must(c.EvaluationConcurrency >= 1 && c.EvaluationConcurrency <= 1000, "OPENLOOP_EVALUATION_CONCURRENCY must be a number from 1 to 1000")
	must(c.EvaluationDailyCost >= 0, "OPENLOOP_EVALUATION_DAILY_COST must be a number of US dollars, or 0 for no limit")
	must(c.MonitorBacklog >= 1 && c.MonitorBacklog <= 1_000_000, "OPENLOOP_MONITOR_BACKLOG must be a number from 1 to 1000000")
	must(c.CacheMemory >= 0, "OPENLOOP_CACHE_MEMORY must be a number of bytes, or 0 to remember no answers")
	must(c.MaxBody >= 1024, "OPENLOOP_MAX_BODY must be a number of bytes, at least 1024")
	must(c.MaxBodies >= 1<<20, "OPENLOOP_MAX_BODIES must be a number of bytes, at least 1048576")
	c.checkPython(must)
	must(c.ToolNetwork == "public" || c.ToolNetwork == "none", "OPENLOOP_TOOL_NETWORK must be public or none")
	for _, host := range c.ToolHosts {
		must(isHost(strings.TrimPrefix(host, "*.")), "OPENLOOP_TOOL_HOSTS must list names of hosts, as api.example.com or *.example.com, without ports")
	}
	t := &c.Timeouts
	must(t.StreamHold >= 0, "OPENLOOP_STREAM_HOLD must not be negative")
	must(c.DrainDelay() >= 0, "OPENLOOP_DRAIN_DELAY must not be negative")
	must(min(t.Provider, t.StreamIdle, t.StreamOutput, t.Shutdown, t.Python) >= 0, "no OPENLOOP_…_TIMEOUT may be negative")
	for _, origin := range c.AllowOrigins {
		must(origin == "*" || isOrigin(origin), "OPENLOOP_ALLOWED_ORIGINS must list origins, as https://example.com, or be *")
	}
	for _, proxy := range c.TrustProxies {
		_, ok := network(proxy)
		must(ok, "OPENLOOP_TRUSTED_PROXIES must list networks or IP addresses, as 10.0.0.0/8 or 127.0.0.1")
	}
	must(c.PublicURL == "" || isWebURL(c.PublicURL), "OPENLOOP_PUBLIC_URL must be an http or https URL")
	return problems
}

func (c *Config) checkDatabase(must func(ok bool, what string)) {
	must(c.DatabaseURL == "" || isPostgres(c.DatabaseURL),
		"OPENLOOP_DATABASE_URL (or DATABASE_URL) must start with postgres:// (leave it out for the embedded database)")
	must(c.DirectURL == "" || c.DatabaseURL != "" && isPostgres(c.DirectURL), "OPENLOOP_DATABASE_DIRECT_URL must start with postgres://, and OPENLOOP_DATABASE_URL must be set too")
	must(c.Migrate == "auto" || c.Migrate == "check", "OPENLOOP_MIGRATE must be auto or check")
}

func isPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// isSecret reports whether s is valid and long enough for an API key.
func isSecret(s string) bool {
	unprintable := func(r rune) bool { return r <= ' ' || r > '~' }
	return len(s) >= 16 && len(s) <= 512 && !strings.ContainsFunc(s, unprintable)
}

// isInternal reports whether addr has a port and an IP address that other networks cannot reach.
func isInternal(addr string) bool {
	host, port, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return err == nil && port != "" && (host == "localhost" || ip.IsLoopback() || ip.IsPrivate())
}

func isOrigin(s string) bool {
	_, host, _ := strings.Cut(s, "://")
	return isWebURL(s) && !strings.Contains(host, "/")
}

// isHost reports whether s has the form of a host, without a port.
func isHost(s string) bool {
	u, err := url.Parse("http://" + s)
	return err == nil && s != "" && u.Hostname() == s && !strings.ContainsAny(s, "*/ ")
}

func isWebURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
