package pyval

import (
	"errors"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// DecodeJSON decodes a JSON text for [Convert]. Objects become [OrderedObject] and numbers [Number], so a template can show everything as
// it was written. If several members have the same name, the last value counts, at the place of the first.
func DecodeJSON(raw []byte) (any, error) {
	if !json.Valid(raw) {
		return nil, errors.New("the inputs are not JSON")
	}
	d := &decoder{s: string(raw)}
	return d.value()
}

// decoder reads a JSON text that must be valid.
type decoder struct {
	s  string
	at int
}

// next skips white space and returns the character after it, which it does not consume.
func (d *decoder) next() byte {
	for strings.IndexByte(" \t\r\n", d.s[d.at]) >= 0 {
		d.at++
	}
	return d.s[d.at]
}

func (d *decoder) value() (any, error) {
	switch d.next() {
	case '{':
		return d.object()
	case '[':
		return d.array()
	case '"':
		return d.text()
	}
	end := strings.IndexAny(d.s[d.at:], " \t\r\n,]}")
	if end < 0 {
		end = len(d.s) - d.at
	}
	word := d.s[d.at : d.at+end]
	d.at += end
	switch word {
	case "null":
		return nil, nil
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return Number(word), nil
}

func (d *decoder) text() (string, error) {
	start := d.at
	for d.at++; d.s[d.at] != '"'; d.at++ {
		if d.s[d.at] == '\\' {
			d.at++
		}
	}
	d.at++
	literal := d.s[start:d.at]
	if strings.IndexByte(literal, '\\') < 0 {
		return strings.ToValidUTF8(literal[1:len(literal)-1], "\uFFFD"), nil
	}
	var out string
	err := json.UnmarshalForeign([]byte(literal), &out)
	return out, err
}

func (d *decoder) array() (any, error) {
	out := []any{}
	for d.at++; d.next() != ']'; {
		v, err := d.value()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if d.next() == ',' {
			d.at++
		}
	}
	d.at++
	return out, nil
}

func (d *decoder) object() (any, error) {
	out := OrderedObject{}
	for d.at++; d.next() != '}'; {
		name, err := d.text()
		if err != nil {
			return nil, err
		}
		d.next()
		d.at++ // the colon
		v, err := d.value()
		if err != nil {
			return nil, err
		}
		out = append(out, Member{name, v})
		if d.next() == ',' {
			d.at++
		}
	}
	d.at++
	return out, nil
}
