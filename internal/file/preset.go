package file

// PresetEvaluator returns the Evaluator that every server has at a path, or nil if there is none. It is made when first used. These
// Evaluators are "rating" and "correction", for feedback from people, and the code Evaluators of Humanloop's guide to running an
// Evaluation.
func PresetEvaluator(path string) *Evaluator {
	switch path {
	case "rating":
		return &Evaluator{
			Type: HumanEvaluator, ArgumentsType: TargetFree, ReturnType: ReturnsSelect, Instructions: "How good is the answer?",
			Options: []Option{{Name: "good", Valence: positive}, {Name: "bad", Valence: negative}},
		}
	case "correction":
		return &Evaluator{Type: HumanEvaluator, ArgumentsType: TargetFree, ReturnType: ReturnsText, Instructions: "What should the answer have been?"}
	case "Cost":
		return measure(TargetFree, costCode)
	case "Tokens":
		return measure(TargetFree, usageCode)
	case "Latency", examples + "Latency":
		return measure(TargetFree, latencyCode)
	case examples + "Levenshtein distance", examples + "Levenshtein":
		return measure(TargetRequired, levenshteinCode)
	case examples + "Exact match":
		return &Evaluator{Type: PythonEvaluator, ArgumentsType: TargetRequired, ReturnType: ReturnsBoolean, Code: exactMatchCode}
	default:
		return nil
	}
}

// Unit is the unit of the numbers that e gives, as far as it is known: that of a preset is. "" means none, or an unknown one.
func (e *Evaluator) Unit() string {
	switch e.Code {
	case costCode:
		return "USD"
	case usageCode:
		return "tokens"
	case latencyCode:
		return "s"
	default:
		return ""
	}
}

const (
	examples = "Example Evaluators/Code/"
	positive = "positive"
	negative = "negative"
)

// measure returns a code Evaluator whose judgment is a number, where lower is better.
func measure(arguments, code string) *Evaluator {
	return &Evaluator{Type: PythonEvaluator, ArgumentsType: arguments, ReturnType: ReturnsNumber, NumberValence: negative, Code: code}
}

// The values of ArgumentsType: whether an Evaluator needs the target as well as the Log.
const (
	TargetFree     = "target_free"
	TargetRequired = "target_required"
)

// The code of the code Evaluators. The last function is called with a Log and, if it takes two arguments, the datapoint of the Log. A
// result of None is no judgment.
const (
	costCode = `def cost(log):
    """What the call cost, in US dollars."""
    parts = [log["prompt_cost"], log["output_cost"]]
    known = [part for part in parts if part is not None]
    return sum(known) if known else None
`
	usageCode = `def tokens(log):
    """How many tokens went in and came out."""
    parts = [log["prompt_tokens"], log["output_tokens"]]
    known = [part for part in parts if part is not None]
    return sum(known) if known else None
`
	latencyCode = `from datetime import datetime


def latency(log):
    """How long it took, in seconds."""
    start, end = log["start_time"], log["end_time"]
    if start is None or end is None:
        return log["provider_latency"]
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
`
	exactMatchCode = `def exact_match(log, testcase):
    """Whether the output is the target's, to the letter."""
    return log["output"] == testcase["target"]["output"]
`
	levenshteinCode = `def levenshtein_distance(log, testcase):
    """How many letters of the output are to be added, removed or changed to make it the target's."""
    a, b = log["output"] or "", testcase["target"]["output"] or ""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]
`
)
