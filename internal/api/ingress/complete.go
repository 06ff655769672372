package ingress

import (
	"slices"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// complete has a model go on from a text. One that can only chat, and a saved Prompt, are given the text as the message of a user.
func (s *Service) complete(c *dialect.Call, in *gateway.CallInput) error {
	if p := in.Prompt; p != nil && s.completes(in) {
		p.Endpoint, p.Template = llm.Complete, &file.PromptTemplate{Text: "{{" + inputOfText + "}}"}
		in.Inputs = append(json.AppendString([]byte(`{"`+inputOfText+`":`), c.Request.Prompt), '}')
		in.Suffix = c.Request.Suffix
		return nil
	}
	further := json.Names(c.Request.Other)
	switch {
	case c.Request.Suffix != "":
		return dialect.Unsupported("This model chats, and cannot fill in what comes before a text.", "suffix")
	case c.Request.LogProbs != nil:
		return dialect.Unsupported("This model chats, and its probabilities have another form. Ask for them in a chat.", "logprobs")
	case slices.Contains(further, "echo"):
		return dialect.Unsupported("This model chats, and does not repeat what it was asked.", "echo")
	case slices.Contains(further, "best_of"):
		return dialect.Unsupported("This model chats, and none of its answers is chosen. Ask for several by n.", "best_of")
	}
	in.Messages = []llm.Message{{Role: llm.User, Content: llm.Text(c.Request.Prompt)}}
	return nil
}

// completes reports whether all models that may answer go on from a text.
func (s *Service) completes(in *gateway.CallInput) bool {
	for i := range in.Among {
		if d := &in.Among[i]; !s.Relay.Completes(d.Provider, d.Model) {
			return false
		}
	}
	return len(in.Among) > 0 || s.Relay.Completes(in.Prompt.Provider, in.Prompt.Model)
}

// inputOfText is the variable of a model's Prompt that a text to go on from is the value of.
const inputOfText = "prompt"
