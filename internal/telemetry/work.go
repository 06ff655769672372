package telemetry

import (
	"context"

	"go.opentelemetry.io/otel/trace"
)

// Agent begins the span of a turn of an Agent: "invoke_agent", and its name.
func Agent(ctx context.Context, name, id, version, provider, model string) (context.Context, Span) {
	ctx, s := start(ctx, trace.SpanKindInternal, agentOperation, name)
	if s.recorded() {
		s.set(genOperation.String(agentOperation), genAgentName.String(name), genAgentID.String(id), genAgentVersion.String(version),
			genProvider.String(providerName(provider)), genModel.String(model))
		if s.of.o.OpenInference {
			s.set(inferenceKind.String("AGENT"), inferenceAgent.String(name))
		}
	}
	return ctx, s
}

// Tool begins the span of a run of a Tool: "execute_tool", and its name.
func Tool(ctx context.Context, name, arguments string) (context.Context, Span) {
	ctx, s := start(ctx, trace.SpanKindInternal, toolOperation, name)
	if s.recorded() {
		s.set(genOperation.String(toolOperation), genToolName.String(name), genToolType.String("function"))
		if s.of.o.OpenInference {
			s.set(inferenceKind.String("TOOL"), inferenceTool.String(name))
		}
		if s.of.o.Content {
			s.set(genToolArguments.String(arguments))
		}
	}
	return ctx, s
}

// Returned ends the span of a run of a Tool. failed is the reason of a Tool that failed, "" for none, and err why it could not be run to its end.
func (s Span) Returned(result *string, failed string, err error) {
	if !s.recorded() {
		return
	}
	if failed != "" && err == nil {
		s.failed(failed)
	}
	if s.of.o.Content && result != nil {
		s.set(genToolResult.String(*result))
	}
	s.End(err)
}

// Task begins the span of a task in the background.
func Task(ctx context.Context, kind string) (context.Context, Span) {
	return start(ctx, trace.SpanKindInternal, "task", kind)
}

// Cache begins the span of looking for a remembered answer.
func Cache(ctx context.Context) Span {
	_, s := start(ctx, trace.SpanKindInternal, "cache", "")
	return s
}

// Found ends the span of [Cache]. use is "hit" or "miss".
func (s Span) Found(use string) {
	if s.recorded() {
		s.set(ownCache.String(use))
		s.s.End()
	}
}

// Commit begins the span of waiting until a Log is on disk.
func Commit(ctx context.Context, log string) Span {
	_, s := start(ctx, trace.SpanKindInternal, "commit", "")
	if s.recorded() {
		s.set(ownLog.String(log))
	}
	return s
}
