package failure

import "openloop/internal/llm/eventstream"

// readFrames reads the failures of a body that is an AWS event stream, or its first frame. It is nil for anything else.
func readFrames(body []byte) []document {
	var docs []document
	for {
		frame, size, err := eventstream.Parse(body)
		if err != nil || size == 0 || size > len(body) {
			return docs
		}
		if doc, failed := frameDocument(frame.Texts(), frame.Payload); failed || docs == nil {
			docs = append(docs, doc)
		}
		body = body[size:]
	}
}

// frameDocument is the document in a frame, and whether it is a failure.
func frameDocument(headers map[string]string, payload []byte) (document, bool) {
	doc, ok := readJSON(payload)
	if !ok {
		doc = document{shape: empty}
		if isText(payload) && len(payload) > 0 {
			doc = document{shape: plain, text: string(payload)}
		}
	}
	kind := headers[":message-type"]
	if kind != "exception" && kind != "error" {
		return doc, false
	}
	doc.frame = headers
	return doc, true
}
