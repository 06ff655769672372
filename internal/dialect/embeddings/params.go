// Package embeddings is OpenAI's Embeddings API, as a server speaks it (https://platform.openai.com/docs/api-reference/embeddings).
package embeddings

import (
	"slices"
	"strconv"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// Params is the body of POST /v1/embeddings.
type Params struct {
	Model          string `json:"model" required:"true" minlen:"1"`
	Input          Input  `json:"input" required:"true"`
	EncodingFormat string `json:"encoding_format,omitempty" enum:"float,base64"`
	Dimensions     *int   `json:"dimensions,omitzero" min:"1" max:"65536"`
	User           string `json:"user,omitempty"`
	InputType      string `json:"input_type,omitempty"` // of providers that tell uses apart, as Cohere does
}

// MaxInputs is the largest number of inputs in a request, as at OpenAI.
const MaxInputs = 2048

// Input is a text, a list of texts, a list of tokens, or a list of such lists.
type Input struct {
	Texts  []string
	Tokens [][]int64
	Single bool // it was no list of inputs
}

const inputForms = "a string, a list of strings, a list of tokens, or a list of lists of tokens"

// JSONSchema implements [schema.Schemer].
func (Input) JSONSchema() *schema.Schema {
	return schema.TextOr(inputForms, schema.Any())
}

// UnmarshalJSONFrom reads each of the forms.
func (in *Input) UnmarshalJSONFrom(dec *json.Decoder) error {
	*in = Input{}
	var text string
	var list []json.Value
	set, err := json.TextOrList(dec, &text, &list, inputForms)
	switch {
	case err != nil || !set:
		return err
	case list == nil:
		in.Texts, in.Single = []string{text}, true
		return nil
	}
	return in.read(list)
}

// read reads a list, all of whose items are of the kind of the first. Others stay for [Params.Passages] to refuse: as no text, or no tokens.
func (in *Input) read(list []json.Value) error {
	if len(list) == 0 {
		return nil
	}
	switch json.Kind(list[0]) {
	case '[':
		in.Tokens = make([][]int64, len(list))
		for i, item := range list {
			if json.Unmarshal(item, &in.Tokens[i]) != nil {
				in.Tokens[i] = nil
			}
		}
	case '"':
		in.Texts = make([]string, len(list))
		for i, item := range list {
			_ = json.Unmarshal(item, &in.Texts[i]) // what is no text is an empty one
		}
	default:
		in.Single, in.Tokens = true, [][]int64{make([]int64, len(list))}
		for i, item := range list {
			n, err := strconv.ParseInt(string(item), 10, 64)
			if err != nil {
				n = -1
			}
			in.Tokens[0][i] = n
		}
	}
	return nil
}

// Passages returns what vectors are asked for. Errors: validation_failed, for all inputs at once.
func (p *Params) Passages() (*llm.Passages, error) {
	out := &llm.Passages{Texts: p.Input.Texts, Tokens: p.Input.Tokens, Dimensions: dialect.Number(p.Dimensions), InputType: p.InputType}
	switch n := out.Len(); {
	case n == 0:
		return nil, errs.Invalid("There is nothing to make vectors of.", "input")
	case n > MaxInputs:
		return nil, errs.Invalid("A request has at most "+strconv.Itoa(MaxInputs)+" inputs, and this one has "+strconv.Itoa(n)+".", "input")
	}
	return out, p.Input.check()
}

// check refuses inputs of which no vector can be made.
func (in *Input) check() error {
	var all *errs.Error
	refuse := func(i int, message string) {
		one := errs.Invalid(message, in.place(i)...)
		if all == nil {
			all = one
		} else if len(all.Violations) < maxViolations {
			all.Violations = append(all.Violations, one.Violations...)
		}
	}
	for i, text := range in.Texts {
		if text == "" {
			refuse(i, "An input must be a text that is not empty.")
		}
	}
	for i, tokens := range in.Tokens {
		if len(tokens) == 0 || slices.Min(tokens) < 0 {
			refuse(i, "An input must be a list of tokens, which are whole numbers from 0.")
		}
	}
	if all == nil {
		return nil
	}
	return all
}

const maxViolations = 20

// place returns the place of an input in the body.
func (in *Input) place(i int) []any {
	if in.Single {
		return []any{"input"}
	}
	return []any{"input", i}
}

// Log returns what a Log keeps as the inputs of the call.
func (p *Params) Log() json.Value {
	return json.AppendValue(nil, &logged{Input: &p.Input, Dimensions: dialect.Number(p.Dimensions), InputType: p.InputType})
}

type logged struct {
	Input      *Input `json:"input"`
	Dimensions int    `json:"dimensions,omitzero"`
	InputType  string `json:"input_type,omitempty"`
}

// MarshalJSONTo writes the input as it was given.
func (in *Input) MarshalJSONTo(enc *json.Encoder) error {
	switch {
	case in.Single && in.Texts != nil:
		return json.Encode(enc, in.Texts[0])
	case in.Single:
		return json.Encode(enc, in.Tokens[0])
	case in.Tokens != nil:
		return json.Encode(enc, in.Tokens)
	}
	return json.Encode(enc, in.Texts)
}
