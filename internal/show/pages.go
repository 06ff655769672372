package show

import "net/url"

// evaluationPage is the address of an Evaluation's page in the web interface; nil when the server's URL is not known.
func (s *Shows) evaluationPage(id string) *string {
	if s.base == "" {
		return nil
	}
	return new(s.base + "/evaluations/" + url.PathEscape(id))
}
