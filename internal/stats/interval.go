package stats

import "time"

// Day is a day of Coordinated Universal Time.
const Day = 24 * time.Hour

// Finest is the length of the intervals in which Logs are added up first.
const Finest = 5 * time.Minute

// The ages from which figures are kept by the hour and by the day only. Those of the last day, and of the day before to compare with, are
// kept in the finest intervals, and those of the last month and the month before by the hour.
const (
	hourlyAfter = 3 * Day
	dailyAfter  = 70 * Day
)

// Resolution returns the length of the interval in which the figures of a moment may be kept by now: [Finest], an hour or a day.
func Resolution(at, now time.Time) time.Duration {
	for _, length := range [...]time.Duration{Day, time.Hour} {
		if at.Before(Until(length, now)) {
			return length
		}
	}
	return Finest
}

// Until returns the moment before which figures are kept in intervals of a length, an hour or a day, by now.
func Until(length time.Duration, now time.Time) time.Time {
	if length == Day {
		return Floor(now.Add(-dailyAfter), Day)
	}
	return Floor(now.Add(-hourlyAfter), time.Hour)
}

// Floor returns the beginning of the interval of a length that t is in. Days begin at midnight of UTC, and weeks on Monday.
func Floor(t time.Time, length time.Duration) time.Time { return t.UTC().Truncate(length) }

// Period is a time that is told in intervals of one length.
type Period struct {
	From, To time.Time // To is not in it
	Interval time.Duration
}

// Intervals are the lengths of intervals that ranges are told in.
var Intervals = [...]time.Duration{
	Finest, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, Day, 7 * Day,
}

const (
	usualPoints = 120
	mostPoints  = 1000
)

// Spread returns the Period that holds the time from from to to, in whole intervals. They have the length asked, or if that is 0 are 120 at
// most. They are longer if there would be more than a thousand, and not shorter than those in which its figures, and those of
// the one before it, may be kept by now.
func Spread(from, to, now time.Time, asked time.Duration) Period {
	length, most := to.Sub(from), time.Duration(mostPoints)
	if asked == 0 {
		most = usualPoints
	}
	least := max(asked, Resolution(from.Add(-length), now))
	interval := Intervals[len(Intervals)-1]
	for _, one := range Intervals {
		if one >= least && length <= most*one {
			interval = one
			break
		}
	}
	r := Period{From: Floor(from, interval), To: Floor(to.Add(interval-1), interval), Interval: interval}
	if coarser := Resolution(r.Before(), now); coarser > interval { // it begins a little earlier than asked
		return Spread(from, to, now, coarser)
	}
	return r
}

// Before returns the beginning of the Period of the same length before p.
func (p Period) Before() time.Time { return p.From.Add(p.From.Sub(p.To)) }
