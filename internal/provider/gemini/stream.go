package gemini

import (
	"errors"
	"io"

	"openloop/internal/json"
	"openloop/internal/llm"
	"openloop/internal/llm/llmhttp"
)

// forward yields the events of s up to its end, which Gemini does not mark: a failure may still follow a finish reason, so the reason
// is told last. The first event, or the error, carries the body that was sent; beside an error is the usage so far.
func forward(s *llmhttp.Stream, body json.Value, yield func(llm.Event, error) bool) {
	var d decoder
	held := false // the reader of our events may be holding back what it wrote
	send := func(e llm.Event) bool {
		if e.Output() {
			s.MarkOutput()
		}
		e.Request, body, held = body, nil, e.More
		return yield(e, nil)
	}
	for {
		in, err := s.Next()
		if errors.Is(err, io.EOF) && d.finished() {
			send(d.last())
			return
		}
		if errors.Is(err, io.EOF) {
			err = s.Call().Cut(s.Header())
		}
		var events []llm.Event
		if err == nil {
			events, err = d.decode(s.Call(), s.Header(), in.Name, in.Data)
		}
		if err != nil {
			yield(llm.Event{Request: body, Usage: d.portableUsage()}, err)
			return
		}
		if len(events) == 0 && held && !in.More {
			events = append(events, llm.Event{})
		}
		for i := range events {
			events[i].More = in.More || i < len(events)-1
			if !send(events[i]) {
				return
			}
		}
	}
}
