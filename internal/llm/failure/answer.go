package failure

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// hasError reports whether o is an error or carries one where envelopes do. `"error": null` does not count,
// nor does an empty error beside an answer.
func (o members) hasError() bool {
	switch o.kind("error") {
	case '{', '[', 't':
		return !json.Blank(o["error"]) || !o.isAnswer()
	case '"':
		return o.text("error") != ""
	}
	if strings.EqualFold(o.text("object"), "error") || o.text("type") == "error" || o.object("Output").has("__type") {
		return true
	}
	return o.speaksOfError() && !o.isAnswer()
}

// speaksOfError reports whether o, which has no error in the usual place, has one in another place.
func (o members) speaksOfError() bool {
	if o.text("message") != "" && errorStatus(o.scalar("code")) != 0 {
		return true
	}
	for _, h := range []members{o, o.object("value"), o.object("result")} {
		if h.text("error_message") != "" || h.text("errorMessage") != "" || h.kind("upstream_error") == '{' || h.text("upstream_error") != "" || len(h.list("errors")) > 0 {
			return true
		}
	}
	return o.object("value").kind("error") == '{' || o.object("result").kind("error") == '{'
}

// finding is a failure found inside a 2xx answer or inside an event.
type finding struct {
	facts facts
	// reason is empty if classify still has to decide. Otherwise the place of the finding decided it, and code is the provider's name for it.
	reason errs.Reason
	code   string
	note   string // the provider's own words about code; they follow the composed sentence
}

// search looks for a failure in the envelope positions of a success. It never looks into text that the model wrote, nor into the results of
// tools that ran at the provider. output says that output came earlier, so a late block only cuts a success short.
func (o members) search(output bool) (finding, bool) {
	if o.hasError() {
		if o.text("status") == "failed" {
			return failedPrediction(o), true
		}
		return finding{facts: gatherObject(o, top())}, true
	}
	for _, look := range []func(bool) (finding, bool){o.failedResponse, o.blockedPrompt, o.blockedCandidate, o.failedChoice} {
		if found, ok := look(output); ok {
			return found, true
		}
	}
	if o.text("status") == "failed" {
		return failedPrediction(o), true
	}
	return finding{}, false
}

// failedResponse finds an event that ends a Response in failure (Responses API), or a whole Response that a filter emptied.
func (o members) failedResponse(output bool) (finding, bool) {
	response := o.object("response")
	if o.text("type") == "response.failed" || response.hasError() {
		return finding{facts: gatherObject(response, top().in())}, true
	}
	if response == nil {
		response = o
	}
	details := response.object("incomplete_details")
	if details.text("reason") == "content_filter" && !output && !response.hasMessage() {
		return finding{reason: errs.ContentFiltered, code: "content_filter"}, true
	}
	return finding{}, false
}

// hasMessage reports whether the output of a Response holds more than reasoning.
func (o members) hasMessage() bool {
	for _, v := range o.list("output") {
		item, _ := parse(v)
		if item.text("type") != "reasoning" && (item.text("type") != "message" || len(item.list("content")) > 0) {
			return true
		}
	}
	return false
}

// blockedPrompt finds Gemini's refusal to answer at all.
func (o members) blockedPrompt(bool) (finding, bool) {
	feedback := o.object("promptFeedback")
	code := feedback.text("blockReason")
	if code == "" || len(o.list("candidates")) > 0 {
		return finding{}, false
	}
	return finding{reason: errs.ContentFiltered, code: code, facts: facts{message: feedback.text("blockReasonMessage")}}, true
}

// blockedCandidate finds an answer that Gemini withheld, or an unusable tool call of its model.
func (o members) blockedCandidate(output bool) (finding, bool) {
	blocked, note := "", ""
	for _, v := range o.list("candidates") {
		candidate, _ := parse(v)
		code := candidate.text("finishReason")
		if reason, ok := blockReasons[code]; ok && reason == errs.ModelOutputInvalid {
			return finding{reason: reason, code: code}, true
		} else if ok {
			blocked, note = code, candidate.text("finishMessage")
		}
		output = output || hasParts(candidate)
	}
	if blocked == "" || output {
		return finding{}, false
	}
	return finding{reason: errs.ContentFiltered, code: blocked, note: note}, true
}

// blockReasons maps the finish reasons that withhold an answer to our reasons.
var blockReasons = byMember(map[errs.Reason][]string{
	errs.ContentFiltered: {
		"SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "RECITATION", "MODEL_ARMOR", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT",
		"IMAGE_RECITATION",
	},
	// The last two are Amazon Bedrock's.
	errs.ModelOutputInvalid: {"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "malformed_tool_use", "malformed_model_output"},
})

// hasParts reports whether a candidate has a part that is more than an empty text.
func hasParts(candidate members) bool {
	return slices.ContainsFunc(candidate.object("content").list("parts"), func(v json.Value) bool {
		part, _ := parse(v)
		return len(part) > 1 || part.text("text") != "" || len(part) == 1 && !part.has("text")
	})
}

// failedChoice finds a chat completion, whole or a chunk, that ended in an error or was filtered away.
func (o members) failedChoice(output bool) (finding, bool) {
	choices := []members{o, o.object("delta")} // Cohere puts its finish reason there
	for _, v := range o.list("choices") {
		choice, _ := parse(v)
		if choice.object("error") != nil {
			f := gatherObject(choice, top().in())
			f.requestID, f.upstream = cmp.Or(f.requestID, o.text("id")), cmp.Or(f.upstream, o.text("provider"))
			return finding{facts: f}, true
		}
		choices = append(choices, choice)
	}
	filtered := ""
	for _, choice := range choices {
		switch code := choice.text("finish_reason"); strings.ToLower(code) {
		case "error":
			return finding{reason: errs.ProviderInternal, code: code, facts: facts{message: choice.text("error"), requestID: o.text("id")}}, true
		case "content_filter", "error_toxic":
			filtered = code
		}
		output = output || hasContent(choice.object("message")) || hasContent(choice.object("delta")) || choice.text("text") != ""
	}
	if filtered == "" || output {
		return finding{}, false
	}
	return finding{reason: errs.ContentFiltered, code: filtered}, true
}

// hasContent reports whether a message, or a piece of one, holds any output.
func hasContent(message members) bool {
	for _, name := range []string{"content", "tool_calls", "refusal", "reasoning", "reasoning_content", "function_call", "audio"} {
		if message.text(name) != "" || len(message.list(name)) > 0 || message.kind(name) == '{' {
			return true
		}
	}
	return false
}

// failedPrediction reads a prediction of Replicate that failed. Its code is at the end of the error: "… (E005)".
func failedPrediction(o members) finding {
	f := gatherObject(o, top())
	if m := predictionCode.FindStringSubmatch(f.message); m != nil {
		f.code = cmp.Or(m[1], m[2])
	}
	return finding{facts: f}
}

var predictionCode = regexp.MustCompile(`\((?:(E\d{2,6})|code: (\w{1,16}))\)\.?\s*$`)

// successes maps the members of answers to the JSON kinds they may have. An object with none of these members is not an answer.
var successes = map[string]string{
	"choices": "[", "candidates": "[", "content": "[", "output": "[{\"", "message": "{", "response": "\"{", "text": "\"", "generation": "\"",
	"generations": "[", "outputs": "[", "results": "[", "completion": "\"", "data": "[", "embeddings": "[{", "predictions": "[",
	"usageMetadata": "{", "promptFeedback": "{", "bytes": "\"",
}

// isAnswer reports whether o has a member that marks a success.
func (o members) isAnswer() bool {
	for name, kinds := range successes {
		if k := o.kind(name); k != 0 && strings.IndexByte(kinds, k) >= 0 {
			return true
		}
	}
	return o.has("id") && o.has("status") // a prediction without output so far
}
