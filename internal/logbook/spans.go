package logbook

import (
	"context"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/otlp"
	"github.com/openloop-server/openloop/internal/relay"
)

// maxEntries is the largest number of spans held as Logs at once.
const maxEntries = 1024

// ImportSpans records an export, and returns the ids of its Logs in order. Spans that cannot become Logs are added to the batch's Refusals;
// the others are stored. An error is a temporary failure, after which the whole export can be sent again.
func (b *Book) ImportSpans(ctx context.Context, batch *otlp.Batch) (ids []string, err error) {
	ids = []string{}
	for spans := range batch.Entries(maxEntries) {
		entries := make([]Entry, len(spans))
		for i := range spans {
			s := &spans[i]
			s.Log.Usage = s.Usage
			b.price(s)
			entries[i] = Entry{Ref: file.Ref{Path: s.Path}, Content: s.Content, Log: s.Log}
		}
		for i, err := range b.Import(ctx, entries) {
			switch {
			case err == nil:
				ids = append(ids, spans[i].Log.ID)
			case refusable(err):
				batch.Refusals.Add("The span for `" + spans[i].Path + "` cannot be kept: " + errs.From(err).Message)
			default:
				return nil, err
			}
		}
	}
	for _, t := range batch.Traces() {
		if err := b.adopt(ctx, &t); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// price sets the cost of a call, unless the span has one. It uses the price of the model that answered, or else of the requested one.
func (b *Book) price(s *otlp.SpanLog) {
	asked, ok := s.Content.(*file.Prompt)
	l := &s.Log
	if !ok || !s.Usage.Known || l.PromptCost != nil || l.OutputCost != nil {
		return
	}
	for _, model := range []string{l.Model, asked.Model} {
		if l.PromptCost == nil {
			l.PromptCost, l.OutputCost = relay.Cost(b.o.Models, l.Provider, model, s.Usage)
		}
	}
}

// refusable reports whether err concerns a single span and is permanent.
func refusable(err error) bool {
	code := errs.From(err).Reason.Code()
	return code >= 400 && code < 500 && code != 429
}

// adopt moves spans below the root of their trace if they arrived before it and did not know its id.
func (b *Book) adopt(ctx context.Context, t *otlp.Trace) error {
	alias := t.Alias
	if alias == "" && len(t.Open) > 0 {
		root, err := b.o.DB.Log(ctx, t.Root)
		if errs.Is(err, errs.LogNotFound) {
			return nil // it will adopt them
		}
		if err != nil {
			return err
		}
		alias = t.AliasIn(root)
	}
	if alias == "" {
		return nil
	}
	return b.o.DB.Adopt(ctx, t.Root, alias)
}
