package api

import (
	"errors"
	"io"
	"net/http"
	"reflect"
	"slices"

	"gridmap/geo"
)

// householdKind is the kind of record that heads and flags belong to.
func householdKind() recordKind {
	return recordKinds[slices.IndexFunc(recordKinds, func(k recordKind) bool { return k.entity == geo.HouseholdEntity })]
}

// getPersonal handles GET /v1/households/{id}/personal: the head and flags of
// one household. Every answer is noted with who asked.
func (s *Server) getPersonal(w http.ResponseWriter, r *http.Request) error {
	id, territory, err := s.record(householdKind(), r, Personal)
	if err != nil {
		return err
	}
	p, err := s.store.Personal(r.Context(), territory, geo.HouseholdID(id), s.who(r))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return writeJSON(w, http.StatusOK, p)
}

// putPersonal handles PUT /v1/households/{id}/personal: what the household says
// of its people from now on. The same again changes nothing.
func (s *Server) putPersonal(w http.ResponseWriter, r *http.Request) error {
	id, territory, err := s.record(householdKind(), r, Personal)
	if err != nil {
		return err
	}
	raw, err := readBody(w, r, s.limits.Body, typeJSON)
	if err != nil {
		return err
	}
	var p geo.Personal
	if err := decodeJSON(raw, &p); err != nil {
		return err
	}
	home, _, err := s.store.Record(r.Context(), territory, geo.HouseholdEntity, id)
	if err != nil {
		return err
	}
	ref := home.(*geo.Household).Ref
	switch {
	case p.Household != 0 && p.Household != geo.HouseholdID(id):
		return bad("household", "is another than that of the address")
	case p.Ref != "" && p.Ref != ref:
		return bad("ref", "is that of another household")
	}
	p.Household, p.Ref = geo.HouseholdID(id), ref
	if _, err := s.store.PutPersonal(r.Context(), territory, s.who(r), func(yield func(geo.Personal, error) bool) { yield(p, nil) }); err != nil {
		return single(err)
	}
	w.Header().Set("Cache-Control", "no-store")
	return writeJSON(w, http.StatusOK, p)
}

// deletePersonal handles DELETE /v1/households/{id}/personal.
func (s *Server) deletePersonal(w http.ResponseWriter, r *http.Request) error {
	id, territory, err := s.record(householdKind(), r, Personal)
	if err != nil {
		return err
	}
	if err := s.store.ForgetPersonal(r.Context(), territory, geo.HouseholdID(id), s.who(r)); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// putAllPersonal handles POST /v1/households/personal/bulk: heads and flags of
// many households by their ref, all or none.
func (s *Server) putAllPersonal(w http.ResponseWriter, r *http.Request) error {
	territory, err := s.statedTerritory(r)
	if err != nil {
		return err
	}
	body, media, err := openBody(w, r, s.limits.BulkBody, typeJSON, typeNDJSON, typeCSV)
	if err != nil {
		return err
	}
	list, lines, err := readPersonal(body, media, s.limits.BulkRecords)
	if err != nil {
		return err
	}
	done, err := s.store.PutPersonal(r.Context(), territory, s.who(r), func(yield func(geo.Personal, error) bool) {
		for _, p := range list {
			if !yield(p, nil) {
				return
			}
		}
	})
	if err != nil {
		return onLine(err, lines)
	}
	return writeJSON(w, http.StatusOK, done)
}

// readPersonal reads what households say, and the line of each.
func readPersonal(body io.Reader, media string, most int) (list []geo.Personal, lines []int, err error) {
	err = eachRecord(body, media, reflect.TypeFor[geo.Personal](), func(line int, raw []byte) error {
		if len(list) == most {
			return bad("body", "holds more than %d records; send several requests", most)
		}
		var p geo.Personal
		if err := decodeJSON(raw, &p); err != nil {
			return atLine(err, line)
		}
		if p.Household != 0 {
			return atLine(bad("household", "is given by the service; households are known by their ref"), line)
		}
		list, lines = append(list, p), append(lines, line)
		return nil
	})
	if err == nil && len(list) == 0 {
		err = bad("body", "holds no record")
	}
	return list, lines, err
}

// keepsJSON answers what a territory keeps from now on.
type keepsJSON struct {
	Revision  geo.Revision `json:"revision"`
	Keeps     geo.Keeps    `json:"keeps"`
	Forgotten int64        `json:"forgotten"` // households whose heads or flags were deleted
}

// putKeeps handles PUT /v1/territories/{t}/keeps: which groups households may
// count, and the switch for heads and flags. Only who may see those turns it.
func (s *Server) putKeeps(w http.ResponseWriter, r *http.Request) error {
	scope, err := s.addressed(r)
	if err != nil {
		return err
	}
	raw, err := readBody(w, r, s.limits.Body, typeJSON)
	if err != nil {
		return err
	}
	var keeps geo.Keeps
	if err := decodeJSON(raw, &keeps); err != nil {
		return err
	}
	done, err := s.store.SetKeeps(r.Context(), scope.Territory, s.who(r), func(was geo.Keeps) (geo.Keeps, error) {
		if was.Personal.Equal(keeps.Personal) {
			return keeps, nil
		}
		return keeps, s.allow(r, Personal, scope)
	})
	if err != nil {
		return err
	}
	tellRevision(w, done.Revision)
	return writeJSON(w, http.StatusOK, keepsJSON{done.Revision, done.Keeps, done.Forgotten})
}

// keepsProblem describes a refusal to keep or show what a territory does not
// keep.
func keepsProblem(err error) (Problem, bool) {
	if !errors.Is(err, geo.ErrNotKept) {
		return Problem{}, false
	}
	return Problem{Type: "/problems/not-kept", Title: "The territory does not keep it", Status: http.StatusConflict, Detail: err.Error(),
		Reason: "the switch for heads and flags of households is off, or does not let this in (PRV-1)"}, true
}
