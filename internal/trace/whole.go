package trace

import (
	"time"

	"openloop/internal/file"
)

// HasStatus reports whether Logs of a kind have a [Status]: those of Flows and Agents, which others are logged below while they run.
func HasStatus(k file.Kind) bool { return k == file.FlowKind || k == file.AgentKind }

// Cover widens the times of l to those of something that lies below it; zero times say nothing. It reports whether that changed them.
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

// Began is when l started, or was made when it does not say.
func (l *Log) Began() time.Time {
	if l.StartTime.IsZero() {
		return l.CreatedAt
	}
	return l.StartTime
}
