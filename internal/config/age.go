package config

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Age is a largest age. It is written in days, "90d", or as a duration.
type Age time.Duration

const day = 24 * time.Hour

// UnmarshalText implements [encoding.TextUnmarshaler].
func (a *Age) UnmarshalText(text []byte) error {
	days, ok := strings.CutSuffix(string(text), "d")
	if !ok {
		d, err := time.ParseDuration(string(text))
		*a = Age(d)
		return err
	}
	n, err := strconv.ParseInt(days, 10, 64)
	if err == nil && (n < 0 || n > math.MaxInt64/int64(day)) {
		err = strconv.ErrRange
	}
	*a = Age(time.Duration(n) * day)
	return err
}
