package blobs

import (
	"slices"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// The numbers of the fields in a payload and in the messages inside it. A number must never get another meaning.
const (
	payInputs = iota + 1
	payMessage
	payToolMode
	payToolFunction
	payOutput
	payOutputMessage
	payStdout
	payLogProbs
	payJudgment
	payRequest
	payResponse
	paySharedRequest  // replaces payRequest
	paySharedResponse // replaces payResponse
	payOutputSays     // the text of payOutputMessage is payOutput
	payParameters
	payAsked // the beginning of the last message of the user, if that is in another part
)

const (
	msgRole = iota + 1
	msgText
	msgPart
	msgNoParts // a list of parts that is empty
	msgName
	msgToolCallID
	msgToolCall
	msgThinking
	msgPiece // of the order
	msgRefusal
	msgIsError
	msgCache // how long; also if that is ""
)

const (
	partType = iota + 1
	partText
	partURL
	partDetail
	partCache
	partFile
	partAudio
)

// AppendPayload appends p to b. An empty p appends nothing.
func AppendPayload(b []byte, p *trace.Payload) []byte {
	base := len(b)
	return appendAsked(appendOwn(b, p), base, p)
}

// appendOwn appends what other calls of a conversation do not repeat.
func appendOwn(b []byte, p *trace.Payload) []byte {
	base := len(b)
	b = appendText(b, payInputs, p.Inputs)
	if p.ToolChoice != nil {
		b = appendTextAlways(b, payToolMode, p.ToolChoice.Mode)
		b = appendText(b, payToolFunction, p.ToolChoice.Function)
	}
	var answered sources
	b = appendTextPointer(b, payOutput, p.Output)
	if p.Output != nil {
		answered = answered.add(b[base:], *p.Output)
	}
	b = appendAnswer(b, p)
	b = appendTextPointer(b, payStdout, p.Stdout)
	b = appendText(b, payLogProbs, p.LogProbs)
	b = appendText(b, payJudgment, p.Judgment)
	return answered.appendShared(b, base, payResponse, paySharedResponse, p.ProviderResponse)
}

// AppendWithoutAsked appends p without what was asked, but for what lists show of that.
func AppendWithoutAsked(b []byte, p *trace.Payload) []byte {
	for i := range slices.Backward(p.Messages) {
		if m := &p.Messages[i]; m.Role == llm.User {
			return appendText(appendOwn(b, p), payAsked, trace.Begin(m.Content.String()))
		}
	}
	return appendOwn(b, p)
}

// Asked returns what was asked: all of p that AppendWithoutAsked leaves out.
func Asked(p *trace.Payload) []byte {
	const more = 512 // what a request repeats of the messages is written once
	return appendAsked(make([]byte, 0, len(p.ProviderRequest)+len(p.Parameters)+more), 0, p)
}

// appendAsked appends the rest: what was asked. The payload starts at base.
func appendAsked(b []byte, base int, p *trace.Payload) []byte {
	var said sources
	for i := range p.Messages {
		b, said = appendMessage(b, payMessage, &p.Messages[i], said, base)
	}
	b = appendText(b, payParameters, p.Parameters)
	return said.appendShared(b, base, payRequest, paySharedRequest, p.ProviderRequest)
}

// appendAnswer appends the message of p. It omits the message's text if that is the output.
func appendAnswer(b []byte, p *trace.Payload) []byte {
	if p.OutputMessage == nil {
		return b
	}
	m, same := *p.OutputMessage, sameText(p)
	if same {
		m.Content = llm.Content{}
	}
	b, _ = appendMessage(b, payOutputMessage, &m, nil, 0)
	return appendBool(b, payOutputSays, same)
}

// appendMessage appends m and adds the runs of its text to said. The payload starts at base.
func appendMessage(b []byte, num int, m *llm.Message, said sources, base int) ([]byte, sources) {
	b = openNested(b, num)
	start := len(b)
	b = appendText(b, msgRole, m.Role)
	switch {
	case m.Content.Parts != nil && len(m.Content.Parts) == 0:
		b = appendBool(b, msgNoParts, true)
	case m.Content.Parts == nil && !m.Content.IsZero():
		b = appendTextAlways(b, msgText, m.Content.Text)
		said = said.add(b[base:], m.Content.Text)
	}
	for i := range m.Content.Parts {
		b, said = appendPart(b, &m.Content.Parts[i], said, base)
	}
	b = appendText(b, msgName, m.Name)
	b = appendText(b, msgToolCallID, m.ToolCallID)
	for i := range m.ToolCalls {
		b, said = appendTexts(b, msgToolCall, callTexts(&m.ToolCalls[i]), said, base)
	}
	for i := range m.Thinking {
		b, said = appendTexts(b, msgThinking, thinkingTexts(&m.Thinking[i]), said, base)
	}
	for _, p := range m.Order {
		text, _ := p.MarshalText() // cannot fail
		b = appendText(b, msgPiece, text)
	}
	b = appendText(b, msgRefusal, m.Refusal)
	b = appendBool(b, msgIsError, m.IsError)
	if m.Cache != nil {
		b = appendTextAlways(b, msgCache, m.Cache.TTL)
	}
	return closeNested(b, start), said
}

func appendPart(b []byte, p *llm.Part, said sources, base int) ([]byte, sources) {
	b = openNested(b, msgPart)
	start := len(b)
	b = appendText(b, partType, p.Type)
	b = appendText(b, partText, p.Text)
	said = said.add(b[base:], p.Text)
	if p.ImageURL != nil {
		b = appendTextAlways(b, partURL, p.ImageURL.URL)
		said = said.add(b[base:], p.ImageURL.URL)
		b = appendText(b, partDetail, p.ImageURL.Detail)
	}
	if p.File != nil {
		b, said = appendTexts(b, partFile, fileTexts(p.File), said, base)
	}
	if p.Audio != nil {
		b, said = appendTexts(b, partAudio, audioTexts(p.Audio), said, base)
	}
	if p.Cache != nil {
		b = appendTextAlways(b, partCache, p.Cache.TTL)
	}
	return closeNested(b, start), said
}

// fileTexts returns the texts of a file. The first is field 1 of its message, and so on.
func fileTexts(f *llm.File) []*string { return []*string{&f.Name, &f.Data, &f.URL, &f.Text} }

// audioTexts returns the texts of a piece of audio, likewise.
func audioTexts(a *llm.Audio) []*string { return []*string{&a.Data, &a.Format} }

// callTexts returns the texts of a tool call. The first is field 1 of its message, and so on.
func callTexts(c *llm.ToolCall) []*string {
	return []*string{&c.ID, &c.Type, &c.Function.Name, &c.Function.Arguments, &c.Signature}
}

// thinkingTexts returns the texts of a block of thinking, likewise.
func thinkingTexts(t *llm.Thinking) []*string {
	return []*string{&t.Type, &t.Thinking, &t.Signature, &t.Data}
}

func appendTexts(b []byte, num int, texts []*string, said sources, base int) ([]byte, sources) {
	b = openNested(b, num)
	start := len(b)
	for i, text := range texts {
		b = appendText(b, i+1, *text)
		said = said.add(b[base:], *text)
	}
	return closeNested(b, start), said
}

// ReadPayload reads what AppendPayload wrote. The result shares memory with payload.
func ReadPayload(payload []byte) (trace.Payload, error) {
	var p trace.Payload
	err := ReadInto(payload, &p)
	return p, err
}

// ReadInto adds what a part of a payload holds to p.
func ReadInto(payload []byte, p *trace.Payload) error {
	f := fields{rest: payload}
	for f.next() {
		switch f.num {
		case payInputs:
			p.Inputs = f.text
		case payMessage:
			p.Messages = append(p.Messages, readMessage(&f))
		case payToolMode:
			p.ToolChoice = &llm.ToolChoice{Mode: f.string()}
		case payToolFunction:
			if p.ToolChoice != nil {
				p.ToolChoice.Function = f.string()
			}
		case payOutput:
			p.Output = f.stringPtr()
		case payOutputMessage:
			p.OutputMessage = new(readMessage(&f))
		case payStdout:
			p.Stdout = f.stringPtr()
		case payLogProbs:
			p.LogProbs = f.text
		case payJudgment:
			p.Judgment = f.text
		case payRequest:
			p.ProviderRequest = f.text
		case payResponse:
			p.ProviderResponse = f.text
		case paySharedRequest:
			p.ProviderRequest = readShared(&f, payload)
		case paySharedResponse:
			p.ProviderResponse = readShared(&f, payload)
		case payParameters:
			p.Parameters = f.text
		case payOutputSays:
			if p.Output != nil && p.OutputMessage != nil {
				p.OutputMessage.Content = llm.Text(*p.Output)
			}
		}
	}
	return f.err
}

// readMessage reads the message in the current field of outer, which takes over any error.
func readMessage(outer *fields) llm.Message {
	var m llm.Message
	f := outer.nested()
	for f.next() {
		switch f.num {
		case msgRole:
			m.Role = llm.Role(f.string())
		case msgText:
			m.Content = llm.Text(f.string())
		case msgNoParts:
			m.Content = llm.Content{Parts: []llm.Part{}, Set: true}
		case msgPart:
			m.Content = llm.Content{Parts: append(m.Content.Parts, readPart(&f)), Set: true}
		case msgName:
			m.Name = f.string()
		case msgToolCallID:
			m.ToolCallID = f.string()
		case msgToolCall:
			m.ToolCalls = append(m.ToolCalls, llm.ToolCall{})
			readTexts(&f, callTexts(&m.ToolCalls[len(m.ToolCalls)-1]))
		case msgThinking:
			m.Thinking = append(m.Thinking, llm.Thinking{})
			readTexts(&f, thinkingTexts(&m.Thinking[len(m.Thinking)-1]))
		case msgPiece:
			m.Order = append(m.Order, readPiece(&f))
		case msgRefusal:
			m.Refusal = f.string()
		case msgIsError:
			m.IsError = f.bool()
		case msgCache:
			m.Cache = &llm.Cache{TTL: f.string()}
		}
	}
	outer.inherit(&f)
	return m
}

func readPiece(f *fields) llm.Piece {
	var p llm.Piece
	if p.UnmarshalText(f.text) != nil {
		f.fail(sqldb.ErrMalformed)
	}
	return p
}

func readPart(outer *fields) llm.Part {
	var p llm.Part
	f := outer.nested()
	for f.next() {
		switch f.num {
		case partType:
			p.Type = llm.PartType(f.string())
		case partText:
			p.Text = f.string()
		case partURL:
			p.ImageURL = &llm.ImageURL{URL: f.string()}
		case partDetail:
			if p.ImageURL != nil {
				p.ImageURL.Detail = f.string()
			}
		case partFile:
			p.File = new(llm.File)
			readTexts(&f, fileTexts(p.File))
		case partAudio:
			p.Audio = new(llm.Audio)
			readTexts(&f, audioTexts(p.Audio))
		case partCache:
			p.Cache = &llm.Cache{TTL: f.string()}
		}
	}
	outer.inherit(&f)
	return p
}

func readTexts(outer *fields, texts []*string) {
	f := outer.nested()
	for f.next() {
		if f.num <= len(texts) {
			*texts[f.num-1] = f.string()
		}
	}
	outer.inherit(&f)
}
