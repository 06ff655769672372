package openai

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
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
	logID, ok := strings.CutPrefix(id, responses.IDPrefix)
	if !ok {
		return nil, missing(id, param)
	}
	return k.ofLog(ctx, logID, missing(id, param))
}

func missing(id, param string) error {
	return errs.New(errs.ResourceNotFound, "No response %q of this key is kept here.", errs.Truncate(id, maxID)).At(param)
}

// ofLog returns the response that a Log has. It fails with missing if the caller's key cannot come back to that.
func (k keptResponses) ofLog(ctx context.Context, logID string, missing error) (*kept, error) {
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
func (k keptResponses) resume(ctx context.Context, in *createResponse, c *dialect.Call) error {
	id := in.params().PreviousResponseID
	if id == "" {
		return nil
	}
	last, err := k.previous(ctx, in, id)
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

// previous is the response that a request goes on from.
func (k keptResponses) previous(ctx context.Context, in *createResponse, id string) (*kept, error) {
	if in.before != nil {
		return k.ofLog(ctx, in.before.LogID, missing(id, placeOfPrevious))
	}
	return k.find(ctx, id, placeOfPrevious)
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
func (k keptResponses) get(ctx context.Context, in *getResponse) (*ingress.Reply[*responses.Response], error) {
	if in.Stream {
		return nil, dialect.Unsupported("The events of a response are not kept. Leave out stream.", "stream")
	}
	if told, _, ok, err := k.elsewhere(ctx, in.ID, llm.Kept{Method: http.MethodGet}); ok || err != nil {
		return &ingress.Reply[*responses.Response]{Native: told}, err
	}
	r, err := k.find(ctx, in.ID, placeOfID)
	if err != nil {
		return nil, err
	}
	return &ingress.Reply[*responses.Response]{Made: r.response()}, nil
}

const placeOfID = "response_id"

type deletedResponse struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Deleted bool   `json:"deleted"`
}

// remove deletes what was asked and said, at the provider too if that keeps it. The Log stays, for its counts and costs.
func (k keptResponses) remove(ctx context.Context, in *keptResponse) (*deletedResponse, error) {
	_, logID, ok, err := k.elsewhere(ctx, in.ID, llm.Kept{Method: http.MethodDelete})
	if err != nil {
		return nil, err
	}
	if !ok {
		r, err := k.find(ctx, in.ID, placeOfID)
		if err != nil {
			return nil, err
		}
		logID = r.log.ID
	}
	_, err = k.DB.UpdateLog(ctx, logID, func(l *trace.Log) error {
		l.PayloadDropped = true
		return nil
	})
	if errs.Is(err, errs.LogNotFound) {
		err = nil // it was deleted before
	}
	return &deletedResponse{in.ID, "response", true}, err
}

// cancel refuses, once it is known that there is something that could be cancelled. A provider decides that by itself.
func (k keptResponses) cancel(ctx context.Context, in *keptResponse) (*ingress.Reply[*responses.Response], error) {
	if told, _, ok, err := k.elsewhere(ctx, in.ID, llm.Kept{Method: http.MethodPost, Below: "cancel"}); ok || err != nil {
		return &ingress.Reply[*responses.Response]{Native: told}, err
	}
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

// query is the part of a request for a list that goes to a provider.
func (in *listItems) query() url.Values {
	out := url.Values{"limit": {strconv.Itoa(in.Limit)}, "order": {in.Order}}
	if in.After != "" {
		out.Set("after", in.After)
	}
	return out
}

type itemList struct {
	Object  string  `json:"object"`
	Data    []any   `json:"data"`
	FirstID *string `json:"first_id"`
	LastID  *string `json:"last_id"`
	HasMore bool    `json:"has_more"`
}

// list lists the items of the input.
func (k keptResponses) list(ctx context.Context, in *listItems) (*ingress.Reply[*itemList], error) {
	if told, _, ok, err := k.elsewhere(ctx, in.ID, llm.Kept{Method: http.MethodGet, Below: "input_items", Query: in.query()}); ok || err != nil {
		return &ingress.Reply[*itemList]{Native: told}, err
	}
	r, err := k.find(ctx, in.ID, placeOfID)
	if err != nil {
		return nil, err
	}
	made, err := in.page(r.items())
	return &ingress.Reply[*itemList]{Made: made}, err
}

// page is the part of items that is asked for.
func (in *listItems) page(items []any) (*itemList, error) {
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
