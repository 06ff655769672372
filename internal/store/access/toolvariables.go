package access

import (
	"context"
	"database/sql"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// ToolVariable is a variable in the environment of a Tool's code.
type ToolVariable struct {
	Name   string
	Sealed []byte // the encrypted value; never empty
}

// ToolVariables returns the variables of the Tool with a number, by name.
func ToolVariables(ctx context.Context, q sqldb.Querier, tool int64) ([]ToolVariable, error) {
	const text = `SELECT name, sealed FROM tool_variable WHERE file = $1 ORDER BY name`
	return sqldb.List(ctx, q, text, []any{tool}, func(rows *sql.Rows) (v ToolVariable, err error) {
		err = rows.Scan(&v.Name, &v.Sealed)
		return v, err
	})
}
