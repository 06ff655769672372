package evalrun

import (
	"context"
	"fmt"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/filesync"
	"github.com/openloop-server/openloop/internal/json"
)

// Tried is what an Evaluator that is not saved says of a Log.
type Tried struct {
	Judgment     json.Value `json:"judgment"`
	Error        *string    `json:"error"`
	Stdout       *string    `json:"stdout"`
	Output       *string    `json:"output"` // the reasoning
	Milliseconds float64    `json:"milliseconds"`
	Cost         *float64   `json:"cost"`
}

// Try has the server judge Logs by the Evaluator in a local file, and store nothing.
func (s *Server) Try(ctx context.Context, name, text string, logIDs []string) ([]Tried, error) {
	content, err := filesync.Parse(name, text)
	if err != nil {
		return nil, err
	}
	spec, ok := content.(*file.Evaluator)
	if !ok {
		return nil, fmt.Errorf("%s is no .evaluator file", name)
	}
	var out []Tried
	err = s.Client.Do(ctx, "POST", "/evaluators/try", nil, map[string]any{"spec": spec, "log_ids": logIDs}, &out)
	return out, err
}
