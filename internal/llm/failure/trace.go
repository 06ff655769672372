package failure

import "strings"

// pythonTrace is the first line of a Python stack trace. The last line of the trace is the error itself.
const pythonTrace = "Traceback (most recent call last)"

// frames are the beginnings of lines in other stack traces. These lines follow the error.
var frames = [...]string{"\n\tat ", "\n    at ", "\n  File \"", "\ngoroutine ", "\nStack trace:", "\n" + pythonTrace}

// withoutTrace removes a stack trace from a message. It returns the text before the trace, or the last line
// of a Python trace that nothing precedes.
func withoutTrace(text string) string {
	if strings.HasPrefix(text, pythonTrace) {
		return strings.TrimSpace(text[strings.LastIndexByte(strings.TrimRight(text, "\n"), '\n')+1:])
	}
	end := len(text)
	for _, start := range frames {
		if i := strings.Index(text, start); i >= 0 {
			end = min(end, i)
		}
	}
	return strings.TrimSpace(text[:end])
}
