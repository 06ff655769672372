package input

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"openloop/internal/errs"
	"openloop/internal/nearest"
)

// What nothing reads of a request, a misspelt member of the body or parameter of the query, is no fault by itself: clients that are newer
// or older than the server send such. It is told in the header X-Openloop-Ignored of the answer, with what was probably meant:
//
//	X-Openloop-Ignored: input (did you mean inputs?), prompt.modell (did you mean model?), ?pge (did you mean page?)
//
// A request with X-Openloop-Strict: true is refused for it, and so is every one if [Options.Strict] is set.
const (
	headerIgnored = "X-Openloop-Ignored"
	headerStrict  = "X-Openloop-Strict"
)

const (
	maxIgnored  = 10 // listed in the header; more are counted
	ruleUnknown = "extra_forbidden"
)

// unknowns collects what nothing reads. The zero value is empty.
type unknowns struct {
	list  []unknown
	total int
	known []string // names of older clients, which are passed over in silence at the top of a body and in the query
}

// unknown is a member or a parameter that nothing reads.
type unknown struct {
	loc  []any
	near string // what may have been meant, "" for nothing
}

// add notes the member or parameter at the end of loc; names lists those that are read there.
func (u *unknowns) add(loc []any, names func(yield func(string) bool)) {
	name, _ := loc[len(loc)-1].(string)
	if len(loc) == 2 && slices.Contains(u.known, name) {
		return
	}
	u.total++
	if len(u.list) < maxViolations {
		u.list = append(u.list, unknown{slices.Clone(loc), nearest.Name(name, slices.Collect(names))})
	}
}

// settle makes faults of what was found, if the request is strict, and tells of it in a header otherwise.
func (u *unknowns) settle(strict bool, header http.Header, found *violations) {
	if u.total == 0 {
		return
	}
	if !strict {
		header.Set(headerIgnored, u.String())
		return
	}
	for _, one := range u.list {
		if one.near != "" {
			found.add(one.loc, faultf(ruleUnknown, "is not known here (did you mean %s?)", one.near))
			continue
		}
		found.add(one.loc, &fault{kind: ruleUnknown, message: "is not known here"})
	}
	found.total += u.total - len(u.list)
}

// String is the value of the header.
func (u *unknowns) String() string {
	var all []string
	for _, one := range u.list[:min(len(u.list), maxIgnored)] {
		sign := ""
		if one.loc[0] == InQuery {
			sign = "?"
		}
		text := sign + headerSafe(dotted(one.loc[1:]))
		if one.near != "" {
			text += " (did you mean " + sign + one.near + "?)"
		}
		all = append(all, text)
	}
	if more := u.total - len(all); more > 0 {
		all = append(all, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(all, ", ")
}

const maxPlace = 128 // bytes of the place of one in the header

// headerSafe is a place whose names are the caller's, as it may stand in a list of a header: in ASCII, short, without separators.
func headerSafe(place string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' || strings.ContainsRune(`,;"()\`, r) {
			return '_'
		}
		return r
	}, strings.TrimSuffix(errs.Truncate(place, maxPlace), "…"))
}

// strict reports whether what nothing reads makes the request a bad one.
func (o Options) strict(r *http.Request, found *violations) bool {
	given := r.Header.Get(headerStrict)
	if given == "" {
		return o.Strict
	}
	asked, f := parseBool(given)
	if f != nil {
		found.add([]any{InHeader, headerStrict}, f)
	}
	return asked || o.Strict
}
