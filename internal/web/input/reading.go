// Package input reads requests into Go structs, and finds all that is wrong with them.
//
// [NewPlan] compiles the input struct of an operation, whose tags name the source of each field: the path, the query, a header or the body.
// [Plan.Read] then reads requests by it. A body is decoded in one pass where that goes well. Otherwise a walk beside its schema lists
// every violation, and coerces scalars as pydantic 2 does. What nothing reads is told of too.
//
// The package does not receive bodies (limits, timeouts, gzip), and decides neither who may call nor what an answer looks like: package web
// does.
package input

import (
	"net/http"
	"reflect"
)

// Options say what becomes of that which nothing reads of a request.
type Options struct {
	Strict    bool     // it makes every request a bad one, and not only those that ask for it
	Tolerated []string // names of members, at the top of a body, and of query parameters, that are ignored in silence
}

// Reading is the reading of one request. What is wrong with it is collected, and told at the end by Err.
type Reading struct {
	plan    *Plan
	request *http.Request
	in      reflect.Value // of the input struct
	findings
}

// findings are what is wrong with a request, and what nothing reads of it.
type findings struct {
	violations
	unknowns
	strict bool
}

// Read begins to read r into the struct that in points to.
func (p *Plan) Read(r *http.Request, in reflect.Value, o Options) *Reading {
	d := &Reading{plan: p, request: r, in: in.Elem(), findings: findings{unknowns: unknowns{known: o.Tolerated}}}
	d.strict = o.strict(r, &d.violations)
	return d
}

// Params reads the parameters. The error says why one could not be read at all.
func (d *Reading) Params() error { return d.plan.decodeParams(d.request, d.in, &d.findings) }

// Body reads the bytes of the body, by the plan's Body. The error says why they could not be read at all. The data is not kept.
func (d *Reading) Body(data []byte) error {
	return d.plan.Body.decode(d.request.Header, data, d.in.Field(d.plan.Body.index), &d.findings)
}

// Settle makes what nothing reads faults of a strict request, and tells of it in the header of the answer to another.
func (d *Reading) Settle(answer http.Header) { d.settle(d.strict, answer, &d.violations) }

// Err is of reason validation_failed with every violation, or of the reason that all of them have in common; nil when there are none.
func (d *Reading) Err() error { return d.err() }
