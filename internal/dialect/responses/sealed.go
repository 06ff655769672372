package responses

import "strings"

// What only a provider can read is the encrypted content of a reasoning item, with a word for what it belongs to:
//
//	ol1..signed.…   the signature of the text of the summary
//	ol1..data.…     reasoning without a text
//	ol1..call.…     the signature of the call before it
//
// What comes without such a word was made by OpenAI.
const (
	sealed  = "ol1.."
	ofText  = "signed"
	ofData  = "data"
	ofCall  = "call"
	afterOf = "."
)

// encrypted is the encrypted content of a block with a signature or data, "" for text that nobody signed.
func encrypted(signature, data string) string {
	if data != "" {
		return seal(ofData, data)
	}
	return seal(ofText, signature)
}

func seal(kind, value string) string {
	if value == "" {
		return ""
	}
	return sealed + kind + afterOf + value
}

// unsealed parts an encrypted content.
func unsealed(content string) (kind, value string) {
	rest, ok := strings.CutPrefix(content, sealed)
	if !ok {
		return "", content
	}
	kind, value, _ = strings.Cut(rest, afterOf)
	return kind, value
}
