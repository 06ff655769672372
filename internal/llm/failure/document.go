package failure

import (
	"bytes"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/json"
)

// shape is the form of a body. It is detected from the bytes, because content types lie.
type shape int

const (
	empty      shape = iota // only white space
	structured              // a JSON object
	plain                   // text
	markup                  // HTML or XML
	unreadable              // broken JSON, JSON without an object or a text, binary data
)

// document is a body after reading.
type document struct {
	shape  shape
	object members           // if structured
	text   string            // if plain or markup
	event  string            // name of the SSE event that held it
	frame  map[string]string // headers of the AWS frame that held it
}

// read detects the shape of body and parses it. If body holds several documents (an array, SSE, NDJSON, an AWS event stream), read returns
// the first one that carries a failure, or else the first.
func read(body []byte) document {
	if docs := readFrames(body); docs != nil {
		return pick(docs)
	}
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\uFEFF")))
	if len(body) == 0 {
		return document{shape: empty}
	}
	if doc, ok := readJSON(body); ok {
		return doc
	}
	if isMarkup(string(body[:min(len(body), 1024)])) {
		return document{shape: markup, text: string(body)}
	}
	if docs := readEvents(body); docs != nil {
		return pick(docs)
	}
	if docs := readLines(body); docs != nil {
		return pick(docs)
	}
	if looksLikeJSON(string(body[:min(len(body), 64)])) || !isText(body) {
		return document{shape: unreadable}
	}
	return document{shape: plain, text: string(body)}
}

func pick(docs []document) document {
	for _, d := range docs {
		if d.event == "error" || d.frame != nil || d.object.hasError() {
			return d
		}
	}
	return docs[0]
}

// readJSON reads a body that is one JSON text.
func readJSON(body []byte) (document, bool) {
	switch json.Kind(body) {
	case '{':
		o, ok := parse(body)
		return document{shape: structured, object: o}, ok
	case '"':
		s, ok := parseText(body)
		return document{shape: plain, text: s}, ok
	case '[':
		return readArray(body)
	case '0', 't', 'f', 'n':
		return document{shape: unreadable}, json.Valid(body)
	}
	return document{}, false
}

// readArray reads the objects of an array. Google wraps errors into one, and sends streams without SSE as one.
func readArray(body []byte) (document, bool) {
	list, ok := parseList(body)
	if !ok {
		return document{}, false
	}
	var docs []document
	for _, v := range list {
		if o, ok := parse(v); ok {
			docs = append(docs, document{shape: structured, object: o})
		}
	}
	if docs == nil {
		return document{shape: unreadable}, true
	}
	return pick(docs), true
}

// readEvents reads a body that is SSE, or JSON after a single "data:". It returns nil for anything else.
func readEvents(body []byte) []document {
	if !startsEvent(body) {
		return nil
	}
	var docs []document
	var data []byte
	name := ""
	flush := func() {
		if doc, ok := readJSON(data); ok && len(data) > 0 {
			doc.event = name
			docs = append(docs, doc)
		} else if name == "error" && len(data) > 0 {
			docs = append(docs, document{shape: plain, text: string(data), event: name})
		}
		data, name = nil, ""
	}
	for line := range bytes.Lines(body) {
		line = bytes.TrimRight(line, "\r\n")
		switch field, value, _ := bytes.Cut(line, []byte(":")); {
		case len(line) == 0:
			flush()
		case string(field) == "data":
			data = append(append(data, bytes.TrimPrefix(value, []byte(" "))...), '\n')
		case string(field) == "event":
			name = string(bytes.TrimSpace(value))
		case len(data) > 0 && json.Kind(data) == '{': // JSON over several lines after a single "data:"
			data = append(append(data, line...), '\n')
		}
	}
	flush()
	if docs == nil {
		return []document{{shape: unreadable}}
	}
	return docs
}

func startsEvent(body []byte) bool {
	for _, field := range []string{"data:", "event:", ":"} {
		if bytes.HasPrefix(body, []byte(field)) {
			return true
		}
	}
	return false
}

// readLines reads NDJSON. It returns nil unless the first line is an object.
func readLines(body []byte) []document {
	var docs []document
	for line := range bytes.Lines(body) {
		o, ok := parse(bytes.TrimSpace(line))
		if !ok && docs == nil {
			return nil
		}
		if ok {
			docs = append(docs, document{shape: structured, object: o})
		}
	}
	return docs
}

// isText reports whether body is text, not binary data.
func isText(body []byte) bool {
	if bytes.IndexByte(body, 0) >= 0 {
		return false
	}
	broken := 0
	for rest := body; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		if r == utf8.RuneError && n == 1 || r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			broken++
		}
		rest = rest[n:]
	}
	return broken*10 <= len(body)
}
