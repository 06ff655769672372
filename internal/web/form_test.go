package web_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web"
	"github.com/openloop-server/openloop/internal/web/openapi"
)

type upload struct {
	File []byte `part:"file" required:"true" doc:"A file."`
	Name string `part:"name" maxlen:"5"`
}

type formInput struct {
	Body upload `body:"form"`
}

// uploads serves one form and remembers what it read last.
type uploads struct {
	http.Handler
	got *upload
}

func newUploads(t testing.TB) *uploads {
	t.Helper()
	u := new(uploads)
	server, err := web.New([]web.Route{{Method: "POST", Path: "/upload", ID: "upload", Op: web.NoContent(func(_ context.Context, in *formInput) error {
		u.got = &in.Body
		return nil
	})}}, web.Options{MaxBody: 1 << 16})
	if err != nil {
		t.Fatal(err)
	}
	u.Handler = server
	return u
}

func (u *uploads) post(t testing.TB, media, body string) *httptest.ResponseRecorder {
	u.got = nil
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/upload", strings.NewReader(body))
	r.Header.Set("Content-Type", media)
	w := httptest.NewRecorder()
	u.ServeHTTP(w, r)
	return w
}

// bare is a form as some clients send it: the Content-Type names no boundary.
func bare(parts ...string) string {
	return strings.ReplaceAll("--xyz\n"+strings.Join(parts, "\n--xyz\n")+"\n--xyz--\n", "\n", "\r\n")
}

func part(name, content string) string {
	return fmt.Sprintf("Content-Disposition: form-data; name=%q\n\n%s", name, content)
}

func TestFormsAreRead(t *testing.T) {
	u := newUploads(t)
	var usual bytes.Buffer
	w := multipart.NewWriter(&usual)
	file, _ := w.CreateFormFile("file", "a.csv")
	_, _ = file.Write([]byte("a\x00\xff\r\n--b"))
	_ = w.WriteField("name", "héllo")
	_ = w.Close()
	for name, test := range map[string]struct {
		media, body string
		want        upload
	}{
		"usual":             {w.FormDataContentType(), usual.String(), upload{[]byte("a\x00\xff\r\n--b"), "héllo"}},
		"without boundary":  {"multipart/form-data", bare(part("file", "x"), part("name", "n")), upload{[]byte("x"), "n"}},
		"lines of Unix":     {"multipart/form-data", strings.ReplaceAll(bare(part("file", "x\n")), "\r", ""), upload{[]byte("x\n"), ""}},
		"unknown parts":     {"multipart/form-data", bare(part("other", "x"), part("file", "y"), "\nno name"), upload{[]byte("y"), ""}},
		"a part twice":      {"multipart/form-data; boundary=\"xyz\"", bare(part("file", "x"), part("file", "y")), upload{[]byte("y"), ""}},
		"an empty file":     {"Multipart/Form-Data", bare(part("file", "")), upload{[]byte{}, ""}},
		"text before parts": {"multipart/form-data; boundary=xyz", "hello\r\n" + bare(part("file", "x")), upload{[]byte("x"), ""}},
	} {
		t.Run(name, func(t *testing.T) {
			w := u.post(t, test.media, test.body)
			if w.Code != http.StatusNoContent || u.got == nil {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			if d := cmp.Diff(test.want, *u.got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestFormsAreRefused(t *testing.T) {
	u := newUploads(t)
	const media = "multipart/form-data"
	for name, test := range map[string]struct {
		media, body string
		reason      errs.Reason
		message     string
	}{
		"no form":         {"application/json", "{}", errs.UnsupportedMediaType, `The body has the Content-Type "application/json". Send a form, with Content-Type: multipart/form-data.`},
		"no media":        {"", bare(part("file", "x")), errs.UnsupportedMediaType, `The body has the Content-Type "". Send a form, with Content-Type: multipart/form-data.`},
		"empty":           {media, "", errs.InvalidEncoding, "The body is not a form in multipart/form-data: neither its Content-Type nor its first line has a boundary."},
		"a file alone":    {media, "a,b\n1,2\n", errs.InvalidEncoding, "The body is not a form in multipart/form-data: neither its Content-Type nor its first line has a boundary."},
		"cut off":         {media, bare(part("file", "x"))[:60], errs.InvalidEncoding, "The body is not a form in multipart/form-data: it does not end as its boundary says."},
		"other boundary":  {media + "; boundary=abc", bare(part("file", "x")), errs.InvalidEncoding, "The body is not a form in multipart/form-data: it has no part that its boundary begins."},
		"many parts":      {media, bare(strings.Split(strings.Repeat(part("x", "")+"|", 101), "|")...), errs.InvalidEncoding, "The body is not a form in multipart/form-data: it has more than 100 parts."},
		"no file":         {media, bare(part("name", "x")), errs.ValidationFailed, "The request has 1 problem: file: is required."},
		"a long text":     {media, bare(part("file", "x"), part("name", "sixsix")), errs.ValidationFailed, "The request has 1 problem: name: must have at most 5 characters."},
		"text in Latin-1": {media, bare(part("file", "x"), part("name", "\xe9")), errs.InvalidEncoding, "The part name of the form is not valid UTF-8."},
		"too large":       {media, bare(part("file", strings.Repeat("x", 1<<16))), errs.BodyTooLarge, "The body is larger than the limit of 65536 bytes."},
	} {
		t.Run(name, func(t *testing.T) {
			w := u.post(t, test.media, test.body)
			d := detailOf(t, w.Body.String())
			if d.Reason != test.reason || d.Message != test.message || u.got != nil {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestFormsAreDescribed(t *testing.T) {
	u := newUploads(t)
	doc, err := u.Handler.(*web.Server).OpenAPI(openapi.Info{Title: "t", Version: "1"})
	want := `"requestBody":{"content":{"multipart/form-data":{"schema":{"type":"object","properties":{"file":{"type":"string","format":"binary","description":"A file."},` +
		`"name":{"type":"string","maxLength":5}},"required":["file"]}}},"required":true}`
	if err != nil || !strings.Contains(string(doc), want) {
		t.Errorf("%v in %s", err, doc)
	}
}

// FuzzForm sends any body as a form: the answer is within the contract, and what is read can be sent again.
func FuzzForm(f *testing.F) {
	f.Add("multipart/form-data", bare(part("file", "a,b\n1,2"), part("name", "n")))
	f.Add("multipart/form-data; boundary=xyz", "x\r\n"+bare(part("file", "")))
	f.Add("multipart/form-data; boundary=\"", "--\r\n\r\n----")
	f.Add("multipart/mixed", "--a\nContent-Disposition: form-data; name=file\nContent-Transfer-Encoding: quoted-printable\n\n=\n--a--")
	u := newUploads(f)
	f.Fuzz(func(t *testing.T, media, body string) {
		w := u.post(t, media, body)
		if w.Code != http.StatusNoContent {
			inContract(t, w, errs.UnsupportedMediaType, errs.InvalidEncoding, errs.ValidationFailed, errs.BodyTooLarge)
			return
		}
		want := *u.got
		var again bytes.Buffer
		m := multipart.NewWriter(&again)
		file, _ := m.CreateFormFile("file", "f")
		_, _ = file.Write(want.File)
		_ = m.WriteField("name", want.Name)
		_ = m.Close()
		if w := u.post(t, m.FormDataContentType(), again.String()); w.Code != http.StatusNoContent {
			t.Fatalf("was read once, and not again: %s", w.Body)
		}
		if d := cmp.Diff(want, *u.got); d != "" {
			t.Errorf("(-first +again):\n%s", d)
		}
	})
}
