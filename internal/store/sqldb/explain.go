package sqldb

// Explain returns a sentence that tells the operator why a database could not be opened or used. It holds no text of the driver, no SQL, and no
// password of the URL.
func Explain(err error) string { return whyNotOpened(err) }

// ErrURL says that the URL of a database is none.
var ErrURL error = errNoURL
