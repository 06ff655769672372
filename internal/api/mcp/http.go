package mcp

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"

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
	web.Annotate(r.Context(), slog.String("mcp_method", errs.Clean(m.Method, maxShown)), slog.String("mcp_name", errs.Clean(m.Params.Name, maxShown)))
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

// readMessage refuses what is no JSON-RPC message. Members of the wrong type are faults of the request.
func readMessage(h http.Header, body []byte) (*message, error) {
	if media, _, err := mime.ParseMediaType(h.Get("Content-Type")); err != nil || media != "application/json" {
		return nil, errs.New(errs.UnsupportedMediaType, "A message of the protocol is sent as JSON in UTF-8, with Content-Type: application/json.")
	}
	m := new(message)
	err := json.Unmarshal(body, m)
	if err == nil {
		return m, m.check()
	}
	switch fault := json.Describe(body, err); {
	case json.Kind(body) == '[' && json.Valid(body):
		return nil, errs.New(errs.MalformedRequest, "A request holds one message. Send those of a batch one by one.")
	case fault.Syntax || fault.UTF8:
		return nil, errs.New(errs.InvalidJSON, "The body is not valid JSON: see line %d, column %d.", fault.Line, fault.Column)
	default:
		return nil, errs.New(errs.MalformedRequest, "The body is no message of the protocol: see line %d, column %d.", fault.Line, fault.Column)
	}
}

func (m *message) check() error {
	p := &m.Params
	switch {
	case m.Method == "":
		return errs.New(errs.MalformedRequest, "The body is no message of the protocol: it has no method.")
	case json.Kind(p.Arguments) != '{' && !json.Blank(p.Arguments):
		return errs.Invalid("The arguments of a call are an object.", "params", "arguments")
	case json.Kind(p.Meta) != '{' && !json.Blank(p.Meta):
		return errs.Invalid("This is an object.", "params", "_meta")
	case m.Method == getPrompt && json.Unmarshal(json.ObjectOrEmpty(p.Arguments), new(map[string]string)) != nil:
		return errs.Invalid("The arguments of a prompt are texts.", "params", "arguments")
	}
	return nil
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
		_, err := a.ResponseWriter.Write(withoutCode(p))
		return len(p), err
	}
	why := "The message does not follow the protocol."
	if text, ok := strings.CutPrefix(string(p), "Bad Request: "); ok { // what it means, and nothing of how it was read
		why += " " + strings.TrimSpace(text) + "."
	}
	web.Fail(a.ResponseWriter, a.request, errs.New(errs.MalformedRequest, "%s", why))
	return len(p), nil
}

// withoutCode replaces the message of an error about parameters of the wrong type, which tells how the protocol's code is written.
func withoutCode(answer []byte) []byte {
	var m struct {
		Version string     `json:"jsonrpc"`
		ID      json.Value `json:"id"`
		Error   struct {
			Code    int    `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if !bytes.Contains(answer, []byte(`"handling '`)) || json.UnmarshalForeign(answer, &m) != nil || !strings.HasPrefix(m.Error.Message, "handling '") {
		return answer
	}
	m.Error.Code, m.Error.Message = jsonrpc.CodeInvalidParams, "The parameters are not those of the method."
	out, err := json.Marshal(m)
	if err != nil { // what was read can be written
		return answer
	}
	return out
}

// Unwrap is for [http.ResponseController].
func (a *answers) Unwrap() http.ResponseWriter { return a.ResponseWriter }
