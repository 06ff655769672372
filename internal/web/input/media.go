package input

import (
	"mime"
	"net/http"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
)

// The media types of bodies.
const (
	MediaJSON = "application/json"
	MediaForm = "multipart/form-data"
	mediaText = "text/plain"
)

// checkMedia refuses a body whose Content-Type is clearly not JSON. A missing one and text/plain are tolerated.
func checkMedia(h http.Header) error {
	given := h.Get("Content-Type")
	if given == "" || given == MediaJSON {
		return nil
	}
	media, params, err := mime.ParseMediaType(given)
	if err != nil && media == "" {
		return unsupportedMedia("The Content-Type of the request cannot be read.")
	}
	if media != MediaJSON && media != mediaText && !strings.HasSuffix(media, "+json") {
		return unsupportedMedia("The body has the Content-Type %q.", errs.Truncate(media, maxMediaShown))
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") && !strings.EqualFold(charset, "us-ascii") {
		return unsupportedMedia("The body has the charset %q.", errs.Truncate(charset, maxMediaShown))
	}
	return nil
}

const maxMediaShown = 60

func unsupportedMedia(format string, args ...any) error {
	e := errs.New(errs.UnsupportedMediaType, format, args...)
	e.Message += " Send JSON in UTF-8, with Content-Type: application/json."
	return e
}
