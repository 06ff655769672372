package mcp

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web"
)

// post answers one message.
func (s *server) post(w http.ResponseWriter, r *http.Request, body []byte) {
	m, err := readMessage(r.Header, body)
	if err != nil {
		web.Fail(w, r, err)
		return
	}
	web.Annotate(r.Context(), slog.String("mcp_method", errs.Clean(m.Method, maxShown)), slog.String("mcp_name", errs.Clean(m.name(), maxShown)))
	about := &request{ctx: r.Context(), environment: r.URL.Query().Get("environment"), version: r.Header.Get("Mcp-Protocol-Version")}
	r = r.WithContext(context.WithValue(r.Context(), requestKey{}, about))
	r.Header = r.Header.Clone()
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream") // there is one answer, whatever the client prefers
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.http.ServeHTTP(&answers{ResponseWriter: w, request: r}, r)
	if about.failed != nil && about.ctx.Err() == nil {
		web.Annotate(about.ctx, slog.String("reason", string(errs.From(about.failed).Reason)))
	}
}

const (
	maxShown  = 128
	getPrompt = "prompts/get"
)

// message is what is checked of a JSON-RPC message before the protocol's own code reads it.
type message struct {
	Method string `json:"method"`
	Params struct {
		Name      string     `json:"name"`
		Cursor    string     `json:"cursor"`
		Arguments json.Value `json:"arguments"`
		Meta      json.Value `json:"_meta"`
	} `json:"params"`
}

// name is that of the tool or prompt that the message is about.
func (m *message) name() string { return m.Params.Name }

// readMessage refuses what is no JSON-RPC message. Members of the wrong type are faults of the request.
func readMessage(h http.Header, body []byte) (*message, error) {
	if media, _, err := mime.ParseMediaType(h.Get("Content-Type")); err != nil || media != "application/json" {
		return nil, errs.New(errs.UnsupportedMediaType, "A message of the protocol is sent as JSON in UTF-8, with Content-Type: application/json.")
	}
	m := new(message)
	err := json.Unmarshal(body, m)
	switch fault := json.Describe(body, err); {
	case err == nil && json.Kind(m.Params.Arguments) != '{' && !json.Blank(m.Params.Arguments):
		return nil, errs.Invalid("The arguments of a call are an object.", "params", "arguments")
	case err == nil && json.Kind(m.Params.Meta) != '{' && !json.Blank(m.Params.Meta):
		return nil, errs.Invalid("This is an object.", "params", "_meta")
	case err == nil && m.Method == getPrompt && json.Unmarshal(json.ObjectOrEmpty(m.Params.Arguments), new(map[string]string)) != nil:
		return nil, errs.Invalid("The arguments of a prompt are texts.", "params", "arguments")
	case err == nil && m.Method == "":
		return nil, errs.New(errs.MalformedRequest, "The body is no message of the protocol: it has no method.")
	case err == nil:
		return m, nil
	case json.Kind(body) == '[' && json.Valid(body):
		return nil, errs.New(errs.MalformedRequest, "A request holds one message. Send those of a batch one by one.")
	case fault.Syntax || fault.UTF8:
		return nil, errs.New(errs.InvalidJSON, "The body is not valid JSON: see line %d, column %d.", fault.Line, fault.Column)
	default:
		return nil, errs.New(errs.MalformedRequest, "The body is no message of the protocol: see line %d, column %d.", fault.Line, fault.Column)
	}
}

// answers replaces the plain texts with which the protocol's code refuses a request by errors of the contract.
type answers struct {
	http.ResponseWriter

	request *http.Request
	refused bool
}

// WriteHeader implements [http.ResponseWriter].
func (a *answers) WriteHeader(status int) {
	if media := a.Header().Get("Content-Type"); status >= http.StatusBadRequest && strings.HasPrefix(media, "text/plain") {
		a.refused = true
		a.Header().Del("Content-Length")
		return
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write implements [io.Writer].
func (a *answers) Write(p []byte) (int, error) {
	if !a.refused {
		return a.ResponseWriter.Write(p)
	}
	why := strings.TrimSpace(strings.TrimPrefix(string(p), "Bad Request:"))
	web.Fail(a.ResponseWriter, a.request, errs.New(errs.MalformedRequest, "The message does not follow the protocol: %s", why))
	return len(p), nil
}

// Unwrap is for [http.ResponseController].
func (a *answers) Unwrap() http.ResponseWriter { return a.ResponseWriter }
