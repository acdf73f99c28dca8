package api

import (
	"fmt"
	"net/http"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/exchange"
	"gridmap/geo/suppress"
	"gridmap/geo/surface"
	"gridmap/geo/topo"
)

var surfaceQuery = []string{"min_revision", "as_of", "resolution", "least", "spots", "f", "format"}

// surfaceJSON is the answer of one surface. A count that is not shown is null.
type surfaceJSON struct {
	Plan       geo.PlanID   `json:"plan"`
	Revision   geo.Revision `json:"revision"`
	AsOf       geo.Date     `json:"as_of"`
	Resolution int          `json:"resolution"`
	Least      int64        `json:"least"`
	Total      countsJSON   `json:"total"`
	Pointless  int64        `json:"households_without_point"`
	Cells      []cellJSON   `json:"cells"`
}

type countsJSON struct {
	Households *int64 `json:"households"`
	Resident   *int64 `json:"persons_resident"`
	Registered *int64 `json:"persons_registered"`
	Occupied   *int64 `json:"occupied"`
	Gridless   *int64 `json:"households_in_no_grid"`
}

type cellJSON struct {
	Cell string `json:"cell"`
	countsJSON
	Workers int64    `json:"workers"`
	AreaM2  float64  `json:"area_m2"`
	Density *float64 `json:"residents_per_km2"`
	Z       *float64 `json:"hot_spot_z"`
	P       *float64 `json:"hot_spot_p"`
}

// getSurface handles GET /v1/plans/{p}/surface: counts by H3 cell. Counts
// under five are hidden unless the caller may read households.
func (s *Server) getSurface(w http.ResponseWriter, r *http.Request) error {
	how, err := negotiate(w, r, formatJSON, formatGeoJSON, formatCSV)
	if err != nil {
		return err
	}
	o, err := surfaceOptions(r)
	if err != nil {
		return err
	}
	day, err := s.asOf(r)
	if err != nil {
		return err
	}
	right := Counts
	if o.Least < suppress.DefaultLeast {
		right = Households
	}
	a, err := s.picture(r, right)
	if err != nil {
		return err
	}
	if fresh(w, r, etag(a.Revision(), int32(day), how.word, o.Resolution, o.Least, o.Spots), a.Revision()) {
		return nil
	}
	found, err := surface.Compute(a.Counted(day), middleOf(a), a.Ground(0).Shape, o)
	if err != nil {
		return err
	}
	return writeSurface(w, how, a, day, found)
}

func surfaceOptions(r *http.Request) (surface.Options, error) {
	q := r.URL.Query()
	resolution, err := intQuery(q, "resolution", 8, surface.Coarsest, surface.Finest)
	if err != nil {
		return surface.Options{}, err
	}
	least, err := intQuery(q, "least", suppress.DefaultLeast, 0, 1_000_000)
	if err != nil {
		return surface.Options{}, err
	}
	spots, err := wordQuery(q, "spots", "false", "true")
	return surface.Options{Resolution: int(resolution), Least: least, Spots: spots == "true"}, err
}

// middleOf returns where the grids of a picture are.
func middleOf(a *atlas.Atlas) func(int) (topo.Point, bool) {
	return func(i int) (topo.Point, bool) {
		g := a.Ground(i)
		return g.Interior, len(g.Shape) > 0
	}
}

func writeSurface(w http.ResponseWriter, how format, a *atlas.Atlas, day geo.Date, found *surface.Surface) error {
	list := make([]cellJSON, len(found.Cells))
	for i := range found.Cells {
		list[i] = cellOf(&found.Cells[i])
	}
	switch how {
	case formatCSV:
		return writeCSV(w, cellColumns, func(out *exchange.CSVWriter) error {
			for i := range list {
				out.Row(list[i].row()...)
			}
			return nil
		})
	case formatGeoJSON:
		features, err := cellFeatures(found, list)
		if err != nil {
			return err
		}
		return writeAs(w, http.StatusOK, typeGeoJSON, features)
	}
	return writeJSON(w, http.StatusOK, surfaceJSON{
		Plan: a.Plan().ID, Revision: a.Revision(), AsOf: day, Resolution: found.Resolution, Least: found.Least,
		Total: countsOf(found.Total, found.TotalHidden), Pointless: found.Pointless, Cells: list,
	})
}

// countsOf shows counts, hidden ones as null.
func countsOf(c surface.Counts, hidden surface.Hidden) countsJSON {
	show := func(measure int) *int64 {
		if hidden[measure] {
			return nil
		}
		return &c[measure]
	}
	return countsJSON{show(surface.Households), show(surface.Resident), show(surface.Registered), show(surface.Occupied), show(surface.Gridless)}
}

func cellOf(c *surface.Cell) cellJSON {
	out := cellJSON{Cell: c.Cell.String(), countsJSON: countsOf(c.Counts, c.Hidden), Workers: c.Workers, AreaM2: c.AreaM2}
	if density, shown := c.Density(); shown {
		out.Density = &density
	}
	if c.Spot != nil {
		out.Z, out.P = &c.Spot.Z, &c.Spot.P
	}
	return out
}

var cellColumns = []string{"cell", "households", "persons_resident", "persons_registered", "occupied", "households_in_no_grid",
	"workers", "area_m2", "residents_per_km2", "hot_spot_z", "hot_spot_p"}

// row returns the cells of a table line under cellColumns.
func (c *cellJSON) row() []string {
	row := []string{c.Cell}
	for _, n := range []*int64{c.Households, c.Resident, c.Registered, c.Occupied, c.Gridless} {
		if n == nil {
			row = append(row, "")
		} else {
			row = append(row, whole(*n))
		}
	}
	return append(row, whole(c.Workers), decimal(&c.AreaM2), decimal(c.Density), decimal(c.Z), decimal(c.P))
}

// cellFeatures draws the cells as GeoJSON.
func cellFeatures(found *surface.Surface, list []cellJSON) (collectionJSON, error) {
	c := collectionJSON{Type: "FeatureCollection", Features: []featureJSON{}}
	for i := range list {
		ring, err := found.Cells[i].Cell.Boundary()
		if err != nil {
			return c, fmt.Errorf("cell %s: %w", list[i].Cell, err)
		}
		c.Features = append(c.Features, featureJSON{Type: "Feature", ID: list[i].Cell,
			Geometry: shapeJSON{{ring}}, Properties: list[i]})
	}
	return c, nil
}
