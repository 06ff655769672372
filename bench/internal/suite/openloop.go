package suite

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/openloop-server/openloop/internal/json"
)

// api speaks the few operations of the server under test that the benchmark needs around its calls.
type api struct {
	base string // URL without a slash at the end
	key  string
}

// savePrompt saves the Prompt that the benchmark calls.
func (a api) savePrompt(ctx context.Context) error {
	body, err := json.Marshal(promptRequest{Path: promptPath, Model: model, Provider: openai, Endpoint: "chat", Template: template()})
	if err != nil {
		return err
	}
	if err := a.do(ctx, http.MethodPost, "/v5/prompts", body, new(json.Value)); err != nil {
		return fmt.Errorf("save prompt: %w", err)
	}
	return nil
}

// makeKey makes an API key of a priority, and returns its secret.
func (a api) makeKey(ctx context.Context, priority string) (string, error) {
	body, err := json.Marshal(map[string]string{"name": priority, "role": "member", "priority": priority})
	if err != nil {
		return "", err
	}
	var key struct {
		Secret string `json:"secret"`
	}
	if err := a.do(ctx, http.MethodPost, "/v5/api-keys", body, &key); err != nil {
		return "", fmt.Errorf("make a key: %w", err)
	}
	return key.Secret, nil
}

// logs are the Logs of a File.
type logs struct {
	Total   int `json:"total"`
	Records []struct {
		Lane string `json:"lane"`
	} `json:"records"` // the latest
}

// logs counts the Logs of the File at path.
func (a api) logs(ctx context.Context, path string) (page logs, err error) {
	body, err := json.Marshal(map[string]string{"path": path})
	if err != nil {
		return page, err
	}
	var file struct {
		ID string `json:"id"`
	}
	err = a.do(ctx, http.MethodPost, "/v5/files/retrieve-by-path", body, &file)
	if err == nil {
		err = a.do(ctx, http.MethodGet, "/v5/logs?size=1&file_id="+url.QueryEscape(file.ID), nil, &page)
	}
	if err != nil {
		return page, fmt.Errorf("count logs: %w", err)
	}
	return page, nil
}

func (a api) do(ctx context.Context, method, path string, body []byte, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, a.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("X-API-KEY", a.key)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("answered %s: %s", response.Status, raw[:min(len(raw), shown)])
	}
	return json.Unmarshal(raw, answer)
}
