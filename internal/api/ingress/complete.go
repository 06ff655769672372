package ingress

import (
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// complete has a model go on from a text. One that can only chat, and a saved Prompt, are given the text as the message of a user.
func (s *Service) complete(c *dialect.Call, in *gateway.CallInput) error {
	if p := in.Prompt; p != nil && s.Relay.Completes(p.Provider, p.Model) {
		p.Endpoint, p.Template = llm.Complete, &file.PromptTemplate{Text: "{{" + inputOfText + "}}"}
		in.Inputs = append(json.AppendString([]byte(`{"`+inputOfText+`":`), c.Request.Prompt), '}')
		in.Suffix = c.Request.Suffix
		return nil
	}
	switch {
	case c.Request.Suffix != "":
		return dialect.Unsupported("This model chats, and cannot fill in what comes before a text.", "suffix")
	case c.Request.LogProbs != nil:
		return dialect.Unsupported("This model chats, and its probabilities have another form. Ask for them in a chat.", "logprobs")
	}
	in.Messages = []llm.Message{{Role: llm.User, Content: llm.Text(c.Request.Prompt)}}
	return nil
}

// inputOfText is the variable of a model's Prompt that a text to go on from is the value of.
const inputOfText = "prompt"
