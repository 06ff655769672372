package openai

import (
	"context"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/responses"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
)

// keptResponses are the responses that callers can come back to. They are Logs, and nothing else is kept of them: any process finds them.
type keptResponses struct{ *ingress.Service }

// kept is a response that is kept.
type kept struct {
	log   *trace.Log
	asked *responses.ResponseParams
}

// find returns a response that the caller's key has made. id is named by param. Errors: resource_not_found.
func (k keptResponses) find(ctx context.Context, id, param string) (*kept, error) {
	missing := errs.New(errs.ResourceNotFound, "No response %q of this key is kept here.", errs.Truncate(id, maxID)).At(param)
	logID, ok := strings.CutPrefix(id, responses.IDPrefix)
	if !ok {
		return nil, missing
	}
	l, err := k.DB.Log(ctx, logID)
	switch {
	case errs.Is(err, errs.LogNotFound):
		return nil, missing
	case err != nil:
		return nil, err
	case l.Payload.Parameters == nil || l.CreatedBy != auth.From(ctx).KeyID:
		return nil, missing
	}
	asked, err := responses.Kept(l.Payload.Parameters)
	return &kept{l, asked}, err
}

const maxID = 64 // bytes of an id in a message

// response shows the response as it was answered.
func (k *kept) response() *responses.Response {
	l, said := k.log, answered(k.log)
	if l.Error != nil {
		return responses.Failed(k.asked, l.ID, l.CreatedAt, l.Model, said, l.Detail)
	}
	return responses.NewResponse(k.asked, l.ID, l.CreatedAt, l.Model, said)
}

// input is what the response was asked with, without instructions and the messages of a template.
func (k *kept) input() []llm.Message {
	all := k.log.Payload.Messages
	return k.asked.After(all[min(k.log.Templated, len(all)):])
}

// items are those of the input.
func (k *kept) items() []any { return responses.InputItems(k.asked, k.log.ID, k.input()) }

// resume puts what a response was asked with, and what it said, in front of the input of the one that goes on from it.
func (k keptResponses) resume(ctx context.Context, r *responses.ResponseParams, c *dialect.Call) error {
	if r.PreviousResponseID == "" {
		return nil
	}
	last, err := k.find(ctx, r.PreviousResponseID, placeOfPrevious)
	if err != nil {
		return err
	}
	if last.log.Error != nil {
		return errs.Invalid("That response failed. Go on from the one before it.", placeOfPrevious)
	}
	messages := slices.Concat(c.Request.Messages[:c.Leading], last.input())
	if said := last.log.Payload.OutputMessage; said != nil {
		messages = append(messages, *said)
	}
	c.Request.Messages = append(messages, c.Request.Messages[c.Leading:]...)
	if c.Conversation == "" {
		c.Conversation = last.log.Conversation
	}
	return nil
}

const placeOfPrevious = "previous_response_id"

// lookUp replaces the references in the input by the items of earlier responses.
func (k keptResponses) lookUp(ctx context.Context, r *responses.ResponseParams) error {
	known := map[string][]any{}
	for _, i := range r.References() {
		of, place := responses.AnswerOf(r.Input.Items[i].ID), []any{"input", i, "id"}
		items, seen := known[of]
		if !seen {
			last, err := k.find(ctx, responses.IDPrefix+of, errs.Dotted(place))
			switch {
			case err == nil:
				items = slices.Concat(last.response().Output, last.items())
			case !errs.Is(err, errs.ResourceNotFound):
				return err
			}
			known[of] = items
		}
		if item, ok := responses.ItemWithID(items, r.Input.Items[i].ID); ok {
			r.Input.Items[i] = item
		}
	}
	return nil
}

type keptResponse struct {
	ID string `path:"response_id"`
}

type getResponse struct {
	keptResponse
	Stream bool `query:"stream"`
}

// get shows a response. Its events are not kept.
func (k keptResponses) get(ctx context.Context, in *getResponse) (*responses.Response, error) {
	if in.Stream {
		return nil, dialect.Unsupported("The events of a response are not kept. Leave out stream.", "stream")
	}
	r, err := k.find(ctx, in.ID, placeOfID)
	if err != nil {
		return nil, err
	}
	return r.response(), nil
}

const placeOfID = "response_id"

type deletedResponse struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Deleted bool   `json:"deleted"`
}

// remove deletes what was asked and said. The Log stays, for its counts and costs.
func (k keptResponses) remove(ctx context.Context, in *keptResponse) (*deletedResponse, error) {
	r, err := k.find(ctx, in.ID, placeOfID)
	if err != nil {
		return nil, err
	}
	_, err = k.DB.UpdateLog(ctx, r.log.ID, func(l *trace.Log) error {
		l.PayloadDropped = true
		return nil
	})
	return &deletedResponse{in.ID, "response", true}, err
}

// cancel refuses, once it is known that there is something that could be cancelled.
func (k keptResponses) cancel(ctx context.Context, in *keptResponse) (*responses.Response, error) {
	if _, err := k.find(ctx, in.ID, placeOfID); err != nil {
		return nil, err
	}
	return nil, errs.Invalid("This response was made at once. Only one that is made in the background can be cancelled.", placeOfID)
}

type listItems struct {
	keptResponse
	After string `query:"after"`
	Limit int    `query:"limit" default:"20" min:"1" max:"100"`
	Order string `query:"order" default:"desc" enum:"asc,desc"`
}

type itemList struct {
	Object  string  `json:"object"`
	Data    []any   `json:"data"`
	FirstID *string `json:"first_id"`
	LastID  *string `json:"last_id"`
	HasMore bool    `json:"has_more"`
}

// list lists the items of the input.
func (k keptResponses) list(ctx context.Context, in *listItems) (*itemList, error) {
	r, err := k.find(ctx, in.ID, placeOfID)
	if err != nil {
		return nil, err
	}
	items := r.items()
	if in.Order == "desc" {
		slices.Reverse(items)
	}
	if in.After != "" {
		i := slices.IndexFunc(items, func(item any) bool { return responses.IDOf(item) == in.After })
		if i < 0 {
			return nil, errs.Invalid("The response has no such item.", "after")
		}
		items = items[i+1:]
	}
	out := &itemList{Object: "list", Data: items}
	if len(items) > in.Limit {
		out.Data, out.HasMore = items[:in.Limit], true
	}
	if n := len(out.Data); n > 0 {
		first, last := responses.IDOf(out.Data[0]), responses.IDOf(out.Data[n-1])
		out.FirstID, out.LastID = &first, &last
	}
	return out, nil
}

// routes are the operations on responses that are kept.
func (k keptResponses) routes() []web.Route {
	const path = "/v1/responses/{response_id}"
	return []web.Route{
		{Method: "GET", Path: path, ID: "openai.response", Summary: "Show a response", Op: web.JSON(k.get)},
		{Method: "DELETE", Path: path, ID: "openai.delete_response", Summary: "Delete a response", Op: web.JSON(k.remove)},
		{Method: "GET", Path: path + "/input_items", ID: "openai.input_items", Summary: "List the items of an input", Op: web.JSON(k.list)},
		{Method: "POST", Path: path + "/cancel", ID: "openai.cancel_response", Summary: "Cancel a response", Op: web.JSON(k.cancel)},
	}
}
