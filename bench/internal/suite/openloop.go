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

// savePrompt saves the Prompt that the benchmark calls and returns its id.
func (a api) savePrompt(ctx context.Context) (id string, err error) {
	body, err := json.Marshal(promptRequest{Path: promptPath, Model: model, Provider: "openai", Endpoint: "chat", Template: template()})
	if err != nil {
		return "", err
	}
	var prompt struct {
		ID string `json:"id"`
	}
	if err := a.do(ctx, http.MethodPost, "/v5/prompts", body, &prompt); err != nil {
		return "", fmt.Errorf("save prompt: %w", err)
	}
	return prompt.ID, nil
}

// logs counts the Logs of a File.
func (a api) logs(ctx context.Context, fileID string) (int, error) {
	var page struct {
		Total int `json:"total"`
	}
	if err := a.do(ctx, http.MethodGet, "/v5/logs?size=1&file_id="+url.QueryEscape(fileID), nil, &page); err != nil {
		return 0, fmt.Errorf("count logs: %w", err)
	}
	return page.Total, nil
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
