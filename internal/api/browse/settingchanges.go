package browse

import (
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// actions are the words for operations on what is no File.
var actions = map[string]string{
	"CreateKey": "make", "RenameKey": "rename", "SetKeyPriority": "set_priority", "RevokeKey": "revoke",
	"SaveProviderKey": "store", "DeleteProviderKey": "delete",
	"SaveAlias": "store", "DeleteAlias": "delete",
	"CreateEnvironment": "make", "RenameEnvironment": "rename", "SetDefaultEnvironment": "make_default", "DeleteEnvironment": "delete",
}

// settingChanges lists the changes of environments, and for admins those of keys and aliases.
func (h *handlers) settingChanges(ctx context.Context, from, to time.Time, size int, shown shown) ([]SettingChange, error) {
	list, err := h.o.DB.SettingChanges(ctx, from, to, size)
	out := []SettingChange{}
	admin := auth.From(ctx).Role.Allows(auth.Admin)
	for i := range list {
		action, known := actions[list[i].Operation]
		if known && (admin || list[i].Kind == sqldb.EnvironmentKind) {
			out = append(out, shown.settingChange(action, &list[i]))
		}
	}
	return out, err
}

func (s shown) settingChange(action string, c *store.SettingChange) SettingChange {
	out := SettingChange{Action: action, Kind: string(c.Kind), ID: c.ID, Name: c.Name, At: c.At, By: s.author(c.By)}
	switch c.Kind { //nolint:exhaustive // events of the others say their names
	case sqldb.KeyKind:
		out.Kind, out.Name = "api_key", s.author(c.ID).Name
	case sqldb.ProviderKeyKind, sqldb.AliasKind:
		out.Name = c.ID
	}
	return out
}
