package input

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/nearest"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// scalar checks a value that should be a string, a number or a boolean. rewritten is the JSON to decode in its place, "" to decode raw
// itself.
func scalar(raw json.Value, s *schema.Schema) (rewritten string, f *fault) {
	switch s.Type {
	case schema.TypeString:
		return text(raw, s)
	case schema.TypeInteger:
		return integer(raw, s)
	case schema.TypeNumber:
		return number(raw, s)
	case schema.TypeBoolean:
		return boolean(raw)
	case schema.TypeArray:
		return "", &fault{kind: ruleList, message: "must be a list"}
	default:
		return "", &fault{kind: ruleObject, message: "must be an object"}
	}
}

func text(raw json.Value, s *schema.Schema) (string, *fault) {
	if s.Format == schema.FormatTime {
		return instant(raw)
	}
	if raw.Kind() != json.KindString {
		return "", &fault{kind: ruleString, message: "must be a string"}
	}
	if s.Enum == nil && s.MinLen == 0 && s.MaxLen == 0 && s.Format != schema.FormatBytes {
		return "", nil
	}
	value := unquote(raw)
	if f := checkText(value, s); f != nil {
		return "", f
	}
	if s.Format == schema.FormatBytes {
		if _, err := base64.StdEncoding.DecodeString(value); err != nil {
			return "", &fault{kind: ruleBase64, message: "must be Base64"}
		}
	}
	return "", nil
}

// instant checks a time and rewrites it as RFC 3339.
func instant(raw json.Value) (string, *fault) {
	at, ok := time.Time{}, false
	if raw.Kind() == json.KindString {
		at, ok = ParseTime(unquote(raw))
	} else if raw.Kind() == json.KindNumber {
		at, ok = instantOf(string(raw))
	}
	if !ok {
		return "", notATime()
	}
	return strconv.Quote(at.Format(time.RFC3339Nano)), nil
}

func checkText(value string, s *schema.Schema) *fault {
	if s.Enum != nil && !slices.Contains(s.Enum, value) {
		return notInEnum(value, s)
	}
	n := utf8.RuneCountInString(value)
	if n < s.MinLen {
		return faultf(ruleTextShort, "must have at least %s", schema.Counted(s.MinLen, "character"))
	}
	if s.MaxLen > 0 && n > s.MaxLen {
		return faultf(ruleTextLong, "must have at most %s", schema.Counted(s.MaxLen, "character"))
	}
	return nil
}

func notInEnum(value string, s *schema.Schema) *fault {
	what := "must be one of "
	if len(s.Enum) == 1 {
		what = "must be "
	}
	f := &fault{kind: ruleEnum, message: what + strings.Join(s.Enum, ", "), reason: s.Reason}
	if near := nearest.Name(value, s.Enum); near != "" && len(s.Enum) > 1 {
		f.message += " (did you mean " + near + "?)"
	}
	return f
}

func unquote(raw json.Value) string {
	var value string
	_ = json.Unmarshal(raw, &value) // raw is a JSON string
	return value
}

func integer(raw json.Value, s *schema.Schema) (string, *fault) {
	var n int64
	var f *fault
	switch raw.Kind() {
	case json.KindNumber:
		n, f = intOf(string(raw))
	case json.KindString:
		n, f = parseInt(unquote(raw))
	case 't', 'f':
		n, f = intOf(numberOf(raw))
	default:
		f = &fault{kind: ruleInt, message: "must be an integer"}
	}
	if f == nil {
		f = checkBounds(float64(n), s)
	}
	return strconv.FormatInt(n, 10), f
}

func number(raw json.Value, s *schema.Schema) (string, *fault) {
	given := string(raw)
	switch raw.Kind() {
	case json.KindNumber:
	case json.KindString:
		given = unquote(raw)
	case 't', 'f':
		given = numberOf(raw)
	default:
		return "", &fault{kind: ruleNumber, message: "must be a number"}
	}
	n, f := parseNumber(given)
	if f == nil {
		f = checkBounds(n, s)
	}
	if f != nil || raw.Kind() == json.KindNumber { // whose digits stay as they are
		return "", f
	}
	return strconv.FormatFloat(n, 'g', -1, 64), nil
}

func checkBounds(n float64, s *schema.Schema) *fault {
	if s.Min != nil && n < *s.Min {
		return faultf(ruleMin, "must be at least %s", schema.Decimal(*s.Min))
	}
	if s.Max != nil && n > *s.Max {
		return faultf(ruleMax, "must be at most %s", schema.Decimal(*s.Max))
	}
	return nil
}

func boolean(raw json.Value) (string, *fault) {
	var value bool
	var f *fault
	switch raw.Kind() {
	case 't', 'f':
		return "", nil
	case json.KindString:
		value, f = parseBool(unquote(raw))
	case json.KindNumber:
		value, f = boolOf(string(raw))
	default:
		f = &fault{kind: ruleBool, message: "must be true or false"}
	}
	return strconv.FormatBool(value), f
}
