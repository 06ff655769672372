package browse

import (
	"context"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
)

func (h *handlers) reasons(context.Context, *struct{}) (*Reasons, error) {
	docs := errs.Docs()
	out := &Reasons{Reasons: make([]ReasonResponse, len(docs))}
	for i := range docs {
		out.Reasons[i] = h.reasonOf(&docs[i])
	}
	return out, nil
}

type byReason struct {
	Reason string `path:"reason"`
}

func (h *handlers) reason(_ context.Context, in *byReason) (*ReasonResponse, error) {
	reason := errs.Reason(in.Reason)
	if !reason.Known() {
		return nil, errs.New(errs.ResourceNotFound, "There is no reason `%s`. All are listed at /v5/reasons.", errs.Truncate(in.Reason, 100))
	}
	doc := reason.Doc()
	return new(h.reasonOf(&doc)), nil
}

func (h *handlers) reasonOf(d *errs.ReasonDoc) ReasonResponse {
	return ReasonResponse{
		Reason: string(d.Reason), Type: d.Type, Status: d.Code, Retryable: d.Retryable, Origin: string(d.Reason.Class()), Title: d.Title, Meaning: d.What, Actor: d.Who,
		ToDo: sentences(d.Do), Try: d.Try, DocURL: h.o.BaseURL + errs.DocPath(d.Reason),
	}
}

// sentences returns the sentences of a text. A full stop within a word, as in a name of a model, ends none.
func sentences(text string) []string {
	out := strings.SplitAfter(text, ". ")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}
