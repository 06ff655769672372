package otlp

import (
	"maps"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/otlp/wire"
)

// path is the path of the span's File. Without an attribute that says it, the File is in a directory of the service and of its kind, so that a
// Tool and a Flow may have one name: otel/shop/tools/search.
func (r *reader) path(kind file.Kind) string {
	explicit := r.text("humanloop.file.path", "openloop.file.path")
	for _, name := range []string{"PromptPath", "FlowPath"} { // of the Vercel AI SDK; on all spans of a call
		said := r.text("ai.telemetry.metadata.humanloop"+name, "ai.telemetry.metadata.humanloop."+strings.ToLower(name[:1])+name[1:])
		if explicit == "" && strings.EqualFold(strings.TrimSuffix(name, "Path"), string(kind)) {
			explicit = said
		}
	}
	if explicit != "" {
		return explicit
	}
	return r.directory() + "/" + kind.Spec().Plural + "/" + r.name(kind)
}

func (r *reader) directory() string {
	directory := r.text("ai.telemetry.metadata.humanloop.directoryPath", "openloop.directory")
	if directory == "" {
		directory = r.span.Resource["openloop.directory"].Text()
	}
	if directory != "" {
		return strings.Trim(directory, "/")
	}
	return "otel/" + segment(r.span.Resource["service.name"].Text(), "unknown_service")
}

// name is the name of a File whose span says no path: the name by its convention, or that of the span without what differs between calls.
func (r *reader) name(kind file.Kind) string {
	var said string
	switch kind {
	case file.PromptKind:
		said = r.text("gen_ai.prompt.name", "ai.telemetry.functionId")
	case file.ToolKind:
		said = r.toolName()
	case file.AgentKind:
		said = r.text("gen_ai.agent.name", "agent.name", "traceloop.entity.name")
	default:
		said = r.text("traceloop.entity.name", "gen_ai.workflow.name", "gen_ai.agent.name", "agent.name", "ai.telemetry.functionId")
	}
	if said == "" {
		said = r.spanName()
	}
	return segment(said, string(kind))
}

// spanName is the name of the span without the model, the step of a call, and ids.
func (r *reader) spanName() string {
	name := strings.TrimSuffix(r.span.Name, " "+r.model()) // "chat gpt-4o"
	for _, step := range []string{".doGenerate", ".doStream", ".doEmbed"} {
		name = strings.TrimSuffix(name, step)
	}
	if method := r.all["http.request.method"].Text() + r.all["http.method"].Text(); method != "" {
		name = method + " " + r.all["http.route"].Text() // not the path, which differs between calls
	}
	words := wordsOf(name)
	for i, word := range words {
		if isID(word) {
			words[i] = "*"
		}
	}
	return strings.Join(words, " ")
}

func wordsOf(name string) []string {
	return strings.FieldsFunc(name, func(c rune) bool { return c == '/' || unicode.IsSpace(c) || unicode.IsControl(c) })
}

const maxName = 100

// segment makes a name a valid segment of a path.
func segment(name, fallback string) string {
	name = strings.Join(wordsOf(name), " ")
	for len(name) > maxName {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	if name = strings.TrimSpace(name); name == "" || name == "." || name == ".." {
		return fallback
	}
	return name
}

// isID reports whether a word is a number, a UUID or a long hexadecimal number.
func isID(word string) bool {
	digits, letters := 0, 0
	for _, c := range word {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F':
			letters++
		case c != '-':
			return false
		}
	}
	return digits > 0 && (letters == 0 || digits+letters >= 16)
}

// metadata is what a Log has no field for: the labels of the application and, under "otel", the rest of the span. It is nil if there is
// nothing.
func (r *reader) metadata(e *SpanLog) json.Value {
	members := r.given()
	delete(members, "otel") // a label of that name stays among the attributes
	k := keptIn(e)
	k.add(wire.Object(members), 0)
	if about := r.about(k); about != nil {
		members["otel"] = wire.Raw(about)
	}
	if len(members) == 0 {
		return nil
	}
	return wire.Object(members).Raw()
}

// given are the labels that the application put on the span.
func (r *reader) given() wire.Attributes {
	out := wire.Attributes{}
	for _, prefix := range []string{"ai.telemetry.metadata.", "traceloop.association.properties.", "openloop.metadata."} {
		for name, v := range r.all {
			if label, ok := strings.CutPrefix(name, prefix); ok && label != "" && !r.used[name] {
				out[label], r.used[name] = v, true
			}
		}
	}
	var members map[string]json.Value // of OpenInference
	if doc := objectOf(r.all["metadata"]); doc != nil && json.UnmarshalForeign(doc, &members) == nil {
		r.used["metadata"] = true
		for name, raw := range members {
			out[name] = wire.Raw(raw)
		}
	}
	maps.Copy(out, r.notes)
	return out
}

// about is the span without what is in k. Of the SDKs' own spans only attributes and events remain.
func (r *reader) about(k kept) json.Value {
	about := wire.Attributes{}
	if !ofSDK(r.span) {
		about = aboutSpan(r.span)
		k.add(wire.Object(about), 0)
	}
	if rest := r.rest(k); len(rest) > 0 {
		about["attributes"] = wire.Object(rest)
		k.add(about["attributes"], 0)
	}
	if events := happened(r.span, k); events != nil {
		about["events"] = wire.List(events)
	}
	if len(about) == 0 {
		return nil
	}
	return wire.Object(about).Raw()
}

// rest are the attributes that were not read and those with something that is not in k.
func (r *reader) rest(k kept) wire.Attributes {
	rest, read := wire.Attributes{}, wire.Attributes{}
	for name, v := range r.all {
		switch {
		case !v.Given() || r.derived[name] || isVector(name) || r.told != noBucket && bucketOf(name) == r.told:
		case r.used[name] && !broken(name, v):
			read[name] = v
		default:
			rest[name] = v
		}
	}
	k.add(wire.Object(rest), 0)
	for name, v := range read {
		if !k.holds(name, v, 0) {
			rest[name] = v
		}
	}
	return rest
}

// isVector reports whether an attribute is an embedding: many numbers that nobody searches for.
func isVector(name string) bool {
	return name == "ai.embedding" || name == "ai.embeddings" || strings.HasSuffix(name, ".embedding.vector")
}
