package api

import (
	_ "embed"
	"net/http"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web"
	"github.com/openloop-server/openloop/internal/web/markup"
)

//go:embed reasons.css
var reasonsStyle string

func (a *API) reasons(w http.ResponseWriter, r *http.Request) {
	const title = "Reasons of errors"
	prefix := web.VisitorOf(r.Context()).Prefix
	p := reasonsPage(title)
	p.Add(`<nav><a href="%s/docs">API reference</a></nav>
<h1>%s</h1>
<p>Every failure has one of eight HTTP statuses and an object <code>detail</code>. Its <code>reason</code> determines the status,
<code>type</code> and <code>retryable</code>. Its <code>origin</code> says whether this server or the provider failed.</p>
<table>
<tr><th>Reason<th>Status<th>Retry?<th>In short</tr>
`, prefix, title)
	for _, d := range errs.Docs() {
		retry := "no"
		if d.Retryable {
			retry = "yes"
		}
		p.Add("<tr><td><a href=\"%s%s\"><code>%s</code></a><td>%s<td>%s<td>%s</tr>\n", prefix, errs.DocPath(d.Reason), d.Reason, d.Code, retry, d.Title)
	}
	p.Add("</table>\n")
	showPage(w, r, p)
}

func (a *API) reason(w http.ResponseWriter, r *http.Request) {
	reason := errs.Reason(r.PathValue("reason"))
	if !reason.Known() {
		web.Fail(w, r, errs.New(errs.RouteNotFound, "There is no reason of this name. All are listed at /docs/errors."))
		return
	}
	prefix := web.VisitorOf(r.Context()).Prefix
	d, retry := reason.Doc(), "No: something has to change first."
	if d.Retryable {
		retry = "Yes: the same request may succeed later."
	}
	p := reasonsPage(string(reason))
	p.Add(`<nav><a href="%s/docs">API reference</a> · <a href="%s/docs/errors">All reasons</a></nav>
<h1><code>%s</code></h1>
<p>%s</p>
<dl>
<dt>HTTP status</dt><dd>%s, type <code>%s</code></dd>
<dt>Can a retry help?</dt><dd>%s</dd>
<dt>What happened</dt><dd>%s</dd>
<dt>Who must act</dt><dd>%s</dd>
<dt>What to do</dt><dd>%s</dd>
<dt>Try it</dt><dd>%s</dd>
</dl>
`, prefix, prefix, reason, d.Title, d.Code, d.Type, retry, markup.Prose(d.What), markup.Prose(d.Who), markup.Prose(d.Do), markup.Prose(d.Try))
	showPage(w, r, p)
}

// reasonsPage begins a page about reasons.
func reasonsPage(title string) *markup.Page {
	p := new(markup.Page)
	p.Add(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s · Openloop</title>
<style>
%s</style>
`, title, markup.HTML(reasonsStyle))
	return p
}

func showPage(w http.ResponseWriter, r *http.Request, p *markup.Page) {
	p.Add("</html>\n")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	web.Send(w, r, "text/html; charset=utf-8", []byte(p.HTML()))
}
