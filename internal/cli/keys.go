package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/store"
)

const keysUsage = `usage: openloop keys list
       openloop keys create [-role admin|developer|member] [-priority critical|interactive|batch] NAME
       openloop keys revoke ID
`

func keysForms() []form {
	return []form{{word: "list"}, {word: "create", takes: "NAME", flags: flagsOf(newKeysCreateFlags)}, {word: "revoke", takes: "KEY-ID"}}
}

// keysFlags are those of `keys create`.
type keysFlags struct {
	*flag.FlagSet
	role     auth.Role
	priority auth.Priority
}

func newKeysCreateFlags(e *Env) *keysFlags { return newKeysFlags(e, "create") }

func newKeysFlags(e *Env, word string) *keysFlags {
	f := &keysFlags{FlagSet: newFlags(e, "keys "+word), role: auth.Developer, priority: auth.Interactive}
	f.Var(choice[auth.Role]{&f.role, "admin, developer or member"}, "role", "`role` of the key: admin, developer or member")
	f.Var(choice[auth.Priority]{&f.priority, "critical, interactive or batch"}, "priority",
		"`priority` of its calls when the server has more of them than it can do: critical, interactive or batch")
	return f
}

// choice is a flag whose value is one of few.
type choice[T interface {
	~string
	Valid() bool
}] struct {
	to  *T
	all string // those that are valid, for people
}

func (c choice[T]) String() string {
	if c.to == nil { // the flag package asks the zero value
		return ""
	}
	return string(*c.to)
}

func (c choice[T]) Set(text string) error {
	if *c.to = T(text); !(*c.to).Valid() {
		return errors.New("it is " + c.all)
	}
	return nil
}

func keys(ctx context.Context, e *Env, args []string) error {
	if len(args) == 0 || asksForHelp(args) {
		_, _ = fmt.Fprint(e.Stderr, keysUsage)
		return usageOf(args)
	}
	flags := newKeysFlags(e, args[0])
	if err := flags.Parse(args[1:]); err != nil {
		return usageError(err)
	}
	switch {
	case args[0] == "list" && flags.NArg() == 0:
		return withStore(ctx, e, func(db *store.DB) error { return listKeys(ctx, e, db) })
	case args[0] == "create" && strings.TrimSpace(flags.Arg(0)) != "" && flags.NArg() == 1:
		k := auth.APIKey{Name: flags.Arg(0), Role: flags.role, Priority: flags.priority}
		return withStore(ctx, e, func(db *store.DB) error { return createKey(ctx, e, db, k) })
	case args[0] == "revoke" && flags.NArg() == 1:
		return withStore(ctx, e, func(db *store.DB) error { return db.RevokeKey(ctx, flags.Arg(0)) })
	}
	_, _ = fmt.Fprint(e.Stderr, keysUsage)
	return errUsage
}

func withStore(ctx context.Context, e *Env, do func(*store.DB) error) error {
	cfg, err := e.read()
	if err != nil {
		return err
	}
	return withStoreOf(ctx, &cfg, do)
}

// withStoreOf is [withStore] for a configuration.
func withStoreOf(ctx context.Context, cfg *config.Config, do func(*store.DB) error) (err error) {
	db, err := app.OpenStore(ctx, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() {
		if closing := db.Close(context.WithoutCancel(ctx)); err == nil {
			err = closing
		}
	}()
	return do(db)
}

func listKeys(ctx context.Context, e *Env, db *store.DB) error {
	list, err := db.Keys(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(e.Stdout, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "ID\tROLE\tPRIORITY\tENDS IN\tCREATED\tREVOKED\tNAME")
	for _, k := range list {
		revoked := "-"
		if !k.RevokedAt.IsZero() {
			revoked = k.RevokedAt.Format(time.DateOnly)
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Role, k.Priority, k.Hint, k.CreatedAt.Format(time.DateOnly), revoked, k.Name)
	}
	return w.Flush()
}

func createKey(ctx context.Context, e *Env, db *store.DB, k auth.APIKey) error {
	secret := auth.NewSecret()
	if _, err := app.CreateKey(ctx, db, k, secret); err != nil {
		return err
	}
	_, err := fmt.Fprintf(e.Stdout, "%s\n", secret)
	return err
}
