package mock

import (
	"cmp"
	"strings"

	"github.com/openloop-server/openloop/internal/llm"
)

// agentScript calls the forced tool, or else the first one, with arguments that fit its schema and texts that are what the user said, and then says what the
// tools gave. Without tools it does what jsonScript does.
func agentScript(r *llm.Request) script {
	if results := resultsIn(since(r.Messages, llm.Assistant)); results != nil {
		return say(r, strings.Join(results, "\n"), 0)
	}
	tools := callable(r)
	if len(tools) == 0 {
		return jsonScript(r)
	}
	return callFitting(r, cmp.Or(forcedTool(r), tools[0].Name), lastUserText(r))
}
