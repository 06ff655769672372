package versions

import (
	"context"

	"github.com/openloop-server/openloop/internal/errs"
)

// settle makes the version a draft if it was made as one, and saves it if it was a draft before. changed reports whether it was.
func (w *saving) settle(ctx context.Context) (changed bool, err error) {
	switch {
	case w.Draft && w.newVersion:
		return true, w.exec(ctx, `UPDATE version SET draft = 1 WHERE seq = $1`, w.version)
	case w.Draft:
		return false, nil
	}
	return w.find(ctx, `UPDATE version SET draft = 0, created_us = $2, updated_us = $2, created_by = $3 WHERE seq = $1 AND draft = 1 RETURNING seq`,
		[]any{w.version, w.now, w.By})
}

// op is the operation that is noted of s.
func (s *Save) op() string {
	if s.Draft {
		return "store.SaveDraft"
	}
	return "store.SaveVersion"
}

// noPlace is the error of a draft in a File that does not exist.
func (s *Save) noPlace() error {
	title := s.Kind.Spec().Title
	return errs.New(s.Kind.Spec().NotFound, "%s `%s` does not exist, and a draft makes none: save a first version.", title, s.Path).At("path")
}
