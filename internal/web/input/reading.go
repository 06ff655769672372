// Package input reads requests into Go structs and lists everything that is wrong with them.
//
// [NewPlan] compiles the input struct of an operation. The tags of its fields name their sources: the path, the query, a header or the
// body. [Plan.Read] reads one request by the plan. A valid body is decoded in one pass. Otherwise a second pass compares the body with its
// schema, lists every violation, and converts scalars as pydantic 2 does ("5" to 5). Members and parameters that no field takes are reported.
//
// Package web receives the bodies (limits, timeouts, gzip), checks keys and roles, and writes the answers.
package input

import (
	"net/http"
	"reflect"
)

// Options say what happens to unknown members and parameters.
type Options struct {
	Strict    bool     // refuse every request that has one, not only those that ask for it
	Tolerated []string // names of top-level members and of query parameters that are ignored without a report
}

// Reading is one request while it is read. It collects violations, which Err returns at the end.
type Reading struct {
	plan    *Plan
	request *http.Request
	in      reflect.Value // of the input struct
	findings
}

// findings are the violations of a request and its unknown members and parameters.
type findings struct {
	violations
	unknowns
	strict bool
}

// Read starts to read r into the struct that in points to.
func (p *Plan) Read(r *http.Request, in reflect.Value, o Options) *Reading {
	d := &Reading{plan: p, request: r, in: in.Elem(), findings: findings{unknowns: unknowns{known: o.Tolerated}}}
	d.strict = o.strict(r, &d.violations)
	return d
}

// Params reads the parameters. It returns an error when one is unreadable (not UTF-8); violations are left to Err.
func (d *Reading) Params() error { return d.plan.decodeParams(d.request, d.in, &d.findings) }

// Body decodes the bytes of the body. It returns an error when they are unreadable (not JSON); violations are left to Err. It keeps data if
// the plan says so.
func (d *Reading) Body(data []byte) error {
	return d.plan.Body.decode(d.request.Header, data, d.in.Field(d.plan.Body.index), &d.findings)
}

// Settle turns unknown members and parameters into violations if the request is strict, and lists them in a header of the answer if not.
func (d *Reading) Settle(answer http.Header) { d.settle(d.strict, answer, &d.violations) }

// Err lists every violation; nil when there are none. Its reason is validation_failed, or the one that all violations share.
func (d *Reading) Err() error { return d.err() }
