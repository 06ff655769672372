package failure

import (
	"cmp"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

// facts is what a failure says about itself, before anyone decides what it means.
type facts struct {
	message     string   // the provider's sentence, not yet redacted or capped
	page        string   // what a marked-up document was, when it stands in for a sentence
	codes       []string // machine codes as sent, the most trusted first
	around      []string // the codes of a relay's envelope around this one
	nested      bool     // a relay carries it
	innerStatus int      // the status that the failure had behind the relay; 0 for unknown
	told        int      // the status that the sentence itself begins with
	code        string   // the one to show
	status      int      // an HTTP error status inside the body; 0 for none
	param       string
	requestID   string
	upstream    string
	violations  []errs.Violation
	retry       time.Duration // the body's own hint
	quotas      []string      // ids of the Google quotas that were exceeded
}

// over returns the facts of an inner envelope completed by those of the one around it. The inner one supplies what it has; status
// and upstream are the outer's.
func (f facts) over(outer facts) facts {
	if f.message == "" && f.page == "" {
		f.message, f.page = outer.message, outer.page
	}
	f.nested = true
	if f.innerStatus == 0 {
		f.innerStatus = max(f.status, f.told)
	}
	f.around = append(append(f.around, outer.codes...), outer.around...)
	f.quotas = append(f.quotas, outer.quotas...)
	f.code = cmp.Or(f.code, outer.code)
	f.param = cmp.Or(f.param, outer.param)
	f.requestID = cmp.Or(f.requestID, outer.requestID)
	f.upstream = cmp.Or(outer.upstream, f.upstream)
	if outer.status != 0 {
		f.status = outer.status
	}
	if f.violations == nil {
		f.violations = outer.violations
	}
	if f.retry == 0 {
		f.retry = outer.retry
	}
	return f
}

func (f facts) silent() bool { return f.message == "" && f.page == "" }

// trust puts a code before all others, as a header's is.
func (f *facts) trust(code string) {
	if code != "" {
		f.codes = append([]string{code}, f.codes...)
		f.code = code
	}
}

// awsCode cuts the name out of an AWS error type: "a.b#ThrottlingException:http://c" is "ThrottlingException".
func awsCode(s string) string {
	s, _, _ = strings.Cut(s, ":")
	return s[strings.LastIndexByte(s, '#')+1:]
}
