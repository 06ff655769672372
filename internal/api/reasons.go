package api

import (
	_ "embed"
	"html/template"
	"net/http"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web"
)

//go:embed reasons.html
var reasonsSource string

var reasonsPage = template.Must(template.New("reasons").Funcs(template.FuncMap{"prose": prose}).Parse(reasonsSource))

type reasonsData struct {
	Title string
	One   bool
	Docs  []errs.ReasonDoc
}

func (a *API) reasons(w http.ResponseWriter, r *http.Request) {
	showReasons(w, reasonsData{Title: "Reasons of errors", Docs: errs.Docs()})
}

func (a *API) reason(w http.ResponseWriter, r *http.Request) {
	reason := errs.Reason(r.PathValue("reason"))
	if !reason.Known() {
		web.Fail(w, r, errs.New(errs.RouteNotFound, "There is no reason of this name. All are listed at /docs/errors."))
		return
	}
	doc := reason.Doc()
	showReasons(w, reasonsData{Title: string(reason), One: true, Docs: []errs.ReasonDoc{doc}})
}

func showReasons(w http.ResponseWriter, data reasonsData) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_ = reasonsPage.Execute(w, data) // a reader who left is no failure
}

// prose renders text in back-ticks as code.
func prose(text string) template.HTML {
	var b strings.Builder
	for i, part := range strings.Split(text, "`") {
		part = template.HTMLEscapeString(part)
		if i%2 == 1 {
			part = "<code>" + part + "</code>"
		}
		b.WriteString(part)
	}
	return template.HTML(b.String()) //nolint:gosec // every part was escaped above
}
