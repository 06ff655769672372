package input

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/nearest"
)

// An unknown member of the body or parameter of the query is not a violation: clients that are newer or older than the server send them. The
// header X-Openloop-Ignored of the answer lists them, with the name that was probably meant:
//
//	X-Openloop-Ignored: input (did you mean inputs?), prompt.modell (did you mean model?), ?pge (did you mean page?)
//
// They are violations in a request with the header X-Openloop-Strict: true, and in all requests if [Options.Strict] is set.
const (
	headerIgnored = "X-Openloop-Ignored"
	headerStrict  = "X-Openloop-Strict"
)

const (
	maxIgnored  = 10 // listed in the header; more are counted
	ruleUnknown = "extra_forbidden"
)

// unknowns collects unknown members and parameters. The zero value is empty.
type unknowns struct {
	list  []unknown
	total int
	known []string // see [Options.Tolerated]
}

type unknown struct {
	loc  []any
	near string // the name that was probably meant, "" for none
}

// add reports the member or parameter at loc. names yields the known ones.
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

// settle turns what was found into violations if the request is strict, and lists it in a header if not.
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

// String is the value of the header X-Openloop-Ignored.
func (u *unknowns) String() string { return strings.Join(u.names(), ", ") }

// names are the entries of the header.
func (u *unknowns) names() []string {
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
	return all
}

const maxPlace = 128 // bytes of one place in the header

// headerSafe makes a place with names of the caller's fit for a list in a header: short, in ASCII, without separators.
func headerSafe(place string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' || strings.ContainsRune(`,;"()\`, r) {
			return '_'
		}
		return r
	}, strings.TrimSuffix(errs.Truncate(place, maxPlace), "…"))
}

// strict reports whether unknown members and parameters are violations.
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
