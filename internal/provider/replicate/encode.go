package replicate

import (
	"net/url"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// encode translates r into the path and the body that create a prediction.
func encode(r *llm.Request, stream bool) (path string, body json.Value, err error) {
	if slices.ContainsFunc(r.Stop, func(s string) bool { return strings.Contains(s, ",") }) {
		return "", nil, llm.Unsupported("stop", "Commas divide the stop sequences of Replicate's models, so none can hold one.")
	}
	path, version := place(r.Model)
	input, err := encodeInput(r)
	if err != nil {
		return "", nil, err
	}
	body, err = json.Marshal(&request{Version: version, Input: input, Stream: stream})
	return path, body, err
}

// place is where a prediction of a model is created, and the version that its body names.
func place(model string) (path, version string) {
	if name, version, ok := strings.Cut(model, ":"); ok && strings.Contains(name, "/") {
		return "/v1/predictions", version
	}
	if deployment, ok := strings.CutPrefix(model, "deployments/"); ok && strings.Count(deployment, "/") == 1 {
		owner, name, _ := strings.Cut(deployment, "/")
		return "/v1/deployments/" + url.PathEscape(owner) + "/" + url.PathEscape(name) + "/predictions", ""
	}
	owner, name, ok := strings.Cut(model, "/")
	if !ok {
		return "/v1/predictions", model
	}
	return "/v1/models/" + url.PathEscape(owner) + "/" + url.PathEscape(name) + "/predictions", ""
}

// encodeInput is the input of the model. Its members differ from model to model, so it is no struct.
func encodeInput(r *llm.Request) (json.Value, error) {
	in := map[string]any{"prompt": r.Prompt}
	if r.Endpoint != llm.Complete {
		system, prompt, err := encodeChat(r.Messages)
		if err != nil {
			return nil, err
		}
		in["prompt"] = prompt
		if system != "" {
			in[systemMember(r.Model)] = system
		}
	}
	if r.MaxTokens > 0 {
		in[lengthMember(r.Model)] = r.MaxTokens
	}
	set(in, "temperature", r.Temperature)
	set(in, "top_p", r.TopP)
	set(in, "presence_penalty", llm.Unless(r.PresencePenalty, 0))
	set(in, "frequency_penalty", llm.Unless(r.FrequencyPenalty, 0))
	set(in, "seed", r.Seed)
	if len(r.Stop) > 0 {
		in["stop_sequences"] = strings.Join(r.Stop, ",")
	}
	return llm.Body(in, r.Other)
}

func set[T any](in map[string]any, name string, v *T) {
	if v != nil {
		in[name] = *v
	}
}

func systemMember(model string) string {
	if strings.HasPrefix(model, "google/gemini") {
		return "system_instruction"
	}
	return "system_prompt"
}

func lengthMember(model string) string {
	switch {
	case strings.HasPrefix(model, "openai/"):
		return "max_completion_tokens"
	case strings.HasPrefix(model, "google/gemini"):
		return "max_output_tokens"
	case strings.HasPrefix(model, "meta/llama-2"):
		return "max_new_tokens"
	default:
		return "max_tokens"
	}
}

// encodeChat writes a chat as instructions and one prompt.
func encodeChat(chat []llm.Message) (system, prompt string, err error) {
	var instructions []string
	var turns []llm.Message
	for i := range chat {
		m := &chat[i]
		if err := checkMessage(m); err != nil {
			return "", "", err
		}
		switch {
		case llm.IsBlank(m.Content.String()):
		case m.Role == llm.System || m.Role == llm.Developer:
			instructions = append(instructions, m.Content.String())
		default:
			turns = append(turns, *m)
		}
	}
	system = strings.Join(instructions, "\n\n")
	if len(turns) == 1 && turns[0].Role == llm.User {
		return system, turns[0].Content.String(), nil
	}
	return system, transcript(turns), nil
}

// transcript writes turns down. The model goes on where the assistant speaks, or after what it is to begin with.
func transcript(turns []llm.Message) string {
	var out strings.Builder
	for i := range turns {
		name := "User: "
		if turns[i].Role == llm.Assistant {
			name = "Assistant: "
		}
		if i > 0 {
			out.WriteString("\n\n")
		}
		out.WriteString(name + turns[i].Content.String())
	}
	if n := len(turns); n > 0 && turns[n-1].Role != llm.Assistant {
		out.WriteString("\n\nAssistant:")
	}
	return out.String()
}

// checkMessage refuses what a prompt has no place for.
func checkMessage(m *llm.Message) error {
	switch m.Role {
	case llm.User, llm.Assistant, llm.System, llm.Developer:
	default:
		return llm.Unsupported("messages", "Replicate's models have no messages of role %s.", m.Role)
	}
	if len(m.ToolCalls) > 0 {
		return llm.Unsupported("messages", "Replicate's models have no tools, so a chat with tool calls cannot be sent to them.")
	}
	for _, p := range m.Content.List() {
		if p.Type != llm.TextPart {
			return llm.Unsupported("messages",
				"The prompt of Replicate's models is text. What else a model takes goes into its input as a member of other, in place of a part of type %s.", p.Type)
		}
	}
	return nil
}
