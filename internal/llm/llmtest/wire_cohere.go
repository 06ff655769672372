package llmtest

import "fmt"

// Cohere returns a stand-in for Cohere's chat. Its requests have the messages of [Chat].
func Cohere() *Wire {
	w := Chat()
	w.IDs = [2]string{"get_weather_8fxqjm6kr4ca", "now_0abcdefghijk"}
	w.form.rules = rules{needsText: true, needsResult: true}
	w.form.whole, w.form.stream = wholeCohere, streamCohere
	return w
}

func wholeCohere(w *Wire) string {
	return fmt.Sprintf(`{"id":"c1","finish_reason":"TOOL_CALL","message":{"role":"assistant","tool_plan":%q,"content":[{"type":"text","text":%q}],"tool_calls":[`+
		`{"id":%q,"type":"function","function":{"name":"get_weather","arguments":"{}"}},{"id":%q,"type":"function","function":{"name":"now","arguments":"{}"}}]}}`,
		w.Reason, Text, w.IDs[0], w.IDs[1])
}

func streamCohere(w *Wire) string {
	return sse(
		`{"type":"message-start","id":"c1","delta":{"message":{"role":"assistant"}}}`,
		fmt.Sprintf(`{"type":"tool-plan-delta","delta":{"message":{"tool_plan":%q}}}`, w.Reason),
		fmt.Sprintf(`{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":%q}}}}`, Text),
		fmt.Sprintf(`{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":%q,"type":"function","function":{"name":"get_weather","arguments":"{}"}}}}}`, w.IDs[0]),
		fmt.Sprintf(`{"type":"tool-call-start","index":1,"delta":{"message":{"tool_calls":{"id":%q,"type":"function","function":{"name":"now","arguments":"{}"}}}}}`, w.IDs[1]),
		`{"type":"message-end","delta":{"finish_reason":"TOOL_CALL"}}`,
	)
}
