package web_test

import (
	"fmt"
	"testing"
)

func TestSmoke(t *testing.T) {
	h := newHarness(t)
	for _, c := range [][3]string{
		{"POST", "/v5/prompts/call", `{"prompt":{"model":"gpt","temperature":0.5,"stop":"x"},"messages":[{"role":"user","content":"hi"},{"role":"user","content":[{"type":"text","text":"a"}]}],"inputs":{"a":null}}`},
		{"POST", "/v5/prompts/call", `{"prompt":{"model":5,"temperature":"hot","tools":[{"strict":"maybe"}],"nested":{"endpoint":"x"}},"messages":[{"content":3},{"role":"king","content":[{"type":"text"},{"type":"foo"},5]}],"inputs":[],"start_time":"x","num_samples":5.5,"tags":["a","c"],"tool_choice":"auto"}`},
		{"POST", "/v5/prompts/call", `{"num_samples":"5","save":"true","score":"1.5","start_time":"2024-01-02 03:04:05","prompt":{"model":"x","max_tokens":5.0},"inputs":null}`},
		{"POST", "/v5/prompts/call", ``},
		{"POST", "/v5/prompts", ``},
		{"POST", "/v5/prompts/call", "{\n \"a\": tru}"},
		{"GET", "/v5/prompts/pr_1/?version_id=x", ""},
		{"GET", "/v5/prompts/pr%2F1", ""},
		{"GET", "/v5//prompts?page=0&size=x", ""},
		{"GET", "/prompts/call", ""},
		{"POST", "/prompts/call", ""},
		{"GET", "/v5/promts", ""},
		{"PUT", "/v5/prompts", ""},
		{"OPTIONS", "/v5/prompts", ""},
		{"GET", "/ui/", ""}, {"GET", "/ui", ""}, {"GET", "/ui/a/b", ""},
	} {
		w := h.do(c[0], c[1], c[2])
		fmt.Println(c[0], c[1], w.Code, w.Header(), w.Body.String())
		fmt.Printf("   %+v\n", h.got)
		h.got = nil
	}
	fmt.Println(h.log.String())
}
