package filesync

import (
	"context"
	"net/http"
	"net/url"

	"github.com/openloop-server/openloop/internal/file"
)

// Do makes a request of the v5 API; path is what follows "/v5". It decodes the answer into out, unless that is nil. The text of the error of a
// request that the server refuses is the server's message.
func (c *Client) Do(ctx context.Context, method, path string, query url.Values, body, out any) error {
	return c.do(ctx, method, path, query, body, out)
}

// FileAt returns the kind and the id of the File at a path.
func (c *Client) FileAt(ctx context.Context, path string) (kind file.Kind, id string, err error) {
	var got remote
	err = c.do(ctx, http.MethodPost, "/files/retrieve-by-path", nil, map[string]string{"path": path}, &got)
	return got.Type, got.ID, err
}
