package responses

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// OfferedTool is a tool that the model may call: a function, flat or nested as in Chat Completions, a custom tool that takes a text, or a namespace of them.
type OfferedTool struct {
	Type        string            `json:"type" required:"true" known:"function,custom,namespace,web_search"`
	Name        string            `json:"name,omitempty"`
	Description string            `json:"description,omitempty"`
	Parameters  json.Value        `json:"parameters,omitzero" object:"true"`
	Strict      bool              `json:"strict,omitzero"`
	Function    *dialect.Function `json:"function,omitzero"`
	Format      *CustomFormat     `json:"format,omitzero"`
	Tools       []OfferedTool     `json:"tools,omitempty"`

	ExternalWebAccess *bool `json:"external_web_access,omitzero"`
}

// CustomFormat is which texts a custom tool takes.
type CustomFormat struct {
	Type       string `json:"type" required:"true" enum:"text,grammar"`
	Syntax     string `json:"syntax,omitempty"`
	Definition string `json:"definition,omitempty"`
}

// The types of tools.
const (
	functionTool  = "function"
	customTool    = "custom"
	namespaceTool = "namespace"
	webSearchTool = "web_search"
	allowedTools  = "allowed_tools"
)

// origin is a tool as the client knows it.
type origin struct {
	name, namespace string
	custom          bool
}

// offer sets the tools of c and which of them is called.
func (r *ResponseParams) offer(c *dialect.Call) error {
	for i := range r.Tools {
		if err := r.offerOne(c, &r.Tools[i], ""); err != nil {
			return errs.Within(err, "tools", i)
		}
		c.Ignore(isIdleSearch(&r.Tools[i]), errs.Dotted([]any{"tools", i}))
	}
	var err error
	c.Request.ToolChoice, err = r.ToolChoice.portable()
	return err
}

// offerOne adds a tool, unless it is left out by the choice. Errors name places in it.
func (r *ResponseParams) offerOne(c *dialect.Call, t *OfferedTool, namespace string) error {
	switch {
	case t.Type == namespaceTool && namespace == "" && t.Name != "":
		for i := range t.Tools {
			if err := r.offerOne(c, &t.Tools[i], t.Name); err != nil {
				return errs.Within(err, "tools", i)
			}
		}
		return nil
	case isIdleSearch(t):
		return nil
	case t.Type != functionTool && t.Type != customTool && t.Type != namespaceTool:
		return dialect.Unsupported("No provider's own tools can be used here, as "+errs.Truncate(t.Type, maxShown)+" is. Give the model a function.", "type")
	}
	tool := t.portable()
	if tool.Name == "" || t.Type == namespaceTool {
		return errs.Invalid("A tool needs a name, and a namespace holds no other.", "name")
	}
	tool.Name = joinedName(namespace, tool.Name)
	if r.ToolChoice.allows(tool.Name) {
		c.Request.Tools = append(c.Request.Tools, tool)
	}
	return nil
}

// isIdleSearch reports whether t is a web search that may not search.
func isIdleSearch(t *OfferedTool) bool {
	return strings.HasPrefix(t.Type, webSearchTool) && t.ExternalWebAccess != nil && !*t.ExternalWebAccess
}

func (t *OfferedTool) portable() llm.Tool {
	switch {
	case t.Type == customTool:
		return llm.Tool{Name: t.Name, Description: t.Description + t.Format.described(), Parameters: json.Value(customParameters)}
	case t.Function != nil:
		return t.Function.Tool()
	}
	return llm.Tool{Name: t.Name, Description: t.Description, Parameters: t.Parameters, Strict: t.Strict}
}

// customParameters are those of the function that a custom tool is for models.
const customParameters = `{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false}`

type customInput struct {
	Input string `json:"input"`
}

func (f *CustomFormat) described() string {
	if f == nil || f.Definition == "" {
		return ""
	}
	return "\n\nThe input must match this grammar (" + f.Syntax + "):\n" + f.Definition
}

// customText is the text for a custom tool in the arguments of a call. A model that wrote no such object wrote the text itself.
func customText(arguments string) string {
	var in struct {
		Input *string `json:"input"`
	}
	if err := json.UnmarshalForeign([]byte(arguments), &in); err != nil || in.Input == nil {
		return arguments
	}
	return *in.Input
}

const (
	maxName  = 64 // bytes of a name that all providers take
	hashed   = 8  // of which tell a name that is cut
	nameJoin = "__"
)

// joinedName is the name for a model of a tool in a namespace. It is the same each time.
func joinedName(namespace, name string) string {
	if namespace == "" || name == "" {
		return name
	}
	out := strings.TrimSuffix(namespace, nameJoin) + nameJoin + name
	if len(out) <= maxName {
		return out
	}
	sum := sha256.Sum256([]byte(out))
	return out[:maxName-hashed-1] + "_" + hex.EncodeToString(sum[:])[:hashed]
}

// origins returns the tools by the names that models know.
func (r *ResponseParams) origins() map[string]origin {
	out := map[string]origin{}
	for i := range r.Tools {
		t := &r.Tools[i]
		if t.Type != namespaceTool {
			out[t.portable().Name] = origin{name: t.portable().Name, custom: t.Type == customTool}
			continue
		}
		for j := range t.Tools {
			name := t.Tools[j].portable().Name
			out[joinedName(t.Name, name)] = origin{name: name, namespace: t.Name, custom: t.Tools[j].Type == customTool}
		}
	}
	return out
}

// ChosenTool says whether the model must call a tool, and which: a word, or an object that names a tool or the tools allowed.
type ChosenTool struct {
	Mode string // "none", "auto", "required"; "" for an object
	Type string // of the object
	Name string // of the tool, as models know it

	AllowedMode string   // of the tools allowed
	Allowed     []string // their names, as models know them

	object *choiceObject
}

// IsZero reports whether nothing was said.
func (c ChosenTool) IsZero() bool { return c.Mode == "" && c.Type == "" }

// JSONSchema implements [schema.Schemer].
func (ChosenTool) JSONSchema() *schema.Schema {
	return schema.OneOf("", "\"none\", \"auto\", \"required\" or an object with a type", "",
		schema.Enum(llm.ToolsNone, llm.ToolsAuto, llm.ToolsRequired), schema.Of[choiceObject]())
}

type choiceObject struct {
	Type      string         `json:"type" required:"true" known:"function,custom,allowed_tools"`
	Name      string         `json:"name,omitempty"`
	Namespace string         `json:"namespace,omitempty"`
	Function  *choiceNamed   `json:"function,omitzero"`
	Mode      string         `json:"mode,omitempty" enum:"auto,required"`
	Tools     []choiceObject `json:"tools,omitempty"`
}

type choiceNamed struct {
	Name string `json:"name" required:"true"`
}

func (o *choiceObject) named() string {
	if o.Function != nil {
		return o.Function.Name
	}
	return joinedName(o.Namespace, o.Name)
}

// UnmarshalJSONFrom reads a word, an object, or null.
func (c *ChosenTool) UnmarshalJSONFrom(dec *json.Decoder) error {
	*c = ChosenTool{}
	switch dec.PeekKind() {
	case json.KindNull:
		return dec.SkipValue()
	case json.KindString:
		return json.Decode(dec, &c.Mode)
	case json.KindObject:
		o := new(choiceObject)
		err := json.Decode(dec, o)
		*c = ChosenTool{Type: o.Type, Name: o.named(), AllowedMode: o.Mode, object: o}
		for i := range o.Tools {
			c.Allowed = append(c.Allowed, o.Tools[i].named())
		}
		return err
	default:
		return json.WrongKind(dec, "a string or an object")
	}
}

// MarshalJSONTo writes the choice as it was read.
func (c ChosenTool) MarshalJSONTo(enc *json.Encoder) error {
	if c.object != nil {
		return json.Encode(enc, c.object)
	}
	return json.Encode(enc, cmp.Or(c.Mode, llm.ToolsAuto))
}

func (c *ChosenTool) allows(name string) bool {
	return c.Type != allowedTools || slices.Contains(c.Allowed, name)
}

func (c *ChosenTool) portable() (llm.ToolChoice, error) {
	switch c.Type {
	case "":
		return llm.ToolChoice{Mode: c.Mode}, nil
	case functionTool, customTool:
		return llm.ToolChoice{Mode: llm.ToolsFunction, Function: c.Name}, nil
	case allowedTools:
		return llm.ToolChoice{Mode: c.AllowedMode}, nil
	}
	return llm.ToolChoice{}, dialect.Unsupported("A function or a custom tool can be chosen here.", "tool_choice", "type")
}
