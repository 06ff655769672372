package stats

import "time"

// StatsFigures is what Logs add up to.
type StatsFigures struct {
	Calls       int64       `json:"calls" doc:"Logs."`
	Failures    int64       `json:"failures" doc:"Logs with an error."`
	Cost        float64     `json:"cost" doc:"US dollars, of the Logs whose cost is known."`
	CostUnknown int64       `json:"cost_unknown" doc:"Logs of models that used tokens, or did not fail, and whose cost is not known."`
	Tokens      StatsTokens `json:"tokens"`
	Timed       int64       `json:"timed" doc:"Logs whose latency is known."`
	LatencyMean *float64    `json:"latency_mean" doc:"Seconds; null if timed is 0."`
	LatencyP50  *float64    `json:"latency_p50" doc:"Seconds, within 5 %; null if timed is 0."`
	LatencyP95  *float64    `json:"latency_p95" doc:"Seconds, within 5 %; null if timed is 0."`
}

// StatsTokens counts tokens. A token is in one of the five.
type StatsTokens struct {
	Input       int64 `json:"input" doc:"Neither read from a cache nor written to one."`
	CachedInput int64 `json:"cached_input"`
	CacheWrite  int64 `json:"cache_write"`
	Output      int64 `json:"output" doc:"Without reasoning."`
	Reasoning   int64 `json:"reasoning"`
}

// StatsValue is a value of a field that Logs are grouped by. File, Version and APIKey say what an id stands for, if that is still there.
type StatsValue struct {
	Value   string        `json:"value" doc:"An id of a File, a version or an API key; otherwise a name. Empty for Logs without one."`
	File    *StatsFile    `json:"file,omitzero" doc:"Of a File and of a version."`
	Version *StatsVersion `json:"version,omitzero" doc:"Of a version."`
	APIKey  *StatsAPIKey  `json:"api_key,omitzero" doc:"Of an API key."`
}

// StatsFile names a File.
type StatsFile struct {
	ID      string `json:"id"`
	Path    string `json:"path"`
	Type    string `json:"type" enum:"prompt,tool,dataset,evaluator,flow,agent"`
	Deleted bool   `json:"deleted,omitzero"`
}

// StatsVersion names a version.
type StatsVersion struct {
	ID   string `json:"id"`
	Name string `json:"name" doc:"Empty for none."`
}

// StatsAPIKey names an API key.
type StatsAPIKey struct {
	ID   string `json:"id"`
	Name string `json:"name" doc:"Empty for none."`
}

// StatsRange is the time that an answer is about.
type StatsRange struct {
	From     time.Time `json:"from" doc:"The beginning, which may be a little before the one that was asked for."`
	To       time.Time `json:"to" doc:"The end, which is not included."`
	Complete bool      `json:"complete" doc:"false while Logs from before the upgrade to a server with statistics are still being counted."`
}

// StatsSeries is how figures went over time.
type StatsSeries struct {
	StatsRange
	Bucket int64        `json:"bucket" doc:"The length of each interval in seconds."`
	By     string       `json:"by" enum:"none,file,version,environment,provider,model,origin,reason,api_key,type,source"`
	Total  StatsFigures `json:"total" doc:"Of the whole range."`
	Before StatsFigures `json:"before" doc:"Of the range of the same length before."`
	Groups []StatsGroup `json:"groups" doc:"Those with the most calls, the largest first, then the group of all others. With by=none one group of everything."`
}

// StatsGroup is the Logs with one value of the field, or with any other than those listed.
type StatsGroup struct {
	StatsValue
	Other  bool         `json:"other,omitzero" doc:"The group of all other values."`
	Total  StatsFigures `json:"total"`
	Points []StatsPoint `json:"points" doc:"By time. Intervals without Logs are left out."`
}

// StatsPoint is what happened within an interval.
type StatsPoint struct {
	Start time.Time `json:"start"`
	StatsFigures
}

// StatsTop is the values of a field with the largest figures.
type StatsTop struct {
	StatsRange
	Field  string       `json:"field" enum:"file,version,environment,provider,model,origin,reason,api_key,type,source"`
	Total  StatsFigures `json:"total" doc:"Of all values."`
	Count  int          `json:"count" doc:"How many values there are."`
	Values []StatsEntry `json:"values" doc:"The largest first."`
}

// StatsEntry is a value and its figures.
type StatsEntry struct {
	StatsValue
	StatsFigures
}

// StatsFailures is what failed, by who raised it and why.
type StatsFailures struct {
	StatsRange
	Calls    int64         `json:"calls"`
	Failures int64         `json:"failures"`
	Origins  []StatsOrigin `json:"origins" doc:"The one with the most failures first."`
}

// StatsOrigin is the failures that somebody raised.
type StatsOrigin struct {
	Origin   string        `json:"origin" doc:"The display name of a provider, or Openloop. Empty for failures that clients reported."`
	Failures int64         `json:"failures"`
	Reasons  []StatsReason `json:"reasons" doc:"The one with the most failures first."`
}

// StatsReason is the failures for a reason.
type StatsReason struct {
	Reason    string            `json:"reason" doc:"Empty for failures that clients reported."`
	Type      string            `json:"type" doc:"As errors have it. Empty without a reason."`
	Fault     string            `json:"fault" enum:"caller,policy,provider,own,unknown" doc:"Whose failure it is: the request's, that of a key, limit or rule, the provider's, or this server's."`
	Retryable bool              `json:"retryable" doc:"Whether repeating the call can help."`
	DocURL    string            `json:"doc_url" doc:"What the reason means, and what to do. Empty without a reason."`
	Failures  int64             `json:"failures"`
	FirstSeen time.Time         `json:"first_seen" doc:"The first failure in the range."`
	LastSeen  time.Time         `json:"last_seen" doc:"The last failure in the range."`
	Files     []StatsFileFaults `json:"files" doc:"The three Files with the most such failures."`
}

// StatsFileFaults is how often a File failed.
type StatsFileFaults struct {
	StatsFile
	Failures int64 `json:"failures"`
}

// ServerStatus is how the server and its database are.
type ServerStatus struct {
	Database  StatusDatabase   `json:"database"`
	Logs      StatusLogs       `json:"logs"`
	Tasks     StatusTasks      `json:"tasks" doc:"The work of Runs, Evaluators and Agents that waits."`
	Providers []StatusProvider `json:"providers" doc:"Those with failures in the last 15 minutes, by their number."`
	NextSweep *time.Time       `json:"next_sweep" doc:"When old Logs are deleted next; null if another process does it."`
}

// StatusDatabase is the database.
type StatusDatabase struct {
	Kind  string `json:"kind" enum:"sqlite,postgresql"`
	Bytes int64  `json:"bytes" doc:"Its size on disk."`
}

// StatusLogs is the Logs of all Files.
type StatusLogs struct {
	Count         int64      `json:"count"`
	Oldest        *time.Time `json:"oldest" doc:"When the oldest was created; null without Logs."`
	RetentionDays float64    `json:"retention_days" doc:"How long Logs are kept of Files without a rule of their own; 0 for ever."`
}

// StatusTasks counts tasks.
type StatusTasks struct {
	Waiting int64 `json:"waiting" doc:"Not begun."`
	Running int64 `json:"running"`
	Failed  int64 `json:"failed" doc:"Of those, the ones that were tried before."`
}

// StatusProvider is a provider whose calls failed.
type StatusProvider struct {
	Provider string    `json:"provider"`
	Calls    int64     `json:"calls"`
	Failures int64     `json:"failures" doc:"Those that are not the fault of the request itself."`
	Reason   string    `json:"reason" doc:"The most frequent reason."`
	LastSeen time.Time `json:"last_seen" doc:"The last failure."`
}
