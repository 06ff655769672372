package health

// Kept counts what b remembers.
func (b *Book) Kept() (records, accounts int) { return len(b.records), len(b.accounts) }
