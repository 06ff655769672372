package logbook

import (
	"strings"

	"openloop/internal/errs"
	"openloop/internal/json"
	"openloop/internal/trace"
)

// begin settles the status of a new Log. One that has a status begins a trace, unless it lies in one.
func (b *Book) begin(l *trace.Log) {
	if !trace.HasStatus(l.Kind) {
		l.Status = ""
		return
	}
	if l.Status == "" {
		l.Status = trace.Incomplete
	}
	if l.TraceParentID == "" && l.TraceID == "" {
		l.TraceID = l.ID
	}
	b.end(l)
}

// end sets the end of a complete Log that has none.
func (b *Book) end(l *trace.Log) {
	if l.Status == trace.Complete && l.EndTime.IsZero() {
		l.EndTime = b.o.Now()
	}
}

// progress settles the status of a Log that was changed and had the status before.
func (b *Book) progress(l *trace.Log, before trace.Status) error {
	switch {
	case !trace.HasStatus(l.Kind):
		l.Status = ""
	case before == trace.Complete && l.Status == trace.Incomplete:
		e := errs.New(errs.Conflict, "The Log `%s` is complete, which cannot be undone.", l.ID)
		e.Param = "log_status"
		return e
	case before != trace.Complete && l.Status == trace.Complete:
		if now := b.o.Now(); now.After(l.EndTime) {
			l.EndTime = now
		}
		if !l.PayloadDropped {
			return lacks(l)
		}
	}
	return nil
}

// lacks says what a complete Log needs and l, which is one, does not have.
func lacks(l *trace.Log) error {
	p := &l.Payload
	var missing []errs.Violation
	need := func(param, message string) {
		missing = append(missing, errs.Violation{Loc: []any{"body", param}, Param: param, Message: message, Type: "missing"})
	}
	if json.Kind(p.Inputs) != '{' && len(p.Messages) == 0 {
		need("inputs", "A Log can be complete only with inputs or messages.")
	}
	if p.Output == nil && p.OutputMessage == nil && l.Error == nil {
		need("output", "A Log can be complete only with output, output_message or error.")
	}
	if missing == nil {
		return nil
	}
	texts := make([]string, len(missing))
	for i, v := range missing {
		texts[i] = v.Message
	}
	e := errs.New(errs.ValidationFailed, "%s", strings.Join(texts, " "))
	e.Param, e.Violations = missing[0].Param, missing
	return e
}
