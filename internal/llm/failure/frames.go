package failure

import (
	"bytes"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
)

// readFrames reads a body that is an AWS event stream: the failures in it, or its first frame. It returns nil for anything else.
func readFrames(body []byte) []document {
	var docs []document
	var decoder eventstream.Decoder
	for rest := bytes.NewReader(body); ; {
		frame, err := decoder.Decode(rest, nil)
		if err != nil {
			return docs
		}
		if doc, failed := frameDocument(FrameTexts(frame), frame.Payload); failed || docs == nil {
			docs = append(docs, doc)
		}
	}
}

// FrameTexts returns all headers of a frame that are strings, by name.
func FrameTexts(m eventstream.Message) map[string]string {
	all := map[string]string{}
	for _, h := range m.Headers {
		if v, ok := h.Value.(eventstream.StringValue); ok {
			all[h.Name] = string(v)
		}
	}
	return all
}

// frameDocument returns the document in a frame, and whether it is a failure.
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
