package explore

import (
	"encoding/base64"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/trace"
)

// cursor is what a cursor of the API holds.
type cursor struct {
	Order trace.RowOrder `json:"o"`
	Key   trace.RowKey   `json:"k"`
}

// cursorOf returns "" for no key.
func cursorOf(k *trace.RowKey, order trace.RowOrder) string {
	if k == nil {
		return ""
	}
	raw, err := json.Marshal(cursor{order, *k})
	if err != nil { // a key always encodes
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// readCursor returns nil for "". Errors: validation_failed for what is no cursor of a list in this order.
func readCursor(text string, order trace.RowOrder, param string) (*trace.RowKey, error) {
	if text == "" {
		return nil, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimSpace(text))
	var c cursor
	if err == nil {
		err = json.UnmarshalForeign(raw, &c)
	}
	if err != nil || c.Order != order {
		return nil, errs.Invalid("is no cursor of a list in this order", param)
	}
	return &c.Key, nil
}
