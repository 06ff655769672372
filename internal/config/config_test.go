package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/vendor"
)

func defaults() config.Config {
	return config.Config{
		Addr: "127.0.0.1:8080", DataDir: "./data", Migrate: "auto", LogDurability: "strict", LogLevel: "info", LogFormat: "text", ToolNetwork: "public", MaxBody: 32 << 20, MaxBodies: 512 << 20, CacheMemory: 256 << 20, Shed: true,
		Workers: true, EvaluationConcurrency: 16, MonitorBacklog: 10_000,
		PythonMemory: 128 << 20, PythonDefault: "sandbox", Timeouts: config.Timeouts{Provider: 10 * time.Minute, StreamIdle: 2 * time.Minute, StreamHold: 15 * time.Second, Shutdown: time.Minute, Agent: 30 * time.Minute, Python: 10 * time.Second},
	}
}

func TestRead(t *testing.T) {
	everything := config.Config{
		Addr: "[::]:80", DataDir: "/data", DatabaseURL: "postgresql://u@h/d", DirectURL: "postgres://u@i/d", Migrate: "check", PublicURL: "https://a.example/base", APIKey: "0123456789abcdef",
		EncryptionKey: strings.Repeat("0a", 32), LogDurability: "relaxed", LogLevel: "debug", LogFormat: "json", AllowOrigins: []string{"https://a.example", "http://localhost:3000"}, TrustProxies: []string{"10.0.0.0/8", "::1"},
		MaxBody: 1024, MaxBodies: 1 << 20, CacheMemory: 1024, Strict: true, MaxRetries: 10, ModelsFile: "models.json", PprofAddress: "10.0.0.1:6060",
		EvaluationConcurrency: 64, EvaluationDailyCost: 2.5, MonitorBacklog: 500,
		PythonWorkers: 3, PythonMemory: 64 << 20, PythonImage: "python.whl", PythonCommand: "jail -", PythonReuse: true, PythonDefault: "command",
		ToolHosts: []string{"api.example.com", "*.example.org"}, ToolNetwork: "none",
		Timeouts: config.Timeouts{Provider: time.Second, StreamIdle: 2 * time.Second, StreamOutput: 3 * time.Second, StreamHold: 4 * time.Second, Shutdown: 0, Drain: new(3 * time.Second), Agent: 5 * time.Minute, Python: 30 * time.Second},
		Providers: map[string]vendor.Access{
			"openai": {Key: "o", BaseURL: "http://o/v1"}, "anthropic": {Key: "a", BaseURL: "http://a"}, "google": {Key: "g", BaseURL: "http://g"},
		},
	}
	fallbacks := defaults()
	fallbacks.DatabaseURL, fallbacks.Providers = "postgres://h/d", map[string]vendor.Access{"google": {Key: "gg"}}
	for name, test := range map[string]struct {
		environ string
		want    config.Config
		more    []string
	}{
		"nothing":         {"PATH=/bin", defaults(), nil},
		"an empty value":  {"OPENLOOP_ADDR= OPENLOOP_MAX_BODY= OPENLOOP_PROVIDER_TIMEOUT=", defaults(), nil},
		"second names":    {"DATABASE_URL=postgres://h/d GOOGLE_API_KEY=gg", fallbacks, nil},
		"everything else": {full, everything, []string{"OPENLOOP_PYTHON_COMMAND=jail -"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := config.Read(append(strings.Fields(test.environ), test.more...))
			if d := cmp.Diff(test.want, got, cmpopts.IgnoreUnexported(config.Config{})); d != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, d)
			}
		})
	}
}

const full = `OPENLOOP_ADDR=[::]:80 OPENLOOP_DATA_DIR=/data OPENLOOP_DATABASE_URL=postgresql://u@h/d DATABASE_URL=other OPENLOOP_DATABASE_DIRECT_URL=postgres://u@i/d OPENLOOP_MIGRATE=check OPENLOOP_PUBLIC_URL=https://a.example/base/
	OPENLOOP_API_KEY=0123456789abcdef OPENLOOP_ENCRYPTION_KEY=0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a OPENLOOP_LOG_DURABILITY=relaxed OPENLOOP_LOG_LEVEL=debug OPENLOOP_LOG_FORMAT=json
	OPENLOOP_ALLOWED_ORIGINS=https://a.example,http://localhost:3000 OPENLOOP_TRUSTED_PROXIES=10.0.0.0/8,::1 OPENLOOP_MAX_BODY=1024 OPENLOOP_MAX_BODIES=1048576 OPENLOOP_CACHE_MEMORY=1024 OPENLOOP_SHED=false OPENLOOP_STRICT=true OPENLOOP_MAX_RETRIES=10 OPENLOOP_MODELS_FILE=models.json OPENLOOP_PPROF_ADDRESS=10.0.0.1:6060
	OPENLOOP_WORKERS=false OPENLOOP_EVALUATION_CONCURRENCY=64 OPENLOOP_EVALUATION_DAILY_COST=2.5 OPENLOOP_MONITOR_BACKLOG=500
	OPENLOOP_PROVIDER_TIMEOUT=1s OPENLOOP_STREAM_IDLE_TIMEOUT=2s OPENLOOP_STREAM_OUTPUT_TIMEOUT=3s OPENLOOP_STREAM_HOLD=4s OPENLOOP_SHUTDOWN_TIMEOUT=0 OPENLOOP_DRAIN_DELAY=3s OPENLOOP_PYTHON_WORKERS=3 OPENLOOP_PYTHON_MEMORY=67108864
	OPENLOOP_PYTHON_IMAGE=python.whl OPENLOOP_PYTHON_TIMEOUT=30s OPENLOOP_AGENT_TIMEOUT=5m OPENLOOP_PYTHON_REUSE=true OPENLOOP_PYTHON_DEFAULT=command OPENLOOP_TOOL_HOSTS=api.example.com,*.example.org OPENLOOP_TOOL_NETWORK=none
	OPENAI_API_KEY=o OPENAI_BASE_URL=http://o/v1 ANTHROPIC_API_KEY=a ANTHROPIC_BASE_URL=http://a
	GEMINI_API_KEY=g GOOGLE_API_KEY=gg GEMINI_BASE_URL=http://g`

func TestReadNamesEveryMistakeAndNoValue(t *testing.T) {
	_, err := config.Read(strings.Fields(`OPENLOOP_ADDR=leak OPENLOOP_DATABASE_URL=mysql://leak OPENLOOP_DATABASE_DIRECT_URL=leak OPENLOOP_MIGRATE=leak OPENLOOP_PUBLIC_URL=leak OPENLOOP_API_KEY=leak OPENLOOP_ENCRYPTION_KEY=leak
		OPENLOOP_LOG_DURABILITY=leak OPENLOOP_LOG_LEVEL=leak OPENLOOP_LOG_FORMAT=leak OPENLOOP_ALLOWED_ORIGINS=https://a.example/leak OPENLOOP_TRUSTED_PROXIES=leak
		OPENLOOP_PPROF_ADDRESS=leak OPENLOOP_MAX_BODY=leak OPENLOOP_MAX_BODIES=leak OPENLOOP_CACHE_MEMORY=leak OPENLOOP_MAX_RETRIES=leak OPENLOOP_EVALUATION_CONCURRENCY=leak OPENLOOP_EVALUATION_DAILY_COST=leak OPENLOOP_MONITOR_BACKLOG=leak OPENLOOP_PROVIDER_TIMEOUT=leak OPENLOOP_STREAM_IDLE_TIMEOUT=leak OPENLOOP_STREAM_OUTPUT_TIMEOUT=-1s
		OPENLOOP_PYTHON_WORKERS=leak OPENLOOP_PYTHON_MEMORY=1 OPENLOOP_PYTHON_TIMEOUT=leak OPENLOOP_PYTHON_COMMAND=leak OPENLOOP_PYTHON_DEFAULT=leak
		OPENAI_BASE_URL=leak ANTHROPIC_BASE_URL=ftp://leak GEMINI_BASE_URL=leak`))
	if err == nil {
		t.Fatal("no error")
	}
	want := `OPENLOOP_PROVIDER_TIMEOUT must be a duration, as 30s or 2m
OPENLOOP_STREAM_IDLE_TIMEOUT must be a duration, as 30s or 2m
OPENLOOP_PYTHON_TIMEOUT must be a duration, as 30s or 2m
OPENLOOP_ADDR must be host:port, as 127.0.0.1:8080
OPENLOOP_PPROF_ADDRESS must be host:port with a loopback or private IP address, as 127.0.0.1:6060
OPENLOOP_DATABASE_URL (or DATABASE_URL) must start with postgres:// (leave it out for the embedded database)
OPENLOOP_DATABASE_DIRECT_URL must start with postgres://, and OPENLOOP_DATABASE_URL must be set too
OPENLOOP_MIGRATE must be auto or check
OPENLOOP_LOG_DURABILITY must be strict or relaxed
OPENLOOP_LOG_LEVEL must be debug, info, warn or error
OPENLOOP_LOG_FORMAT must be text or json
OPENLOOP_API_KEY must have 16 to 512 letters, digits and signs, without blanks
OPENLOOP_ENCRYPTION_KEY must be 32 random bytes in base64 or hex
OPENLOOP_MAX_RETRIES must be a number from 0 to 10
OPENLOOP_EVALUATION_CONCURRENCY must be a number from 1 to 1000
OPENLOOP_EVALUATION_DAILY_COST must be a number of US dollars, or 0 for no limit
OPENLOOP_MONITOR_BACKLOG must be a number from 1 to 1000000
OPENLOOP_CACHE_MEMORY must be a number of bytes, or 0 to remember no answers
OPENLOOP_MAX_BODY must be a number of bytes, at least 1024
OPENLOOP_MAX_BODIES must be a number of bytes, at least 1048576
OPENLOOP_PYTHON_WORKERS must be a number from 0 to 64; 0 means one less than processors
OPENLOOP_PYTHON_MEMORY must be a number of bytes from 67108864 to 4294901760
OPENLOOP_PYTHON_COMMAND must be a command that ends with -, as bwrap … python3 -I -u -
OPENLOOP_PYTHON_DEFAULT must be sandbox, or command if OPENLOOP_PYTHON_COMMAND is set
no OPENLOOP_…_TIMEOUT may be negative
OPENLOOP_ALLOWED_ORIGINS must list origins, as https://example.com, or be *
OPENLOOP_TRUSTED_PROXIES must list networks or IP addresses, as 10.0.0.0/8 or 127.0.0.1
OPENLOOP_PUBLIC_URL must be an http or https URL
OPENAI_BASE_URL must be an http or https URL
ANTHROPIC_BASE_URL must be an http or https URL
GEMINI_BASE_URL must be an http or https URL`
	if d := cmp.Diff(want, err.Error()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, variable := range []string{
		"OPENLOOP_API_KEY=" + strings.Repeat("x", 513), "OPENLOOP_API_KEY=a key with blanks in it", "OPENLOOP_API_KEY=fifteen-letters",
		"OPENLOOP_MAX_BODY=1023", "OPENLOOP_MAX_BODY=1e9", "OPENLOOP_MAX_BODIES=1024", "OPENLOOP_CACHE_MEMORY=-1", "OPENLOOP_MAX_RETRIES=11", "OPENLOOP_MAX_RETRIES=-1", "OPENLOOP_EVALUATION_CONCURRENCY=0", "OPENLOOP_EVALUATION_DAILY_COST=-1", "OPENLOOP_EVALUATION_DAILY_COST=NaN", "OPENLOOP_MONITOR_BACKLOG=0", "OPENLOOP_WORKERS=maybe", "OPENLOOP_SHUTDOWN_TIMEOUT=60", "OPENLOOP_STREAM_HOLD=-1s", "OPENLOOP_DRAIN_DELAY=-1s", "OPENLOOP_DRAIN_DELAY=5", "DATABASE_URL=sqlite://x",
		"OPENLOOP_ALLOWED_ORIGINS=example.com", "OPENLOOP_PUBLIC_URL=https://", "OPENLOOP_METRICS_OPEN=maybe", "OPENLOOP_ALLOW_PRIVATE_URLS=2", "OPENLOOP_TOOL_NETWORK=private", "OPENLOOP_TOOL_HOSTS=https://a.example", "OPENLOOP_TOOL_HOSTS=a.example:80", "OPENLOOP_TOOL_HOSTS=*",
		"OPENLOOP_PYTHON_COMMAND=-", "OPENLOOP_PYTHON_DEFAULT=command", "OPENLOOP_PYTHON_REUSE=maybe", "OPENLOOP_ONLY=api", "OPENLOOP_DATABASE_DIRECT_URL=postgres://h/d",
	} {
		if _, err := config.Read([]string{variable}); err == nil {
			t.Errorf("%.60s is taken", variable)
		}
	}
	if _, err := config.Read([]string{"OPENLOOP_ONLY=workers", "OPENLOOP_WORKERS=false"}); err == nil {
		t.Error("a process that does nothing is taken")
	}
}

// TestProfilesAreServedWhereNobodyElseReaches states which addresses OPENLOOP_PPROF_ADDRESS may be.
func TestProfilesAreServedWhereNobodyElseReaches(t *testing.T) {
	for addr, want := range map[string]bool{
		"127.0.0.1:6060": true, "127.3.2.1:0": true, "localhost:6060": true, "[::1]:6060": true, "[::ffff:127.0.0.1]:6060": true,
		"10.1.2.3:6060": true, "172.16.0.1:6060": true, "192.168.0.1:6060": true, "[fd00::1]:6060": true,
		":6060": false, "0.0.0.0:6060": false, "[::]:6060": false, "8.8.8.8:6060": false, "172.32.0.1:6060": false, "[2001:db8::1]:6060": false,
		"[::ffff:8.8.8.8]:6060": false, "169.254.169.254:80": false, "example.com:6060": false, "localhost.example.com:6060": false,
		"127.0.0.1": false, "127.0.0.1:": false, "6060": false,
	} {
		if _, err := config.Read([]string{"OPENLOOP_PPROF_ADDRESS=" + addr}); (err == nil) != want {
			t.Errorf("%s: %v, want %v", addr, err, want)
		}
	}
}

// TestProxies reads networks and single addresses.
func TestProxies(t *testing.T) {
	c, err := config.Read([]string{"OPENLOOP_TRUSTED_PROXIES=10.1.2.3/8,127.0.0.1,::ffff:192.0.2.1,fd00::/8"})
	got := make([]string, 0, 4)
	for _, p := range c.Proxies() {
		got = append(got, p.String())
	}
	if d := cmp.Diff([]string{"10.0.0.0/8", "127.0.0.1/32", "192.0.2.1/32", "fd00::/8"}, got); d != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
}

// TestReplicasAreDrained states how long a server still takes calls when it is to stop.
func TestReplicasAreDrained(t *testing.T) {
	for environ, want := range map[string]time.Duration{
		"": 0, "OPENLOOP_DATABASE_URL=postgres://h/d": 5 * time.Second, "OPENLOOP_DRAIN_DELAY=1s": time.Second,
		"DATABASE_URL=postgres://h/d OPENLOOP_DRAIN_DELAY=0": 0,
	} {
		c, err := config.Read(strings.Fields(environ))
		if got := c.DrainDelay(); got != want || err != nil {
			t.Errorf("%s: %v, %v; want %v", environ, got, err, want)
		}
	}
}
