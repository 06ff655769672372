package openai

import (
	"slices"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/vendor"
)

// chatIDs are the ids of tool calls that OpenAI's chat takes. Others say nothing of a limit, so none is lower.
var chatIDs = llm.CallIDs{Max: 40}

// turns is the chat of r as the chat endpoint of v takes it.
func (v *Vendor) turns(r *llm.Request) []llm.Message {
	chat := r.Messages
	if !v.Takes(vendor.Tools) {
		chat = llm.WithoutTools(chat)
	}
	if slices.ContainsFunc(chat, v.silent) {
		chat = slices.DeleteFunc(slices.Clone(chat), v.silent)
	}
	ids := chatIDs
	if v.CallIDLength > 0 {
		ids = llm.CallIDs{Exact: v.CallIDLength}
	}
	chat = ids.Rename(chat)
	if v.Alternates {
		chat = llm.Joined(chat)
	}
	if v.AnswersTools {
		chat = answered(chat)
	}
	return chat
}

// silent reports whether m is an answer that holds no calls and nothing to read that v takes.
func (v *Vendor) silent(m llm.Message) bool {
	if m.Role != llm.Assistant || len(m.ToolCalls) > 0 || len(m.Content.List()) > 0 {
		return false
	}
	return v.Reasoning == vendor.ReasoningDropped || thoughts(&m) == ""
}

// done is the answer that stands for the one which a model never gave.
const done = "Done."

// answered puts an answer between the result of a tool and whoever speaks next.
func answered(chat []llm.Message) []llm.Message {
	out := make([]llm.Message, 0, len(chat))
	for i := range chat {
		if i > 0 && chat[i-1].Role == llm.ToolRole && chat[i].Role != llm.ToolRole && chat[i].Role != llm.Assistant {
			out = append(out, llm.Message{Role: llm.Assistant, Content: llm.Text(done)})
		}
		out = append(out, chat[i])
	}
	return out
}
