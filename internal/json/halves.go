package json

import (
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// UnmarshalPiece is [UnmarshalForeign] for a piece of a longer text. Some providers cut a text between the two escapes of one character
// ("\ud83d", then "\ude00"). Such a half is kept as its three bytes in WTF-8, until [JoinHalves] gets the whole text. Other invalid UTF-8
// is replaced by U+FFFD.
func UnmarshalPiece(data []byte, v any) error {
	if !mayHoldHalves(data) {
		return UnmarshalForeign(data, v)
	}
	return json.Unmarshal(data, v, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true), keepHalves)
}

var keepHalves = json.WithUnmarshalers(json.UnmarshalFromFunc(func(dec *Decoder, s *string) error {
	if dec.PeekKind() != KindString {
		return errors.ErrUnsupported
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	*s = unquote(raw)
	return nil
}))

// mayHoldHalves reports whether data has an escape of a surrogate.
func mayHoldHalves(data []byte) bool {
	for i := 0; i+3 < len(data); i++ {
		if data[i] == '\\' && data[i+1] == 'u' && data[i+2]|0x20 == 'd' && data[i+3] >= '8' {
			return true
		}
	}
	return false
}

// unquote is the text of raw, which is a JSON string.
func unquote(raw []byte) string {
	var out []byte
	inner := raw[1 : len(raw)-1]
	for len(inner) > 0 {
		i := nextHalf(inner)
		out = append(out, plainText(inner[:i])...)
		if i == len(inner) {
			break
		}
		out = appendHalf(out, unit(inner[i:]))
		inner = inner[i+escapeLen:]
	}
	return string(out)
}

const escapeLen = len(`\u0000`)

// nextHalf is the index of the first escape of a lone half, or the length of inner if there is none.
func nextHalf(inner []byte) int {
	for i := 0; i < len(inner); {
		if inner[i] != '\\' {
			i++
			continue
		}
		u := unit(inner[i:])
		switch {
		case u == 0:
			i += 2
		case !utf16.IsSurrogate(u):
			i += escapeLen
		case utf16.DecodeRune(u, unit(inner[i+escapeLen:])) != utf8.RuneError:
			i += 2 * escapeLen
		default:
			return i
		}
	}
	return len(inner)
}

// unit is the code unit of the escape at the start of s; 0 if there is none, or the escape of NUL.
func unit(s []byte) rune {
	if len(s) < escapeLen || s[0] != '\\' || s[1] != 'u' {
		return 0
	}
	var u rune
	for _, c := range s[2:escapeLen] {
		switch {
		case c <= '9':
			u = u<<4 | rune(c-'0')
		default:
			u = u<<4 | rune(c|0x20-'a'+10)
		}
	}
	return u
}

// plainText is the text of the inside of a JSON string.
func plainText(inner []byte) []byte {
	quoted := append(append([]byte{'"'}, inner...), '"')
	out, _ := jsontext.AppendUnquote(nil, quoted) // its error reports invalid UTF-8
	return out
}

// appendHalf appends a surrogate as WTF-8 writes it.
func appendHalf(dst []byte, u rune) []byte {
	return append(dst, 0xed, 0x80|byte(u>>6&0x3f), 0x80|byte(u&0x3f))
}

const halfLen = 3

// half is the surrogate at the start of s, 0 if there is none.
func half(s string) rune {
	if len(s) < halfLen || s[0] != 0xed || s[1] < 0xa0 || s[1] > 0xbf || s[2]&0xc0 != 0x80 {
		return 0
	}
	return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f)
}

// CutHalf splits the first half of a character from the end of s. The caller can then wait for the other half. first is "" if s does not end
// in one.
func CutHalf(s string) (rest, first string) {
	at := max(len(s)-halfLen, 0)
	if u := half(s[at:]); u == 0 || u >= 0xdc00 {
		return s, ""
	}
	return s[:at], s[at:]
}

// JoinHalves joins the halves that [UnmarshalPiece] kept to characters. A lone half becomes U+FFFD.
func JoinHalves(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var out strings.Builder
	for len(s) > 0 {
		u := half(s)
		if u == 0 {
			r, n := utf8.DecodeRuneInString(s)
			out.WriteRune(r)
			s = s[n:]
			continue
		}
		s = s[halfLen:]
		r := utf16.DecodeRune(u, half(s))
		if r != utf8.RuneError {
			s = s[halfLen:]
		}
		out.WriteRune(r)
	}
	return out.String()
}
