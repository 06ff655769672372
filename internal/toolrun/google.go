package toolrun

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

const (
	searchURL = "https://serpapi.com/search.json"
	searchKey = "SERPAPI_API_KEY"
)

// google searches with SerpApi, or a service with its API at the setup value `base_url`, and returns titles, links and snippets as text.
func (t *task) google(ctx context.Context) (outcome, error) {
	var setup struct {
		Num     json.Value `json:"num"`
		BaseURL string     `json:"base_url"`
	}
	if err := t.setup(&setup); err != nil {
		return outcome{}, err
	}
	given, err := t.given(ctx)
	if err != nil {
		return outcome{}, err
	}
	query, key := cmp.Or(given.inputs["query"], given.inputs["q"]), given.variables[searchKey]
	switch {
	case query == "":
		return outcome{}, failed("The input `query` is missing.")
	case key == "":
		return outcome{}, failed("The Tool has no variable `%s`, the key of the search service.", searchKey)
	}
	address, err := url.Parse(cmp.Or(setup.BaseURL, searchURL))
	if err != nil {
		return outcome{}, failed("The setup value `base_url` is not a URL.")
	}
	parameters := url.Values{"engine": {"google"}, "q": {query}, "api_key": {key}}
	if num := returned(setup.Num); num != "" {
		parameters.Set("num", num)
	}
	address.RawQuery = parameters.Encode()
	text, err := t.get(ctx, address, http.Header{"User-Agent": {"Openloop"}})
	if err != nil {
		return outcome{}, err
	}
	return found(text)
}

// found is what the answer of a search says.
func found(text string) (outcome, error) {
	var answer struct {
		Box struct {
			Answer  string `json:"answer"`
			Snippet string `json:"snippet"`
		} `json:"answer_box"`
		Results []struct {
			Title   string `json:"title"`
			Link    string `json:"link"`
			Snippet string `json:"snippet"`
		} `json:"organic_results"`
	}
	if err := json.UnmarshalForeign([]byte(text), &answer); err != nil {
		return outcome{}, &errs.Error{Reason: errs.ToolFailed, Message: "The search service did not answer with its results.", Err: err}
	}
	var out strings.Builder
	if box := cmp.Or(answer.Box.Answer, answer.Box.Snippet); box != "" {
		out.WriteString(box + "\n\n")
	}
	for i, r := range answer.Results {
		fmt.Fprintf(&out, "%d. %s\n%s\n%s\n\n", i+1, r.Title, r.Link, r.Snippet)
	}
	return output(strings.TrimSpace(cmp.Or(out.String(), "Nothing was found."))), nil
}
