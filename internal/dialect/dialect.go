// Package dialect is what the APIs of OpenAI and Anthropic have in common, as this server speaks them to their clients: a request as the
// portable model has it, an event of a stream, and failures. The formats themselves are packages below it.
package dialect

import (
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Call is a request of any dialect.
type Call struct {
	Name    string      // of the model, as the client says it
	Request llm.Request // without Model and Credentials

	Samples      int        // 0 means 1
	Inputs       json.Value // of the template of a saved Prompt: an object, or nil
	Metadata     json.Value // for the Log: an object, or nil
	Conversation string     // what the calls of one conversation share; "" if the client does not say it
	Leading      int        // messages of the instructions, which come before those of earlier calls
	Parameters   json.Value // what was asked besides the messages; nil for an answer that its client cannot come back to
	Ignored      []string   // members that have no effect, as the caller names them, in order

	Unknown func() []string // members that are not known; they are looked for when it is called. Nil for none
}

// Without lists all members without effect: those that are not known, then the others.
func (c *Call) Without() []string {
	if c.Unknown == nil {
		return c.Ignored
	}
	return slices.Concat(c.Unknown(), c.Ignored)
}

// Ignore adds member to those without effect if it was given.
func (c *Call) Ignore(given bool, member string) {
	if given {
		c.Ignored = append(c.Ignored, member)
	}
}

// Serial returns false if a request asks for one call at a time, and else nil, which is what models do anyway.
func Serial(parallel *bool) *bool {
	if parallel != nil && !*parallel {
		return parallel
	}
	return nil
}

// Number returns the number that n points to, and 0 for none.
func Number(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// Frame is an event of a stream.
type Frame struct {
	Name string // of the event, "" for none
	Data []byte // a JSON object
	More bool   // another one of the same event of the model follows
}

// StreamOptions says what a stream of OpenAI's has besides the answer.
type StreamOptions struct {
	IncludeUsage       bool `json:"include_usage,omitzero"`
	IncludeObfuscation bool `json:"include_obfuscation,omitzero"` // without effect
}

// Usage reports whether the usage is asked for. A nil o asks for nothing.
func (o *StreamOptions) Usage() bool { return o != nil && o.IncludeUsage }

// Function describes a function that a model may call, as OpenAI's clients do.
type Function struct {
	Name        string     `json:"name" required:"true"`
	Description string     `json:"description,omitempty"`
	Parameters  json.Value `json:"parameters,omitzero" object:"true"`
	Strict      bool       `json:"strict,omitzero"`
}

// Tool returns f in the portable model.
func (f *Function) Tool() llm.Tool {
	return llm.Tool{Name: f.Name, Description: f.Description, Parameters: f.Parameters, Strict: f.Strict}
}

// File returns f if it can be sent. id is that of a file which is kept elsewhere. Errors name places in the file: unsupported_parameter,
// validation_failed.
func File(f llm.File, id string) (*llm.File, error) {
	_, _, inline := f.Inline()
	switch {
	case id != "":
		return nil, Unsupported("No files are kept here. Send the file itself, or its address.", "file_id")
	case f.Data != "" && !inline:
		return nil, errs.Invalid("must be a data URI in base64, as data:application/pdf;base64,…", "file_data")
	case f.URL != "" && !(llm.ImageURL{URL: f.URL}).Remote():
		return nil, errs.Invalid("must be an http or https URL", "file_url")
	case f.Data == "" && f.URL == "":
		return nil, errs.Invalid("A file needs its data.", "file_data")
	}
	return &f, nil
}

// Unsupported refuses a member that the portable model cannot carry.
func Unsupported(message string, place ...any) error {
	e := errs.Invalid(message, place...)
	e.Reason, e.Violations[0].Type = errs.UnsupportedParameter, string(errs.UnsupportedParameter)
	return e
}
