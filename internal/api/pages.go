package api

import "net/url"

// pages returns the URLs of pages in the web interface. Its value is the server's public URL; without one, there are no URLs.
type pages string

func (p pages) file(id string) *string { return p.at("files", id) }

func (p pages) evaluation(id string) *string { return p.at("evaluations", id) }

func (p pages) at(kind, id string) *string {
	if p == "" {
		return nil
	}
	return new(string(p) + "/" + kind + "/" + url.PathEscape(id))
}
