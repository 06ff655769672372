package export

import (
	"context"
	"path/filepath"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/archive"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/promptfile"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// beside writes the folder `openloop`: what the layout of the tool lacks. Nothing in it is secret.
//
//	aliases.json           names that calls use in place of models' own
//	directories.json       all directories, those without Files too
//	environments.json      all environments
//	version_aliases.json   ids that stand for versions with another one
//	texts/PATH.prompt      Prompts and Agents as text, as they are deployed in the default environment
func (x *exporter) beside(ctx context.Context) error {
	aliases, err := x.db.Aliases(ctx)
	if err != nil {
		return err
	}
	if err := x.writeBeside("aliases.json", orEmpty(aliases)); err != nil {
		return err
	}
	directories, err := x.db.Directories(ctx)
	if err != nil {
		return err
	}
	shown := make([]v5.DirectoryResponse, len(directories))
	for i := range directories {
		shown[i] = v5.DirectoryOf(&directories[i])
	}
	if err := x.writeBeside("directories.json", shown); err != nil {
		return err
	}
	environments, err := x.db.Environments(ctx)
	if err != nil {
		return err
	}
	places := make([]v5.EnvironmentResponse, len(environments))
	for i := range environments {
		places[i] = v5.EnvironmentOf(&environments[i], nil)
	}
	if err := x.writeBeside("environments.json", places); err != nil {
		return err
	}
	return x.besideFiles(ctx)
}

func (x *exporter) writeBeside(name string, value any) error {
	raw, err := json.MarshalIndent(value)
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(x.o.Dir, "openloop", name), append(raw, '\n'))
}

// orEmpty is list, or an empty one.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// besideFiles writes what belongs to Files.
func (x *exporter) besideFiles(ctx context.Context) error {
	others := []archive.OtherID{}
	for page := 1; ; page++ {
		snaps, _, err := x.db.Files(ctx, store.FileFilter{Sort: store.ByCreated, Page: trace.Page{Number: page, Size: pageSize}})
		if err != nil {
			return err
		}
		for i := range snaps {
			list, err := x.db.Restore.VersionAliases(ctx, snaps[i].File.ID)
			if err != nil {
				return err
			}
			for _, a := range list {
				others = append(others, archive.OtherID{ID: a.ID, FileID: snaps[i].File.ID, VersionID: a.VersionID})
			}
			if err := x.text(&snaps[i]); err != nil {
				return err
			}
		}
		if len(snaps) < pageSize {
			return x.writeBeside("version_aliases.json", others)
		}
	}
}

// text writes a Prompt or an Agent as text. One that has none, because of what is in it, is left out: versions/ has it.
func (x *exporter) text(snap *file.Snapshot) error {
	kind := snap.File.Kind
	if kind != file.PromptKind && kind != file.AgentKind {
		return nil
	}
	var content file.Content
	var err error
	if kind == file.PromptKind {
		content, err = catalog.Content[file.Prompt](snap)
	} else {
		content, err = catalog.Content[file.Agent](snap)
	}
	if err != nil {
		return err
	}
	text, err := promptfile.Format(content)
	if err != nil {
		return nil //nolint:nilerr // as said
	}
	return writeFile(filepath.Join(x.o.Dir, "openloop", "texts", filepath.FromSlash(snap.File.Path)+"."+string(kind)), []byte(text))
}
