// Package doctor examines an installation: settings, data directory, database, keys, addresses, proxies and limits. It changes
// nothing, but for a Log without content when it sends a stream through the public URL.
//
// Each check is one row of a table ([Checks]): its name, what it looks at, what is wrong when it fails, and what to do then. To add one, write a
// function that looks, and give it a row.
package doctor

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store"
)

// State says how a check ended.
type State string

// The states, from good to bad. Skipped says that something else must be there or be mended first.
const (
	OK      State = "ok"
	Skipped State = "skipped"
	Warning State = "warning"
	Fault   State = "fault"
)

// Check is a row of the table.
type Check struct {
	Name  string // unique: "data-space"
	Looks string // what it looks at, as a noun
	Wrong string // what is wrong if it fails: a sentence
	Do    string // what to do then: a sentence

	see func(context.Context, *patient) sight
}

// sight is what a check saw.
type sight struct {
	state State
	found string // in particular: a sentence, or "". It holds no secret
}

func fine(format string, args ...any) sight { return sight{OK, fmt.Sprintf(format, args...)} }
func skip(format string, args ...any) sight { return sight{Skipped, fmt.Sprintf(format, args...)} }
func warn(format string, args ...any) sight { return sight{Warning, fmt.Sprintf(format, args...)} }
func fail(format string, args ...any) sight { return sight{Fault, fmt.Sprintf(format, args...)} }

// Finding is what a check found.
type Finding struct {
	Check string `json:"check"`
	State State  `json:"state"`
	Looks string `json:"looks_at"`
	Wrong string `json:"wrong,omitempty"` // of a warning or a fault
	Found string `json:"found,omitempty"`
	Do    string `json:"do,omitempty"` // about a warning or a fault
}

// Report is the findings in the order of the table.
type Report struct {
	Version  string    `json:"version"`
	State    State     `json:"state"` // the worst
	Findings []Finding `json:"findings"`
}

// Code is the exit code: 0, 1 with warnings, 2 with faults.
func (r *Report) Code() int {
	switch r.State {
	case Fault:
		return 2
	case Warning:
		return 1
	default:
		return 0
	}
}

// Options are what the doctor needs. OpenStore, TestKeys and Local come from what starts the server.
type Options struct {
	Environ   []string // with the settings, as os.Environ
	Version   string   // of this program
	Local     string   // URL by which this machine reaches a server with the settings
	Server    string   // URL of the running server; "" means Local, where it may be missing
	Replicas  int      // processes that share the database; 0 means one
	Providers bool     // test the keys of providers, by calls of them
	Memory    int64    // bytes that a process may use; 0 means that nobody knows
	Syncs     int      // how often the disk is asked to make data durable; 0 means 100 times
	Now       func() time.Time
	Roots     *x509.CertPool // that certificates lead to; nil means those of the system

	Plan      func(context.Context) ([]store.Step, error)           // the migrations that the database lacks; it applies none
	OpenStore func(context.Context) (*store.DB, error)              // of a database that needs no migration
	TestKeys  func(context.Context, *store.DB) ([]TestedKey, error) // of all providers that have one
}

// TestedKey is a test of a provider's key. Err is nil if the key works.
type TestedKey struct {
	Provider string
	Err      error
}

// patient is what the checks share.
type patient struct {
	Options
	cfg     config.Config
	invalid error // of the settings
	client  *http.Client

	unusable bool // whether the data directory cannot be used, so that nothing in it can be looked at

	opened  *opened // the PostgreSQL database; nil until it was opened
	current bool    // whether the database was found to lack no migration
	running *answer // of the running server; nil if there is none
}

// Examine runs all checks, one after the other. A check that takes longer than a few seconds has found that.
func Examine(ctx context.Context, o Options) Report {
	p := &patient{Options: o, client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: o.Roots}}, CheckRedirect: stay}}
	p.Replicas, p.Syncs = max(1, o.Replicas), cmp.Or(o.Syncs, syncs)
	p.cfg, p.invalid = config.Read(o.Environ)
	defer p.close(ctx)
	report := Report{Version: o.Version, State: OK}
	clean := errs.NewRedactor(p.secrets()...)
	for _, c := range Checks() {
		within, cancel := context.WithTimeout(ctx, checkTime)
		saw := c.see(within, p)
		cancel()
		f := Finding{Check: c.Name, State: saw.state, Looks: c.Looks, Found: clean.Text(saw.found)}
		if saw.state == Warning || saw.state == Fault {
			f.Wrong, f.Do = c.Wrong, c.Do
		}
		report.Findings = append(report.Findings, f)
		report.State = worse(report.State, saw.state)
	}
	return report
}

// checkTime is what a check may take.
const checkTime = 15 * time.Second

// stay leaves redirects to the checks.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func worse(a, b State) State {
	order := []State{Skipped, OK, Warning, Fault}
	return order[max(slices.Index(order, a), slices.Index(order, b))]
}

// secrets are the values that no finding may show.
func (p *patient) secrets() []string {
	list := []string{p.cfg.EncryptionKey, p.cfg.APIKey, p.cfg.DatabaseURL, password(p.cfg.DatabaseURL), p.cfg.DirectURL, password(p.cfg.DirectURL)}
	for _, a := range p.cfg.Providers {
		list = append(list, a.Key)
		list = slices.AppendSeq(list, maps.Values(a.Further))
	}
	for _, to := range []*config.Export{&p.cfg.Telemetry.Traces, &p.cfg.Telemetry.Metrics} {
		list = slices.AppendSeq(list, maps.Values(to.Headers))
	}
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// lookup is a variable of the environment, "" if it is not set. The last one of a name counts.
func (p *patient) lookup(name string) string {
	value := ""
	for _, line := range p.Environ {
		if text, ok := strings.CutPrefix(line, name+"="); ok {
			value = text
		}
	}
	return value
}

func (p *patient) close(ctx context.Context) {
	if p.opened != nil {
		_ = p.opened.conn.Close(context.WithoutCancel(ctx))
	}
}

// sentence is the text of an error as a sentence.
func sentence(text string) string {
	text = strings.TrimRight(strings.TrimSpace(text), ".")
	return cmp.Or(text, "It is not known why") + "."
}
