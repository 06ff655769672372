package v5

import "time"

// Event is a change that somebody made, as an audit needs it.
type Event struct {
	Seq       int64     `json:"seq" doc:"Grows with each event."`
	CreatedAt time.Time `json:"created_at"`
	Operation string    `json:"operation" doc:"What was done, as SaveVersion."`
	Kind      string    `json:"kind" doc:"What it was done to: file, directory, key, provider_key, sealed, evaluation, log, session or environment."`
	ID        string    `json:"id" doc:"Of what it was done to; empty for several at once."`
	Detail    string    `json:"detail,omitempty" doc:"The part of it that was changed, as the id of a version."`
	KeyID     string    `json:"key_id,omitempty" doc:"The API key that it was done with; empty for the server itself and the command line."`
}
