package wording

import "testing"

func TestNegationTurnsWhatFollows(t *testing.T) {
	for text, want := range map[string]meaning{
		"The limit is exceeded.":                      limit | gone | over,
		"The limit has not been exceeded.":            limit | have | nothing | over,
		"It isn't currently supported.":               unsupported,
		"It does not exist or is supported.":          unfound,
		"No message with id 'x' exists in the store.": no | prompt | unit | aName | unfound,
		"A credit card.":                              0,
		"Quota exceeded, please check your balance.":  limit | gone | over | money,
		"It resets after 24h.":                        long,
		"It resets after 40 minutes.":                 short,
		"50 requests/day":                             unit | request | long,
	} {
		if got := understand(text).means(); got != want {
			t.Errorf("%s: got %b, want %b", text, got, want)
		}
	}
}

func TestLongQuotesAreNotRead(t *testing.T) {
	for _, text := range []string{"'my credit has run out'", `"the prompt exceeds the context"`, "`a file is not found`", "'not found'n"} {
		if got := understand("Bad value: " + text).means(); got.has(money | window | unfound) {
			t.Errorf("%s is read as %b", text, got)
		}
	}
}

func TestParameterOf(t *testing.T) {
	for text, want := range map[string]string{
		"Unrecognized request argument supplied: search_parameters":       "search_parameters",
		"'top_k' is not supported":                                        "top_k",
		"property 'x' is unsupported":                                     "x",
		"extraneous key [topK] is not permitted":                          "topK",
		"Unknown name \"foo\": Cannot find field.":                        "foo",
		"The option n cannot be used with this model":                     "n",
		"\"gemma\" does not support tools":                                "tools",
		"model 'x' is not supported":                                      "",
		"The 'image/bmp' type is not supported":                           "",
		"`response_format` of type json_schema is unsupported here":       "response_format",
		"output_config: Extra inputs are not permitted":                   "output_config",
		"sample-70b on our servers does not currently support: ['tools']": "tools",
	} {
		if got := parameterOf(understand(text)); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func FuzzUnderstand(f *testing.F) {
	f.Add("Prompt has 4097 tokens (n_keep >= 'n_ctx'), please wait 5h; 'a b c d' isn't supported.")
	f.Fuzz(func(t *testing.T, text string) {
		u := understand(text)
		if name := parameterOf(u); name != "" && Identifier(name) == "" {
			t.Fatalf("%q is no name", name)
		}
		overWindow(u)
	})
}
