// Openloop is the server that a team puts between its product and every large language model.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"openloop/internal/cli"
)

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	return cli.Run(ctx, &cli.Env{
		Args: os.Args[1:], Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Hurry: signals(stop),
	})
}

// signals calls stop at the first signal to end, and closes the channel it returns at the second. The third ends the process by itself.
func signals(stop func()) <-chan struct{} {
	got, hurry := make(chan os.Signal, 2), make(chan struct{})
	signal.Notify(got, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-got
		stop()
		<-got
		signal.Stop(got)
		close(hurry)
	}()
	return hurry
}
