package upstream

import (
	"fmt"
	"strings"
	"time"
)

// TokenMark is a byte that every content delta of a stream, and the text of a plain answer, holds exactly once, and that nothing else in an
// answer holds. JSON never escapes it, so a client counts tokens without parsing.
const TokenMark = '~'

// Config says how the upstream answers. The zero Config answers at once, and streams without any content.
type Config struct {
	// Latency passes between a request's last byte and the answer's first.
	Latency time.Duration
	// Chunks is the number of content deltas in a stream.
	Chunks int
	// ChunkText is the length of a delta's text in bytes, at least 1.
	ChunkText int
	// Pace passes between two chunks of a stream; 0 sends them as fast as the connection takes them, still one write each.
	Pace time.Duration
}

const (
	streamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n" +
		"X-Request-Id: req_0123456789abcdef\r\nCache-Control: no-store\r\nTransfer-Encoding: chunked\r\n\r\n"
	plainHead = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" +
		"X-Request-Id: req_0123456789abcdef\r\nOpenai-Processing-Ms: 42\r\nContent-Length: %d\r\n\r\n"
	notFound = "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
	done     = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
	usage    = `{"prompt_tokens":214,"completion_tokens":128,"total_tokens":342,` +
		`"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},` +
		`"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,` +
		`"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}`
	plainBody = `{"id":"chatcmpl-bench0123456789abcdefghij","object":"chat.completion","created":1730000000,` +
		`"model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant","content":"%s",` +
		`"refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":` + usage +
		`,"service_tier":"default","system_fingerprint":"fp_0123456789"}`
	chunkBody = `{"id":"chatcmpl-bench0123456789abcdefghij","object":"chat.completion.chunk","created":1730000000,` +
		`"model":"gpt-4o-2024-08-06","service_tier":"default","system_fingerprint":"fp_0123456789",` +
		`"choices":[%s]%s}`
	choice = `{"index":0,"delta":%s,"logprobs":null,"finish_reason":%s}`
	text   = `Thank you for writing to us. Your parcel left our warehouse this morning and is on its way; ` +
		`you can follow it with the link in the message that we sent to you. It should reach you within two ` +
		`working days. If nobody is at home, the driver leaves it with a neighbour or takes it to the nearest ` +
		`shop, and a card tells you where it is. Should anything be wrong with it, please answer this message ` +
		`and we will send another one or give you your money back, whichever you like better.`
)

// answers are the ready-made bytes that the upstream sends.
type answers struct {
	plain  []byte
	stream [][]byte // head, then one event a write
	usage  [][]byte // the same when the request asks for usage
}

// render makes all answers once, so that serving only copies bytes.
func render(c Config) answers {
	body := fmt.Sprintf(plainBody, text+string(TokenMark))
	return answers{
		plain:  fmt.Appendf(nil, plainHead+"%s", len(body), body),
		stream: events(c, false),
		usage:  events(c, true),
	}
}

// firstDelta is the index of the first content delta among the events of a stream.
const firstDelta = 1

// events renders a stream in the order of OpenAI's chat completions: the role,
// the deltas, the finish reason, the usage if asked for, the end mark.
func events(c Config, withUsage bool) [][]byte {
	absent := ""
	if withUsage {
		absent = `,"usage":null`
	}
	chunk := func(delta, finish string) []byte {
		return event(fmt.Sprintf(chunkBody, fmt.Sprintf(choice, delta, finish), absent))
	}
	out := [][]byte{chunk(`{"role":"assistant","content":"","refusal":null}`, "null")}
	delta := fmt.Sprintf(`{"content":"%s%c"}`, strings.Repeat("t", max(c.ChunkText, 1)-1), TokenMark)
	for range c.Chunks {
		out = append(out, chunk(delta, "null"))
	}
	out = append(out, chunk(`{}`, `"stop"`))
	if withUsage {
		out = append(out, event(fmt.Sprintf(chunkBody, "", `,"usage":`+usage)))
	}
	out = append(out, append(event("[DONE]"), "0\r\n\r\n"...))
	out[0] = append([]byte(streamHead), out[0]...)
	return out
}

// event frames one server-sent event as one HTTP chunk.
func event(data string) []byte {
	return fmt.Appendf(nil, "%x\r\ndata: %s\n\n\r\n", len(data)+len("data: \n\n"), data)
}
