package openapi

import (
	_ "embed"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web/markup"
)

//go:embed reference.css
var referenceStyle string

//go:embed reference.js
var referenceScript string

// html returns the whole page.
func (v *pageView) html() markup.HTML {
	p := new(markup.Page)
	p.Add(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s · API reference</title>
<link rel="icon" href="data:,">
<style>
%s</style>
</head>
<body>
<div class="frame">
`, v.Title, markup.HTML(referenceStyle))
	v.contents(p)
	p.Add("<main>\n<h1>%s <small>%s</small></h1>\n", v.Title, v.Version)
	if v.Description != "" {
		p.Add("<p>%s</p>\n", v.Description)
	}
	p.Add(`<p>Send your API key in the header <code>X-API-KEY</code>, or as <code>Authorization: Bearer</code>. Bodies are JSON in UTF-8. In a request, ` +
		`<code>null</code> is the same as leaving a member out, and unknown members are ignored.</p>` + "\n")
	for i := range v.Groups {
		v.Groups[i].html(p)
	}
	v.reasons(p)
	p.Add("<section data-group>\n<h2 id=\"types\">Types</h2>\n")
	for i := range v.Types {
		v.Types[i].html(p)
	}
	p.Add("</section>\n</main>\n</div>\n<script>%s</script>\n</body>\n</html>\n", markup.HTML(referenceScript))
	return p.HTML()
}

// contents adds the list of operations.
func (v *pageView) contents(p *markup.Page) {
	p.Add(`<nav aria-label="Contents">
<input id="find" type="search" placeholder="Search  ( / )" aria-label="Search the reference" autocomplete="off" hidden>
`)
	for i := range v.Groups {
		p.Add("<div data-group><h2>%s</h2><ul>\n", v.Groups[i].Tag)
		for _, r := range v.Groups[i].Routes {
			var class markup.HTML
			if r.Deprecated {
				class = ` class="dep"`
			}
			p.Add("<li data-text=\"%s %s %s %s\"><a href=\"#%s\"%s>%s</a>\n", r.ID, r.Method, r.Path, r.Summary, r.ID, class, r.Summary)
		}
		p.Add("</ul></div>\n")
	}
	p.Add(`<div data-group><h2>More</h2><ul><li data-text="errors reasons"><a href="#errors">Errors</a><li data-text="types schemas"><a href="#types">Types</a></ul></div>
</nav>
`)
}

func (g *groupView) html(p *markup.Page) {
	p.Add("<section data-group>\n<h2 id=\"tag-%s\">%s</h2>\n", g.Tag, g.Tag)
	if g.Text != "" {
		p.Add("<p>%s</p>\n", g.Text)
	}
	for i := range g.Routes {
		g.Routes[i].html(p)
	}
	p.Add("</section>\n")
}

func (r *routeView) html(p *markup.Page) {
	key := "no key"
	if r.Role != "" {
		key = "key of a " + r.Role
	}
	if r.Deprecated {
		key = "deprecated · " + key
	}
	p.Add(`<article id="%s" data-text="%s %s %s %s %s">
<h3>%s <a class="note" href="#%s" aria-label="Link to %s">#</a></h3>
<div class="path"><span class="verb %s">%s</span><code>%s</code><span class="role">%s</span></div>
`, r.ID, r.ID, r.Method, r.Path, r.Summary, r.Description, r.Summary, r.ID, r.ID, r.Method, r.Method, r.Path, key)
	if r.Description != "" {
		p.Add("<p>%s</p>\n", r.Description)
	}
	if r.Params != nil {
		p.Add("<h4>Parameters</h4>%s\n", table(r.Params))
	}
	if r.Takes != nil {
		p.Add("<h4>Body: %s</h4>%s\n", typeText(r.Takes), table(r.Body))
	}
	gives, events := markup.HTML("nothing"), markup.HTML("")
	if r.Gives != nil {
		gives = typeText(r.Gives)
	}
	if r.Events != nil {
		events = ", or server-sent events of " + typeText(r.Events)
	}
	p.Add("<h4>Answer</h4><p><code>%s</code> %s%s</p>\n</article>\n", r.Status, gives, events)
}

// reasons adds the table of what can fail.
func (v *pageView) reasons(p *markup.Page) {
	p.Add(`<section>
<h2 id="errors">Errors</h2>
<p>Every failure is answered with <code>{"detail": …}</code>, a <a href="#type-Detail">Detail</a>. Its <code>reason</code> decides: status, <code>type</code> and <code>retryable</code> follow from it.</p>
<table><tr><th>Reason<th>Status<th>What it means</tr>
`)
	for _, r := range v.Reasons {
		var retried markup.HTML
		if r.Retryable {
			retried = ` <span class="note">may be retried</span>`
		}
		p.Add("<tr><td><a href=\"%s\"><code>%s</code></a><td>%s%s<td>%s\n", errs.DocPath(r.Reason), r.Reason, r.Code, retried, r.Title)
	}
	p.Add("</table>\n</section>\n")
}

func (t *typeView) html(p *markup.Page) {
	p.Add("<article id=\"type-%s\" data-text=\"%s\">\n<h3>%s <a class=\"note\" href=\"#type-%s\" aria-label=\"Link to %s\">#</a></h3>\n", t.Name, t.Name, t.Name, t.Name, t.Name)
	if t.Text != "" {
		p.Add("<p>%s</p>", t.Text)
	}
	if t.Is != nil {
		p.Add("<p>%s</p>", typeText(t.Is))
	}
	p.Add("\n%s\n</article>\n", table(t.Rows))
}

// table returns a table of members, nothing if there are none.
func table(rows []rowView) markup.HTML {
	if len(rows) == 0 {
		return ""
	}
	p := new(markup.Page)
	p.Add("<table>")
	for i := range rows {
		rows[i].html(p)
	}
	p.Add("</table>")
	return p.HTML()
}

func (r *rowView) html(p *markup.Page) {
	p.Add("<tr><td><code>%s</code>", r.Name)
	if r.Required {
		p.Add(` <span class="must">required</span>`)
	}
	if r.In != "" {
		p.Add(` <span class="note">%s</span>`, r.In)
	}
	p.Add("<td>%s<td>%s", typeText(r.Type), r.Text)
	if r.Rules != "" {
		p.Add(` <span class="note">%s</span>`, r.Rules)
	}
}

// typeText returns the text of a type, with links.
func typeText(pieces []piece) markup.HTML {
	p := new(markup.Page)
	for _, one := range pieces {
		if one.Ref != "" {
			p.Add(`<a href="#type-%s">%s</a>`, one.Ref, one.Text)
		} else {
			p.Add("%s", one.Text)
		}
	}
	return p.HTML()
}
