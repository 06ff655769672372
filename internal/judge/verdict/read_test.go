package verdict_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/judge/verdict"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/llm"
)

// evaluators are one of each return type.
func evaluators() map[file.ReturnType]*file.Evaluator {
	low, high := 1.0, 5.0
	options := []file.Option{{Name: "good"}, {Name: "very good"}, {Name: "bad"}, {Name: "n/a"}}
	return map[file.ReturnType]*file.Evaluator{
		file.ReturnsBoolean:     {ReturnType: file.ReturnsBoolean},
		file.ReturnsNumber:      {ReturnType: file.ReturnsNumber, NumberLimits: &file.NumberLimits{Min: &low, Max: &high}},
		file.ReturnsSelect:      {ReturnType: file.ReturnsSelect, Options: options},
		file.ReturnsMultiSelect: {ReturnType: file.ReturnsMultiSelect, Options: options},
		file.ReturnsText:        {ReturnType: file.ReturnsText},
	}
}

func readText(e *file.Evaluator, text string, asked verdict.Method) verdict.Verdict {
	return verdict.Read(e, &llm.Message{Role: llm.Assistant, Content: llm.Text(text)}, asked)
}

// TestVerdictsInWords reads answers that models give. "" is no judgment.
func TestVerdictsInWords(t *testing.T) {
	for _, test := range []struct {
		returns         file.ReturnType
		text, want, why string
	}{
		{file.ReturnsBoolean, "true", "true", "true"},
		{file.ReturnsBoolean, "It greets.\n\nYES.", "true", "It greets."},
		{file.ReturnsBoolean, "It does not.\nFinal verdict: **Fail**\n", "false", "It does not."},
		{file.ReturnsBoolean, "- Verdict (pass or fail): pass", "true", "- Verdict (pass or fail): pass"},
		{file.ReturnsBoolean, "No, this is not true.", "", ""},
		{file.ReturnsBoolean, "This is not true.", "", ""},
		{file.ReturnsBoolean, "yes\nno", "false", "yes"},
		{file.ReturnsBoolean, "yes and no", "", ""},
		{file.ReturnsBoolean, "I cannot say.", "", ""},
		{file.ReturnsBoolean, "", "", ""},
		{file.ReturnsBoolean, "<think>true?</think>\n`false`", "false", "<think>true?</think>"},
		{file.ReturnsBoolean, `{"verdict": "pass", "reason": "Polite."}`, "true", "Polite."},
		{file.ReturnsBoolean, "I see {braces} and {\"a\": 1}.\n```json\n{\"Judgment\": false}\n```", "false", "I see {braces} and {\"a\": 1}.\n```json\n{\"Judgment\": false}\n```"},
		{file.ReturnsBoolean, `First {"judgment": true}, but then {"judgment": false}.`, "", ""},
		{file.ReturnsBoolean, `{"judgment": true} as I said {"judgment": true}`, "true", `{"judgment": true} as I said {"judgment": true}`},
		{file.ReturnsBoolean, `{"judgment": null}`, "", ""},
		{file.ReturnsBoolean, `{"evaluation": {"result": true, "rationale": "Fine."}}`, "true", "Fine."},
		{file.ReturnsBoolean, `{"judgment": "perhaps"}` + "\nyes", "", ""},
		{file.ReturnsNumber, "4", "4", "4"},
		{file.ReturnsNumber, "Good.\nScore: 4/5", "4", "Good."},
		{file.ReturnsNumber, "Rating = 3.5 out of 5", "3.5", "Rating = 3.5 out of 5"},
		{file.ReturnsNumber, "I would give it a 4, for 2 reasons.", "", ""},
		{file.ReturnsNumber, "7", "", ""},
		{file.ReturnsNumber, "4 or 5", "", ""},
		{file.ReturnsNumber, "At 10:3", "", ""},
		{file.ReturnsNumber, `{"score": "4/5"}`, "4", `{"score": "4/5"}`},
		{file.ReturnsNumber, `{"score": true}`, "", ""},
		{file.ReturnsNumber, `{"score": 4, "rating": 2}`, "", ""},
		{file.ReturnsSelect, "good", `"good"`, "good"},
		{file.ReturnsSelect, "Very Good!", `"very good"`, "Very Good!"},
		{file.ReturnsSelect, "The answer is not good", "", ""},
		{file.ReturnsSelect, "good or bad", "", ""},
		{file.ReturnsSelect, "Tone: n/a", `"n/a"`, "Tone: n/a"},
		{file.ReturnsSelect, `{"result": "GOOD", "score": 3}`, `"good"`, `{"result": "GOOD", "score": 3}`},
		{file.ReturnsSelect, "excellent", "", ""},
		{file.ReturnsMultiSelect, "Labels: bad, good", `["good","bad"]`, "Labels: bad, good"},
		{file.ReturnsMultiSelect, `["bad"]`, `["bad"]`, `["bad"]`},
		{file.ReturnsMultiSelect, "very good", `["very good"]`, "very good"},
		{file.ReturnsMultiSelect, "good, great", "", ""},
		{file.ReturnsMultiSelect, `{"judgment": []}`, `[]`, `{"judgment": []}`},
		{file.ReturnsText, "Too long.\nAnd dull.", `"Too long.\nAnd dull."`, "Too long.\nAnd dull."},
		{file.ReturnsText, `{"judgment": "Too long.", "reasoning": "It has two lines."}`, `"Too long."`, "It has two lines."},
	} {
		got := readText(evaluators()[test.returns], test.text, verdict.ByText)
		want := verdict.Verdict{Found: test.want != "", Method: verdict.ByText, Text: test.text, Reasoning: test.why}
		if test.want != "" {
			want.Judgment = []byte(test.want)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s of %q (-want +got):\n%s", test.returns, test.text, d)
		}
	}
}

// TestVerdictsOfSubmissions reads calls of the function.
func TestVerdictsOfSubmissions(t *testing.T) {
	for arguments, want := range map[string]string{
		`{"reasoning":"x","judgment":true}`: "true", `{"judgment":"yes"}`: "true", `{"judgment":`: "", `{}`: "", `{"judgment":7}`: "",
	} {
		got := verdict.Read(evaluators()[file.ReturnsBoolean], &llm.Message{ToolCalls: []llm.ToolCall{llm.CallOf("a", "submit_judgment", arguments)}}, verdict.ByTool)
		if string(got.Judgment) != want || got.Found != (want != "") || got.Found && got.Method != verdict.ByTool {
			t.Errorf("%s: %+v", arguments, got)
		}
	}
	got := readText(evaluators()[file.ReturnsBoolean], "yes", verdict.ByTool)
	if !got.Found || got.Method != verdict.ByText {
		t.Errorf("an answer in words to a forced call: %+v", got)
	}
}

// FuzzVerdicts reads any answer: what is found is a judgment that the Evaluator gives.
func FuzzVerdicts(f *testing.F) {
	for _, seed := range []string{"true", "4/5", `{"judgment": {"score": [1`, strings.Repeat(`{"a":`, 100), "good, bad", "Tone: ]", "[", `"\u0000`, "=:=", "\xff: yes"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for returns, e := range evaluators() {
			got := readText(e, text, verdict.ByJSON)
			if got.Found && judgment.Expected(e, got.Judgment) != "" {
				t.Errorf("%s of %q: %s", returns, text, got.Judgment)
			}
			if !got.Found && got.Judgment != nil {
				t.Errorf("%s of %q is not found and %s", returns, text, got.Judgment)
			}
		}
	})
}
