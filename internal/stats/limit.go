package stats

// Callers choose environments, models and more as they like, and series are kept in memory, so both have limits.
const (
	MostTexts  = 1000   // of a field
	MostSeries = 50_000 // that are told apart by everything
)

// Other stands for all texts of a field beyond [MostTexts].
const Other = "(other)"

// Limit keeps series within the limits. The zero Limit knows none. The same series in the same order are always limited alike.
type Limit struct{ texts [4]map[string]bool }

// chosen are the texts that callers choose.
func (s *Series) chosen() [4]*string {
	return [...]*string{&s.Environment, &s.Provider, &s.Model, &s.Origin}
}

// Know tells l of a series that there is.
func (l *Limit) Know(s *Series) { l.shorten(*s) }

// Of returns the series that counts for s when there are n. Those beyond [MostSeries] only tell their Files apart, and those beyond twice as many
// not even these.
func (l *Limit) Of(s Series, n int) Series {
	switch {
	case n < MostSeries:
		return l.shorten(s)
	case n < 2*MostSeries:
		return s.coarse(s.File)
	default:
		return s.coarse(0)
	}
}

// shorten returns s without the texts that l has no room for, and makes l know the others.
func (l *Limit) shorten(s Series) Series {
	for i, text := range s.chosen() {
		switch known := l.texts[i]; {
		case *text == "" || known[*text]:
		case len(known) >= MostTexts:
			*text = Other
		case known == nil:
			l.texts[i] = map[string]bool{*text: true}
		default:
			known[*text] = true
		}
	}
	return s
}

// coarse returns the series of a File that stands for those like s.
func (s *Series) coarse(file int64) Series {
	return Series{
		File: file, Kind: s.Kind, Source: s.Source, Failed: s.Failed,
		Environment: Other, Provider: Other, Model: Other, APIKey: Other, Origin: Other, Reason: Other,
	}
}
