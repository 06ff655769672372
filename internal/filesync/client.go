package filesync

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
)

// Client calls the API of a server. It is safe for concurrent use.
type Client struct {
	server string // without the version of the API
	key    string
	http   *http.Client
}

// NewClient returns a client of the server at a URL, with or without "/v5". It waits two minutes for an answer. It does not follow redirects,
// since the key is only for this server.
func NewClient(server, key string) (*Client, error) {
	u, err := url.Parse(strings.TrimSuffix(strings.TrimRight(server, "/"), "/v5"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, fmt.Errorf("%q is no URL of a server, as http://127.0.0.1:8080", server)
	}
	return &Client{u.String(), key, &http.Client{
		Timeout:       2 * time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// refusal is an error that the server answered with.
type refusal struct {
	status  int
	reason  errs.Reason
	message string
}

func (r *refusal) Error() string { return r.message }

// outage is a failure that the next request would have too.
type outage struct{ message string }

func (o *outage) Error() string { return o.message }

// isOutage reports whether to stop after an error.
func isOutage(err error) bool {
	if r, ok := errors.AsType[*refusal](err); ok {
		switch r.status {
		case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
			return true
		default:
			return r.status < 400 || r.status >= 500
		}
	}
	_, ok := errors.AsType[*outage](err)
	return ok || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// remote is a File on the server with one version.
type remote struct {
	Type         file.Kind     `json:"type"`
	Path         string        `json:"path"`
	ID           string        `json:"id"`
	VersionID    string        `json:"version_id"`
	Environments []environment `json:"environments"` // that the version is deployed to
	Raw          string        `json:"raw_file_content"`

	record json.Value // the whole answer
}

// UnmarshalJSONFrom decodes an answer, and keeps the whole of it.
func (r *remote) UnmarshalJSONFrom(dec *json.Decoder) error {
	type members remote
	record, err := dec.ReadValue()
	if err != nil {
		return err
	}
	r.record = record.Clone()
	return json.Unmarshal(r.record, (*members)(r))
}

type environment struct {
	ID   string  `json:"id"`
	Name string  `json:"name"`
	Tag  string  `json:"tag"`
	File *remote `json:"file"` // deployed there, in the list of a File's environments
}

// uses reports whether the version is the one of an environment, "" for the default one.
func (r *remote) uses(name string) bool {
	for _, e := range r.Environments {
		if e.Name == name || name == "" && e.Tag == file.DefaultTag {
			return true
		}
	}
	return false
}

// pageSize is that of the official SDKs.
const pageSize = 100

// list returns the Files of some kinds in and below a directory, "" for all, with the versions of an environment, "" for the default one. If
// there is no such directory, it returns none.
func (c *Client) list(ctx context.Context, kinds []file.Kind, directory, environment string) ([]remote, error) {
	query := url.Values{"include_raw_file_content": {"true"}, "size": {strconv.Itoa(pageSize)}, "sort_by": {"created_at"}, "order": {"asc"}}
	for _, k := range kinds {
		query.Add("type", string(k))
	}
	if directory != "" {
		query.Set("path", directory)
	}
	if environment != "" {
		query.Set("environment", environment)
	}
	var all []remote
	for page := 1; ; page++ {
		query.Set("page", strconv.Itoa(page))
		var got struct {
			Records []remote `json:"records"`
		}
		err := c.do(ctx, http.MethodGet, "/files", query, nil, &got)
		if r, ok := errors.AsType[*refusal](err); ok && r.reason == errs.DirectoryNotFound {
			return nil, nil
		}
		if err != nil || len(got.Records) == 0 {
			return all, err
		}
		all = append(all, got.Records...)
	}
}

// find returns the File at a path; nil if there is none, or none in the environment.
func (c *Client) find(ctx context.Context, path, environment string) (*remote, error) {
	query := url.Values{"include_raw_file_content": {"true"}}
	if environment != "" {
		query.Set("environment", environment)
	}
	var got remote
	err := c.do(ctx, http.MethodPost, "/files/retrieve-by-path", query, map[string]string{"path": path}, &got)
	if r, ok := errors.AsType[*refusal](err); ok && r.status == http.StatusNotFound && r.reason != errs.EnvironmentNotFound {
		return nil, nil
	}
	return &got, err
}

func pathOf(k file.Kind, id string) string { return "/" + k.Spec().Plural + "/" + url.PathEscape(id) }

// whole returns a version of a Dataset with its datapoints.
func (c *Client) whole(ctx context.Context, k file.Kind, id, versionID string) (record json.Value, err error) {
	query := url.Values{"version_id": {versionID}, "include_datapoints": {"true"}}
	err = c.do(ctx, http.MethodGet, pathOf(k, id), query, nil, &record)
	return record, err
}

// upsert makes a version of the File at a path, or finds the one with that content.
func (c *Client) upsert(ctx context.Context, path string, f format, content file.Content) (*remote, error) {
	body, err := f.ask(content)
	if err != nil {
		return nil, err
	}
	body["path"] = json.AppendString(nil, path)
	var made remote
	err = c.do(ctx, http.MethodPost, "/"+f.kind.Spec().Plural, nil, body, &made)
	return &made, err
}

// knows returns an error for an unknown environment.
func (c *Client) knows(ctx context.Context, environment string) error {
	return c.do(ctx, http.MethodGet, "/files", url.Values{"environment": {environment}, "size": {"1"}}, nil, nil)
}

func (c *Client) delete(ctx context.Context, k file.Kind, id string) error {
	return c.do(ctx, http.MethodDelete, pathOf(k, id), nil, nil, nil)
}

// environments lists the environments of the workspace, with the version of the File that is deployed to each.
func (c *Client) environments(ctx context.Context, k file.Kind, id string) ([]environment, error) {
	var list []environment
	err := c.do(ctx, http.MethodGet, pathOf(k, id)+"/environments", nil, nil, &list)
	return list, err
}

func (c *Client) deploy(ctx context.Context, k file.Kind, id, environmentID, versionID string) error {
	path := pathOf(k, id) + "/environments/" + url.PathEscape(environmentID)
	return c.do(ctx, http.MethodPost, path, url.Values{"version_id": {versionID}}, nil, nil)
}

// maxAnswer is the most bytes of an answer.
const maxAnswer = 1 << 30

// do makes one request. It decodes the answer into out, unless that is nil.
func (c *Client) do(ctx context.Context, method, path string, query url.Values, body, out any) error {
	req, err := c.request(ctx, method, path, query, body)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return c.unreachable(ctx, err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return c.unreachable(ctx, err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return c.refused(resp, raw)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return &outage{fmt.Sprintf("what answers at %s is no Openloop server: %s %s is not answered with the JSON of the API", c.server, method, path)}
	}
	return nil
}

func (c *Client) request(ctx context.Context, method, path string, query url.Values, body any) (*http.Request, error) {
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		in = bytes.NewReader(raw)
	}
	target := c.server + "/v5" + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, target, in)
	if err != nil {
		return nil, err
	}
	req.Header.Set("X-API-KEY", c.key)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

func (c *Client) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	return &outage{fmt.Sprintf("the server at %s cannot be reached: %v", c.server, err)}
}

// refused reads the error of an answer.
func (c *Client) refused(resp *http.Response, raw []byte) error {
	var body struct {
		Detail struct {
			Reason  errs.Reason `json:"reason"`
			Message string      `json:"message"`
		} `json:"detail"`
	}
	if err := json.Unmarshal(raw, &body); err != nil || body.Detail.Message == "" {
		return &refusal{resp.StatusCode, "", fmt.Sprintf("what answers at %s says %s", c.server, resp.Status)}
	}
	return &refusal{resp.StatusCode, body.Detail.Reason, body.Detail.Message}
}

// Do makes a request below /v5, and decodes the answer into out, unless that is nil. [ReasonOf] tells why the server refused it.
func (c *Client) Do(ctx context.Context, method, path string, query url.Values, body, out any) error {
	return c.do(ctx, method, path, query, body, out)
}

// ReasonOf returns the reason of a classified error, as the server gave it; "" for an error of another sort.
func ReasonOf(err error) errs.Reason {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.Reason
	}
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.reason
	}
	return ""
}

// SaveFile makes a version of the File at a path from a file's text, or finds the one with that content. The suffix of the file's name tells the
// kind.
func (c *Client) SaveFile(ctx context.Context, path, name, raw string) (versionID string, err error) {
	f, t, err := parse(name, raw)
	if err != nil {
		return "", err
	}
	made, err := c.upsert(ctx, path, f, t.content)
	if err != nil {
		return "", err
	}
	return made.VersionID, nil
}

// Parse reads a file's text. The suffix of its name tells the kind.
func Parse(name, raw string) (file.Content, error) {
	_, t, err := parse(name, raw)
	return t.content, err
}

func parse(name, raw string) (format, text, error) {
	_, f, ok := splitName(filepath.Base(name))
	if !ok {
		return f, text{}, fmt.Errorf("%s is no file of a kind that has versions; the kinds are %s", name, KindNames())
	}
	t := f.read(raw)
	if t.err != nil {
		return f, t, fmt.Errorf("%s: %s", name, said(t.err))
	}
	return f, t, nil
}
