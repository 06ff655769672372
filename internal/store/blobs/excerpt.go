package blobs

import (
	"strings"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
)

// Excerpts returns the beginnings of what was asked and answered, as rows show them, without decoding the rest of a payload. Asked is the last message
// of the user, else the inputs. Answered is the output, else the first tool call, else the judgment.
func Excerpts(payload []byte) (asked, answered string, err error) {
	var inputs, user, began, output, judgment []byte
	var message llm.Message
	f := fields{rest: payload}
	for f.next() {
		switch f.num {
		case payInputs:
			inputs = f.text
		case payMessage:
			if m := f.nested(); roleOf(&m) == string(llm.User) {
				user = f.text
			}
		case payAsked:
			began = f.text
		case payOutput:
			output = f.text
		case payOutputMessage:
			message = readMessage(&f)
		case payJudgment:
			judgment = f.text
		}
	}
	if f.err != nil {
		return "", "", f.err
	}
	if user != nil {
		f := fields{field: field{text: user}}
		m := readMessage(&f)
		asked, err = trace.Begin(m.Content.String()), f.err
	}
	if asked == "" {
		asked = string(began)
	}
	if asked == "" {
		asked = begin(inputs)
	}
	switch {
	case len(output) > 0:
		answered = begin(output)
	case !message.Content.IsZero():
		answered = trace.Begin(message.Content.String())
	case len(message.ToolCalls) > 0:
		call := &message.ToolCalls[0].Function
		answered = trace.Begin(call.Name + "(" + call.Arguments + ")")
	default:
		answered = begin(judgment)
	}
	return asked, answered, err
}

// begin is [trace.Begin] without copying the whole text.
func begin(text []byte) string {
	const enough = 200 * utf8.UTFMax
	return trace.Begin(strings.ToValidUTF8(string(text[:min(len(text), enough)]), "\uFFFD"))
}

// roleOf returns the role of a message.
func roleOf(m *fields) string {
	for m.next() {
		if m.num == msgRole {
			return m.string()
		}
	}
	return ""
}

// Opening returns the messages up to the first of a user.
func Opening(asked []byte) []byte {
	f := fields{rest: asked}
	for f.next() && f.num == payMessage {
		if m := f.nested(); roleOf(&m) == string(llm.User) {
			break
		}
	}
	return asked[:len(asked)-len(f.rest)]
}
