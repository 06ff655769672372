package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/vendor"
)

// schemaVersion is the version of the package's data files that this program was written for.
const schemaVersion = 6

// sourceModel is what we read of a model in the package.
type sourceModel struct {
	Type          string      `json:"type"`
	ID            string      `json:"id"`
	Name          string      `json:"name"`
	Reasoning     bool        `json:"reasoning"`
	Input         []string    `json:"input"`
	Cost          *sourceCost `json:"cost"`
	ContextWindow int         `json:"contextWindow"`
	MaxTokens     int         `json:"maxTokens"`
}

// sourceCost holds US dollars per million tokens. A cache price of 0 says that there is none.
type sourceCost struct {
	InputTokensAbove int64        `json:"inputTokensAbove"`
	Input            float64      `json:"input"`
	Output           float64      `json:"output"`
	CacheRead        float64      `json:"cacheRead"`
	CacheWrite       float64      `json:"cacheWrite"`
	Tiers            []sourceCost `json:"tiers"`
}

// convert makes a catalogue of the chat models in the package.
func convert(p pack) (*models.Registry, error) {
	source, err := describe(p)
	if err != nil {
		return nil, err
	}
	var list []models.Model
	for _, v := range vendor.All() {
		if v.Catalog == "" {
			continue
		}
		found, err := convertVendor(p, v)
		if err != nil {
			return nil, fmt.Errorf("%s.json: %w", v.Catalog, err)
		}
		list = append(list, found...)
	}
	return models.New(source, list), nil
}

// describe names the package, its version and the day its data was made.
func describe(p pack) (string, error) {
	var about struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	if err := json.Unmarshal(p["package.json"], &about); err != nil {
		return "", fmt.Errorf("package.json: %w", err)
	}
	var manifest struct {
		SchemaVersion int    `json:"schemaVersion"`
		GeneratedAt   string `json:"generatedAt"`
	}
	if err := json.Unmarshal(p[path.Join(dataDir, ".manifest.json")], &manifest); err != nil {
		return "", fmt.Errorf(".manifest.json: %w", err)
	}
	if manifest.SchemaVersion != schemaVersion {
		return "", fmt.Errorf("the data has schema version %d, this program reads %d: compare the fields, then raise it", manifest.SchemaVersion, schemaVersion)
	}
	day, _, _ := strings.Cut(manifest.GeneratedAt, "T")
	if about.Name == "" || about.Version == "" || day == "" {
		return "", errors.New("the package does not say its name, version and the day of its data")
	}
	return fmt.Sprintf("%s %s of %s, with a supplement", about.Name, about.Version, day), nil
}

// convertVendor reads one file: the models grouped by the interface they are called through.
func convertVendor(p pack, v vendor.Vendor) ([]models.Model, error) {
	data, ok := p[path.Join(dataDir, v.Catalog+".json")]
	if !ok {
		return nil, errors.New("the package has no such file")
	}
	var groups map[string]map[string]sourceModel
	if err := json.Unmarshal(data, &groups); err != nil {
		return nil, err
	}
	var list []models.Model
	for _, api := range slices.Sorted(maps.Keys(groups)) {
		for _, key := range slices.Sorted(maps.Keys(groups[api])) {
			s := groups[api][key]
			if s.Type != "chat" {
				continue
			}
			m, err := s.model(v.Slug)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			list = append(list, m)
		}
	}
	if len(list) == 0 {
		return nil, errors.New("it holds no chat models")
	}
	return list, nil
}

func (s *sourceModel) model(provider string) (models.Model, error) {
	if s.ID == "" || s.Cost == nil {
		return models.Model{}, errors.New("a model needs an id and a cost")
	}
	price, err := s.price(provider)
	if err != nil {
		return models.Model{}, err
	}
	return models.Model{
		Provider:      provider,
		ID:            s.ID,
		Name:          s.Name,
		Kind:          models.Chat,
		Price:         price,
		ContextWindow: s.ContextWindow,
		MaxOutput:     s.MaxTokens,
		Inputs:        s.Input,
		Reasoning:     s.Reasoning,
		Tools:         new(true), // the package lists only chat models that take tools
	}, nil
}

// price returns nil for the models of OpenRouter that choose another model: their price depends on the choice and is given as 0.
func (s *sourceModel) price(provider string) (*models.Price, error) {
	free := s.Cost.Input == 0 && s.Cost.Output == 0
	if free && provider == "openrouter" && !strings.HasSuffix(s.ID, ":free") && s.ID != "openrouter/free" {
		return nil, nil
	}
	base, err := s.Cost.rates()
	if err != nil {
		return nil, err
	}
	out := &models.Price{Rates: base}
	for _, t := range s.Cost.Tiers {
		rates, err := t.rates()
		if err != nil {
			return nil, err
		}
		out.Tiers = append(out.Tiers, models.Tier{Above: t.InputTokensAbove, Rates: rates})
	}
	slices.SortFunc(out.Tiers, func(a, b models.Tier) int { return cmp.Compare(a.Above, b.Above) })
	return out, nil
}

func (c *sourceCost) rates() (models.Rates, error) {
	if min(c.Input, c.Output, c.CacheRead, c.CacheWrite) < 0 {
		return models.Rates{}, errors.New("a price is negative")
	}
	return models.Rates{
		Input: c.Input, CachedInput: cmp.Or(c.CacheRead, c.Input), CacheWrite: cmp.Or(c.CacheWrite, c.Input), Output: c.Output,
	}, nil
}
