package api

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strconv"

	"github.com/gorilla/mux"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/postgis"
)

// A recordKind is one sort of record the calls list, create, patch and delete.
type recordKind struct {
	path   string // /v1/{path}
	entity geo.Entity
	read   Right
	write  Right
	add    Right    // create one; empty: as write
	filter []string // filters of the list besides the paging
	// show returns the record as the face writes it, blank an empty one to
	// read into; both are the same Go type.
	show  func(geo.Record) any
	blank func() wire
	// features writes what is shown as GeoJSON; nil: not to be had.
	features func(shown []any) collectionJSON
}

// A wire is a record as the face reads it.
type wire interface {
	// record returns the record it describes, or an *inputError or
	// *geo.InvalidError that names the field at fault.
	record(*codes) (geo.Record, error)
}

// recordKinds lists them in the order of the contract.
var recordKinds = []recordKind{
	{path: "workers", entity: geo.WorkerEntity, read: Counts, write: Edit, filter: []string{"number"},
		show: showWorker, blank: func() wire { return new(workerJSON) }},
	{path: "households", entity: geo.HouseholdEntity, read: Households, write: Households, filter: []string{"number", "grid", "compound", "building"},
		show: showHousehold, blank: func() wire { return new(householdJSON) }},
	{path: "assignments", entity: geo.AssignmentEntity, read: Counts, write: Edit, filter: []string{"grid", "worker"},
		show: showAssignment, blank: func() wire { return new(assignmentJSON) }},
	{path: "facilities", entity: geo.FacilityEntity, read: Counts, write: Edit, filter: []string{"grid"},
		show: showFacility, blank: func() wire { return new(facilityJSON) }},
	{path: "compounds", entity: geo.CompoundEntity, read: Counts, write: Edit, filter: []string{"grid", "number"},
		show: showCompound, blank: func() wire { return new(compoundJSON) }},
	{path: "buildings", entity: geo.BuildingEntity, read: Counts, write: Edit, filter: []string{"grid", "number", "compound"},
		show: showBuilding, blank: func() wire { return new(buildingJSON) }},
	{path: "matters", entity: geo.MatterEntity, read: Counts, write: Edit, filter: []string{"number"},
		show: showMatter, blank: func() wire { return new(matterJSON) }},
	{path: "metrics", entity: geo.MetricEntity, read: Counts, write: Edit, filter: []string{"grid", "number", "period"},
		show: showMetric, blank: func() wire { return new(metricJSON) }},
	{path: "populations", entity: geo.PopulationEntity, read: Counts, write: Edit, filter: []string{"grid"},
		show: showPopulation, blank: func() wire { return new(populationJSON) }},
	{path: "standards", entity: geo.StandardEntity, read: Counts, write: Edit,
		show: showStandard, blank: func() wire { return new(standardJSON) }},
	{path: "profiles", entity: geo.ProfileEntity, read: Counts, write: Edit, filter: []string{"number"},
		show: showProfile, blank: func() wire { return new(profileJSON) }},
	{path: "waivers", entity: geo.WaiverEntity, read: Counts, write: Edit, filter: []string{"number"},
		show: showWaiver, blank: func() wire { return new(waiverJSON) }},
	{path: "comments", entity: geo.CommentEntity, read: Comment, write: Edit, add: Comment, filter: []string{"number", "grid", "plan", "open", "f", "format"},
		show: showComment, blank: func() wire { return new(commentJSON) }, features: commentFeatures},
	{path: "responsibilities", entity: geo.ResponsibilityEntity, read: Counts, write: Edit, filter: []string{"grid", "worker"},
		show: showResponsibility, blank: func() wire { return new(responsibilityJSON) }},
	{path: "nets", entity: geo.NetEntity, read: Counts, write: Edit, filter: []string{"number"},
		show: showNet, blank: func() wire { return new(netJSON) }},
	{path: "net-members", entity: geo.NetMemberEntity, read: Counts, write: Edit, filter: []string{"grid", "number"},
		show: showNetMember, blank: func() wire { return new(netMemberJSON) }},
	{path: "schedules", entity: check.ScheduleEntity, read: Counts, write: Edit, filter: []string{"number"},
		show: showSchedule, blank: func() wire { return new(scheduleJSON) }},
}

// routes lists the calls on one kind.
func (k recordKind) routes() []route {
	all, one := "/v1/"+k.path, "/v1/"+k.path+"/{id}"
	listed := append([]string{"territory", "cursor", "limit", "min_revision"}, k.filter...)
	return []route{
		{method: "GET", path: all, right: k.read, query: listed, handle: k.bind((*Server).listRecords)},
		{method: "POST", path: all, right: cmp.Or(k.add, k.write), query: []string{"territory"}, handle: k.bind((*Server).createRecord)},
		{method: "POST", path: all + "/bulk", right: k.write, query: []string{"territory"}, bulk: true, handle: k.bind((*Server).upsertRecords)},
		{method: "GET", path: one, right: k.read, query: []string{"territory", "min_revision"}, handle: k.bind((*Server).getRecord)},
		{method: "PATCH", path: one, right: k.write, query: []string{"territory"}, handle: k.bind((*Server).patchRecord)},
		{method: "DELETE", path: one, right: k.write, query: []string{"territory"}, handle: k.bind((*Server).deleteRecord)},
	}
}

func (k recordKind) bind(handle func(*Server, recordKind, http.ResponseWriter, *http.Request) error) func(*Server, http.ResponseWriter, *http.Request) error {
	return func(s *Server, w http.ResponseWriter, r *http.Request) error { return handle(s, k, w, r) }
}

// listRecords handles GET /v1/{records}: one page by id, and the way to the
// next.
func (s *Server) listRecords(k recordKind, w http.ResponseWriter, r *http.Request) error {
	territory, err := s.statedTerritory(r)
	if err != nil {
		return err
	}
	page, err := s.recordPage(r.URL.Query())
	if err != nil {
		return err
	}
	how := formatJSON
	if k.features != nil {
		if how, err = negotiate(w, r, formatJSON, formatGeoJSON); err != nil {
			return err
		}
	}
	if err := s.awaitRevision(r, territory); err != nil {
		return err
	}
	revision, err := s.store.Revision(r.Context(), territory)
	if err != nil {
		return err
	}
	limit := page.Limit
	page.Limit++ // one more tells whether there is a next page
	records, err := s.store.Records(r.Context(), territory, k.entity, page)
	if err != nil {
		return err
	}
	answer := map[string]any{}
	if len(records) > limit {
		records = records[:limit]
		_, last := records[limit-1].Key()
		answer["next"] = nextPage(w, r.URL, strconv.FormatInt(last, 10))
	}
	shown := make([]any, len(records))
	for i, record := range records {
		shown[i] = k.show(record)
	}
	w.Header().Set("Gridmap-Revision", revisionText(revision))
	w.Header().Set("Cache-Control", "private, no-cache")
	if how == formatGeoJSON {
		return writeAs(w, http.StatusOK, typeGeoJSON, k.features(shown))
	}
	answer[k.path] = shown
	return writeJSON(w, http.StatusOK, answer)
}

// recordPage reads which page is asked.
func (s *Server) recordPage(q url.Values) (p postgis.Page, err error) {
	// One row more than the page is read, and the store gives 1,000 at most.
	most := int64(min(s.limits.Page, 999))
	limit, err := intQuery(q, "limit", min(100, most), 1, most)
	if err != nil {
		return p, err
	}
	if p.After, err = intQuery(q, "cursor", 0, 1, 1<<62); err != nil {
		return p, err
	}
	grid, err := intQuery(q, "grid", 0, 1, 1<<62)
	if err != nil {
		return p, err
	}
	worker, err := intQuery(q, "worker", 0, 1, 1<<62)
	if err != nil {
		return p, err
	}
	p.Limit, p.Grid, p.Worker, p.Number = int(limit), geo.GridID(grid), geo.WorkerID(worker), q.Get("number")
	p.Compound, p.Building = q.Get("compound"), q.Get("building")
	p.Period = q.Get("period")
	plan, err := intQuery(q, "plan", 0, 1, 1<<62)
	if err != nil {
		return p, err
	}
	p.Plan = geo.PlanID(plan)
	if q.Has("open") {
		word, err := wordQuery(q, "open", "true", "false")
		if err != nil {
			return p, err
		}
		open := word == "true"
		p.Open = &open
	}
	return p, nil
}

// nextPage sets the Link header (RFC 8288) and returns its address.
func nextPage(w http.ResponseWriter, u *url.URL, cursor string) string {
	q := u.Query()
	q.Set("cursor", cursor)
	next := (&url.URL{Path: u.Path, RawQuery: q.Encode()}).String()
	w.Header().Set("Link", "<"+next+`>; rel="next"`)
	return next
}

// getRecord handles GET /v1/{records}/{id}.
func (s *Server) getRecord(k recordKind, w http.ResponseWriter, r *http.Request) error {
	id, territory, err := s.record(k, r, k.read)
	if err != nil {
		return err
	}
	if err := s.awaitRevision(r, territory); err != nil {
		return err
	}
	record, revision, err := s.store.Record(r.Context(), territory, k.entity, id)
	if err != nil {
		return err
	}
	if fresh(w, r, etag(revision), revision) {
		return nil
	}
	return writeJSON(w, http.StatusOK, k.show(record))
}

// record reads which record is meant and asks allow about its territory. Who
// names the territory may repeat a delete: the record itself is gone then.
func (s *Server) record(k recordKind, r *http.Request, right Right) (int64, geo.TerritoryID, error) {
	id := identity(mux.Vars(r)["id"])
	if scope, err := s.addressed(r); err != nil || scope.Territory != 0 {
		return id, scope.Territory, err
	}
	territory, err := s.store.Territory(r.Context(), k.entity, id)
	if err != nil {
		return 0, 0, err
	}
	return id, territory, s.allow(r, right, Scope{Territory: territory})
}

// createRecord handles POST /v1/{records}.
func (s *Server) createRecord(k recordKind, w http.ResponseWriter, r *http.Request) error {
	territory, err := s.statedTerritory(r)
	if err != nil {
		return err
	}
	raw, err := readBody(w, r, s.limits.Body, typeJSON)
	if err != nil {
		return err
	}
	write, err := s.newWrite(r, territory, "create", raw)
	if err != nil {
		return err
	}
	codes := s.codes(r, territory)
	record, err := k.decode(raw, codes)
	if err != nil {
		return err
	}
	if _, id := record.Key(); id != 0 {
		return bad("id", "is given by the service")
	}
	write.Actions = []postgis.Action{postgis.Create(record)}
	done, err := s.store.Write(r.Context(), write)
	if err != nil {
		return single(err)
	}
	return s.showWritten(k, w, r, http.StatusCreated, done)
}

// decode reads one record.
func (k recordKind) decode(raw []byte, codes *codes) (geo.Record, error) {
	into := k.blank()
	if err := decodeJSON(raw, into); err != nil {
		return nil, err
	}
	return into.record(codes)
}

// showWritten answers the record that a write created or changed.
func (s *Server) showWritten(k recordKind, w http.ResponseWriter, r *http.Request, status int, done geo.ChangeSet) error {
	if len(done.Changes) != 1 || done.Changes[0].After == nil {
		return fmt.Errorf("write of one %s changed %d records", k.entity, len(done.Changes))
	}
	record := done.Changes[0].After
	_, id := record.Key()
	if status == http.StatusCreated {
		w.Header().Set("Location", fmt.Sprintf("/v1/%s/%d", k.path, id))
	}
	w.Header().Set("ETag", etag(done.Revision))
	w.Header().Set("Gridmap-Revision", revisionText(done.Revision))
	return writeJSON(w, status, k.show(record))
}

// patchRecord handles PATCH /v1/{records}/{id}: a JSON merge patch (RFC 7396)
// of the record as it stands when its turn comes.
func (s *Server) patchRecord(k recordKind, w http.ResponseWriter, r *http.Request) error {
	id, territory, err := s.record(k, r, k.write)
	if err != nil {
		return err
	}
	raw, err := readBody(w, r, s.limits.Body, typePatch, typeJSON)
	if err != nil {
		return err
	}
	var patch map[string]any
	if err := decodeJSON(raw, &patch); err != nil {
		return err
	}
	write, err := s.newWrite(r, territory, "update", raw)
	if err != nil {
		return err
	}
	codes := s.codes(r, territory)
	write.Actions = []postgis.Action{postgis.Patch(k.entity, id, func(current geo.Record) error {
		return k.merge(current, raw, codes)
	})}
	done, err := s.store.Write(r.Context(), write)
	if err != nil {
		return single(err)
	}
	if len(done.Changes) == 0 { // the patch asked for what already holds
		return s.getRecord(k, w, r)
	}
	return s.showWritten(k, w, r, http.StatusOK, done)
}

// merge applies a merge patch to the record in place.
func (k recordKind) merge(current geo.Record, patch []byte, codes *codes) error {
	before, err := json.Marshal(k.show(current))
	if err != nil {
		return err
	}
	merged, err := mergePatch(before, patch)
	if err != nil {
		return err
	}
	next, err := k.decode(merged, codes)
	if err != nil {
		return err
	}
	_, id := current.Key()
	if _, given := next.Key(); given != id {
		return bad("id", "cannot be changed")
	}
	reflect.ValueOf(current).Elem().Set(reflect.ValueOf(next).Elem())
	return nil
}

// deleteRecord handles DELETE /v1/{records}/{id}.
func (s *Server) deleteRecord(k recordKind, w http.ResponseWriter, r *http.Request) error {
	id, territory, err := s.record(k, r, k.write)
	if err != nil {
		return err
	}
	write, err := s.newWrite(r, territory, "delete", nil)
	if err != nil {
		return err
	}
	write.Actions = []postgis.Action{postgis.Delete(k.entity, id)}
	done, err := s.store.Write(r.Context(), write)
	if err != nil {
		return single(err)
	}
	w.Header().Set("Gridmap-Revision", revisionText(done.Revision))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// newWrite begins a write of the caller: with the key that makes a repeat
// harmless and the revision it was drawn against.
func (s *Server) newWrite(r *http.Request, territory geo.TerritoryID, op string, body []byte) (postgis.Write, error) {
	to, err := s.turn(r, body)
	if err != nil {
		return postgis.Write{}, err
	}
	return postgis.Write{Territory: territory, By: to.by, Op: op, Key: to.key, Request: to.digest, Base: to.base}, nil
}
