package models

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/vendor"
)

// FileError lists the mistakes in a models file.
type FileError struct {
	Problems []Problem
}

// Problem is one mistake in a models file. Its text contains no values of the file except the names of models and members.
type Problem struct {
	Pointer string // RFC 6901 pointer to the value at fault, "" for the whole file
	Line    int    // 1-based; 0 when only the pointer is known
	Column  int    // 1-based, in bytes; 0 when only the pointer is known
	Reason  string
}

// Error joins the problems with semicolons.
func (e *FileError) Error() string {
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = p.String()
	}
	return strings.Join(texts, "; ")
}

// String returns the place and the reason, for example "line 3, column 7, /models/openai: the value has the wrong type".
func (p Problem) String() string {
	var place []string
	if p.Line > 0 {
		place = append(place, fmt.Sprintf("line %d, column %d", p.Line, p.Column))
	}
	if p.Pointer != "" {
		place = append(place, p.Pointer)
	}
	return strings.Join(place, ", ") + ": " + p.Reason
}

func faultIn(data []byte, err error) error {
	f := json.Describe(data, err)
	return &FileError{Problems: []Problem{{Pointer: f.Pointer, Line: f.Line, Column: f.Column, Reason: f.Reason}}}
}

// check finds mistakes that the types of a file do not exclude.
func (f *file) check(entries []listing) []Problem {
	problems := unknown("", f.Rest)
	for _, provider := range slices.Sorted(maps.Keys(f.Models)) {
		if !slices.Contains(vendor.Slugs(), provider) {
			reason := "unknown provider; known are " + strings.Join(vendor.Slugs(), ", ")
			problems = append(problems, Problem{Pointer: "/models/" + escape(provider), Reason: reason})
		}
	}
	for i := range entries {
		problems = entries[i].check(problems)
	}
	return problems
}

func (e *listing) check(problems []Problem) []Problem {
	r := &e.record
	problems = append(problems, unknown(e.pointer(), r.Rest)...)
	if e.id == "" {
		problems = append(problems, e.problem("", "a model needs a name"))
	}
	if !slices.Contains([]Kind{"", Chat, Completion, Embedding}, r.Kind) {
		problems = append(problems, e.problem("kind", "must be chat, completion or embedding"))
	}
	if r.ContextWindow < 0 {
		problems = append(problems, e.problem("context_window", "must not be negative"))
	}
	if r.MaxOutput < 0 {
		problems = append(problems, e.problem("max_output", "must not be negative"))
	}
	if _, err := time.Parse(time.DateOnly, cmp.Or(r.Retired, time.DateOnly)); err != nil {
		problems = append(problems, e.problem("retired", "must be a day such as 2026-01-31"))
	}
	if r.Price.Set && !r.Price.Null {
		problems = r.Price.V.check(problems, e.pointer()+"/price")
	}
	return problems
}

func (p *price) check(problems []Problem, at string) []Problem {
	problems = p.checkRates(problems, at)
	if p.Above != 0 {
		problems = append(problems, Problem{Pointer: at + "/above", Reason: "belongs into a tier"})
	}
	var last int64
	for i := range p.Tiers {
		tier, at := &p.Tiers[i], fmt.Sprintf("%s/tiers/%d", at, i)
		problems = tier.checkRates(problems, at)
		if tier.Above <= last {
			problems = append(problems, Problem{Pointer: at + "/above", Reason: "must be a number of tokens larger than that of the tier before"})
		}
		problems = tier.checkPlain(problems, at, "a tier")
		last = tier.Above
	}
	if p.CacheWriteLong < 0 {
		problems = append(problems, Problem{Pointer: at + "/cache_write_1h", Reason: "must not be negative"})
	}
	for _, name := range slices.Sorted(maps.Keys(p.Services)) {
		service, at := p.Services[name], at+"/services/"+escape(name)
		problems = service.checkPlain(service.checkRates(problems, at), at, "a service tier")
		if service.Above != 0 {
			problems = append(problems, Problem{Pointer: at + "/above", Reason: "belongs into a tier"})
		}
	}
	return problems
}

// checkPlain refuses members that only the price of a model may have.
func (p *price) checkPlain(problems []Problem, at, what string) []Problem {
	for _, member := range []struct {
		name  string
		given bool
	}{{"tiers", len(p.Tiers) > 0}, {"services", len(p.Services) > 0}, {"cache_write_1h", p.CacheWriteLong != 0}} {
		if member.given {
			problems = append(problems, Problem{Pointer: at + "/" + member.name, Reason: what + " has no " + member.name})
		}
	}
	return problems
}

func (p *price) checkRates(problems []Problem, at string) []Problem {
	problems = append(problems, unknown(at, p.Rest)...)
	for _, rate := range []struct {
		name     string
		value    *float64
		required bool
	}{
		{"input", p.Input, true},
		{"cached_input", p.CachedInput, false},
		{"cache_write", p.CacheWrite, false},
		{"output", p.Output, true},
	} {
		switch {
		case rate.value == nil && rate.required:
			problems = append(problems, Problem{Pointer: at + "/" + rate.name, Reason: "is missing (US dollars per million tokens)"})
		case rate.value != nil && *rate.value < 0:
			problems = append(problems, Problem{Pointer: at + "/" + rate.name, Reason: "must not be negative"})
		}
	}
	return problems
}

// unknown lists the unknown members of the object at a pointer.
func unknown(at string, rest json.Value) []Problem {
	if len(rest) == 0 {
		return nil
	}
	var members map[string]json.Value
	if err := json.Unmarshal(rest, &members); err != nil {
		return []Problem{{Pointer: at, Reason: "must be an object"}}
	}
	var problems []Problem
	for _, name := range slices.Sorted(maps.Keys(members)) {
		problems = append(problems, Problem{Pointer: at + "/" + escape(name), Reason: "unknown member"})
	}
	return problems
}

func (e *listing) pointer() string {
	return "/models/" + escape(e.provider) + "/" + escape(e.id)
}

func (e *listing) problem(member, reason string) Problem {
	pointer := e.pointer()
	if member != "" {
		pointer += "/" + member
	}
	return Problem{Pointer: pointer, Reason: reason}
}

// escape encodes a name as one step of an RFC 6901 pointer.
func escape(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}
