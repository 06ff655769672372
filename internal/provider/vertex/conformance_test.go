package vertex_test

import (
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/llm/llmtest"
	"github.com/openloop-server/openloop/internal/provider/vertex"
	"github.com/openloop-server/openloop/internal/vendor"
)

const project, location = "PROJECT", "LOCATION"

func driver(t *testing.T, hc *llmhttp.Client, baseURL string) llm.Driver {
	t.Helper()
	row, _ := vendor.Of(vertex.Slug)
	d, err := vertex.Provider.Open(t.Context(), hc, row, vendor.Access{
		BaseURL: baseURL, Further: map[string]string{"VERTEX_AI_PROJECT": project, "VERTEX_AI_LOCATION": location},
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestGoogle(t *testing.T) {
	llmtest.Run(t, llmtest.Harness{
		New: driver, Serves: vertex.Declaration().Endpoints[0], Fixtures: "../gemini/testdata", Own: "testdata/google",
		Wire: func() *llmtest.Wire { return llmtest.Gemini(false) },
		Names: strings.NewReplacer("ol1.google.", "ol1.vertex_ai.",
			"/v1beta/", "/v1/projects/PROJECT/locations/LOCATION/publishers/google/",
			"Content-Type: application/json\nX-Goog-Api-Key: "+llmtest.Key, "Authorization: Bearer "+llmtest.Key+"\nContent-Type: application/json",
			"Google Gemini", "Google Vertex AI",
		),
	})
}

func TestAnthropic(t *testing.T) {
	llmtest.Run(t, llmtest.Harness{
		New: driver, Serves: vertex.Declaration().Endpoints[1], Fixtures: "../anthropic/testdata", Own: "testdata/anthropic", Plain: plain, Wire: llmtest.Anthropic,
		Names: strings.NewReplacer(`"origin": "Anthropic"`, `"origin": "Google Vertex AI"`, "Anthropic ", "Google Vertex AI "),
	})
}

// plain turns a request of Vertex AI into Anthropic's own. One that is not as Vertex AI wants it stays as it is.
func plain(head string, body []byte) (string, []byte) {
	var members map[string]json.Value
	line, rest, _ := strings.Cut(head, "\n")
	name, found := strings.CutPrefix(line, "POST /v1/projects/PROJECT/locations/LOCATION/publishers/anthropic/models/")
	model, method, _ := strings.Cut(name, ":")
	if json.Unmarshal(body, &members) != nil || !found || string(members["anthropic_version"]) != `"vertex-2023-10-16"` || members["model"] != nil {
		return head, body
	}
	if want := map[bool]string{false: "rawPredict", true: "streamRawPredict"}[string(members["stream"]) == "true"]; method != want {
		return head, body
	}
	delete(members, "anthropic_version")
	members["model"] = json.AppendString(nil, model)
	out, err := json.Marshal(members)
	if err != nil || rest != "Authorization: Bearer "+llmtest.Key+"\nContent-Type: application/json\n" {
		return head, body
	}
	return "POST /v1/messages\nAnthropic-Version: 2023-06-01\nContent-Type: application/json\nX-Api-Key: " + llmtest.Key + "\n", out
}
