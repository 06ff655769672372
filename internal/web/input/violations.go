package input

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
)

const (
	maxViolations = 20 // listed; more are counted
	maxCounted    = 1000
	maxNamed      = 3  // named in the message
	maxLocName    = 64 // bytes of a member name in a location
)

// violations collects what is wrong with a request. The zero value is empty.
type violations struct {
	list   []errs.Violation
	total  int
	reason errs.Reason // what all of them have in common, "" while there are none
}

// fault is a broken rule: its machine name, and a sentence without its subject ("must be a string").
type fault struct {
	kind, message string
	reason        errs.Reason // of the error if all faults have it; "" means validation_failed
}

func faultf(kind, format string, args ...any) *fault {
	return &fault{kind: kind, message: fmt.Sprintf(format, args...)}
}

func (v *violations) add(loc []any, f *fault) {
	v.total++
	if reason := cmp.Or(f.reason, errs.ValidationFailed); v.reason != reason {
		v.reason = errs.ValidationFailed
		if v.total == 1 {
			v.reason = reason
		}
	}
	if len(v.list) == maxViolations {
		return
	}
	v.list = append(v.list, errs.Violation{Loc: slices.Clone(loc), Param: dotted(loc[1:]), Message: f.message, Type: f.kind})
}

func (v *violations) enough() bool { return v.total >= maxCounted }

// err is the error that lists the violations, nil when there are none.
func (v *violations) err() error {
	if v.total == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString("The request has 1 problem: ")
	if v.total > 1 {
		b.Reset()
		fmt.Fprintf(&b, "The request has %d problems: ", v.total)
	}
	if v.enough() {
		b.Reset()
		fmt.Fprintf(&b, "The request has %d problems or more: ", maxCounted)
	}
	named := min(len(v.list), maxNamed)
	for i, one := range v.list[:named] {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(subject(&one) + ": " + one.Message)
	}
	if v.enough() {
		b.WriteString("; and more")
	} else if v.total > named {
		fmt.Fprintf(&b, "; and %d more", v.total-named)
	}
	b.WriteByte('.')
	e := errs.New(v.reason, "%s", b.String())
	e.Violations, e.Param = v.list, v.list[0].Param
	return e
}

func subject(v *errs.Violation) string {
	if v.Param != "" {
		return v.Param
	}
	return fmt.Sprint(v.Loc[0])
}

// dotted joins a location: "messages.0.content".
func dotted(loc []any) string {
	var b strings.Builder
	for i, part := range loc {
		if i > 0 {
			b.WriteByte('.')
		}
		switch part := part.(type) {
		case string:
			b.WriteString(part)
		case int:
			b.WriteString(strconv.Itoa(part))
		}
	}
	return b.String()
}

// The machine names of the rules: those of FastAPI where it has one.
const (
	ruleMissing    = "missing"
	ruleString     = "string_type"
	ruleInt        = "int_type"
	ruleIntParse   = "int_parsing"
	ruleIntSize    = "int_parsing_size"
	ruleFraction   = "int_from_float"
	ruleNumber     = "float_type"
	ruleNumParse   = "float_parsing"
	ruleFinite     = "finite_number"
	ruleBool       = "bool_type"
	ruleBoolParse  = "bool_parsing"
	ruleTime       = "datetime_parsing"
	ruleBase64     = "bytes_invalid_encoding"
	ruleObject     = "dict_type"
	ruleList       = "list_type"
	ruleEnum       = "enum"
	ruleMin        = "greater_than_equal"
	ruleMax        = "less_than_equal"
	ruleTextShort  = "string_too_short"
	ruleTextLong   = "string_too_long"
	ruleListShort  = "too_short"
	ruleListLong   = "too_long"
	ruleUnion      = "union"
	ruleNesting    = "recursion_loop"
	ruleOther      = "value_error"
	ruleCharacters = "string_unicode"
)
