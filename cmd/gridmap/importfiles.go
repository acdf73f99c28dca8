package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gridmap/geo"
	"gridmap/geo/datum"
	"gridmap/geo/exchange"
)

// sources finds the files: those of the folder, if one is named, and over them
// those of the flags.
func (q *importRequest) sources(rest []string, std streams) (s *sources, err error) {
	s = &sources{std: std}
	switch {
	case len(rest) == 1:
		if s, err = folderSources(rest[0], std); err != nil {
			return nil, err
		}
	case q.territory == "":
		return nil, errors.New("name a folder, or --territory and its files")
	case len(q.tiers) == 0:
		return nil, errors.New("--tier is missing")
	}
	if s.crs, err = datum.Parse(q.crs); err != nil {
		return nil, err
	}
	s.limits.Vertices, s.priority = q.vertices, q.cleaning.priority
	if q.cleaning.wanted {
		s.snapM = float64(q.cleaning.snap)
	}
	if s.straddling, err = exchange.ParseStraddling(q.straddle); err != nil {
		return nil, fmt.Errorf("--straddle %w", err)
	}
	if err := q.addTiers(s); err != nil {
		return nil, err
	}
	if err := q.addRecords(s); err != nil {
		return nil, err
	}
	return s, q.frame(&s.manifest)
}

// addRecords puts the files of records that flags name in the place of those
// of the folder.
func (q *importRequest) addRecords(s *sources) error {
	if q.households != "" {
		s.households = q.households
	}
	if q.personal != "" {
		s.personal = q.personal
	}
	if q.comments != "" {
		s.comments = q.comments
	}
	if q.schedules != "" {
		s.schedules = q.schedules
	}
	if s.records == nil {
		s.records = map[geo.Entity][]string{}
	}
	given := []string{q.households, q.personal, q.schedules, q.comments}
	for entity, files := range q.records {
		if len(*files) > 0 {
			s.records[entity] = *files
		}
		given = append(given, *files...)
	}
	if slices.Contains(given, "-") {
		return errors.New("the standard input serves for no table")
	}
	return nil
}

// frame fills in what the flags say of territory, tiers and plan.
func (q *importRequest) frame(m *exchange.Manifest) error {
	if q.territory != "" {
		m.Territory.Name.ZH = q.territory
	}
	if q.code != "" {
		m.Territory.Code = q.code
	}
	if m.Territory.Code == "" {
		m.Territory.Code = q.territory
	}
	day, err := geo.ParseDate(q.effective)
	if err != nil {
		return fmt.Errorf("--effective: %w", err)
	}
	if q.plan != "" {
		m.Plan.Name = q.plan
	}
	if m.Plan.Name == "" {
		m.Plan.Name = "网格划分方案"
	}
	if day != 0 {
		m.Plan.Effective = day
	}
	if m.Plan.State == "" {
		m.Plan.State = geo.InForce
	}
	if q.draft {
		m.Plan.State = geo.Draft
	}
	for _, code := range q.partial {
		at := -1
		for i := range m.Tiers {
			if m.Tiers[i].Code == code {
				at = i
			}
		}
		if at < 0 {
			return fmt.Errorf("--partial %s: there is no such tier", code)
		}
		m.Tiers[at].Complete = false
	}
	return nil
}

// usualTiers are tiers every reader knows by code.
var usualTiers = map[string]geo.Tier{
	"county":    {Name: geo.Name{ZH: "县", EN: "County"}, Class: geo.Administrative},
	"township":  {Name: geo.Name{ZH: "乡镇街道", EN: "Township"}, Class: geo.Administrative},
	"village":   {Name: geo.Name{ZH: "村（社区）", EN: "Village or community"}, Class: geo.Administrative},
	"group":     {Name: geo.Name{ZH: "村（居）民小组", EN: "Group"}, Class: geo.Administrative},
	"primary":   {Name: geo.Name{ZH: "一级网格", EN: "Primary grid"}, Class: geo.GridClass, NeedsWorker: true},
	"secondary": {Name: geo.Name{ZH: "二级网格", EN: "Secondary grid"}, Class: geo.GridClass, NeedsWorker: true},
	"micro":     {Name: geo.Name{ZH: "微网格", EN: "Micro grid"}, Class: geo.GridClass},
}

// addTiers adds the tiers of the flags, from the top; the tier county is the
// territory and stands for itself when no file is given for it.
func (q *importRequest) addTiers(s *sources) error {
	if len(q.tiers) > 0 {
		s.tiers, s.manifest.Tiers = nil, nil
		if !strings.HasPrefix(q.tiers[0], "county=") {
			s.manifest.Tiers = []geo.Tier{newTier("county", 0)}
		}
	}
	for _, text := range q.tiers {
		code, spec, ok := strings.Cut(text, "=")
		if !ok || code == "" || spec == "" {
			return fmt.Errorf("--tier %s: write TIER=FILE[:code=FIELD,name=FIELD,parent=FIELD]", text)
		}
		file, fields, err := splitFields(spec)
		if err != nil {
			return fmt.Errorf("--tier %s: %w", text, err)
		}
		for _, t := range s.manifest.Tiers {
			if t.Code == code {
				return fmt.Errorf("--tier %s: the tier stands twice", text)
			}
		}
		rank := len(s.manifest.Tiers)
		s.manifest.Tiers = append(s.manifest.Tiers, newTier(code, rank))
		s.tiers = append(s.tiers, tierSource{rank: rank, file: file, fields: fields})
	}
	if q.overlays != "" {
		s.tiers = append(s.tiers, tierSource{rank: exchange.Overlays, file: q.overlays})
	}
	return nil
}

func newTier(code string, rank int) geo.Tier {
	t, ok := usualTiers[code]
	if !ok {
		t = geo.Tier{Name: geo.Name{ZH: code}, Class: geo.GridClass, NeedsWorker: true}
	}
	t.Code, t.Rank, t.Complete = code, rank, true
	return t
}

// splitFields reads FILE:code=FIELD,… ; a colon in the file's own name does no
// harm as long as no field stands behind it.
func splitFields(spec string) (file string, fields exchange.Fields, err error) {
	cut := strings.LastIndex(spec, ":")
	if cut < 0 || !strings.Contains(spec[cut:], "=") {
		return spec, fields, nil
	}
	for part := range strings.SplitSeq(spec[cut+1:], ",") {
		name, field, _ := strings.Cut(part, "=")
		switch name = strings.TrimSpace(name); {
		case field == "":
			return "", fields, fmt.Errorf("%q names no field", part)
		case name == "code":
			fields.Code = field
		case name == "name":
			fields.Name = field
		case name == "parent":
			fields.Parent = field
		default:
			return "", fields, fmt.Errorf("%q is none of code, name, parent", name)
		}
	}
	return spec[:cut], fields, nil
}
