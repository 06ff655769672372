package failure

import "strings"

// pythonTrace is the first line of a Python stack trace, which ends with the error itself.
const pythonTrace = "Traceback (most recent call last)"

// frames are what the lines of other stack traces begin with. They follow the error.
var frames = [...]string{"\n\tat ", "\n    at ", "\n  File \"", "\ngoroutine ", "\nStack trace:", "\n" + pythonTrace}

// withoutTrace leaves of a message that holds a stack trace the error: what stands before the trace, or the last line of a Python
// one that nothing stands before.
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
