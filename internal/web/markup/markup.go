// Package markup writes HTML. It stands in for html/template, whose calls of methods by name keep all methods of all types in the program: a tenth
// of its size.
package markup

import (
	"fmt"
	"html"
	"strings"
)

// HTML is text that needs no escaping.
type HTML string

// Page is a text of HTML that grows. The zero value is empty.
type Page struct{ b strings.Builder }

// Add appends HTML in which each %s stands for a value in an element or in a quoted attribute. A value is escaped, unless it is an [HTML].
func (p *Page) Add(format HTML, args ...any) {
	for i, a := range args {
		if _, safe := a.(HTML); !safe {
			args[i] = html.EscapeString(fmt.Sprint(a))
		}
	}
	_, _ = fmt.Fprintf(&p.b, string(format), args...) // a Builder does not fail
}

// HTML returns what was added.
func (p *Page) HTML() HTML { return HTML(p.b.String()) }

// Prose returns text with what is in back-ticks as code.
func Prose(text string) HTML {
	var p Page
	for i, part := range strings.Split(text, "`") {
		if i%2 == 1 {
			p.Add("<code>%s</code>", part)
		} else {
			p.Add("%s", part)
		}
	}
	return p.HTML()
}
