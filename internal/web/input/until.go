package input

import (
	"time"

	"github.com/openloop-server/openloop/internal/web/schema"
)

// Until is a parameter for the end of a time range: a date and time, or a date, which is included. "" is no end.
type Until string

// JSONSchema implements [schema.Schemer].
func (Until) JSONSchema() *schema.Schema { return &schema.Schema{Type: "string", Format: "date-time"} }

// End returns the last moment of the range, the zero time if there is no end, and false for a text that [ParseTime] does not read.
func (u Until) End() (at time.Time, ok bool) {
	text := string(u)
	if text == "" {
		return time.Time{}, true
	}
	if at, ok = ParseTime(text); !ok {
		return time.Time{}, false
	}
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return at.Add(24*time.Hour - time.Microsecond), true
	}
	return at.UTC().Truncate(time.Microsecond), true
}
