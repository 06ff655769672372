package archive

import "context"

// OtherID is a row of version_aliases.json: an id that stands for a version.
type OtherID struct {
	ID        string `json:"id"`
	FileID    string `json:"file_id"`
	VersionID string `json:"version_id"`
}

// keepBeside keeps what an export of this program has beside the layout, as far as an import needs it: the other ids of versions.
func (im *importer) keepBeside(ctx context.Context) error {
	const name = "openloop/version_aliases.json"
	if !im.t.has(name) {
		return nil
	}
	var list []OtherID
	if _, err := im.t.document(name, &list); err != nil {
		return err
	}
	for _, a := range list {
		placed, err := im.db.Restore.Placed(ctx, []string{a.ID, a.VersionID})
		if err != nil {
			return err
		}
		_, taken := placed[a.ID]
		if taken || !IsID(a.ID) || placed[a.VersionID].FileID != a.FileID || a.FileID == "" || im.o.DryRun {
			continue
		}
		if err := im.db.Restore.KeepAlias(ctx, a.ID, a.FileID, a.VersionID); err != nil {
			return err
		}
	}
	return nil
}
