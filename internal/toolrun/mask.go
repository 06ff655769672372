package toolrun

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/vault"
)

// mask hides the values of variables in what comes out of a run. The zero mask hides nothing. It is against accidents: code that wants to tell a value
// can write it in a form that nobody looks for.
type mask struct {
	replacer *strings.Replacer
	forms    []string // that it replaces
}

// shortest is the least length of a value that is hidden. Shorter ones would be found where they are not meant.
const shortest = 6

func newMask(variables []vault.Variable) mask {
	var forms []string
	for _, v := range variables {
		if len(v.Value) >= shortest {
			forms = append(forms, formsOf(v.Value)...)
		}
	}
	if forms == nil {
		return mask{}
	}
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) }) // so that no part of one remains of another
	pairs := make([]string, 0, 2*len(forms))
	for _, form := range forms {
		pairs = append(pairs, form, vault.Mask)
	}
	return mask{strings.NewReplacer(pairs...), forms}
}

// formsOf returns how a value may be written: as it is, within JSON, percent-encoded, and in base64 behind any other bytes.
func formsOf(value string) []string {
	ascii := strconv.QuoteToASCII(value)
	ascii = ascii[1 : len(ascii)-1] // as Python writes JSON
	forms := []string{value, quoted(value), quoted(quoted(value)), ascii, quoted(ascii)}
	for _, escaped := range []string{url.QueryEscape(value), url.PathEscape(value)} {
		forms = append(forms, escaped, lowerEscapes(escaped))
	}
	for before := range 3 { // bytes in the same group of three
		all := append(make([]byte, before), value...)
		from, to := (before*8+5)/6, len(all)*8/6 // the digits that depend on the value alone
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			forms = append(forms, encoding.EncodeToString(all)[from:to])
		}
	}
	return forms
}

// quoted is text as the inside of a JSON text.
func quoted(text string) string {
	out := json.AppendString(nil, text)
	return string(out[1 : len(out)-1])
}

// lowerEscapes writes %2F as %2f.
func lowerEscapes(text string) string {
	out := []byte(text)
	for i := 0; i+2 < len(out); i++ {
		if out[i] == '%' {
			copy(out[i:], strings.ToLower(text[i:i+3]))
		}
	}
	return string(out)
}

// text returns s without the values.
func (m mask) text(s string) string {
	if m.replacer == nil {
		return s
	}
	return m.ends(m.replacer.Replace(s))
}

// cuts are what the sandbox writes where it cuts a text.
var cuts = regexp.MustCompile(` …|\n\[\d+ more bytes were printed\]`)

// ends hides the beginning of a value where a text was cut within it.
func (m mask) ends(s string) string {
	var out strings.Builder
	done := 0
	for _, at := range cuts.FindAllStringIndex(s, -1) {
		kept := s[done:at[0]]
		n := m.begun(kept)
		out.WriteString(kept[:len(kept)-n])
		if n > 0 {
			out.WriteString(vault.Mask)
		}
		done = at[0]
	}
	return out.String() + s[done:]
}

// begun returns how many bytes at the end of a text are the beginning of a value, 0 if they are few.
func (m mask) begun(text string) int {
	for _, form := range m.forms {
		for n := min(len(form), len(text)); n >= shortest; n-- {
			if strings.HasSuffix(text, form[:n]) {
				return n
			}
		}
	}
	return 0
}

// outcome returns o without the values.
func (m mask) outcome(o outcome) outcome {
	o.stdout = m.text(o.stdout)
	if o.output != nil {
		return outcome{output: new(m.text(*o.output)), stdout: o.stdout, line: o.line}
	}
	return o
}

// error returns e without the values.
func (m mask) error(e *errs.Error) *errs.Error {
	return e.With(func(e *errs.Error) { e.Message, e.Origin = m.text(e.Message), m.text(e.Origin) })
}
