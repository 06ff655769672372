package input

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/web/schema"
)

// ParseTime reads a time as pydantic 2 does. It accepts
//
//   - a date: 2006-01-02;
//   - a date and a time of day, separated by "T", a blank or an underscore, with optional seconds, fraction and zone: 2006-01-02 15:04,
//     2006-01-02T15:04:05.123+0100;
//   - a number of seconds since 1970, or of milliseconds if it is above 2e10: 1136214245.5.
//
// A time without a zone is in UTC.
func ParseTime(text string) (at time.Time, ok bool) {
	if isDecimal(text) {
		return instantOf(text)
	}
	if at, ok = parseMoment(text); !ok || !schema.IsInYears(at) {
		return time.Time{}, false
	}
	return at, true
}

// isDecimal reports whether text is a number without an exponent: -1, .5, 10., +0.25.
func isDecimal(text string) bool {
	text = unsigned(text)
	whole, fraction, _ := strings.Cut(text, ".")
	return whole+fraction != "" && isDigits(whole) && isDigits(fraction)
}

func unsigned(text string) string {
	if text != "" && (text[0] == '+' || text[0] == '-') {
		return text[1:]
	}
	return text
}

func isDigits(text string) bool {
	for i := range len(text) {
		if text[i]-'0' > 9 {
			return false
		}
	}
	return true
}

const watershed = 2e10 // the largest number of seconds; see speedate, which pydantic reads times with

// instantOf is the time that a number stands for.
func instantOf(number string) (at time.Time, ok bool) {
	if n, err := strconv.ParseInt(number, 10, 64); err == nil {
		at = time.UnixMilli(n)
		if n >= -watershed && n <= watershed {
			at = time.Unix(n, 0)
		}
		return at.UTC(), schema.IsInYears(at)
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || math.Abs(n) > 1e15 { // the year 33,658, in milliseconds
		return time.Time{}, false
	}
	if math.Abs(n) > watershed {
		n /= 1000
	}
	whole, fraction := math.Modf(n)
	at = time.Unix(int64(whole), int64(math.Round(fraction*1e6))*1000).UTC()
	return at, schema.IsInYears(at)
}

func parseMoment(text string) (at time.Time, ok bool) {
	date, clock := text, ""
	if len(text) > len(time.DateOnly) {
		date, clock = text[:len(time.DateOnly)], text[len(time.DateOnly):]
	}
	at, err := time.Parse(time.DateOnly, date)
	if err != nil || clock == "" {
		return at, err == nil
	}
	if !strings.ContainsRune("Tt _", rune(clock[0])) {
		return at, false
	}
	clock, zone, ok := cutZone(clock[1:])
	if !ok {
		return at, false
	}
	for _, layout := range [...]string{time.TimeOnly, "15:04"} {
		if len(clock) < len(layout) || len(layout) == len("15:04") && len(clock) > len(layout) {
			continue
		}
		if t, err := time.Parse(layout, clock); err == nil {
			t = t.Truncate(time.Microsecond)
			sinceMidnight := t.Sub(t.Truncate(24 * time.Hour))
			return at.Add(sinceMidnight - time.Duration(zone)*time.Second).In(time.FixedZone("", zone)), true
		}
	}
	return at, false
}

// cutZone splits the zone from the end of a time of day: Z, +01:00 or +0100, also with U+2212 for a minus. seconds are east of UTC.
func cutZone(clock string) (rest string, seconds int, ok bool) {
	clock = strings.Replace(clock, "\u2212", "-", 1)
	if n := len(clock) - 1; n >= 0 && (clock[n] == 'Z' || clock[n] == 'z') {
		return clock[:n], 0, true
	}
	i := strings.IndexAny(clock, "+-")
	if i < 0 {
		return clock, 0, true
	}
	digits := clock[i+1:]
	if len(digits) == len("01:00") && digits[2] == ':' {
		digits = digits[:2] + digits[3:]
	}
	if len(digits) != len("0100") || !isDigits(digits) || digits[:2] > "23" || digits[2:] > "59" {
		return "", 0, false
	}
	hours, _ := strconv.Atoi(digits[:2])
	minutes, _ := strconv.Atoi(digits[2:])
	seconds = (hours*60 + minutes) * 60
	if clock[i] == '-' {
		seconds = -seconds
	}
	return clock[:i], seconds, true
}

func notATime() *fault {
	return &fault{kind: ruleTime, message: "must be a date and time such as 2006-01-02T15:04:05Z"}
}
