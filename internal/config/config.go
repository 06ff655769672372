// Package config is the server's configuration: one plain struct, read from the environment and checked as a whole.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// Config is the configuration of a server. Defaults are in the tags; a duration is written as "30s" or "2m".
type Config struct {
	Addr        string `env:"OPENLOOP_ADDR" envDefault:"127.0.0.1:8080"`
	DataDir     string `env:"OPENLOOP_DATA_DIR" envDefault:"./data"`
	DatabaseURL string `env:"OPENLOOP_DATABASE_URL"` // postgres://…; "" means SQLite in DataDir
	PublicURL   string `env:"OPENLOOP_PUBLIC_URL"`         // starts every doc_url; "" makes them relative
	APIKey      string `env:"OPENLOOP_API_KEY"`      // the first key; "" means one is made at first start

	LogDurability string     `env:"OPENLOOP_LOG_DURABILITY" envDefault:"strict"` // or relaxed
	LogLevel      string     `env:"OPENLOOP_LOG_LEVEL" envDefault:"info"`        // debug, info, warn, error
	LogFormat     string     `env:"OPENLOOP_LOG_FORMAT" envDefault:"text"`       // or json
	AllowOrigins  []string   `env:"OPENLOOP_ALLOWED_ORIGINS"`
	MaxBody       int64      `env:"OPENLOOP_MAX_BODY" envDefault:"33554432"` // bytes of a request's body
	ModelsFile    string     `env:"OPENLOOP_MODELS_FILE"`                    // models and prices of the operator's own
	Timeouts      Timeouts   `envPrefix:"OPENLOOP_"`
	Providers     Providers  `env:"-"`
	fallbackURL   fallbackDB `env:"-"`
}

type fallbackDB struct {
	URL string `env:"DATABASE_URL"`
}

// Timeouts are the server's own clocks. 0 means none.
type Timeouts struct {
	Provider     time.Duration `env:"PROVIDER_TIMEOUT" envDefault:"10m"`    // to a provider's response headers
	StreamIdle   time.Duration `env:"STREAM_IDLE_TIMEOUT" envDefault:"2m"`  // silence in a provider's answer
	StreamOutput time.Duration `env:"STREAM_OUTPUT_TIMEOUT" envDefault:"0"` // time without output in a provider's stream
	Shutdown     time.Duration `env:"SHUTDOWN_TIMEOUT" envDefault:"60s"`    // for calls in flight
}

// Providers are the settings of the model providers, in the names that their own SDKs use.
type Providers struct {
	OpenAIKey        string `env:"OPENAI_API_KEY"`
	OpenAIBaseURL    string `env:"OPENAI_BASE_URL"`
	AnthropicKey     string `env:"ANTHROPIC_API_KEY"`
	AnthropicBaseURL string `env:"ANTHROPIC_BASE_URL"`
	GeminiKey        string `env:"GEMINI_API_KEY"`
	GoogleKey        string `env:"GOOGLE_API_KEY"`
	GeminiBaseURL    string `env:"GEMINI_BASE_URL"`
}

// Read reads the configuration from the variables in environ, as os.Environ gives them, and checks it.
func Read(environ []string) (Config, error) {
	var c Config
	options := env.Options{Environment: env.ToMap(environ)}
	if err := errors.Join(
		env.ParseWithOptions(&c, options), env.ParseWithOptions(&c.Providers, options), env.ParseWithOptions(&c.fallbackURL, options),
	); err != nil {
		return Config{}, err
	}
	if c.DatabaseURL == "" {
		c.DatabaseURL = c.fallbackURL.URL
	}
	if c.Providers.GeminiKey == "" {
		c.Providers.GeminiKey = c.Providers.GoogleKey
	}
	return c, c.check()
}

// SQLitePath is where the embedded database lies.
func (c *Config) SQLitePath() string { return filepath.Join(c.DataDir, "openloop.db") }

func (c *Config) check() error {
	var problems []error
	wrong := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		wrong("OPENLOOP_ADDR must be host:port, as 127.0.0.1:8080")
	}
	if c.DatabaseURL != "" && !strings.HasPrefix(c.DatabaseURL, "postgres://") && !strings.HasPrefix(c.DatabaseURL, "postgresql://") {
		wrong("OPENLOOP_DATABASE_URL must start with postgres:// (leave it out for the embedded database)")
	}
	if c.LogDurability != "strict" && c.LogDurability != "relaxed" {
		wrong("OPENLOOP_LOG_DURABILITY must be strict or relaxed")
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		wrong("OPENLOOP_LOG_FORMAT must be text or json")
	}
	if len(c.APIKey) > 0 && len(c.APIKey) < 16 {
		wrong("OPENLOOP_API_KEY must have at least 16 characters")
	}
	if c.MaxBody < 1024 {
		wrong("OPENLOOP_MAX_BODY must be at least 1024 bytes")
	}
	for name, base := range map[string]string{
		"OPENLOOP_PUBLIC_URL": c.PublicURL, "OPENAI_BASE_URL": c.Providers.OpenAIBaseURL,
		"ANTHROPIC_BASE_URL": c.Providers.AnthropicBaseURL, "GEMINI_BASE_URL": c.Providers.GeminiBaseURL,
	} {
		if base != "" && !isWebURL(base) {
			wrong("%s must be an http or https URL", name)
		}
	}
	return errors.Join(problems...)
}

func isWebURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
