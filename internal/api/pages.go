package api

import "net/url"

// pages makes the addresses of the web interface's pages. Its value is the public URL of the server; without one no address is known.
type pages string

func (p pages) file(id string) *string { return p.at("files", id) }

func (p pages) evaluation(id string) *string { return p.at("evaluations", id) }

func (p pages) at(kind, id string) *string {
	if p == "" {
		return nil
	}
	return new(string(p) + "/" + kind + "/" + url.PathEscape(id))
}
