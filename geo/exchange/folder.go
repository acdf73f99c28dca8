package exchange

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"gridmap/geo"
)

// Names of the files in a folder that holds one territory. A folder need not
// have all of them; tiers have a file each, see [TierFile].
const (
	ManifestFile    = "territory.json"
	OverlaysFile    = "dedicated.geojson" // dedicated and task grids
	HouseholdsFile  = "households.csv"
	WorkersFile     = "workers.csv"
	AssignmentsFile = "assignments.csv"
	PopulationsFile = "populations.csv"
	FacilitiesFile  = "facilities.csv"
	CompoundsFile   = "compounds.geojson"
	BuildingsFile   = "buildings.csv"
	MattersFile     = "matters.csv"
	MetricsFile     = "metrics.csv"
	StandardsFile   = "standards.csv"
	ProfilesFile    = "profiles.json"
	WaiversFile     = "waivers.json"

	ResponsibilitiesFile = "responsibilities.csv"
	NetsFile             = "nets.csv"
	NetMembersFile       = "net_members.csv"
)

// TierFile is the name of the file with the general grids of a tier.
func TierFile(t geo.Tier) string { return fmt.Sprintf("tier-%d-%s.geojson", t.Rank, t.Code) }

// WriteFolder writes a territory as a folder of files, each made by create,
// which the import takes back as it was. A file that cannot be finished is not
// closed but abandoned, if it has a method Abandon(). households gives the households one
// by one. The same territory gives the same bytes.
func WriteFolder(create func(name string) (io.WriteCloser, error), s *geo.Snapshot,
	households func(each func(*geo.Household) error) error) error {
	f := folder{create, s, newCoder(s)}
	if err := f.file(ManifestFile, func(w io.Writer) error {
		m := ManifestOf(s)
		return m.Write(w)
	}); err != nil {
		return err
	}
	if err := f.grids(); err != nil {
		return err
	}
	if err := f.file(HouseholdsFile, func(w io.Writer) error { return f.households(w, households) }); err != nil {
		return err
	}
	return f.records()
}

type folder struct {
	create func(name string) (io.WriteCloser, error)
	*geo.Snapshot
	coder
}

// file makes one file with what write puts into it.
func (f *folder) file(name string, write func(io.Writer) error) error {
	w, err := f.create(name)
	if err != nil {
		return err
	}
	if err = write(w); err != nil {
		if half, ok := w.(interface{ Abandon() }); ok {
			half.Abandon()
		} else {
			_ = w.Close() // the error that matters is the first
		}
	} else {
		err = w.Close()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (f *folder) grids() error {
	for _, t := range f.Tiers {
		if err := f.layer(TierFile(t), func(g *geo.Grid) bool { return g.Kind == geo.General && g.Tier == t.Rank }); err != nil {
			return err
		}
	}
	return f.layer(OverlaysFile, func(g *geo.Grid) bool { return g.Kind != geo.General })
}

// layer writes the grids chosen; there is no file of none.
func (f *folder) layer(name string, chosen func(*geo.Grid) bool) error {
	var grids []geo.Grid
	for i := range f.Grids {
		if chosen(&f.Grids[i]) {
			grids = append(grids, f.Grids[i])
		}
	}
	if len(grids) == 0 {
		return nil
	}
	return f.file(name, func(w io.Writer) error {
		g := NewGeoJSONWriter(w, "")
		if err := f.writeGrids(g, grids); err != nil {
			return err
		}
		return g.Close()
	})
}

func (f *folder) households(w io.Writer, households func(each func(*geo.Household) error) error) error {
	c := NewHouseholdWriter(w)
	err := households(func(h *geo.Household) error {
		c.Household(&HouseholdRow{Household: *h, Division: f.codes[h.Stated]})
		return c.err
	})
	if err != nil {
		return err
	}
	return c.Close()
}

// compounds writes the compounds as features, those not drawn with a null
// geometry.
func (f *folder) compounds(w io.Writer) error {
	g := NewGeoJSONWriter(w, "")
	for i := range f.Compounds {
		c := &f.Compounds[i]
		members := []Member{{"code", c.Code}, {"name_zh", c.Name.ZH}}
		for _, m := range []Member{{"name_en", c.Name.EN}, {"property", string(c.Property)}, {"division", f.codes[c.Division]}} {
			if m.Value != "" {
				members = append(members, m)
			}
		}
		if c.Units > 0 {
			members = append(members, Member{"units", int(c.Units)})
		}
		for _, m := range []Member{{"from", c.Valid.From.String()}, {"to", c.Valid.To.String()}} {
			if m.Value != "" {
				members = append(members, m)
			}
		}
		if err := g.Write(members, c.Boundary); err != nil {
			return fmt.Errorf("compound %s: %w", c.Code, err)
		}
	}
	return g.Close()
}

// A coder turns IDs into the codes and numbers that files use.
type coder struct {
	codes   map[geo.GridID]string
	numbers map[geo.WorkerID]string
	tiers   map[int]string
	holes   map[int]bool // tiers whose dedicated grids lie in holes unless it is said
}

func newCoder(s *geo.Snapshot) coder {
	c := coder{map[geo.GridID]string{}, map[geo.WorkerID]string{}, map[int]string{}, map[int]bool{}}
	for i := range s.Grids {
		c.codes[s.Grids[i].ID] = s.Grids[i].Code
	}
	for id, code := range s.Former {
		c.codes[id] = code
	}
	for i := range s.Workers {
		c.numbers[s.Workers[i].ID] = s.Workers[i].Number
	}
	for _, t := range s.Tiers {
		c.tiers[t.Rank], c.holes[t.Rank] = t.Code, t.Dedicated == geo.Hole
	}
	return c
}

func (c coder) tierCode(rank int) string { return c.tiers[rank] }

// WriteAllGrids writes every grid of a snapshot as one collection, each with
// the code of its tier.
func WriteAllGrids(w *GeoJSONWriter, s *geo.Snapshot) error {
	c := newCoder(s)
	for i := range s.Grids {
		g := &s.Grids[i]
		if err := w.Write(c.members(g, true), g.Boundary); err != nil {
			return fmt.Errorf("grid %s: %w", g.Code, err)
		}
	}
	return nil
}

// WriteGridTable writes every grid of a snapshot as a table without geometry,
// with the area of the drawn ones.
func WriteGridTable(w io.Writer, s *geo.Snapshot) error {
	c := newCoder(s)
	t := NewCSVWriter(w, "code", "name_zh", "name_en", "parent", "tier", "kind", "setting", "text_bounds", "owner",
		"valid_from", "valid_to", "rest", "predecessors", "area_m2")
	for i := range s.Grids {
		g := &s.Grids[i]
		area := ""
		if g.Boundary != nil {
			area = fmt.Sprintf("%.2f", g.Boundary.AreaM2())
		}
		t.Row(g.Code, g.Name.ZH, g.Name.EN, c.codes[g.Parent], c.tiers[g.Tier], string(g.Kind), string(g.Setting),
			g.TextBounds, g.Owner, g.Valid.From.String(), g.Valid.To.String(), fmt.Sprint(g.Rest), cellOf(c.predecessors(g)), area)
	}
	return t.Close()
}

// predecessors returns the codes of the grids that one was made from, as far as
// they are known.
func (c coder) predecessors(g *geo.Grid) []string {
	var list []string
	for _, id := range g.Predecessors {
		if code := c.codes[id]; code != "" {
			list = append(list, code)
		}
	}
	return list
}

// cellOf writes codes as a cell: between semicolons or, where a code would not
// come back from that, as a JSON array.
func cellOf(codes []string) string {
	odd := func(code string) bool {
		return strings.ContainsAny(code, ";；") || strings.TrimSpace(code) != code || strings.HasPrefix(code, "[")
	}
	if slices.ContainsFunc(codes, odd) {
		text, _ := appendValue(nil, codes) // strings can always be written
		return string(text)
	}
	return strings.Join(codes, ";")
}

func (c coder) writeGrids(w *GeoJSONWriter, grids []geo.Grid) error {
	for i := range grids {
		g := &grids[i]
		if err := w.Write(c.members(g, g.Kind != geo.General), g.Boundary); err != nil {
			return fmt.Errorf("grid %s: %w", g.Code, err)
		}
	}
	return nil
}

// members are the properties of a grid: what is empty is left out.
func (c coder) members(g *geo.Grid, tier bool) []Member {
	members := []Member{{"code", g.Code}, {"name_zh", g.Name.ZH}}
	add := func(name, text string) {
		if text != "" {
			members = append(members, Member{name, text})
		}
	}
	add("name_en", g.Name.EN)
	add("parent", c.codes[g.Parent])
	if tier {
		add("tier", c.tiers[g.Tier])
	}
	add("kind", string(g.Kind))
	add("setting", string(g.Setting))
	add("text_bounds", g.TextBounds)
	add("owner", g.Owner)
	add("valid_from", g.Valid.From.String())
	add("valid_to", g.Valid.To.String())
	if g.Kind == geo.Dedicated && (g.Hole || c.holes[g.Tier]) {
		members = append(members, Member{"hole", g.Hole})
	}
	if g.Rest {
		members = append(members, Member{"rest", true})
	}
	if list := c.predecessors(g); len(list) > 0 {
		members = append(members, Member{"predecessors", list})
	}
	return members
}
