package wording

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// LongestWait is the longest wait that still means a rate limit. A longer wait means a quota, because no client
// should sleep that long inside a request.
const LongestWait = time.Hour

// MaxWait bounds every hint, so that sums of hints do not overflow.
const MaxWait = 1000 * 24 * time.Hour

// Seconds reads a decimal number of seconds, exact to nine places. It returns 0 for anything else and for a number out of range.
func Seconds(s string) time.Duration {
	whole, fraction, _ := strings.Cut(strings.TrimSpace(s), ".")
	n, err := strconv.ParseUint(whole, 10, 40)
	if err != nil || n > uint64(MaxWait/time.Millisecond) {
		return 0
	}
	nanos := 0
	if fraction != "" {
		digits := (fraction + "000000000")[:9]
		if nanos, err = strconv.Atoi(digits); err != nil || nanos < 0 {
			return 0
		}
	}
	return time.Duration(n)*time.Second + time.Duration(nanos)
}

// aSpan matches a span of time in words or in short: "1.574s", "1m0.36s", "2 days 4 hours".
const aSpan = `:?\s*(?:about |approximately )?~?\s*((?:\d{1,12}(?:\.\d{1,12})?\s*[a-zµ]+[\s,]*(?:and )?)+)`

var (
	waiting   = regexp.MustCompile(`(?:again in|again after|retry after|retry in|resets? in|resets? after|renews? in|refreshes in|available in)` + aSpan)
	resetting = regexp.MustCompile(`(?:resets? in|resets? after|renews? in|refreshes in)` + aSpan)
	amount    = regexp.MustCompile(`(\d+(?:\.\d+)?)\s*([a-zµ]+)`)
)

// Wait returns how long the message says to wait, or 0.
func Wait(message string) time.Duration { return spanBehind(waiting, folded(message)) }

// Reset returns the time after which the message says that a limit resets, or 0.
func Reset(message string) time.Duration { return spanBehind(resetting, folded(message)) }

// spanBehind finds the span after the words of a pattern, in a message in lower case.
func spanBehind(pattern *regexp.Regexp, message string) time.Duration {
	if !strings.ContainsAny(message, "0123456789") {
		return 0
	}
	for _, m := range pattern.FindAllStringSubmatch(message, 8) {
		var total time.Duration
		for _, part := range amount.FindAllStringSubmatch(m[1], 8) {
			unit, ok := units[part[2]]
			if !ok {
				break
			}
			total += scale(Seconds(part[1]), unit)
		}
		if total > 0 {
			return min(total, MaxWait)
		}
	}
	return 0
}

// scale returns n units, at most MaxWait. n is given as seconds.
func scale(n, unit time.Duration) time.Duration {
	if unit < time.Second {
		return n / (time.Second / unit)
	}
	factor := unit / time.Second
	if n > MaxWait/factor {
		return MaxWait
	}
	return n * factor
}

const week = 7 * 24 * time.Hour

var units = map[string]time.Duration{
	"ms": time.Millisecond, "millisecond": time.Millisecond, "milliseconds": time.Millisecond,
	"s": time.Second, "sec": time.Second, "secs": time.Second, "second": time.Second, "seconds": time.Second,
	"m": time.Minute, "min": time.Minute, "mins": time.Minute, "minute": time.Minute, "minutes": time.Minute,
	"h": time.Hour, "hr": time.Hour, "hrs": time.Hour, "hour": time.Hour, "hours": time.Hour,
	"d": 24 * time.Hour, "day": 24 * time.Hour, "days": 24 * time.Hour,
	"w": week, "week": week, "weeks": week, "month": 30 * 24 * time.Hour, "months": 30 * 24 * time.Hour,
}
