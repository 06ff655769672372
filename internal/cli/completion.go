package cli

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io"
	"slices"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/cli/forms"
	"github.com/openloop-server/openloop/internal/filesync"
)

// shells are scripts that ask this program what may follow the words of a line, by `openloop completion words`.
//
//go:embed shells
var shells embed.FS

const completionUsage = `usage: openloop completion bash|zsh|fish|powershell

Prints a script that completes the commands, flags and arguments of openloop in a shell:

  bash        source <(openloop completion bash), in ~/.bashrc
  zsh         source <(openloop completion zsh), in ~/.zshrc after compinit
  fish        openloop completion fish > ~/.config/fish/completions/openloop.fish
  powershell  openloop completion powershell | Out-String | Invoke-Expression, in $PROFILE

Paths, environments, versions and API keys are completed by the server at OPENLOOP_URL if OPENLOOP_API_KEY is set.
`

func completionForms() []form {
	return []form{{word: "bash"}, {word: "zsh"}, {word: "fish"}, {word: "powershell"}}
}

// completion prints the script of a shell, or for such a script what may stand at the end of a line.
func completion(ctx context.Context, e *Env, args []string) error {
	if len(args) > 1 && args[0] == "words" {
		_, err := fmt.Fprint(e.Stdout, e.complete(ctx, args[1:]))
		return err
	}
	known := func(f form) bool { return len(args) == 1 && f.word == args[0] }
	if !slices.ContainsFunc(completionForms(), known) {
		_, _ = fmt.Fprint(e.Stderr, completionUsage)
		return usageOf(args)
	}
	script, err := shells.ReadFile("shells/openloop." + args[0])
	if err != nil {
		return err
	}
	_, err = io.Copy(e.Stdout, bytes.NewReader(script))
	return err
}

// complete returns what may stand in place of the last of the words after the program's name.
func (e *Env) complete(ctx context.Context, words []string) forms.Choices {
	quiet := *e
	quiet.Stderr = io.Discard
	var client *filesync.Client
	if key := e.lookup("OPENLOOP_API_KEY", ""); key != "" {
		client, _ = filesync.NewClient(e.lookup("OPENLOOP_URL", defaultServer), key) // a URL that is none has nothing to say
	}
	return forms.Complete(ctx, described(&quiet), client, words)
}

// man prints the manual page, made of the table of commands.
func man(_ context.Context, e *Env, args []string) error {
	if len(args) > 0 {
		_, _ = fmt.Fprint(e.Stderr, "usage: openloop man\n\nPrints the manual page: openloop man > openloop.1\n")
		return usageOf(args)
	}
	everywhere := &Env{Stderr: io.Discard} // without settings, so that the page is the same on every machine
	_, err := io.WriteString(e.Stdout, forms.Manual(app.Version, defaultServer, described(everywhere)))
	return err
}
