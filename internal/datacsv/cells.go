package datacsv

import (
	"strings"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

func (r *reader) datapoint(cells []string) file.Datapoint {
	d := file.Datapoint{Inputs: map[string]string{}}
	var members []byte // of the target
	for i, cell := range cells {
		c := &r.columns[i]
		switch {
		case c.use == input:
			d.Inputs[c.name] = cell
		case strings.TrimSpace(cell) == "":
		case c.use == messages:
			d.Messages = r.messages(i+1, cell)
		case c.use == target:
			d.Target = r.target(i+1, cell)
		case c.use == targetMember:
			members = appendMember(members, c.name, cell)
		}
	}
	if members != nil {
		d.Target = append(append([]byte{'{'}, members...), '}')
	}
	return d
}

func appendMember(members []byte, name, text string) []byte {
	if members != nil {
		members = append(members, ',')
	}
	members = append(json.AppendString(members, name), ':')
	return json.AppendString(members, text)
}

// target is an object, or an object that holds the text as its output.
func (r *reader) target(column int, cell string) json.Value {
	if strings.TrimSpace(cell)[0] != '{' {
		return append(append([]byte{'{'}, appendMember(nil, "output", cell)...), '}')
	}
	object := json.Value(strings.TrimSpace(cell))
	if err := json.Unmarshal(object, new(json.Value)); err != nil {
		r.addf(r.line(), column, "the target begins like a JSON object and is not valid JSON (%s); for a text like this, name the column target.output", json.Describe(object, err).Reason)
		return nil
	}
	if _, err := json.CanonicalExact(object); err != nil {
		r.add(r.line(), column, "the target holds an object that names a member twice")
		return nil
	}
	return object
}

func (r *reader) messages(column int, cell string) []llm.Message {
	var list []llm.Message
	if json.Kind([]byte(cell)) != '[' {
		r.add(r.line(), column, "the messages are not a JSON list")
		return nil
	}
	if err := json.Unmarshal([]byte(cell), &list); err != nil {
		if f := json.Describe([]byte(cell), err); f.Syntax {
			r.addf(r.line(), column, "the messages are not valid JSON: %s", f.Reason)
		} else {
			r.addf(r.line(), column, "the messages are not a list of messages: %s at %s", f.Reason, f.Pointer)
		}
		return nil
	}
	for i := range list {
		if problem := problemOf(&list[i]); problem != "" {
			r.addf(r.line(), column, "message %d %s", i+1, problem)
		}
	}
	return list
}

// problemOf says what is wrong with a message, "" when nothing is.
func problemOf(m *llm.Message) string {
	switch m.Role {
	case llm.User, llm.Assistant, llm.System, llm.ToolRole, llm.Developer:
	case "":
		return "has no role"
	default:
		return "has a role that is none of user, assistant, system, tool and developer"
	}
	for _, p := range m.Content.Parts {
		if p.Type != llm.TextPart && (p.Type != llm.ImagePart || p.ImageURL == nil || p.ImageURL.URL == "") {
			return "has a part that is neither a text nor an image"
		}
	}
	return ""
}
