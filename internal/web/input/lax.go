package input

import (
	"math"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// The functions of this file read numbers and booleans as pydantic 2 does in its lax mode, since Humanloop's API was served with it
// (https://docs.pydantic.dev/latest/concepts/conversion_table/). They refuse NaN and infinity, which JSON cannot write, and integers of more
// than 64 bits.

// parseInt reads an integer from a string: 5, +5, 005, 5_000 or 5.0, with optional blanks around it.
func parseInt(text string) (int64, *fault) {
	plain, ok := withoutUnderscores(strings.TrimSpace(text))
	if whole, zeros, dotted := strings.Cut(plain, "."); dotted {
		ok = ok && zeros != "" && strings.Trim(zeros, "0") == "" && !strings.Contains(text[strings.IndexByte(text, '.'):], "_")
		plain = whole
	}
	if digits := unsigned(plain); !ok || digits == "" || !isDigits(digits) {
		return 0, &fault{kind: ruleIntParse, message: "must be an integer"}
	}
	n, err := strconv.ParseInt(plain, 10, 64)
	if err != nil {
		return 0, tooLong()
	}
	return n, nil
}

func tooLong() *fault {
	return &fault{kind: ruleIntSize, message: "must be an integer of at most 64 bits"}
}

// intOf reads an integer from a JSON number, which may be written as 5.0 or 5e3.
func intOf(number string) (int64, *fault) {
	if n, err := strconv.ParseInt(number, 10, 64); err == nil {
		return n, nil
	}
	n, err := strconv.ParseFloat(number, 64)
	switch {
	case err != nil || math.Abs(n) >= 1<<63:
		return 0, tooLong()
	case n != math.Trunc(n):
		return 0, &fault{kind: ruleFraction, message: "must be an integer, without a fraction"}
	default:
		return int64(n), nil
	}
}

// parseNumber reads a number from a string: 1.5, +.5, 5., 1_000 or 1e3, with optional blanks around it.
func parseNumber(text string) (float64, *fault) {
	plain, ok := withoutUnderscores(strings.TrimSpace(text))
	if !ok || strings.Trim(plain, "0123456789+-.eE") != "" {
		return 0, &fault{kind: ruleNumParse, message: "must be a number"}
	}
	n, err := strconv.ParseFloat(plain, 64)
	if err != nil && !math.IsInf(n, 0) {
		return 0, &fault{kind: ruleNumParse, message: "must be a number"}
	}
	if err != nil {
		return 0, &fault{kind: ruleFinite, message: "must be a number that fits 64 bits"}
	}
	return n, nil
}

// withoutUnderscores removes single underscores between the digits of a number.
func withoutUnderscores(text string) (plain string, ok bool) {
	if strings.HasPrefix(text, "_") || strings.HasSuffix(text, "_") || strings.Contains(text, "__") {
		return "", false
	}
	return strings.ReplaceAll(text, "_", ""), true
}

func parseBool(text string) (bool, *fault) {
	switch strings.ToLower(text) {
	case "true", "1", "yes", "on", "t", "y":
		return true, nil
	case "false", "0", "no", "off", "f", "n":
		return false, nil
	default:
		return false, &fault{kind: ruleBoolParse, message: "must be true or false"}
	}
}

// boolOf reads a boolean from a JSON number: 1, 0, 1.0 or 0.0.
func boolOf(number string) (bool, *fault) {
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || n != 0 && n != 1 {
		return false, &fault{kind: ruleBoolParse, message: "must be true or false"}
	}
	return n == 1, nil
}

// numberOf writes a JSON boolean as a number.
func numberOf(raw json.Value) string {
	if raw.Kind() == 't' {
		return "1"
	}
	return "0"
}
