package otlp

import (
	"maps"
	"strings"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/otlp/wire"
	"github.com/openloop-server/openloop/internal/trace"
)

// SpanLog is what is recorded of a span: a Log of the File at Path, of the version with Content. If the Log exists already, the entry adds to it.
type SpanLog struct {
	Path    string
	Content file.Content
	Log     trace.Log // without FileID and VersionID, and without costs unless the span has them
	Usage   llm.Usage // of a Prompt's Log

	joins string // the trace in which the application wants it
}

// reader reads one span. It records which attributes were read. The others are kept in the metadata of the Log, and so are those that say
// more than the Log has a field for (see [kept]).
type reader struct {
	span    *wire.Span
	all     wire.Attributes
	used    map[string]bool
	derived map[string]bool // names in all that were members of another attribute
	told    bucket          // a count that follows from others
	notes   wire.Attributes // more members of the metadata
}

func newReader(s *wire.Span) *reader {
	r := &reader{span: s, all: make(wire.Attributes, len(s.Attributes)), used: map[string]bool{}, derived: map[string]bool{}, notes: wire.Attributes{}}
	for i := range s.Events {
		if isDetails(s.Events[i].Name) {
			maps.Copy(r.all, s.Events[i].Attributes)
		}
	}
	maps.Copy(r.all, s.Attributes)
	for _, name := range []string{"llm.invocation_parameters", "embedding.invocation_parameters"} {
		r.used[name] = r.spread(name, invocation)
	}
	for _, name := range []string{"input.mime_type", "output.mime_type", "operation.name", "resource.name"} {
		r.used[name] = true // says nothing new
	}
	return r
}

// invocation is the prefix of parameters that OpenInference writes as one JSON text.
const invocation = "llm.invocation_parameters."

// spread turns the members of the JSON object in an attribute into attributes with a prefix. It is false if there is no object.
func (r *reader) spread(name, prefix string) bool {
	var members map[string]json.Value
	if json.UnmarshalForeign(objectOf(r.all[name]), &members) != nil {
		return false
	}
	for member, raw := range members {
		if at := prefix + member; !r.all[at].Given() {
			r.all[at] = wire.Raw(raw)
			r.derived[at] = true
		}
	}
	return true
}

// get returns the first given attribute of these names. All of them count as read, since they should say the same.
func (r *reader) get(names ...string) wire.Value {
	var v wire.Value
	for _, name := range names {
		r.used[name] = true
		if !v.Given() {
			v = r.all[name]
		}
	}
	return v
}

func (r *reader) text(names ...string) string { return r.get(names...).Text() }

func (r *reader) float(names ...string) *float64 {
	f, ok := r.get(names...).Float()
	if !ok {
		return nil
	}
	return &f
}

func (r *reader) int(names ...string) *int64 {
	n, ok := r.get(names...).Int()
	if !ok {
		return nil
	}
	return &n
}

// tree reads all attributes below prefix.
func (r *reader) tree(prefix string) *node {
	for name := range r.all {
		if strings.HasPrefix(name, prefix+".") {
			r.used[name] = true
		}
	}
	return unflatten(r.all, prefix)
}

// entry returns what to record of the span, without its place in a trace.
func (r *reader) entry() (SpanLog, error) {
	s := r.span
	e := SpanLog{Log: trace.Log{Kind: r.kind(), CreatedAt: s.Start, StartTime: s.Start, EndTime: s.End}}
	switch e.Log.Kind {
	case file.PromptKind:
		r.prompt(&e)
	case file.ToolKind:
		r.tool(&e)
	case file.AgentKind:
		r.agent(&e)
	case file.FlowKind:
		r.flow(&e)
	default:
		return e, wire.Fault("is of the kind " + clip(string(e.Log.Kind)) + "; spans can be of Prompts, Tools, Flows and Agents")
	}
	r.outcome(&e.Log)
	e.joins = r.text("ai.telemetry.metadata.humanloopTraceId", "ai.telemetry.metadata.humanloop.traceId")
	if e.Log.Kind == file.FlowKind {
		e.Log.TraceParentID = e.joins // the spans of the AI SDK's call are below it
	}
	r.reported(&e.Log)
	var problem string
	if e.Path, problem = file.CleanPath(r.path(e.Log.Kind)); problem != "" {
		return e, wire.Fault("has a path that cannot be one: " + strings.TrimSuffix(problem, "."))
	}
	switch model, needed := modelOf(e.Content); {
	case needed && model == "":
		return e, wire.Fault("is of a Prompt, and does not say which model it called")
	case len(model) > maxModel:
		return e, wire.Fault("names a model with more than 256 bytes")
	}
	e.Log.Metadata = r.metadata(&e)
	return e, nil
}

func modelOf(c file.Content) (model string, needed bool) {
	switch c := c.(type) {
	case *file.Prompt:
		return c.Model, true
	case *file.Agent:
		return c.Model, false
	default:
		return "", false
	}
}

const (
	maxModel = 256 // as in the API
	maxClip  = 40
)

// clip shortens a foreign text for a message.
func clip(s string) string {
	if len(s) > maxClip {
		s = s[:maxClip]
	}
	return strings.ToValidUTF8(s, "")
}

// kind is the kind of the File whose Log the span is.
func (r *reader) kind() file.Kind {
	if said := r.text("humanloop.file.type", "openloop.file.type"); said != "" {
		return file.Kind(strings.ToLower(said))
	}
	kind := r.convention()
	if kind == file.AgentKind && r.model() == "" {
		return file.FlowKind // an Agent has a model
	}
	if kind == file.PromptKind && r.model() == "" {
		return file.FlowKind
	}
	return kind
}

// operations maps the words of the conventions for what a span does, in lower case, to kinds.
var operations = map[string]file.Kind{
	// gen_ai.operation.name
	"chat": file.PromptKind, "text_completion": file.PromptKind, "generate_content": file.PromptKind, "embeddings": file.PromptKind,
	"execute_tool": file.ToolKind, "retrieval": file.ToolKind, "invoke_agent": file.AgentKind, "create_agent": file.AgentKind, "invoke_workflow": file.FlowKind,
	// llm.request.type
	"completion": file.PromptKind, "embedding": file.PromptKind, "rerank": file.ToolKind,
	// openinference.span.kind and traceloop.span.kind
	"llm": file.PromptKind, "tool": file.ToolKind, "retriever": file.ToolKind, "reranker": file.ToolKind, "agent": file.AgentKind,
	"chain": file.FlowKind, "workflow": file.FlowKind, "task": file.FlowKind, "guardrail": file.FlowKind, "evaluator": file.FlowKind,
	// ai.operationId
	"ai.generatetext.dogenerate": file.PromptKind, "ai.streamtext.dostream": file.PromptKind, "ai.generateobject.dogenerate": file.PromptKind,
	"ai.streamobject.dostream": file.PromptKind, "ai.embed.doembed": file.PromptKind, "ai.embedmany.doembed": file.PromptKind,
	"ai.rerank.dorerank": file.ToolKind, "ai.rerank": file.FlowKind,
	"ai.toolcall": file.ToolKind, "ai.generatetext": file.FlowKind, "ai.streamtext": file.FlowKind, "ai.generateobject": file.FlowKind,
	"ai.streamobject": file.FlowKind, "ai.embed": file.FlowKind, "ai.embedmany": file.FlowKind,
}

func (r *reader) convention() file.Kind {
	for _, name := range []string{"ai.operationId", "openinference.span.kind", "traceloop.span.kind", "gen_ai.operation.name", "llm.request.type"} {
		if kind, known := operations[strings.ToLower(r.text(name))]; known {
			return kind
		}
	}
	switch {
	case r.all["gen_ai.tool.call.id"].Given():
		return file.ToolKind
	case r.all["gen_ai.request.model"].Given() || r.all["llm.model_name"].Given():
		return file.PromptKind
	default:
		return file.FlowKind
	}
}

// outcome sets the error, the user, the session, the environment and the status of l.
func (r *reader) outcome(l *trace.Log) {
	l.Error = r.failure()
	l.User, l.SessionID = r.text(userNames...), r.text(sessionNames...)
	for _, name := range []string{"deployment.environment.name", "deployment.environment"} {
		if l.Environment == "" {
			l.Environment = r.span.Resource[name].Text()
		}
	}
	if trace.HasStatus(l.Kind) {
		l.Status = trace.Complete // a span is exported when it has ended
	}
}

// failure is the error of the span, nil when it has none.
func (r *reader) failure() *string {
	kind := r.text("error.type")
	if !r.span.Failed && kind == "" {
		return nil
	}
	message := r.span.Status
	for i := range r.span.Events {
		if e := &r.span.Events[i]; message == "" && e.Name == "exception" {
			message = e.Attributes["exception.message"].Text()
			kind = e.Attributes["exception.type"].Text()
		}
	}
	switch {
	case message == "" && kind == "":
		message = "The span failed and does not say why."
	case message == "":
		message = kind
	}
	return &message
}
