package postgis

import (
	"fmt"
	"strings"

	"gridmap/geo"
	"gridmap/geo/cells"
)

// householdCells is the H3 resolution households are indexed at: cells of
// about 10,000 m² in northern China.
const householdCells = 10

// An entity says how records of one sort lie in their table. The columns of a
// row are territory_id, id, those named here, revision.
type entity struct {
	name    geo.Entity
	columns []string
	at      string // the geometry column, if it has one
	blank   func() geo.Record
	values  func(geo.Record) ([]any, error) // of columns, in order
	read    func(*row) geo.Record           // id and columns
	setID   func(geo.Record, int64)
	valid   func(geo.Record) error
	// The natural key of upserts, and the column that narrows a search for it.
	key       func(geo.Record) any
	narrow    string
	narrowKey func(geo.Record) any // string or int64
	// found are the columns that the filters of a [Page] compare; empty for
	// those that the entity does not have.
	found filters
	// move leads what a record refers to from the caller's IDs to the store's;
	// nil where it refers to nothing.
	move func(newIDs, geo.Record) error
}

// filters name the column that each filter of a [Page] compares.
type filters struct{ grid, worker, number, compound, building, period, plan, open string }

// table is the table's name.
func (e *entity) table() string { return string(e.name) }

// list returns all columns but territory_id, for reading.
func (e *entity) list(alias string) string {
	names := make([]string, 0, len(e.columns)+2)
	names = append(names, alias+".id")
	for _, c := range e.columns {
		names = append(names, alias+"."+c)
	}
	return strings.Join(append(names, alias+".revision"), ", ")
}

// into returns the table with all its columns, for COPY; extra are appended.
func (e *entity) into(extra ...string) string {
	names := append([]string{"territory_id", "id"}, e.columns...)
	names = append(append(names, "revision"), extra...)
	return e.table() + " (" + strings.Join(names, ", ") + ")"
}

// insert and update are statements with $1 territory, $2 id, $3 revision and
// then the columns.
func (e *entity) insert() string {
	holders := make([]string, len(e.columns))
	for i := range e.columns {
		holders[i] = e.holder(i)
	}
	return fmt.Sprintf("insert into %s (territory_id, id, revision, %s) values ($1, $2, $3, %s)",
		e.table(), strings.Join(e.columns, ", "), strings.Join(holders, ", "))
}

func (e *entity) update() string {
	sets := make([]string, len(e.columns))
	for i, c := range e.columns {
		sets[i] = c + " = " + e.holder(i)
	}
	if e.name == geo.HouseholdEntity { // placed anew after every change
		sets = append(sets, "leaf_id = null")
	}
	return fmt.Sprintf("update %s set revision = $3, %s where territory_id = $1 and id = $2", e.table(), strings.Join(sets, ", "))
}

func (e *entity) holder(i int) string {
	if e.columns[i] == e.at {
		return fmt.Sprintf("st_geomfromewkb($%d::bytea)", i+4)
	}
	return fmt.Sprintf("$%d", i+4)
}

// entities lists the sorts that [Store.Write] takes, each after those it
// refers to: a sort that stands here is read, written, loaded, replaced and
// journalled without a word elsewhere in the package.
var entities = []*entity{workers, households, facilities, compounds, buildings, matters, metrics, populations, standards, profiles, waivers, schedules, comments, assignments,
	responsibilities, nets, netMembers}

func entityOf(name geo.Entity) (*entity, error) {
	for _, e := range entities {
		if e.name == name {
			return e, nil
		}
	}
	return nil, &geo.InvalidError{Field: "entity", Reason: fmt.Sprintf("%q is not kept as records", string(name))}
}

// optional is null for an id of 0.
func optional[T ~int64](id T) any {
	if id == 0 {
		return nil
	}
	return int64(id)
}

var workers = &entity{
	name:    geo.WorkerEntity,
	columns: []string{"number", "name", "phone", "employment", "org", "trained_on", "active_from", "active_to"},
	blank:   func() geo.Record { return new(geo.Worker) },
	values: func(r geo.Record) ([]any, error) {
		w := r.(*geo.Worker)
		return []any{w.Number, w.Name, w.Phone, string(w.Employment), w.Org, w.TrainedOn, w.Active.From, w.Active.To}, nil
	},
	read:   func(r *row) geo.Record { w := readWorker(r); return &w },
	setID:  func(r geo.Record, id int64) { r.(*geo.Worker).ID = geo.WorkerID(id) },
	valid:  func(r geo.Record) error { return r.(*geo.Worker).Validate() },
	key:    func(r geo.Record) any { return r.(*geo.Worker).Number },
	narrow: "number", narrowKey: func(r geo.Record) any { return r.(*geo.Worker).Number },
	found: filters{number: "number"},
}

func readWorker(r *row) geo.Worker {
	return geo.Worker{
		ID: geo.WorkerID(r.int64()), Number: r.text(), Name: r.text(), Phone: r.text(),
		Employment: geo.Employment(r.text()), Org: r.text(), TrainedOn: r.date(), Active: r.period(),
	}
}

// A postKey tells the assignments of a territory apart.
type postKey struct {
	worker geo.WorkerID
	grid   geo.GridID
	role   string
	from   geo.Date
}

var assignments = &entity{
	name: geo.AssignmentEntity,
	columns: []string{"worker_id", "grid_id", "role", "main", "share_permille", "duty", "valid_from", "valid_to",
		"deputy_id"},
	blank: func() geo.Record { return new(geo.Assignment) },
	values: func(r geo.Record) ([]any, error) {
		a := r.(*geo.Assignment)
		return []any{int64(a.Worker), int64(a.Grid), a.Role, a.Primary, int16(a.Permille), a.Duty,
			a.Valid.From, a.Valid.To, optional(a.Deputy)}, nil
	},
	read:  func(r *row) geo.Record { a := readAssignment(r); return &a },
	setID: func(r geo.Record, id int64) { r.(*geo.Assignment).ID = geo.AssignmentID(id) },
	valid: func(r geo.Record) error { return r.(*geo.Assignment).Validate() },
	key: func(r geo.Record) any {
		a := r.(*geo.Assignment)
		return postKey{a.Worker, a.Grid, a.Role, a.Valid.From}
	},
	narrow: "worker_id", narrowKey: func(r geo.Record) any { return int64(r.(*geo.Assignment).Worker) },
	found: filters{grid: "grid_id", worker: "worker_id"},
	move:  func(ids newIDs, r geo.Record) error { return ids.assignment(r.(*geo.Assignment)) },
}

func readAssignment(r *row) geo.Assignment {
	return geo.Assignment{
		ID: geo.AssignmentID(r.int64()), Worker: geo.WorkerID(r.int64()), Grid: geo.GridID(r.int64()), Role: r.text(),
		Primary: r.bool(), Permille: int(r.int16()), Duty: r.text(), Valid: r.period(), Deputy: geo.WorkerID(r.int64()),
	}
}

var households = &entity{
	name: geo.HouseholdEntity,
	columns: []string{"ref", "at", "cell", "stated_id", "resident", "registered", "occupied", "address", "compound", "building",
		"unit", "source_crs", "accuracy_m", "method", "updated_on", "groups"},
	at:     "at",
	blank:  func() geo.Record { return new(geo.Household) },
	values: householdValues,
	read:   func(r *row) geo.Record { h := readHousehold(r); return &h },
	setID:  func(r geo.Record, id int64) { r.(*geo.Household).ID = geo.HouseholdID(id) },
	valid:  func(r geo.Record) error { return r.(*geo.Household).Validate() },
	key:    func(r geo.Record) any { return r.(*geo.Household).Ref },
	narrow: "ref", narrowKey: func(r geo.Record) any { return r.(*geo.Household).Ref },
	found: filters{grid: "leaf_id", number: "ref", compound: "compound", building: "building"},
}

func householdValues(r geo.Record) ([]any, error) {
	h := r.(*geo.Household)
	var at geometry
	var cell any
	if h.Located {
		c, err := cells.At(h.At, householdCells)
		if err != nil {
			return nil, &geo.InvalidError{Field: "at", Reason: err.Error()}
		}
		at, cell = pointEWKB(h.At), int64(c)
	}
	return []any{h.Ref, at, cell, optional(h.Stated), h.Resident, h.Registered, h.Occupied, h.Address, h.Compound, h.Building,
		h.Unit, h.SourceCRS, h.AccuracyM, h.Method, h.UpdatedOn, groupsValue(h.Groups)}, nil
}

func readHousehold(r *row) geo.Household {
	h := geo.Household{Dwelling: geo.Dwelling{ID: geo.HouseholdID(r.int64())}, Ref: r.text()}
	h.At, h.Located = r.point()
	r.int64() // cell
	h.Stated, h.Resident, h.Registered, h.Occupied = geo.GridID(r.int64()), r.int32(), r.int32(), r.bool()
	h.Address, h.Compound, h.Building, h.Unit, h.SourceCRS = r.text(), r.text(), r.text(), r.text(), r.text()
	h.AccuracyM, h.Method, h.UpdatedOn = r.float64(), r.text(), r.date()
	r.document(&h.Groups)
	return h
}

// A figureKey tells the populations of a territory apart.
type figureKey struct {
	unit  geo.GridID
	basis geo.Basis
	asOf  geo.Date
}

var populations = &entity{
	name:    geo.PopulationEntity,
	columns: []string{"unit_id", "basis", "value", "as_of", "source"},
	blank:   func() geo.Record { return new(geo.Population) },
	values: func(r geo.Record) ([]any, error) {
		p := r.(*geo.Population)
		return []any{int64(p.Unit), string(p.Basis), p.Value, p.AsOf, p.Source}, nil
	},
	read:  func(r *row) geo.Record { p := readPopulation(r); return &p },
	setID: func(r geo.Record, id int64) { r.(*geo.Population).ID = geo.PopulationID(id) },
	valid: func(r geo.Record) error { return r.(*geo.Population).Validate() },
	key: func(r geo.Record) any {
		p := r.(*geo.Population)
		return figureKey{p.Unit, p.Basis, p.AsOf}
	},
	narrow: "unit_id", narrowKey: func(r geo.Record) any { return int64(r.(*geo.Population).Unit) },
	found: filters{grid: "unit_id"},
	move:  func(ids newIDs, r geo.Record) error { return ids.toGrid("unit", &r.(*geo.Population).Unit) },
}

func readPopulation(r *row) geo.Population {
	return geo.Population{
		ID: geo.PopulationID(r.int64()), Unit: geo.GridID(r.int64()), Basis: geo.Basis(r.text()), Value: r.int64(),
		AsOf: r.date(), Source: r.text(),
	}
}

// A facilityKey tells the facilities of a territory apart.
type facilityKey struct {
	kind, name string
	division   geo.GridID
}

var facilities = &entity{
	name: geo.FacilityEntity,
	columns: []string{"type", "name_zh", "name_en", "at", "division_id", "floor_area_m2", "hours", "services",
		"valid_from", "valid_to"},
	at:    "at",
	blank: func() geo.Record { return new(geo.Facility) },
	values: func(r geo.Record) ([]any, error) {
		f := r.(*geo.Facility)
		return []any{f.Type, f.Name.ZH, f.Name.EN, pointEWKB(f.At), optional(f.Division), f.FloorAreaM2, f.Hours,
			append([]string{}, f.Services...), f.Valid.From, f.Valid.To}, nil
	},
	read:  func(r *row) geo.Record { f := readFacility(r); return &f },
	setID: func(r geo.Record, id int64) { r.(*geo.Facility).ID = geo.FacilityID(id) },
	valid: func(r geo.Record) error { return r.(*geo.Facility).Validate() },
	key: func(r geo.Record) any {
		f := r.(*geo.Facility)
		return facilityKey{f.Type, f.Name.ZH, f.Division}
	},
	narrow: "type", narrowKey: func(r geo.Record) any { return r.(*geo.Facility).Type },
	found: filters{grid: "division_id"},
	move:  func(ids newIDs, r geo.Record) error { return ids.toGridOrNone("division", &r.(*geo.Facility).Division) },
}

func readFacility(r *row) geo.Facility {
	f := geo.Facility{ID: geo.FacilityID(r.int64()), Type: r.text(), Name: r.name()}
	f.At, _ = r.point()
	f.Division, f.FloorAreaM2, f.Hours, f.Services = geo.GridID(r.int64()), r.float64(), r.text(), r.texts()
	f.Valid = r.period()
	return f
}

var compounds = &entity{
	name: geo.CompoundEntity,
	columns: []string{"code", "name_zh", "name_en", "property", "division_id", "units", "boundary", "valid_from",
		"valid_to"},
	at:    "boundary",
	blank: func() geo.Record { return new(geo.Compound) },
	values: func(r geo.Record) ([]any, error) {
		v := r.(*geo.Compound)
		boundary, _ := shapeEWKB(v.Boundary)
		return []any{v.Code, v.Name.ZH, v.Name.EN, string(v.Property), optional(v.Division), v.Units, boundary,
			v.Valid.From, v.Valid.To}, nil
	},
	read:   func(r *row) geo.Record { v := readCompound(r); return &v },
	setID:  func(r geo.Record, id int64) { r.(*geo.Compound).ID = geo.CompoundID(id) },
	valid:  func(r geo.Record) error { return r.(*geo.Compound).Validate() },
	key:    func(r geo.Record) any { return r.(*geo.Compound).Code },
	narrow: "code", narrowKey: func(r geo.Record) any { return r.(*geo.Compound).Code },
	found: filters{grid: "division_id", number: "code"},
	move:  func(ids newIDs, r geo.Record) error { return ids.toGridOrNone("division", &r.(*geo.Compound).Division) },
}

func readCompound(r *row) geo.Compound {
	return geo.Compound{
		ID: geo.CompoundID(r.int64()), Code: r.text(), Name: r.name(), Property: geo.PropertyState(r.text()),
		Division: geo.GridID(r.int64()), Units: r.int32(), Boundary: r.shape(), Valid: r.period(),
	}
}

func columnsOf(e *entity) string { return strings.Join(e.columns, ", ") }

// statementArgs turns values of a row into parameters of a statement.
func statementArgs(values []any) []any {
	args := make([]any, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case geo.Date:
			args[i] = dateArg(v)
		case geometry:
			args[i] = []byte(v)
		case document:
			args[i] = string(v)
		default:
			args[i] = v
		}
	}
	return args
}

// dateArg is a day as a parameter of a statement, null for no day.
func dateArg(d geo.Date) any {
	if d == 0 {
		return nil
	}
	return d.Time()
}
