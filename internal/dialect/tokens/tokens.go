// Package tokens estimates how many tokens a text has for a model whose tokenizer is not at hand.
//
// The factors were fitted to the published tokenizers of OpenAI (o200k) and Anthropic, on prose in ten languages, code, JSON, tables of numbers and
// ids. For text in Latin script, code and JSON the estimate is near both. For other scripts, where they differ by up to three times, it is between.
package tokens

import (
	"unicode"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/llm"
)

// What is no text, in tokens.
const (
	ofImage   = 1_500
	ofMessage = 4 // its role, and where it begins and ends
	ofTool    = 8 // the same of a function
)

// Of estimates a request: all messages with their calls, results, thinking and images, the functions with their schemas, and that of the answer.
func Of(r *llm.Request) int64 {
	n := text(r.Prompt) + text(r.Suffix)
	for i := range r.Messages {
		n += of(&r.Messages[i]) + ofMessage*one
	}
	for i := range r.Tools {
		t := &r.Tools[i]
		n += text(t.Name) + text(t.Description) + text(string(t.Parameters)) + ofTool*one
	}
	if r.ResponseFormat != nil {
		n += text(string(r.ResponseFormat.JSONSchema))
	}
	return whole(n)
}

// OfMessage estimates a message.
func OfMessage(m *llm.Message) int64 { return whole(of(m)) }

// OfText estimates a text.
func OfText(s string) int64 { return whole(text(s)) }

// OfPassages estimates what vectors are asked for. Tokens are counted.
func OfPassages(p *llm.Passages) (n int64) {
	for _, s := range p.Texts {
		n += OfText(s)
	}
	for _, list := range p.Tokens {
		n += int64(len(list))
	}
	return n
}

// one token, in the unit of the factors.
const one = 100

func whole(n int64) int64 { return (n + one - 1) / one }

func of(m *llm.Message) int64 {
	n := text(m.Name)
	for _, p := range m.Content.List() {
		if p.Type == llm.ImagePart {
			n += ofImage * one
		}
		n += text(p.Text)
	}
	for i := range m.ToolCalls {
		f := &m.ToolCalls[i].Function
		n += text(f.Name) + text(f.Arguments) + ofTool*one
	}
	for i := range m.Thinking {
		n += text(m.Thinking[i].Thinking)
	}
	return n
}

// The factors, in hundredths of a token.
const (
	ofWord     = 108 // or a part of one that begins with a capital letter
	ofLong     = 20  // a letter of a word beyond its sixth
	ofDigit    = 55
	ofSign     = 40  // of ASCII: punctuation of prose, code and JSON
	ofIndent   = 100 // a line break, a tab, or blanks at the beginning of a line
	ofAccented = 80
	ofHan      = 90 // and Kana
	ofHangul   = 110
	ofLetter   = 50  // of any other script
	ofSymbol   = 180 // as emoji
)

// shortWord is how many letters of a word are free.
const shortWord = 6

// text estimates a text in hundredths of a token.
func text(s string) (n int64) {
	letters := 0 // of the word so far
	var before rune
	for _, c := range s {
		switch {
		case isLetter(c):
			if letters == 0 || isCapital(c) && !isCapital(before) {
				letters, n = 0, n+ofWord
			}
			if letters++; letters > shortWord {
				n += ofLong
			}
		case c < utf8.RuneSelf:
			letters, n = 0, n+ofASCII(c, before)
		case c <= lastLatin:
			letters, n = max(letters, 1), n+ofAccented
		default:
			letters, n = 0, n+ofOther(c)
		}
		before = c
	}
	return n
}

const lastLatin = 'ɏ' // of Latin Extended-B

func isLetter(c rune) bool  { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isCapital(c rune) bool { return c >= 'A' && c <= 'Z' }

// ofASCII is of what is no letter.
func ofASCII(c, before rune) int64 {
	switch {
	case c >= '0' && c <= '9':
		return ofDigit
	case c > ' ':
		return ofSign
	case c == ' ' && before != '\n', c == '\n' && before == '\n': // a blank belongs to the word after it, and further empty lines to the first
		return 0
	}
	return ofIndent
}

func ofOther(c rune) int64 {
	switch {
	case unicode.Is(unicode.Hangul, c):
		return ofHangul
	case unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana) || c >= '\u3000' && c <= '\u303f' || c >= '\uff00' && c <= '\uffef':
		return ofHan
	case unicode.IsLetter(c) || unicode.IsMark(c):
		return ofLetter
	}
	return ofSymbol
}
