package failure

import (
	"cmp"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

// facts is what a failure says about itself, before anything decides what it means.
type facts struct {
	message     string   // the provider's sentence, not yet redacted or capped
	page        string   // what a marked-up document was; it replaces the sentence
	codes       []string // machine codes as sent, the most trusted first
	around      []string // codes of the relay's envelope around this failure
	nested      bool     // a relay carries the failure
	innerStatus int      // the failure's status behind the relay; 0 if unknown
	told        int      // the status at the beginning of the sentence
	code        string   // the code to show
	status      int      // an HTTP error status inside the body; 0 for none
	param       string
	requestID   string
	upstream    string
	violations  []errs.Violation
	retry       time.Duration // the body's own hint
	quotas      []string      // ids of exceeded Google quotas
}

// over returns the facts f of an inner envelope, completed by those of the outer envelope around it. status and
// upstream always come from the outer one.
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

// trust puts a code, such as that of a header, before all others.
func (f *facts) trust(code string) {
	if code != "" {
		f.codes = append([]string{code}, f.codes...)
		f.code = code
	}
}

// awsCode cuts the name out of an AWS error type: "a.b#ThrottlingException:http://c" gives "ThrottlingException".
func awsCode(s string) string {
	s, _, _ = strings.Cut(s, ":")
	return s[strings.LastIndexByte(s, '#')+1:]
}
