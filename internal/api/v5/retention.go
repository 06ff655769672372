package v5

// Retention says how long the Logs of a File are kept.
type Retention struct {
	Days        *float64 `json:"days"`         // null for the server's default; 0 for ever
	DefaultDays float64  `json:"default_days"` // of Files without a rule of their own; 0 for ever
}

// RetentionSet sets how long the Logs of a File are kept.
type RetentionSet struct {
	Days *int64 `json:"days" min:"0" max:"36500" doc:"0 keeps them for ever; null uses the server's default."`
}
