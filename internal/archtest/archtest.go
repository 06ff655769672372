// Package archtest holds the dependency rule of this repository as a table, and a test that keeps the code to it.
//
// An import goes to a strictly lower layer, so packages of one layer never import each other. The rooms of one package, which are in folders
// below it, are the exception: they share its layer, and a room imports those whose rows come before its own. Some packages are sealed: only
// those named may import them. Modules from outside are named for the packages that may use them.
package archtest

// rule places a package.
type rule struct {
	pkg     string   // below internal/, or cmd/…; a trailing /* takes all below
	layer   int      // higher layers import lower ones
	sealed  []string // the only importers; nil for anyone above
	modules []string // modules from outside that it may import
}

// Modules that several packages import.
const (
	jsonModule  = "github.com/go-json-experiment/json"
	eventstream = "github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
	mcpSDK      = "github.com/modelcontextprotocol/go-sdk"
	protowire   = "google.golang.org/protobuf/encoding/protowire"
)

// rules is the table. ARCHITECTURE.md shows it to people.
func rules() []rule {
	return []rule{
		{pkg: "internal/json", layer: 0, modules: []string{jsonModule}},
		{pkg: "internal/ids", layer: 0},
		{pkg: "internal/auth", layer: 0},
		{pkg: "internal/secret", layer: 0},
		{pkg: "internal/nearest", layer: 0},
		{pkg: "internal/worker", layer: 0},
		{pkg: "internal/vendor", layer: 0},
		{pkg: "internal/config", layer: 1, sealed: []string{"internal/app", "internal/cli", "internal/doctor"}, modules: []string{"github.com/caarlos0/env/v11"}},
		{pkg: "internal/errs", layer: 1},
		{pkg: "internal/tmpl/pyval", layer: 1},
		{pkg: "internal/models", layer: 1},
		{pkg: "internal/llm/overlay", layer: 1},
		{pkg: "internal/web/markup", layer: 0},
		{pkg: "internal/web/schema", layer: 2},
		{pkg: "internal/llm", layer: 2},
		{pkg: "internal/tmpl/jinja", layer: 2},
		{pkg: "internal/llm/failure/wording", layer: 2},
		{pkg: "internal/netguard", layer: 2},
		{pkg: "internal/sandbox/image", layer: 2, sealed: []string{"internal/sandbox", "internal/cli"}},
		{pkg: "internal/sandbox", layer: 2, modules: []string{"github.com/tetratelabs/wazero"}},
		{pkg: "internal/admit", layer: 3},
		{pkg: "internal/answers", layer: 3},
		{pkg: "internal/web/input", layer: 3},
		{pkg: "internal/llm/toolnames", layer: 3},
		{pkg: "internal/llm/failure", layer: 3, modules: []string{eventstream}},
		{pkg: "internal/tmpl", layer: 3},
		{pkg: "internal/file", layer: 3},
		{pkg: "internal/mcpclient", layer: 3, modules: []string{mcpSDK}},
		{pkg: "internal/judgment/inference", layer: 4, modules: []string{"gonum.org/v1/gonum/mathext"}},
		{pkg: "internal/judgment", layer: 4},
		{pkg: "internal/llm/llmhttp", layer: 4, modules: []string{eventstream}},
		{pkg: "internal/file/diff", layer: 4, modules: []string{"github.com/rogpeppe/go-internal/diff"}},
		{pkg: "internal/prompt", layer: 4},
		{pkg: "internal/datacsv", layer: 4},
		{pkg: "internal/promptfile", layer: 4, modules: []string{"go.yaml.in/yaml/v4"}},
		{pkg: "internal/trace", layer: 4},
		{pkg: "internal/stats", layer: 4},
		{pkg: "internal/dialect", layer: 4},
		{pkg: "internal/dialect/chat", layer: 4},
		{pkg: "internal/dialect/completions", layer: 4},
		{pkg: "internal/dialect/embeddings", layer: 4},
		{pkg: "internal/dialect/responses", layer: 4},
		{pkg: "internal/dialect/tokens", layer: 4},
		{pkg: "internal/dialect/messages", layer: 4},
		{pkg: "internal/otlp/wire", layer: 4, modules: []string{protowire}},
		{pkg: "internal/web/openapi", layer: 4},
		{pkg: "internal/web", layer: 5},
		{pkg: "internal/provider/openai/chunk", layer: 4, sealed: []string{"internal/provider/openai"}},
		{pkg: "internal/provider/openai/naming", layer: 0, sealed: []string{"internal/provider/openai"}},
		{pkg: "internal/provider/openai/edits", layer: 3, sealed: []string{"internal/provider/openai"}},
		{pkg: "internal/provider/openai/usage", layer: 3, sealed: []string{"internal/provider/openai"}},
		{pkg: "internal/provider/bedrock", layer: 6, sealed: []string{"internal/app"}, modules: []string{"github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go"}},
		{pkg: "internal/provider/mock", layer: 6, sealed: []string{"internal/app"}},
		{pkg: "internal/provider/vertex", layer: 6, sealed: []string{"internal/app"}, modules: []string{"golang.org/x/oauth2"}},
		{pkg: "internal/provider/*", layer: 5, sealed: []string{"internal/app", "internal/provider/bedrock", "internal/provider/mock", "internal/provider/vertex"}, modules: []string{"github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go"}},
		{pkg: "internal/otlp", layer: 5},
		{pkg: "internal/filesync", layer: 5},
		{pkg: "internal/store/sqldb", layer: 5, modules: []string{"modernc.org/sqlite", "github.com/jackc/pgx/v5", protowire}},
		{pkg: "internal/store/access", layer: 5},
		{pkg: "internal/store/versions", layer: 5},
		{pkg: "internal/store/blobs", layer: 5, modules: []string{protowire}},
		{pkg: "internal/store/logs", layer: 5, modules: []string{"modernc.org/sqlite", "github.com/jackc/pgx/v5", "golang.org/x/sync"}},
		{pkg: "internal/store/stats", layer: 5},
		{pkg: "internal/store/grams", layer: 5},
		{pkg: "internal/store/facts", layer: 5, modules: []string{protowire}},
		{pkg: "internal/store/search", layer: 5},
		{pkg: "internal/store/jobs", layer: 5},
		{pkg: "internal/store/evals", layer: 5},
		{pkg: "internal/store/kept", layer: 5},
		{pkg: "internal/store/browse", layer: 5},
		{pkg: "internal/store/restore", layer: 5},
		{pkg: "internal/store/copying", layer: 5, modules: []string{"modernc.org/sqlite", "github.com/jackc/pgx/v5"}},
		{pkg: "internal/store", layer: 5, modules: []string{"modernc.org/sqlite", "github.com/jackc/pgx/v5", "golang.org/x/sync", protowire}},
		{pkg: "internal/evalrun", layer: 6},
		{pkg: "internal/catalog", layer: 6},
		{pkg: "internal/vault", layer: 6},
		{pkg: "internal/access", layer: 6},
		{pkg: "internal/health", layer: 6},
		{pkg: "internal/telemetry", layer: 6, modules: []string{
			"go.opentelemetry.io/otel", "go.opentelemetry.io/otel/trace", "go.opentelemetry.io/otel/sdk", "go.opentelemetry.io/otel/exporters/otlp/otlptrace", "go.opentelemetry.io/proto/otlp",
			"github.com/prometheus/client_golang", "github.com/prometheus/client_model", "google.golang.org/protobuf",
		}},
		{pkg: "internal/leader", layer: 6},
		{pkg: "internal/ui", layer: 6, sealed: []string{"internal/api", "internal/app"}},
		{pkg: "internal/jobs", layer: 6},
		{pkg: "internal/relay", layer: 7},
		{pkg: "internal/cases", layer: 7},
		{pkg: "internal/aliases", layer: 8},
		{pkg: "internal/logbook", layer: 8},
		{pkg: "internal/gateway", layer: 10},
		{pkg: "internal/judge/verdict", layer: 9},
		{pkg: "internal/judge", layer: 9},
		{pkg: "internal/toolrun", layer: 9, modules: []string{"github.com/santhosh-tekuri/jsonschema/v6"}},
		{pkg: "internal/agent", layer: 11},
		{pkg: "internal/evaluations", layer: 12},
		{pkg: "internal/evaluations/gate", layer: 12},
		{pkg: "internal/api/v5", layer: 7, sealed: []string{"internal/archive", "internal/archive/export", "internal/api", "internal/api/admin", "internal/api/browse", "internal/api/evals", "internal/api/explore", "internal/api/play", "internal/api/turns", "internal/show"}},
		{pkg: "internal/show", layer: 8},
		{pkg: "internal/api/admin", layer: 13, sealed: []string{"internal/api"}},
		{pkg: "internal/api/browse", layer: 13, sealed: []string{"internal/api"}},
		{pkg: "internal/api/docs", layer: 13, sealed: []string{"internal/api"}},
		{pkg: "internal/api/evals", layer: 13, sealed: []string{"internal/api"}},
		{pkg: "internal/api/explore", layer: 13, sealed: []string{"internal/api"}},
		{pkg: "internal/api/ingress", layer: 13, sealed: []string{"internal/api", "internal/api/anthropic", "internal/api/openai"}},
		{pkg: "internal/api/anthropic", layer: 13, sealed: []string{"internal/api"}},
		{pkg: "internal/api/mcp", layer: 13, sealed: []string{"internal/api"}, modules: []string{mcpSDK}},
		{pkg: "internal/api/openai", layer: 13, sealed: []string{"internal/api"}},
		{pkg: "internal/api/play", layer: 13, sealed: []string{"internal/api"}},
		{pkg: "internal/api/spans", layer: 13, sealed: []string{"internal/api"}},
		{pkg: "internal/api/stats", layer: 13, sealed: []string{"internal/api"}},
		{pkg: "internal/api/turns", layer: 13, sealed: []string{"internal/api"}},
		{pkg: "internal/api", layer: 13},
		{pkg: "internal/archive", layer: 13},
		{pkg: "internal/archive/export", layer: 13},
		{pkg: "internal/metrics", layer: 13, modules: []string{"github.com/prometheus/client_golang"}},
		{pkg: "internal/app", layer: 14},
		{pkg: "internal/doctor", layer: 14, sealed: []string{"internal/cli"}, modules: []string{"github.com/jackc/pgx/v5"}},
		{pkg: "internal/cli/forms", layer: 15, sealed: []string{"internal/cli"}},
		{pkg: "internal/cli", layer: 15, modules: []string{"github.com/rogpeppe/go-internal/diff"}},
		{pkg: "cmd/openloop", layer: 16, modules: []string{"golang.org/x/crypto/x509roots/fallback"}},
	}
}
