package file

// PresetEvaluator is the Evaluator that every server has at a path of the root, made when it is first used: "rating" and "correction", by
// which people give feedback. It is nil for any other path.
func PresetEvaluator(path string) *Evaluator {
	switch path {
	case "rating":
		return &Evaluator{
			Type: HumanEvaluator, ArgumentsType: TargetFree, ReturnType: ReturnsSelect, Instructions: "How good is the answer?",
			Options: []Option{{Name: "good", Valence: "positive"}, {Name: "bad", Valence: "negative"}},
		}
	case "correction":
		return &Evaluator{Type: HumanEvaluator, ArgumentsType: TargetFree, ReturnType: ReturnsText, Instructions: "What should the answer have been?"}
	default:
		return nil
	}
}

// TargetFree is the ArgumentsType of an Evaluator that needs no target.
const TargetFree = "target_free"
