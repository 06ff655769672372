package explore

import (
	"strconv"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web/input"
)

// filter is what the lists of Logs are narrowed by. Of a parameter that is given several times, the values mean any of them, and those that begin
// with ! mean none of them.
type filter struct {
	Path         []string `query:"path" doc:"A File, or a directory with all that is below it; ! in front excludes, here and below."`
	FileID       []string `query:"file_id" doc:"Ids of Files."`
	VersionID    []string `query:"version_id" doc:"Ids of versions."`
	Type         []string `query:"type" doc:"Kinds of Files: prompt, tool, evaluator, flow, agent."`
	Provider     []string `query:"provider" doc:"Providers that answered, or were asked last."`
	Model        []string `query:"model" doc:"Models that answered, or were asked last."`
	Environment  []string `query:"environment" doc:"The environment whose deployment was used, else the label that the caller gave."`
	Status       []string `query:"status" doc:"What became of the Log: ok, failed, incomplete."`
	Origin       []string `query:"origin" doc:"Whose failure it is (caller, provider, server), or else the names of who raised it."`
	ErrorReason  []string `query:"error_reason" doc:"Reasons of failures; * for any failure that has one."`
	FinishReason []string `query:"finish_reason" doc:"Why models stopped."`
	User         []string `query:"user" doc:"Users, as callers named them."`
	Source       []string `query:"source" doc:"Sources of Logs."`
	APIKey       []string `query:"api_key" doc:"Ids of API keys."`
	RequestID    []string `query:"request_id" doc:"Ids of requests."`
	RunID        []string `query:"run_id" doc:"Ids of Runs that Logs were made for."`

	Latency []string `query:"latency" doc:"Seconds: >2, >=2, <0.5, <=0.5, 1..5 (both included) or 3. Several must all hold, here and below."`
	Cost    []string `query:"cost" doc:"US dollars, likewise."`
	Tokens  []string `query:"tokens" doc:"Tokens of prompt and output, likewise."`

	Metadata []string `query:"metadata" doc:"KEY=value or KEY!=value: a member of the metadata. Several must all hold."`
	Judgment []string `query:"judgment" doc:"The latest judgment of an Evaluator, by its path: PATH=value, with =, !=, <, <=, > or >=. Several must all hold."`
	InTrace  *bool    `query:"in_trace" doc:"true: Logs in a trace; false: the others."`
	Search   string   `query:"search" doc:"A text in inputs or output, in upper or lower case."`

	StartDate *time.Time  `query:"start_date" doc:"Logs created at this time or later; a date or a date and time."`
	EndDate   input.Until `query:"end_date" doc:"Logs created at this time or earlier. A date includes the whole day."`
	Last      string      `query:"last" doc:"Logs of the time up to now: 15m, 1h, 24h, 7d. Instead of start_date."`
}

// read returns the filter. Errors: validation_failed.
func (f *filter) read(now time.Time) (trace.RowFilter, error) {
	out := trace.RowFilter{
		Paths: choice(f.Path), FileIDs: choice(f.FileID), Versions: choice(f.VersionID), Kinds: choice(f.Type), Search: f.Search, InTrace: f.InTrace,
		Facts: f.facts(), Amounts: map[trace.Amount][]trace.Range{},
	}
	if err := origin(f.Origin, out.Facts); err != nil {
		return out, err
	}
	for amount, texts := range map[trace.Amount][]string{trace.Latency: f.Latency, trace.Cost: f.Cost, trace.Tokens: f.Tokens} {
		for _, text := range texts {
			r, ok := readRange(text)
			if !ok {
				return out, errs.Invalid("must be a number, a comparison (>2, <=0.5) or a range (1..5)", [...]string{"latency", "cost", "tokens"}[amount])
			}
			out.Amounts[amount] = append(out.Amounts[amount], r)
		}
	}
	if err := f.members(&out); err != nil {
		return out, err
	}
	return out, f.times(&out, now)
}

func (f *filter) facts() map[trace.Fact]trace.Choice {
	facts := map[trace.Fact]trace.Choice{}
	for fact, values := range map[trace.Fact][]string{
		trace.FactProvider: f.Provider, trace.FactModel: f.Model, trace.FactEnvironment: f.Environment, trace.FactStatus: f.Status, trace.FactReason: f.ErrorReason,
		trace.FactFinish: f.FinishReason, trace.FactUser: f.User, trace.FactSource: f.Source, trace.FactKey: f.APIKey, trace.FactRequest: f.RequestID,
		trace.FactRun: f.RunID,
	} {
		if c := choice(values); c.Set() {
			facts[fact] = c
		}
	}
	return facts
}

// origin reads whose failure it is, or who raised it.
func origin(values []string, facts map[trace.Fact]trace.Choice) error {
	faults := 0
	for _, v := range values {
		switch errs.OriginClass(strings.TrimPrefix(v, "!")) {
		case errs.OriginCaller, errs.OriginProvider, errs.OriginServer:
			faults++
		}
	}
	switch {
	case faults == 0 && len(values) > 0:
		facts[trace.FactOrigin] = choice(values)
	case faults == len(values) && faults > 0:
		facts[trace.FactFault] = choice(values)
	case faults > 0:
		return errs.Invalid("must be caller, provider or server, or names of who raised the failure, not both", "origin")
	}
	return nil
}

// choice tells the values that begin with ! from the others.
func choice(values []string) (c trace.Choice) {
	for _, v := range values {
		if none, ok := strings.CutPrefix(v, "!"); ok {
			c.None = append(c.None, none)
		} else if v != "" {
			c.Any = append(c.Any, v)
		}
	}
	return c
}

// readRange reads a condition on a number.
func readRange(text string) (r trace.Range, ok bool) {
	text = strings.TrimSpace(text)
	number := func(s string) *float64 {
		v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil {
			return nil
		}
		return &v
	}
	if from, to, both := strings.Cut(text, ".."); both {
		r.From, r.To = number(from), number(to)
		return r, r.From != nil && r.To != nil
	}
	if rest, more := strings.CutPrefix(text, ">"); more {
		rest, equal := strings.CutPrefix(rest, "=")
		r.From, r.Above = number(rest), !equal
		return r, r.From != nil
	}
	if rest, less := strings.CutPrefix(text, "<"); less {
		rest, equal := strings.CutPrefix(rest, "=")
		r.To, r.Below = number(rest), !equal
		return r, r.To != nil
	}
	r.From, r.To = number(text), number(text)
	return r, r.From != nil
}

// members reads the conditions on metadata and judgments.
func (f *filter) members(out *trace.RowFilter) error {
	for _, text := range f.Metadata {
		key, is, value := compared(text, "!=", "=")
		if key == "" {
			return errs.Invalid("must be KEY=value or KEY!=value", "metadata")
		}
		out.Metadata = append(out.Metadata, trace.Member{Key: key, Value: value, Not: is == "!="})
	}
	for _, text := range f.Judgment {
		path, is, value := compared(text, "!=", "<=", ">=", "<", ">", "=")
		if path == "" {
			return errs.Invalid("must be PATH=value, or with another comparison", "judgment")
		}
		out.Judged = append(out.Judged, trace.JudgedAs{Path: path, Is: trace.Operator(is), Judgment: scalar(value)})
	}
	return nil
}

// compared splits a text at the first of the operators in it. Of two that begin at the same place, the one that is listed first counts.
func compared(text string, operators ...string) (name, operator, value string) {
	at := len(text)
	for _, o := range operators {
		if i := strings.Index(text, o); i >= 0 && i < at {
			at, operator = i, o
		}
	}
	if operator == "" {
		return "", "", ""
	}
	return strings.TrimSpace(text[:at]), operator, strings.TrimSpace(text[at+len(operator):])
}

// scalar is a boolean or number, if text is one, else a JSON string.
func scalar(text string) json.Value {
	if _, err := strconv.ParseFloat(text, 64); err == nil && json.Valid([]byte(text)) || text == "true" || text == "false" {
		return json.Value(text)
	}
	raw, err := json.Marshal(text)
	if err != nil { // parameters are UTF-8
		return json.Value(`""`)
	}
	return raw
}

// times reads the time range.
func (f *filter) times(out *trace.RowFilter, now time.Time) error {
	if f.Last != "" {
		span, ok := readSpan(f.Last)
		if !ok || f.StartDate != nil {
			return errs.Invalid("must be a span such as 15m, 1h or 7d, without start_date", "last")
		}
		out.From = now.Add(-span)
	}
	if f.StartDate != nil {
		out.From = *f.StartDate
	}
	end, ok := f.EndDate.End()
	if !ok {
		return errs.Invalid("must be a date, or a date and time as of RFC 3339", "end_date")
	}
	out.To = end
	return nil
}

// readSpan reads a positive span of time: as Go writes them, or in days.
func readSpan(text string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err == nil && n > 0 && n <= 36500
	}
	span, err := time.ParseDuration(text)
	return span, err == nil && span > 0
}
