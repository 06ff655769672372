package failure

import (
	"encoding/binary"
	"hash/crc32"
)

// readFrames reads the failures of a body that is an AWS event stream, or its first frame. It is nil for anything else.
// The format: https://smithy.io/2.0/aws/amazon-eventstream.html
func readFrames(body []byte) []document {
	var docs []document
	for {
		headers, payload, rest, ok := nextFrame(body)
		if !ok {
			return docs
		}
		if doc, failed := frameDocument(headers, payload); failed || docs == nil {
			docs = append(docs, doc)
		}
		body = rest
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

const (
	preludeSize = 12 // total length, headers length, checksum of both
	trailerSize = 4  // checksum of all
	stringType  = 7
)

func nextFrame(body []byte) (headers map[string]string, payload, rest []byte, ok bool) {
	if len(body) < preludeSize+trailerSize {
		return nil, nil, nil, false
	}
	total, size := int(binary.BigEndian.Uint32(body)), int(binary.BigEndian.Uint32(body[4:]))
	if total > len(body) || total < preludeSize+trailerSize || size > total-preludeSize-trailerSize ||
		crc32.ChecksumIEEE(body[:8]) != binary.BigEndian.Uint32(body[8:]) {
		return nil, nil, nil, false
	}
	headers = frameHeaders(body[preludeSize : preludeSize+size])
	return headers, body[preludeSize+size : total-trailerSize], body[total:], true
}

// frameHeaders reads string headers, up to the first of another type: the headers that classify are strings and come first.
func frameHeaders(data []byte) map[string]string {
	headers := map[string]string{}
	for len(data) > 0 {
		n := int(data[0])
		if len(data) < 1+n+3 || data[1+n] != stringType {
			return headers
		}
		name := string(data[1 : 1+n])
		data = data[1+n+1:]
		size := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+size {
			return headers
		}
		headers[name], data = string(data[2:2+size]), data[2+size:]
	}
	return headers
}
