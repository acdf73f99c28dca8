package api

import (
	"encoding/json"
	"strconv"

	"github.com/paulmach/orb"

	"gridmap/geo"
	"gridmap/geo/datum"
	"gridmap/geo/topo"
)

type workerJSON struct{ geo.Worker }

func showWorker(r geo.Record) any { return workerJSON{*r.(*geo.Worker)} }

func (j *workerJSON) record(*codes) (geo.Record, error) {
	w := j.Worker
	if w.Employment == "" {
		w.Employment = geo.FullTime
	}
	return &w, w.Validate()
}

type assignmentJSON struct {
	geo.Assignment
	// WorkerNumber and GridCode may stand for worker and grid in what is
	// written.
	WorkerNumber string `json:"worker_number,omitempty"`
	GridCode     string `json:"grid_code,omitempty"`
}

func showAssignment(r geo.Record) any { return assignmentJSON{Assignment: *r.(*geo.Assignment)} }

func (j *assignmentJSON) record(c *codes) (geo.Record, error) {
	a := j.Assignment
	err := firstError(c.worker("worker_number", j.WorkerNumber, &a.Worker), c.grid("grid_code", j.GridCode, &a.Grid))
	return &a, firstError(err, a.Validate())
}

type populationJSON struct {
	geo.Population
	Value    *int64 `json:"value"` // nil: not given, which is not nobody
	UnitCode string `json:"unit_code,omitempty"`
}

func showPopulation(r geo.Record) any {
	p := r.(*geo.Population)
	return populationJSON{Population: *p, Value: &p.Value}
}

func (j *populationJSON) record(c *codes) (geo.Record, error) {
	p := j.Population
	if j.Value == nil {
		return nil, bad("value", "is missing: how many people there are")
	}
	p.Value = *j.Value
	err := c.grid("unit_code", j.UnitCode, &p.Unit)
	return &p, firstError(err, p.Validate())
}

type standardJSON struct{ geo.Standard }

func showStandard(r geo.Record) any { return standardJSON{*r.(*geo.Standard)} }

func (j *standardJSON) record(*codes) (geo.Record, error) {
	s := j.Standard
	if s.Form == "" {
		s.Form = geo.FormOf(s.Rule)
	}
	return &s, s.Validate()
}

type waiverJSON struct{ geo.Waiver }

func showWaiver(r geo.Record) any { return waiverJSON{*r.(*geo.Waiver)} }

func (j *waiverJSON) record(*codes) (geo.Record, error) {
	w := j.Waiver
	return &w, w.Validate()
}

type facilityJSON struct {
	ID           geo.FacilityID `json:"id,omitempty"`
	Type         string         `json:"type"`
	Name         geo.Name       `json:"name"`
	Lon          *float64       `json:"lon"`
	Lat          *float64       `json:"lat"`
	CRS          string         `json:"crs,omitempty"` // of lon, lat in what is written
	Division     geo.GridID     `json:"division,omitempty"`
	DivisionCode string         `json:"division_code,omitempty"`
	FloorAreaM2  float64        `json:"floor_area_m2,omitempty"`
	Hours        string         `json:"hours,omitempty"`
	Services     []string       `json:"services,omitempty"`
	Valid        geo.Period     `json:"valid"`
}

func showFacility(r geo.Record) any {
	f := r.(*geo.Facility)
	lon, lat := f.At.LonLat()
	return facilityJSON{ID: f.ID, Type: f.Type, Name: f.Name, Lon: &lon, Lat: &lat, Division: f.Division,
		FloorAreaM2: f.FloorAreaM2, Hours: f.Hours, Services: f.Services, Valid: f.Valid}
}

func (j *facilityJSON) record(c *codes) (geo.Record, error) {
	f := &geo.Facility{ID: j.ID, Type: j.Type, Name: j.Name, Division: j.Division, FloorAreaM2: j.FloorAreaM2,
		Hours: j.Hours, Services: j.Services, Valid: j.Valid}
	at, located, err := place(j.Lon, j.Lat, j.CRS)
	if err == nil && !located {
		err = bad("lon", "is missing")
	}
	f.At = at
	return f, firstError(err, c.grid("division_code", j.DivisionCode, &f.Division), f.Validate())
}

type compoundJSON struct {
	ID           geo.CompoundID    `json:"id,omitempty"`
	Code         string            `json:"code"`
	Name         geo.Name          `json:"name"`
	Property     geo.PropertyState `json:"property,omitempty"`
	Division     geo.GridID        `json:"division,omitempty"`
	DivisionCode string            `json:"division_code,omitempty"`
	Units        int32             `json:"units,omitempty"`
	Boundary     boundaryJSON      `json:"boundary"` // null: not drawn
	Valid        geo.Period        `json:"valid"`
}

func showCompound(r geo.Record) any {
	v := r.(*geo.Compound)
	return compoundJSON{ID: v.ID, Code: v.Code, Name: v.Name, Property: v.Property, Division: v.Division,
		Units: v.Units, Boundary: boundaryJSON{ground: v.Boundary}, Valid: v.Valid}
}

func (j *compoundJSON) record(c *codes) (geo.Record, error) {
	v := &geo.Compound{ID: j.ID, Code: j.Code, Name: j.Name, Property: j.Property, Division: j.Division, Units: j.Units, Valid: j.Valid}
	var err error
	if j.Boundary.drawn != nil {
		if v.Boundary, err = topo.FromOrb(orb.MultiPolygon(j.Boundary.drawn)); err != nil {
			err = invalid("boundary", "%v", err)
		}
	}
	return v, firstError(err, c.grid("division_code", j.DivisionCode, &v.Division), v.Validate())
}

type householdJSON struct {
	ID         geo.HouseholdID `json:"id,omitempty"`
	Ref        string          `json:"ref"`
	Lon        *float64        `json:"lon"` // null with lat: no point is known
	Lat        *float64        `json:"lat"`
	CRS        string          `json:"crs,omitempty"`    // of lon, lat in what is written
	Stated     geo.GridID      `json:"stated,omitempty"` // the division its address names
	StatedCode string          `json:"stated_code,omitempty"`
	Resident   int32           `json:"resident"`
	Registered int32           `json:"registered"`
	Occupied   bool            `json:"occupied"`
	Groups     geo.GroupCounts `json:"groups,omitempty"` // residents by group
	Address    string          `json:"address,omitempty"`
	Compound   string          `json:"compound,omitempty"` // code of the compound its address names
	Building   string          `json:"building,omitempty"`
	Unit       string          `json:"unit,omitempty"`
	SourceCRS  string          `json:"source_crs,omitempty"`
	AccuracyM  float64         `json:"accuracy_m,omitempty"`
	Method     string          `json:"method,omitempty"`
	UpdatedOn  geo.Date        `json:"updated_on,omitzero"`
}

func showHousehold(r geo.Record) any {
	h := r.(*geo.Household)
	j := householdJSON{ID: h.ID, Ref: h.Ref, Stated: h.Stated, Resident: h.Resident, Registered: h.Registered,
		Occupied: h.Occupied, Groups: h.Groups, Address: h.Address, Compound: h.Compound, Building: h.Building, Unit: h.Unit, SourceCRS: h.SourceCRS,
		AccuracyM: h.AccuracyM, Method: h.Method, UpdatedOn: h.UpdatedOn}
	if h.Located {
		lon, lat := h.At.LonLat()
		j.Lon, j.Lat = &lon, &lat
	}
	return j
}

func (j *householdJSON) record(c *codes) (geo.Record, error) {
	h := &geo.Household{Ref: j.Ref, Address: j.Address, Compound: j.Compound, Building: j.Building, Unit: j.Unit, SourceCRS: j.SourceCRS,
		AccuracyM: j.AccuracyM, Method: j.Method, UpdatedOn: j.UpdatedOn,
		Dwelling: geo.Dwelling{ID: j.ID, Stated: j.Stated, Resident: j.Resident, Registered: j.Registered, Occupied: j.Occupied, Groups: j.Groups}}
	at, located, err := place(j.Lon, j.Lat, j.CRS)
	h.At, h.Located = at, located
	if j.CRS != "" {
		h.SourceCRS = j.CRS
	}
	return h, firstError(err, c.grid("stated_code", j.StatedCode, &h.Stated), h.Validate())
}

// place reads a position, which has both numbers or none.
func place(lon, lat *float64, crs string) (at topo.Point, located bool, err error) {
	switch {
	case lon == nil && lat == nil:
		return topo.Point{}, false, nil
	case lat == nil:
		return topo.Point{}, false, bad("lat", "is missing beside lon")
	case lon == nil:
		return topo.Point{}, false, bad("lon", "is missing beside lat")
	}
	at, err = snap(*lon, *lat, crs)
	return at, err == nil, err
}

// snap returns the lattice point of a position in the named system; "" is
// EPSG:4326.
func snap(lon, lat float64, crs string) (topo.Point, error) {
	system, err := readCRS(crs)
	if err != nil {
		return topo.Point{}, err
	}
	return snapIn(system, lon, lat)
}

// snapIn returns the lattice point of a position in the system.
func snapIn(system datum.CRS, lon, lat float64) (topo.Point, error) {
	low, high := system.Range()
	for i, name := range [...]string{"lon", "lat"} {
		if value := [...]float64{lon, lat}[i]; !(value >= low[i] && value <= high[i]) {
			return topo.Point{}, bad(name, "%s lies outside %s to %s%s", plain(value), plain(low[i]), plain(high[i]), rangeOf(system))
		}
	}
	lon, lat = system.ToWGS84(lon, lat)
	at, err := topo.Snap(lon, lat)
	if err != nil {
		return topo.Point{}, bad("lon", "%v", err)
	}
	return at, nil
}

// plain writes a number without an exponent.
func plain(value float64) string { return strconv.FormatFloat(value, 'f', -1, 64) }

// rangeOf says whose the range of a position is, if it is not that of degrees.
func rangeOf(system datum.CRS) string {
	if !system.Projected() {
		return ""
	}
	return ", where " + system.String() + " has its metres (lon the easting, lat the northing)"
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// mergePatch applies a JSON merge patch (RFC 7396) to an object.
func mergePatch(document, patch []byte) ([]byte, error) {
	var into, changes map[string]any
	if err := unmarshalNumbers(document, &into); err != nil {
		return nil, err
	}
	if err := unmarshalNumbers(patch, &changes); err != nil {
		return nil, jsonError(err, nil, nil)
	}
	return json.Marshal(merged(into, changes))
}

func merged(into, changes map[string]any) map[string]any {
	if into == nil {
		into = map[string]any{}
	}
	for name, value := range changes {
		switch value := value.(type) {
		case nil:
			delete(into, name)
		case map[string]any:
			inner, _ := into[name].(map[string]any) // anything else is replaced
			into[name] = merged(inner, value)
		default:
			into[name] = value
		}
	}
	return into
}
