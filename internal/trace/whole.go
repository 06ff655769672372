package trace

import (
	"time"

	"github.com/openloop-server/openloop/internal/file"
)

// HasStatus reports whether Logs of a kind have a [Status]: those of Flows and Agents, because others are logged below them while they run.
func HasStatus(k file.Kind) bool { return k == file.FlowKind || k == file.AgentKind }

// Whole reports whether nothing is added to l or below it any more. Only Logs of Flows and Agents grow after they were stored.
func (l *Log) Whole() bool { return !HasStatus(l.Kind) || l.Status == Complete }

// Cover widens the times of l to include those of a descendant. Zero times are ignored. It reports whether the times changed.
func (l *Log) Cover(start, end time.Time) bool {
	changed := false
	if !start.IsZero() && (l.StartTime.IsZero() || start.Before(l.StartTime)) {
		l.StartTime, changed = start, true
	}
	if end.After(l.EndTime) {
		l.EndTime, changed = end, true
	}
	return changed
}

// Began returns the start time of l, or its creation time if the start is unknown.
func (l *Log) Began() time.Time {
	if l.StartTime.IsZero() {
		return l.CreatedAt
	}
	return l.StartTime
}
