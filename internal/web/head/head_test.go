package head_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/openloop-server/openloop/internal/web/head"
)

const (
	plain = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
	sized = "POST /a HTTP/1.1\r\nHost: x\r\ncontent-length:  12\r\nAccept: */*\r\n\r\n"
)

func TestFind(t *testing.T) {
	cases := []struct {
		name, first, next string
		length, body      int
		ok                bool
	}{
		{"the same", plain, plain, len(plain), 0, true},
		{"the same with a body", sized, sized + `{"a":"b", 1}`, len(sized), 12, true},
		{"a longer body", sized, "POST /a HTTP/1.1\r\nHost: x\r\ncontent-length:  345\r\nAccept: */*\r\n\r\n", len(sized) + 1, 345, true},
		{"the largest body", sized, "POST /a HTTP/1.1\r\nHost: x\r\ncontent-length:  262144\r\nAccept: */*\r\n\r\n", len(sized) + 4, 262144, true},
		{"a body that is too large", sized, "POST /a HTTP/1.1\r\nHost: x\r\ncontent-length:  262145\r\nAccept: */*\r\n\r\n", len(sized) + 4, 262145, false},
		{"a body beyond all numbers", sized, "POST /a HTTP/1.1\r\nHost: x\r\ncontent-length:  99999999999999999999999\r\nAccept: */*\r\n\r\n", 0, 0, false},
		{"no length", sized, "POST /a HTTP/1.1\r\nHost: x\r\ncontent-length:  \r\nAccept: */*\r\n\r\n", 0, 0, false},
		{"another header after it", sized, "POST /a HTTP/1.1\r\nHost: x\r\ncontent-length:  12\r\nAccept: a/b\r\n\r\n", 0, 0, false},
		{"one more after it", sized, "POST /a HTTP/1.1\r\nHost: x\r\ncontent-length:  12\r\nAccept: */*\r\nA: b\r\n\r\n", 0, 0, false},
		{"another before it", sized, "POST /b HTTP/1.1\r\nHost: x\r\ncontent-length:  12\r\nAccept: */*\r\n\r\n", 0, 0, false},
		{"half of it", sized, sized[:50], 0, 0, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h, ok := head.Of([]byte(c.first))
			if !ok {
				t.Fatal("the first has no head")
			}
			length, body, ok := h.Find([]byte(c.next))
			if length != c.length || body != c.body || ok != c.ok {
				t.Errorf("length %d, body %d, %t, want %d, %d, %t", length, body, ok, c.length, c.body, c.ok)
			}
		})
	}
}

func TestHeadsThatAreNotKnownAgain(t *testing.T) {
	for name, data := range map[string]string{
		"nothing":             "",
		"half a head":         "GET /a HTTP/1.1\r\nHost: x\r\n",
		"two lengths":         "POST /a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
		"a list of lengths":   "POST /a HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\n",
		"a length of nothing": "POST /a HTTP/1.1\r\nContent-Length:\r\n\r\n",
		"a blank after it":    "POST /a HTTP/1.1\r\nContent-Length: 1 \r\n\r\n",
	} {
		if h, ok := head.Of([]byte(data)); ok {
			t.Errorf("%s: %+v", name, h)
		}
	}
}

// What is found ends where net/http ends it: otherwise a body could be taken for a request.
func FuzzFindEndsWhereTheRequestDoes(f *testing.F) {
	f.Add([]byte(sized), []byte(sized+`{"a":"b", 1}`))
	f.Add([]byte(plain), []byte(plain+plain))
	f.Fuzz(func(t *testing.T, first, next []byte) {
		known, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(first)))
		if err != nil || known.ContentLength < 0 {
			return // net/http has not read it, or not turned it away with a known length
		}
		h, ok := head.Of(first)
		if !ok {
			return
		}
		length, body, ok := h.Find(next)
		if !ok {
			return
		}
		rest := bytes.NewReader(next[:length])
		r, err := http.ReadRequest(bufio.NewReader(rest))
		if err != nil {
			t.Fatalf("net/http does not read %q: %v", next[:length], err)
		}
		if r.ContentLength != int64(body) {
			t.Errorf("a body of %d, net/http says %d: %q", body, r.ContentLength, next)
		}
		if n, _ := io.Copy(io.Discard, rest); n > 0 {
			t.Errorf("%d bytes after the head", n)
		}
	})
}
