package suite

import (
	"context"
	"flag"
	"fmt"
	"net"

	"github.com/openloop-server/openloop/bench/internal/proxy"
	"github.com/openloop-server/openloop/bench/internal/upstream"
)

// Roles that the benchmark's own program plays as processes of their own, so that what each costs can be told apart.
const (
	RoleUpstream = "upstream"
	RoleProxy    = "proxy"
)

// Play serves as the role that args, a program's arguments without its name, begins with, until ctx is done.
func Play(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	addr := flags.String("addr", "127.0.0.1:8081", "host:port to listen on")
	switch args[0] {
	case RoleUpstream:
		var c upstream.Config
		flags.DurationVar(&c.Latency, "latency", 0, "time before an answer")
		flags.IntVar(&c.Chunks, "chunks", 100, "content deltas in a stream")
		flags.IntVar(&c.ChunkText, "chunk-text", 6, "bytes of text in a delta")
		flags.DurationVar(&c.Pace, "pace", 0, "time between two chunks")
		return play(ctx, flags, args[1:], addr, func(l net.Listener) error { return upstream.Serve(ctx, l, c) })
	case RoleProxy:
		to := flags.String("upstream", "127.0.0.1:8082", "host:port of the upstream")
		return play(ctx, flags, args[1:], addr, func(l net.Listener) error { return proxy.Serve(ctx, l, *to) })
	}
	return fmt.Errorf("no role %q", args[0])
}

func play(ctx context.Context, flags *flag.FlagSet, args []string, addr *string, serve func(net.Listener) error) error {
	if err := flags.Parse(args); err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *addr)
	if err != nil {
		return err
	}
	return serve(listener)
}

// upstreamArgs are the arguments that make Play serve config at addr.
func upstreamArgs(addr string, c upstream.Config) []string {
	return []string{
		RoleUpstream, "-addr", addr, "-latency", c.Latency.String(), "-chunks", fmt.Sprint(c.Chunks),
		"-chunk-text", fmt.Sprint(c.ChunkText), "-pace", c.Pace.String(),
	}
}

// proxyArgs are the arguments that make Play forward from addr to upstream.
func proxyArgs(addr, upstream string) []string {
	return []string{RoleProxy, "-addr", addr, "-upstream", upstream}
}
