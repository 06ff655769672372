package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/cli/forms"
	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/store"
)

const providerKeysUsage = `usage: openloop provider-keys list
       openloop provider-keys set [-base-url URL] PROVIDER < FILE
       openloop provider-keys test [-model MODEL] PROVIDER
       openloop provider-keys delete PROVIDER
       openloop provider-keys delete -all

The key is read from standard input, so that no list of processes and no history shows it. With -all, all that the encryption key has sealed
is deleted, the variables of Tools too: for when it is lost.
`

func providerKeysForms() []form {
	of := func(word string) func(*Env) forms.Flags {
		return func(e *Env) forms.Flags { return newProviderKeysFlags(e, word) }
	}
	return []form{
		{word: "list"},
		{word: "set", takes: "PROVIDER", flags: of("set")},
		{word: "test", takes: "PROVIDER", flags: of("test")},
		{word: "delete", takes: "[PROVIDER]", flags: of("delete")},
	}
}

// providerKeysFlags are those of `provider-keys` and its subcommands.
type providerKeysFlags struct {
	*flag.FlagSet
	baseURL, model string
	all            bool
}

func newProviderKeysFlags(e *Env, word string) *providerKeysFlags {
	f := &providerKeysFlags{FlagSet: newFlags(e, "provider-keys "+word)}
	f.Usage = func() { _, _ = fmt.Fprint(e.Stderr, providerKeysUsage) }
	switch word {
	case "set":
		f.StringVar(&f.baseURL, "base-url", "", "`URL` of the provider's API, in place of its own")
	case "test":
		f.StringVar(&f.model, "model", "", "`MODEL` to ask, in place of a cheap one")
	case "delete":
		f.BoolVar(&f.all, "all", false, "delete all that the encryption key has sealed, the variables of Tools too")
	}
	return f
}

func providerKeys(ctx context.Context, e *Env, args []string) error {
	if len(args) == 0 || asksForHelp(args) {
		_, _ = fmt.Fprint(e.Stderr, providerKeysUsage)
		return usageOf(args)
	}
	flags := newProviderKeysFlags(e, args[0])
	if err := flags.Parse(args[1:]); err != nil {
		return usageError(err)
	}
	slug, one := flags.Arg(0), flags.NArg() == 1
	switch {
	case args[0] == "list" && flags.NArg() == 0:
		return withRelay(ctx, e, func(db *store.DB, r *relay.Relay) error { return listProviderKeys(ctx, e, db, r) })
	case args[0] == "set" && one:
		return withRelay(ctx, e, func(_ *store.DB, r *relay.Relay) error { return setProviderKey(ctx, e, r, slug, flags.baseURL) })
	case args[0] == "test" && one:
		return withRelay(ctx, e, func(_ *store.DB, r *relay.Relay) error { return testProviderKey(ctx, e, r, slug, flags.model) })
	case args[0] == "delete" && flags.all && flags.NArg() == 0:
		return withStore(ctx, e, func(db *store.DB) error { return deleteSealed(ctx, e, db) })
	case args[0] == "delete" && one && !flags.all:
		return withStore(ctx, e, func(db *store.DB) error { return db.DeleteProviderKey(ctx, slug, store.DefaultKey) })
	}
	flags.Usage()
	return errUsage
}

func withRelay(ctx context.Context, e *Env, do func(*store.DB, *relay.Relay) error) error {
	cfg, err := config.Read(e.Environ)
	if err != nil {
		return err
	}
	return withStore(ctx, e, func(db *store.DB) error {
		r, err := app.OpenRelay(ctx, &cfg, db)
		if err != nil {
			return err
		}
		return do(db, r)
	})
}

func listProviderKeys(ctx context.Context, e *Env, db *store.DB, r *relay.Relay) error {
	stored, err := db.ProviderKeys(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(e.Stdout, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "PROVIDER\tSTORED\tENVIRONMENT\tUPDATED\tBASE URL")
	for _, k := range r.ProviderKeys(stored) {
		environment, stored, updated, baseURL := "-", "-", "-", "-"
		if k.Environment {
			environment = "yes"
		}
		if k.Stored != nil {
			stored, updated = "…"+k.Stored.Hint, k.Stored.UpdatedAt.Format(time.DateOnly)
		}
		if k.Stored != nil && k.Stored.BaseURL != "" {
			baseURL = k.Stored.BaseURL
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", k.Provider, stored, environment, updated, baseURL)
	}
	return w.Flush()
}

// maxKey is the most bytes that are read of a key.
const maxKey = 16 << 10

func setProviderKey(ctx context.Context, e *Env, r *relay.Relay, slug, baseURL string) error {
	key, err := io.ReadAll(io.LimitReader(e.Stdin, maxKey+1))
	if err != nil {
		return fmt.Errorf("the key cannot be read from standard input: %w", err)
	}
	if len(key) > maxKey {
		return fmt.Errorf("what is on standard input is no key: it has more than %d bytes", maxKey)
	}
	_, err = r.SaveProviderKey(ctx, slug, string(key), baseURL)
	return err
}

func testProviderKey(ctx context.Context, e *Env, r *relay.Relay, slug, model string) error {
	tested, err := r.TestProviderKey(ctx, slug, model)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.Stdout, "The key of %s works: %s answered in %v.\n", tested.Provider, tested.Model, tested.Latency.Round(time.Millisecond))
	return err
}

func deleteSealed(ctx context.Context, e *Env, db *store.DB) error {
	keys, variables, err := db.DeleteSealed(ctx)
	if err == nil {
		_, err = fmt.Fprintf(e.Stdout, "Deleted: %d keys of providers, %d variables of Tools.\n", keys, variables)
	}
	return err
}
