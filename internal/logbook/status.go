package logbook

import (
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/trace"
)

// begin sets the status of a new Log. A Log with a status begins a trace, unless it is inside one.
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

// end sets the end time of a complete Log that has none.
func (b *Book) end(l *trace.Log) {
	if l.Status == trace.Complete && l.EndTime.IsZero() {
		l.EndTime = b.o.Now()
	}
}

// progress sets the status of a changed Log that had the status before.
func (b *Book) progress(l *trace.Log, before trace.Status) error {
	switch {
	case !trace.HasStatus(l.Kind):
		l.Status = ""
	case before == trace.Complete && l.Status == trace.Incomplete:
		e := errs.New(errs.IllegalState, "The Log `%s` is complete, which cannot be undone.", l.ID)
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

// lacks describes what l, a complete Log, is missing.
func lacks(l *trace.Log) error {
	p := &l.Payload
	var missing []errs.Violation
	if json.Kind(p.Inputs) != '{' && len(p.Messages) == 0 {
		missing = append(missing, violation("inputs", "missing", "A Log can be complete only with inputs or messages."))
	}
	if p.Output == nil && p.OutputMessage == nil && l.Error == nil {
		missing = append(missing, violation("output", "missing", "A Log can be complete only with output, output_message or error."))
	}
	if missing == nil {
		return nil
	}
	return refused(missing)
}

func violation(param, rule, message string) errs.Violation {
	return errs.Violation{Loc: []any{param}, Param: param, Message: message, Type: rule}
}

// refused returns the error of a report with the given violations, at least one.
func refused(faults []errs.Violation) error {
	texts := make([]string, len(faults))
	for i, v := range faults {
		texts[i] = v.Message
	}
	e := errs.New(errs.ValidationFailed, "%s", strings.Join(texts, " "))
	e.Param, e.Violations = faults[0].Param, faults
	return e
}
