package storetest

import "testing"

func rootAdopts(t *testing.T, h *harness) {
	for _, id := range []string{"one", "two", "other"} {
		child := h.below(t, id, "alias", 3, 4)
		if child.TraceID = "root"; id == "other" {
			child.TraceParentID = "one"
		}
		h.append(t, child)
	}
	must(t, h.Adopt(t.Context(), "root", "nobody"))
	h.append(t, h.below(t, "root", "", 1, 5))
	must(t, h.Adopt(t.Context(), "root", "alias"))

	children, err := h.Children(t.Context(), []string{"root", "alias", "one"})
	must(t, err)
	places := map[string][]string{}
	for parent, logs := range children {
		for _, l := range logs {
			places[parent] = append(places[parent], l.ID+" in "+l.TraceID)
		}
	}
	equal(t, "children by parent", map[string][]string{"root": {"one in root", "two in root"}, "one": {"other in root"}}, places)
	root, err := h.Log(t.Context(), "root")
	must(t, err)
	equal(t, "the root's trace", "root", root.TraceID)
}
