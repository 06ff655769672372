package ui

import (
	"crypto/rand"
	"encoding/base64"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web"
	"github.com/openloop-server/openloop/internal/web/markup"
)

// Site is the web UI. It is safe for concurrent use.
type Site struct {
	files fs.FS

	before, after string // the page, up to and from the end of <head>'s start tag; "" without a UI
}

const head = "<head>"

// New returns the UI whose built files are in dist: index.html, and what it loads below ui/assets. Each of these may be there compressed alone, as
// name.gz. Without index.html there is no UI, and the site says so.
func New(dist fs.FS) *Site {
	s := &Site{files: dist}
	page, err := fs.ReadFile(dist, "index.html")
	if before, after, ok := strings.Cut(string(page), head); err == nil && ok {
		s.before, s.after = before+head, after
	}
	return s
}

// Built reports whether there is a UI.
func (s *Site) Built() bool { return s.after != "" }

// screens are the first segments of the paths of the page; "" is that of its start.
var screens = map[string]bool{
	"": true, "login": true, "welcome": true, "files": true, "at": true, "logs": true, "evaluations": true, "settings": true, "errors": true,
}

// Wants reports whether the page answers a request for path: a browser asks for it, and it is the address of a screen.
func (s *Site) Wants(r *http.Request, path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	return s.Built() && reads && screens[first] && names(r.Header, "text/html")
}

// names reports whether the client says that it takes answers of the media type.
func names(h http.Header, media string) bool {
	return strings.Contains(strings.ToLower(strings.Join(h.Values("Accept"), ",")), media)
}

// WantsJSON reports whether a client takes JSON and no pages.
func WantsJSON(h http.Header) bool { return names(h, "application/json") && !names(h, "text/html") }

// policy is the Content-Security-Policy of the page, around its nonce. The nonce is for the style element of the code editor alone.
const (
	policyBefore = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-"
	policyAfter  = "'; style-src-attr 'none'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'self'; " +
		"form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)

// Page answers with the page, or says how to build it.
func (s *Site) Page(w http.ResponseWriter, r *http.Request) {
	base, nonce := web.VisitorOf(r.Context()).Prefix+"/", newNonce()
	h := w.Header()
	h.Set("Content-Security-Policy", policyBefore+nonce+policyAfter)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Add("Vary", "Accept")
	var p markup.Page
	if s.Built() {
		p.Add(`%s<base href="%s"><meta name="csp-nonce" content="%s">%s`, markup.HTML(s.before), base, nonce, markup.HTML(s.after))
	} else {
		p.Add(missing, base)
	}
	web.Send(w, r, "text/html; charset=utf-8", []byte(p.HTML()))
}

const missing markup.HTML = `<!doctype html>
<html lang="en">
<head>
<base href="%s">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Openloop</title>
</head>
<body>
<p>This binary was built without the web UI. <code>make ui</code> builds it; the API works: <a href="docs">/docs</a>.</p>
</body>
</html>
`

func newNonce() string {
	var bits [16]byte
	_, _ = rand.Read(bits[:]) // crypto/rand does not fail
	return base64.StdEncoding.EncodeToString(bits[:])
}

// types are the media types of built files by the endings of their names.
var types = map[string]string{
	".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png", ".json": "application/json",
	".woff2": "font/woff2", ".wasm": "application/wasm", ".map": "application/json", ".txt": "text/plain; charset=utf-8",
}

// Asset answers with the file below ui/assets that the wildcard "name" is. The names change with the content, so browsers may keep it.
func (s *Site) Asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	body, zipped, err := s.read("ui/assets/" + name)
	media := types[path.Ext(name)]
	if err != nil || media == "" {
		web.Fail(w, r, errs.New(errs.RouteNotFound, "There is no such file of the web UI. Load the page again: the server may have been updated."))
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if zipped {
		web.SendGzip(w, r, media, body)
		return
	}
	web.Send(w, r, media, body)
}

// read returns a file and whether it is compressed.
func (s *Site) read(name string) (body []byte, zipped bool, err error) {
	if !fs.ValidPath(name) {
		return nil, false, fs.ErrNotExist
	}
	if body, err = fs.ReadFile(s.files, name+".gz"); err == nil {
		return body, true, nil
	}
	body, err = fs.ReadFile(s.files, name)
	return body, false, err
}

// Icon answers with the icon that browsers ask for by themselves.
func (s *Site) Icon(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "public, max-age=86400")
	web.Send(w, r, types[".svg"], icon)
}
