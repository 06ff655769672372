package web

import (
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"openloop/internal/json"
)

// scalar checks a value that is to be a text, a number or a truth value. When it has to be written differently to be decoded, the
// other writing is returned.
func scalar(raw json.Value, s *Schema) (rewritten string, f *fault) {
	switch s.Type {
	case typeString:
		return text(raw, s)
	case typeInteger:
		return integer(raw, s)
	case typeNumber:
		return number(raw, s)
	case typeBoolean:
		return boolean(raw)
	case typeArray:
		return "", &fault{ruleList, "must be a list"}
	default:
		return "", &fault{ruleObject, "must be an object"}
	}
}

func text(raw json.Value, s *Schema) (string, *fault) {
	if raw.Kind() != json.KindString {
		return "", &fault{ruleString, "must be a string"}
	}
	value := unquote(raw)
	if f := checkText(value, s); f != nil {
		return "", f
	}
	switch s.Format {
	case formatTime:
		at, strict, ok := parseTime(value)
		if !ok {
			return "", notATime()
		}
		if !strict {
			return strconv.Quote(at.Format(time.RFC3339Nano)), nil
		}
	case formatBytes:
		if _, err := base64.StdEncoding.DecodeString(value); err != nil {
			return "", &fault{ruleBase64, "must be Base64"}
		}
	}
	return "", nil
}

func checkText(value string, s *Schema) *fault {
	if s.Enum != nil && !slices.Contains(s.Enum, value) {
		return notInEnum(s.Enum)
	}
	n := utf8.RuneCountInString(value)
	if n < s.MinLen {
		return faultf(ruleTextShort, "must have at least %s", counted(s.MinLen, "character"))
	}
	if s.MaxLen > 0 && n > s.MaxLen {
		return faultf(ruleTextLong, "must have at most %s", counted(s.MaxLen, "character"))
	}
	return nil
}

func notInEnum(enum []string) *fault {
	if len(enum) == 1 {
		return faultf(ruleEnum, "must be %s", enum[0])
	}
	return faultf(ruleEnum, "must be one of %s", strings.Join(enum, ", "))
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

func unquote(raw json.Value) string {
	var value string
	_ = json.Unmarshal(raw, &value) // raw is a JSON string
	return value
}

func integer(raw json.Value, s *Schema) (string, *fault) {
	given := string(raw)
	switch raw.Kind() {
	case json.KindNumber:
	case json.KindString:
		given = strings.TrimSpace(unquote(raw))
	default:
		return "", &fault{ruleInt, "must be an integer"}
	}
	n, f := parseInt(given)
	if f != nil {
		return "", f
	}
	if f := checkBounds(float64(n), s); f != nil {
		return "", f
	}
	if plain := strconv.FormatInt(n, 10); plain != string(raw) {
		return plain, nil
	}
	return "", nil
}

// parseInt reads an integer, also one that is written as 5.0 or 5e3.
func parseInt(given string) (int64, *fault) {
	if n, err := strconv.ParseInt(given, 10, 64); err == nil {
		return n, nil
	}
	if !isNumber(given) {
		return 0, &fault{ruleIntParse, "must be an integer"}
	}
	n, err := strconv.ParseFloat(given, 64)
	switch {
	case err != nil || math.Abs(n) >= 1<<63:
		return 0, &fault{ruleIntSize, "must be an integer of at most 64 bits"}
	case n != math.Trunc(n):
		return 0, &fault{ruleFraction, "must be an integer, without a fraction"}
	default:
		return int64(n), nil
	}
}

func number(raw json.Value, s *Schema) (string, *fault) {
	given, rewritten := string(raw), ""
	switch raw.Kind() {
	case json.KindNumber:
	case json.KindString:
		given = strings.TrimSpace(unquote(raw))
		rewritten = given
	default:
		return "", &fault{ruleNumber, "must be a number"}
	}
	n, f := parseNumber(given)
	if f == nil {
		f = checkBounds(n, s)
	}
	if f != nil {
		return "", f
	}
	return rewritten, nil
}

func parseNumber(given string) (float64, *fault) {
	if !isNumber(given) {
		return 0, &fault{ruleNumParse, "must be a number"}
	}
	n, err := strconv.ParseFloat(given, 64)
	if err != nil {
		return 0, &fault{ruleFinite, "must be a number that fits 64 bits"}
	}
	return n, nil
}

// isNumber reports whether given is a number as JSON writes it: no hexadecimals, no infinity.
func isNumber(given string) bool {
	return json.Kind([]byte(given)) == '0' && json.Valid([]byte(given))
}

func checkBounds(n float64, s *Schema) *fault {
	if s.Min != nil && n < *s.Min {
		return faultf(ruleMin, "must be at least %s", plain(*s.Min))
	}
	if s.Max != nil && n > *s.Max {
		return faultf(ruleMax, "must be at most %s", plain(*s.Max))
	}
	return nil
}

func plain(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func boolean(raw json.Value) (string, *fault) {
	switch raw.Kind() {
	case 't', 'f':
		return "", nil
	case json.KindString:
		value, f := parseBool(strings.TrimSpace(unquote(raw)))
		return strconv.FormatBool(value), f
	case json.KindNumber:
		if given := string(raw); given == "0" || given == "1" {
			return strconv.FormatBool(given == "1"), nil
		}
		return "", &fault{ruleBoolParse, "must be true or false"}
	default:
		return "", &fault{ruleBool, "must be true or false"}
	}
}

// parseBool takes the words that FastAPI takes.
func parseBool(given string) (bool, *fault) {
	switch strings.ToLower(given) {
	case "true", "1", "yes", "on", "t", "y":
		return true, nil
	case "false", "0", "no", "off", "f", "n":
		return false, nil
	default:
		return false, &fault{ruleBoolParse, "must be true or false"}
	}
}

// looseTimes are the writings of a time that are taken beside RFC 3339. Without a zone they are in UTC.
var looseTimes = [...]string{
	"2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04",
	"2006-01-02T15:04:05-0700", time.DateOnly,
}

// parseTime reads a time; strict says that it is written as in RFC 3339.
func parseTime(given string) (at time.Time, strict, ok bool) {
	if at, err := time.Parse(time.RFC3339Nano, given); err == nil {
		return at, true, true
	}
	for _, layout := range looseTimes {
		if at, err := time.Parse(layout, given); err == nil {
			return at, false, true
		}
	}
	return time.Time{}, false, false
}

func notATime() *fault {
	return &fault{ruleTime, "must be a date and time such as 2006-01-02T15:04:05Z"}
}
