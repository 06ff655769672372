package errs

import "fmt"

// ReasonDoc is the documentation of a reason: what the page at [DocPath] shows. Texts are plain sentences; `code` is in back-ticks.
type ReasonDoc struct {
	Reason    Reason `json:"reason"`
	Code      int    `json:"code"`
	Type      string `json:"type"`
	Retryable bool   `json:"retryable"`
	Fault     Fault  `json:"fault"`
	Title     string `json:"title"` // a few words, no full stop
	What      string `json:"what"`  // what happened
	Who       string `json:"who"`   // who must act
	Do        string `json:"do"`    // what to do
	Try       string `json:"try"`   // how to see this failure on purpose
}

// Docs returns the documentation of every reason, in the order of [Reasons].
func Docs() []ReasonDoc {
	out := make([]ReasonDoc, 0, len(table))
	for _, row := range table {
		out = append(out, row.reason.Doc())
	}
	return out
}

// Doc returns the documentation of r. An unlisted reason has the documentation of [Internal].
func (r Reason) Doc() ReasonDoc {
	if !r.Known() {
		r = Internal
	}
	p := pages[r]
	return ReasonDoc{
		Reason: r, Code: r.Code(), Type: r.Type(), Retryable: r.Retryable(), Fault: r.Fault(),
		Title: p.title, What: p.what, Who: p.who, Do: p.do, Try: r.try(p),
	}
}

func (r Reason) try(p page) string {
	if p.try != "" {
		return p.try
	}
	return fmt.Sprintf("Call a Prompt with provider `mock` and model `error/%s`. It needs no key and no network.", r)
}

// page is the hand-written part of a reason's documentation. An empty try means the mock provider.
type page struct{ title, what, who, do, try string }

const (
	whoCaller   = "Whoever writes the request."
	whoKey      = "The owner of the provider key."
	whoAccount  = "The owner of the provider account."
	whoOperator = "The operator of this server."
	whoCode     = "Whoever writes the code."
	whoNobody   = "Nobody yet. Try again first."
)
