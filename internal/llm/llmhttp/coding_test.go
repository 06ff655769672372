package llmhttp_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

func gzipped(t testing.TB, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	return compressed(t, w, &out, text)
}

func zlibbed(t testing.TB, text string) string {
	t.Helper()
	var out bytes.Buffer
	return compressed(t, zlib.NewWriter(&out), &out, text)
}

func deflated(t testing.TB, text string) string {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.DefaultCompression)
	if err != nil {
		t.Fatal(err)
	}
	return compressed(t, w, &out, text)
}

func compressed(t testing.TB, w io.WriteCloser, out *bytes.Buffer, text string) string {
	t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// damaged returns gz with a wrong checksum.
func damaged(gz string) string {
	b := []byte(gz)
	b[len(b)-8] ^= 1
	return string(b)
}

// TestContentCodings sends an answer, a stream and a failure in each coding. Fault B10: an answer that comes compressed without being asked
// for is decoded, or its coding is named in the error.
func TestContentCodings(t *testing.T) {
	const text = "data: {\"ok\":true}\n\n"
	const cannot = "OpenAI returned HTTP 200 with a body whose content coding cannot be undone: "
	for _, c := range []struct {
		name, coding, body string
		want               string // "" means text
		reason             errs.Reason
	}{
		{"gzip", "gzip", gzipped(t, text), "", ""},
		{"old name, other case", "X-GZip", gzipped(t, text), "", ""},
		{"zlib", "deflate", zlibbed(t, text), "", ""},
		{"bare deflate", "deflate", deflated(t, text), "", ""},
		{"identity", "identity", text, "", ""},
		{"no name", " , ", text, "", ""},
		{"two, with identity", "deflate, identity, gzip", gzipped(t, zlibbed(t, text)), "", ""},
		{"members", "gzip", gzipped(t, text[:5]) + gzipped(t, "") + gzipped(t, text[5:]), "", ""},
		{"rubbish behind", "gzip", gzipped(t, text) + "\x00\x00rubbish", "", ""},
		{"one byte behind", "gzip", gzipped(t, text) + "\n", "", ""},
		{"rubbish behind zlib", "deflate", zlibbed(t, text) + "rubbish", "", ""},
		{"announced, not applied", "gzip", text, "", ""},
		{"deflate announced, not applied", "deflate", text, "", ""},
		{"misused name", "utf-8", text, "", ""},
		{"gzip under another name", "br", gzipped(t, text), "", ""},
		{"Brotli", "br", "\x8b\x09\x80data: {}\n\n\x03", cannot + "br", errs.MalformedProviderResponse},
		{"Zstandard", "zstd", "\x28\xb5\x2f\xfd\x04\x00rest", cannot + "zstd", errs.MalformedProviderResponse},
		{"too many", "gzip, gzip, gzip, br", "\x8b\x09\x80", cannot + "gzip, gzip, gzip, br", errs.MalformedProviderResponse},
		{"a key as a name", key, "\x8b\x09\x80", cannot + "[redacted]", errs.MalformedProviderResponse},
		{"damaged", "gzip", damaged(gzipped(t, text)), cannot + "gzip", errs.MalformedProviderResponse},
		{"not what it says", "gzip", "\x1f\x8bno", "OpenAI ended the stream before the answer was complete.", errs.StreamInterrupted},
		{"cut", "gzip", gzipped(t, text)[:20], "OpenAI ended the stream before the answer was complete.", errs.StreamInterrupted},
	} {
		t.Run(c.name, func(t *testing.T) {
			hc, r := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", c.coding)
				_, _ = io.WriteString(w, c.body)
			})
			answer, err := hc.Do(t.Context(), call, r)
			switch {
			case c.reason != "":
				if e := errs.From(err); e.Reason != c.reason || e.Message != c.want {
					t.Errorf("Do: %+v", e)
				}
			case err != nil || string(answer.Body) != text:
				t.Errorf("Do: %v, %v", answer, err)
			}
			if got, err := firstEvent(t, hc, r); reason(err) != c.reason && c.name != "damaged" || c.reason == "" && got != `{"ok":true}` {
				t.Errorf("Stream: %q, %v", got, err)
			}
		})
	}
}

func firstEvent(t *testing.T, hc *llmhttp.Client, r llmhttp.Request) (string, error) {
	t.Helper()
	s, err := hc.Stream(t.Context(), call, r)
	if err != nil {
		return "", err
	}
	defer s.Close()
	e, err := s.Next()
	return string(e.Data), err
}

// allEvents reads a stream to its end, and returns the error that it ends with.
func allEvents(t *testing.T, hc *llmhttp.Client, r llmhttp.Request) error {
	t.Helper()
	s, err := hc.Stream(t.Context(), call, r)
	if err != nil {
		return err
	}
	defer s.Close()
	for err == nil {
		_, err = s.Next()
	}
	return err
}

// TestFailuresInContentCodings states that compressed failures keep their reasons.
func TestFailuresInContentCodings(t *testing.T) {
	const text = `{"error":{"message":"You exceeded your current quota.","code":"insufficient_quota"}}`
	type outcome struct {
		Reason  errs.Reason
		Message string
	}
	whole := outcome{errs.QuotaExhausted, "You exceeded your current quota."}
	for _, c := range []struct {
		name, coding, body string
		want               outcome
	}{
		{"gzip", "gzip", gzipped(t, text), whole},
		{"zlib", "deflate", zlibbed(t, text), whole},
		{"cut in its checksum", "gzip", strings.TrimSuffix(gzipped(t, text), gzipped(t, text)[len(gzipped(t, text))-8:]), whole},
		{"damaged", "gzip", damaged(gzipped(t, text)), whole},
		{"Brotli", "br", "\x8b\x09\x80", outcome{errs.RateLimited, "OpenAI returned HTTP 429 with a body whose content coding cannot be undone: br"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			hc, r := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", c.coding)
				w.WriteHeader(http.StatusTooManyRequests)
				_, _ = io.WriteString(w, c.body)
			})
			_, err := hc.Do(t.Context(), call, r)
			if e := errs.From(err); (outcome{e.Reason, e.Message}) != c.want {
				t.Errorf("got %+v", e)
			}
		})
	}
}

// TestBombs sends bodies that are small on the wire and huge when decoded.
func TestBombs(t *testing.T) {
	for name, body := range map[string]string{
		"whole answer": `{"a":"` + strings.Repeat("0", llmhttp.MaxBody) + `"}`,
		"event":        "data: " + strings.Repeat("0", llmhttp.MaxEvent) + "\n\n",
		"stream":       strings.Repeat("data: "+strings.Repeat("0", llmhttp.MaxEvent/2)+"\n\n", 2*llmhttp.MaxStream/llmhttp.MaxEvent+1),
	} {
		t.Run(name, func(t *testing.T) {
			gz := gzipped(t, body)
			hc, r := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				_, _ = io.WriteString(w, gz)
			})
			var err error
			if name == "whole answer" {
				_, err = hc.Do(t.Context(), call, r)
			} else {
				err = allEvents(t, hc, r)
			}
			if reason(err) != errs.MalformedProviderResponse {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestCompressedEventsArriveAtOnce uses a server that sends an event only after the previous one was read.
func TestCompressedEventsArriveAtOnce(t *testing.T) {
	for name, open := range map[string]func(io.Writer) flusher{
		"gzip":    func(w io.Writer) flusher { return gzip.NewWriter(w) },
		"deflate": func(w io.Writer) flusher { return zlib.NewWriter(w) },
		"members": func(w io.Writer) flusher { return &members{out: w} },
	} {
		t.Run(name, func(t *testing.T) {
			next := make(chan int)
			hc, r := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", strings.Replace(name, "members", "gzip", 1))
				out := open(w)
				for n := range next {
					_, _ = fmt.Fprintf(out, "data: %d\n\n", n)
					_ = out.Flush()
					_ = http.NewResponseController(w).Flush()
				}
				_ = out.Close()
			})
			hc.IdleTimeout = 10 * time.Second // ends a test that would wait for ever
			go func() { next <- 0 }()
			s, err := hc.Stream(t.Context(), call, r)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			for n := range 5 {
				if n > 0 {
					next <- n
				}
				if e, err := s.Next(); err != nil || string(e.Data) != fmt.Sprint(n) {
					t.Fatalf("event %d: %q, %v", n, e.Data, err)
				}
			}
			close(next)
			if _, err := s.Next(); err != io.EOF { //nolint:errorlint // the end of events is io.EOF itself
				t.Errorf("the end is %v", err)
			}
		})
	}
}

type flusher interface {
	io.WriteCloser
	Flush() error
}

// members writes each piece as a gzip member of its own.
type members struct{ out io.Writer }

func (m *members) Write(p []byte) (int, error) {
	w := gzip.NewWriter(m.out)
	n, err := w.Write(p)
	if err == nil {
		err = w.Close()
	}
	return n, err
}

func (m *members) Flush() error { return nil }
func (m *members) Close() error { return nil }
