package http1

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// message is one message as read: what a test compares whole.
type message struct {
	Head   Head
	Status int
	Body   string
	Rest   string
}

func readMessage(r io.Reader) (message, error) {
	reader := bufio.NewReader(r)
	h, err := ReadHead(reader)
	if err != nil {
		return message{}, err
	}
	var body bytes.Buffer
	if err := ReadBody(reader, h, func(b []byte) { body.Write(b) }); err != nil {
		return message{}, err
	}
	rest, err := io.ReadAll(reader)
	return message{h, h.Status(), body.String(), string(rest)}, err
}

func TestReadsMessages(t *testing.T) {
	tests := []struct {
		name, in string
		want     message
	}{
		{
			"answer with a length, then the next one",
			"HTTP/1.1 200 OK\r\ncontent-LENGTH:  5\r\nX-Other: a:b\r\n\r\nhelloHTTP/1.1",
			message{Head{"HTTP/1.1 200 OK", 5, false, false}, 200, "hello", "HTTP/1.1"},
		},
		{
			"chunked answer with an extension and a trailer",
			"HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" +
				"5;x=y\r\nhello\r\n0B\r\n, the world\r\n0\r\nTrailer: 1\r\n\r\nrest",
			message{Head{"HTTP/1.1 503 Busy", -1, true, true}, 503, "hello, the world", "rest"},
		},
		{
			"request with bare line feeds and no body",
			"POST /x HTTP/1.1\nHost: h\n\nnext",
			message{Head{"POST /x HTTP/1.1", -1, false, false}, 0, "", "next"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readMessage(strings.NewReader(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if slow, err := readMessage(iotest.OneByteReader(strings.NewReader(tt.in))); err != nil || slow != got {
				t.Errorf("byte by byte: %+v, %v; at once: %+v", slow, err, got)
			}
		})
	}
}

func TestRefusesBrokenMessages(t *testing.T) {
	const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	tests := []struct {
		name, in string
		want     error
	}{
		{"nothing", "", io.EOF},
		{"half a first line", "HTTP/1.1 2", io.ErrUnexpectedEOF},
		{"no end of head", "HTTP/1.1 200 OK\r\n", io.ErrUnexpectedEOF},
		{"empty first line", "\r\n", ErrMalformed},
		{"header without colon", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", ErrMalformed},
		{"negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", ErrMalformed},
		{"unknown coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", ErrMalformed},
		{"short body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi", io.ErrUnexpectedEOF},
		{"chunk size is not hexadecimal", chunked + "zz\r\n", ErrMalformed},
		{"chunk size overflows", chunked + "ffffffffffffffffff\r\n", ErrMalformed},
		{"chunk longer than announced", chunked + "2\r\nabc\r\n", ErrMalformed},
		{"cut inside a chunk", chunked + "5\r\nab", io.ErrUnexpectedEOF},
		{"cut before the last chunk", chunked + "2\r\nab\r\n", io.ErrUnexpectedEOF},
		{"endless line", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 8<<10), ErrMalformed},
		{"endless head", "HTTP/1.1 200 OK\r\n" + strings.Repeat("X: yyyyyyyyyyyy\r\n", 8<<10), ErrMalformed},
		{"endless trailers", chunked + "0\r\n" + strings.Repeat("X: yyyyyyyyyyyy\r\n", 8<<10), ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := readMessage(strings.NewReader(tt.in)); !errors.Is(err, tt.want) {
				t.Errorf("got %+v, %v; want error %v", got, err, tt.want)
			}
		})
	}
}

func TestConnKeepsAliveAgainstARealServer(t *testing.T) {
	long := strings.Repeat("0123456789", 10_000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, r.RemoteAddr+" "+string(body)+long)
	}))
	defer server.Close()
	conn, err := Dial(t.Context(), server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()

	var bodies [2]bytes.Buffer
	for i := range bodies {
		h, err := conn.Do([]byte("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"), func(b []byte) { bodies[i].Write(b) })
		if err != nil || h.Status() != http.StatusTeapot {
			t.Fatalf("exchange %d: %+v, %v", i, h, err)
		}
	}
	want := conn.conn.LocalAddr().String() + " abc" + long
	if bodies[0].String() != want || bodies[1].String() != want {
		t.Error("the two answers are not the two expected ones of one connection")
	}
}

func TestConnRefusesAnAnswerWithoutALength(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	conn, err := Dial(t.Context(), server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Do([]byte("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), func([]byte) {}); !errors.Is(err, ErrMalformed) {
		t.Errorf("error %v, want %v", err, ErrMalformed)
	}
}

// FuzzReadMessage checks that the reader never panics and agrees with
// net/http on every answer that both accept.
func FuzzReadMessage(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"))
	f.Add([]byte("POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}"))
	f.Add([]byte("HTTP/1.1 500 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := readMessage(bytes.NewReader(in))
		if err != nil || got.Status < 200 || got.Status == 204 || got.Status == 304 {
			return
		}
		if got.Head.Length < 0 && !got.Head.Chunked {
			return
		}
		response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(in)), nil)
		if err != nil {
			return
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			return
		}
		if response.StatusCode != got.Status || string(body) != got.Body {
			t.Errorf("net/http reads %d %q, we read %d %q", response.StatusCode, body, got.Status, got.Body)
		}
	})
}
