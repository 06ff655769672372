package logbook

import (
	"context"

	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judgment"
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
func checkJudgment(e *file.Evaluator, raw json.Value) error {
	if len(raw) == 0 || json.Kind(raw) == 'n' {
		return nil
	}
	want := judgment.Expected(e, raw)
	if want == "" {
		return nil
	}
	return refused([]errs.Violation{violation("judgment", "value_error", "The judgment of this Evaluator must be "+want+".")})
}
