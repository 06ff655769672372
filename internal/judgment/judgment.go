package judgment

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// Judgment is the judgment of a Log in the short form that statistics need.
type Judgment struct {
	Outcome Outcome
	Number  float64 // of Number
	Choice  string  // of Chosen: JSON, a text or a sorted list of texts; "" for one that is too long to be an option
}

// Outcome is the type of a judgment. The numbers are stored.
type Outcome int

// The outcomes.
const (
	Null   Outcome = 0 // abstained, or withdrawn
	Failed Outcome = 1 // could not judge
	False  Outcome = 2
	True   Outcome = 3
	Number Outcome = 4
	Chosen Outcome = 5 // an option, several, or a text
)

// maxChoice is the longest judgment, in bytes, that can name one or more options.
const maxChoice = 1000

// Of decodes a judgment: a boolean, number, text, list of texts, or null. Numbers that are too large count as the largest.
func Of(raw json.Value, failed bool) Judgment {
	if failed {
		return Judgment{Outcome: Failed}
	}
	text := strings.TrimSpace(string(raw))
	switch {
	case text == "" || text == "null":
		return Judgment{Outcome: Null}
	case text == "true":
		return Judgment{Outcome: True}
	case text == "false":
		return Judgment{Outcome: False}
	case text[0] == '-' || text[0] >= '0' && text[0] <= '9':
		n, _ := strconv.ParseFloat(text, 64) // ±Inf when it is out of range
		return Judgment{Outcome: Number, Number: max(-math.MaxFloat64, min(n, math.MaxFloat64))}
	default:
		return Judgment{Outcome: Chosen, Choice: choice(json.Value(text))}
	}
}

// choice returns raw in a form that is the same for equal choices.
func choice(raw json.Value) string {
	if len(raw) > maxChoice {
		return ""
	}
	options := readChoice(string(raw))
	if len(options) == 1 && json.Kind(raw) == '"' {
		return marshal(options[0])
	}
	slices.Sort(options)
	return marshal(slices.Compact(options))
}

func marshal[T string | []string](v T) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return "" // no text, so no option
	}
	return string(raw)
}

func readChoice(text string) []string {
	var one string
	if json.Unmarshal([]byte(text), &one) == nil {
		return []string{one}
	}
	var several []string
	if json.Unmarshal([]byte(text), &several) != nil {
		return nil
	}
	return several
}
