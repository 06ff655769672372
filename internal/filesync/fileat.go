package filesync

import (
	"context"
	"net/http"

	"github.com/openloop-server/openloop/internal/file"
)

// FileAt returns the kind and the id of the File at a path.
func (c *Client) FileAt(ctx context.Context, path string) (kind file.Kind, id string, err error) {
	var got remote
	err = c.do(ctx, http.MethodPost, "/files/retrieve-by-path", nil, map[string]string{"path": path}, &got)
	return got.Type, got.ID, err
}
