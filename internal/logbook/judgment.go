package logbook

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
)

// judges finds the Evaluator of e, and checks that the judged Log exists and that the Evaluator can give this judgment.
func (b *Book) judges(ctx context.Context, e *Entry) (file.Snapshot, error) {
	judged, err := b.o.DB.LogExists(ctx, e.Log.ParentID)
	if err != nil {
		return file.Snapshot{}, err
	}
	if !judged {
		missing := errs.New(errs.LogNotFound, "The judged Log `%s` does not exist.", e.Log.ParentID)
		missing.Param = "parent_id"
		return file.Snapshot{}, missing
	}
	version, err := b.o.Catalog.Use(ctx, file.EvaluatorKind, e.Ref, e.Content)
	if err != nil {
		return file.Snapshot{}, err
	}
	content, err := catalog.Content[file.Evaluator](&version)
	if err != nil {
		return file.Snapshot{}, err
	}
	return version, checkJudgment(content, e.Log.Payload.Judgment)
}

// checkJudgment refuses a judgment that an Evaluator cannot give. No judgment (of a failed Evaluator) and null (which withdraws a judgment)
// are always valid.
func checkJudgment(e *file.Evaluator, judgment json.Value) error {
	if len(judgment) == 0 || json.Kind(judgment) == 'n' {
		return nil
	}
	want := wants(e, judgment)
	if want == "" {
		return nil
	}
	return refused([]errs.Violation{violation("judgment", "value_error", "The judgment of this Evaluator must be "+want+".")})
}

// wants describes the expected judgment if the given one is wrong. It is empty for a valid one.
func wants(e *file.Evaluator, judgment json.Value) string {
	switch e.ReturnType {
	case file.ReturnsBoolean:
		return unless(json.Kind(judgment) == 't' || json.Kind(judgment) == 'f', "true or false")
	case file.ReturnsNumber:
		return wantsNumber(e.NumberLimits, judgment)
	case file.ReturnsSelect:
		var name string
		ok := json.Unmarshal(judgment, &name) == nil && isOption(e, name)
		return unless(ok, "one of its options"+optionList(e))
	case file.ReturnsMultiSelect:
		var names []string
		ok := json.Unmarshal(judgment, &names) == nil && !slices.ContainsFunc(names, func(name string) bool { return !isOption(e, name) })
		return unless(ok, "a list of its options"+optionList(e))
	case file.ReturnsText:
		return unless(json.Kind(judgment) == '"', "a text")
	default:
		return ""
	}
}

func unless(ok bool, want string) string {
	if ok {
		return ""
	}
	return want
}

func wantsNumber(limits *file.NumberLimits, judgment json.Value) string {
	var n float64
	if json.Kind(judgment) != '0' || json.Unmarshal(judgment, &n) != nil {
		return "a number"
	}
	if limits == nil {
		return ""
	}
	number := func(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }
	switch {
	case limits.Min != nil && n < *limits.Min:
		return "a number of " + number(*limits.Min) + " or more"
	case limits.Max != nil && n > *limits.Max:
		return "a number of " + number(*limits.Max) + " or less"
	default:
		return ""
	}
}

// isOption reports whether a name may be chosen. An Evaluator without options allows any name.
func isOption(e *file.Evaluator, name string) bool {
	return len(e.Options) == 0 || slices.ContainsFunc(e.Options, func(o file.Option) bool { return o.Name == name })
}

func optionList(e *file.Evaluator) string {
	if len(e.Options) == 0 {
		return ""
	}
	names := make([]string, len(e.Options))
	for i, o := range e.Options {
		names[i] = strconv.Quote(o.Name)
	}
	return ": " + strings.Join(names, ", ")
}
