// Openloop is a server between a team's product and large language models. Run "openloop help" for its commands.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/openloop-server/openloop/internal/cli"
)

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	program, _ := os.Executable() // where the system does not tell, this process does all
	return cli.Run(ctx, &cli.Env{
		Args: os.Args[1:], Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Program: program, Hurry: signals(stop), Reload: reloads,
	})
}

// signals calls stop at the first signal, and closes the returned channel at the second. The third ends the process.
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

// reloads returns a channel that receives at each SIGHUP from now on; several at once are one.
func reloads() <-chan struct{} {
	got, reload := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(got, syscall.SIGHUP)
	go func() {
		for range got {
			reload <- struct{}{}
		}
	}()
	return reload
}
