package otlp

import (
	"strings"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/otlp/wire"
	"github.com/openloop-server/openloop/internal/vendor"
)

func (r *reader) model() string { return r.text(modelNames...) }

// prompt reads a call of a model.
func (r *reader) prompt(e *SpanLog) {
	p := r.kernel()
	p.Template = r.template()
	p.Attributes = r.tree("humanloop.file.attributes").object()
	e.Content = p
	l := &e.Log
	l.Provider, l.Model = p.Provider, p.Model
	r.exchange(l)
	l.Payload.ToolChoice = r.toolChoice()
	l.Payload.ProviderRequest, l.Payload.ProviderResponse = objectOf(r.get("input.value")), objectOf(r.get("output.value"))
	if answered := r.text("gen_ai.response.model", "ai.response.model"); answered != "" {
		l.Model = answered
	}
	if !l.StartTime.IsZero() && !l.EndTime.IsZero() {
		l.Latency = new(l.EndTime.Sub(l.StartTime).Seconds())
	}
	e.Usage = r.usage()
	count(l, &e.Usage)
	l.PromptCost, l.OutputCost = r.float("llm.cost.prompt"), r.float("llm.cost.completion")
}

// agent reads the work of an agent.
func (r *reader) agent(e *SpanLog) {
	p := r.kernel()
	a := &file.Agent{Prompt: *p}
	a.Prompt.Tools = nil
	for i := range p.Tools {
		a.Tools = append(a.Tools, file.AgentTool{Inline: &p.Tools[i]})
	}
	e.Content = a
	e.Log.Provider, e.Log.Model = p.Provider, p.Model
	r.exchange(&e.Log)
	r.inputs(&e.Log, workInputNames...)
	r.output(&e.Log, workOutputNames...)
	used := r.usage()
	count(&e.Log, &used)
}

// kernel is the Prompt without a template: the model and its parameters. The messages do not belong to it, since they differ in each call.
func (r *reader) kernel() *file.Prompt {
	p := &file.Prompt{
		Model:            r.model(),
		Provider:         r.provider(),
		Endpoint:         r.endpoint(),
		Temperature:      r.float(temperatureNames...),
		TopP:             r.float(topPNames...),
		PresencePenalty:  r.float(presencePenaltyNames...),
		FrequencyPenalty: r.float(frequencyPenaltyNames...),
		Seed:             r.int(seedNames...),
		Stop:             llm.Stop{Sequences: r.get(stopNames...).Texts()},
		Tools:            r.tools(),
	}
	if n := r.int(maxTokensNames...); n != nil {
		p.MaxTokens = new(int(*n))
	}
	if effort := r.text(effortNames...); effort != "" {
		p.ReasoningEffort = llm.Effort{Level: effort}
	}
	if top := r.get(topKNames...); top.Given() {
		p.Other = wire.Object(wire.Attributes{"top_k": numeric(top)}).Raw()
	}
	return p
}

// numeric is v as a number if it is one, v otherwise.
func numeric(v wire.Value) wire.Value {
	if n, ok := v.Int(); ok {
		return wire.Integer(n)
	}
	if f, ok := v.Float(); ok {
		return wire.Float(f)
	}
	return v
}

func (r *reader) endpoint() llm.Endpoint {
	switch strings.ToLower(r.text(endpointNames...)) {
	case "text_completion", "completion", "complete":
		return llm.Complete
	default:
		return llm.Chat
	}
}

func (r *reader) template() *file.PromptTemplate {
	if messages := messagesOf(r.tree("humanloop.file.template").list(), llm.User); len(messages) > 0 {
		return &file.PromptTemplate{Messages: messages}
	}
	if text := r.text("humanloop.file.template", "humanloop.file.prompt.template"); text != "" {
		return &file.PromptTemplate{Text: text}
	}
	return nil
}

// tools are the functions that the model may call.
func (r *reader) tools() []llm.Tool {
	list := r.get(toolListNames...)
	if doc := list.Document(); doc != nil {
		list = wire.Raw(doc)
	}
	items, _ := list.Items()
	for _, n := range r.tree("llm.request.functions").items() {
		items = append(items, n.value())
	}
	for _, n := range r.tree("llm.tools").items() {
		items = append(items, n.at("tool", "json_schema").value())
	}
	var tools []llm.Tool
	for _, item := range items {
		if tool := readTool(item); tool.Name != "" {
			tools = append(tools, tool)
		}
	}
	return tools
}

// looseTool is a function in any of the forms that instrumentations write.
type looseTool struct {
	Name        json.Value `json:"name"`
	Description json.Value `json:"description"`
	Parameters  json.Value `json:"parameters"`
	InputSchema json.Value `json:"inputSchema"`
	Schema      json.Value `json:"input_schema"`
	Strict      json.Value `json:"strict"`
	Function    *looseTool `json:"function"`
}

func readTool(v wire.Value) llm.Tool {
	var in looseTool
	if json.UnmarshalForeign(v.Document(), &in) != nil {
		return llm.Tool{}
	}
	if in.Function != nil {
		in = *in.Function
	}
	tool := llm.Tool{Name: first(in.Name), Description: first(in.Description), Strict: strings.EqualFold(first(in.Strict), "true")}
	for _, schema := range []json.Value{in.Parameters, in.InputSchema, in.Schema} {
		if tool.Parameters == nil {
			tool.Parameters = objectOf(wire.Raw(schema))
		}
	}
	return tool
}

// objectOf is the object that v is, or holds as text; nil if there is none.
func objectOf(v wire.Value) json.Value {
	doc := v.Document()
	if json.Kind(doc) != '{' {
		return nil
	}
	return doc
}

func (r *reader) toolChoice() *llm.ToolChoice {
	v := r.get(toolChoiceNames...)
	var named struct {
		Type     string `json:"type"`
		ToolName string `json:"toolName"`
		Function struct {
			Name string `json:"name"`
		} `json:"function"`
	}
	mode := v.Text()
	if json.UnmarshalForeign(objectOf(v), &named) == nil {
		mode = named.Type
	}
	switch mode {
	case llm.ToolsNone, llm.ToolsAuto, llm.ToolsRequired:
		return &llm.ToolChoice{Mode: mode}
	case "tool", llm.ToolsFunction:
		return &llm.ToolChoice{Mode: llm.ToolsFunction, Function: named.ToolName + named.Function.Name}
	default:
		return nil
	}
}

// providers are the conventions' names of those providers whose slug is another.
var providers = func() map[string]string {
	out := map[string]string{}
	for _, v := range vendor.All() {
		for _, name := range v.Aliases {
			out[name] = v.Slug
		}
	}
	return out
}()

// provider is the slug of the provider.
func (r *reader) provider() string { return providerOf(r.text(providerNames...)) }

func providerOf(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if slug, known := providers[name]; known {
		return slug
	}
	// The Vercel AI SDK adds the interface: openai.responses, google.generative-ai.
	if vendor, api, dotted := strings.Cut(name, "."); dotted && !strings.Contains(api, ".") {
		if slug, known := providers[vendor]; known {
			return slug
		}
		return vendor
	}
	return name
}
