package api

import (
	"net/http"

	"gridmap/geo"
	"gridmap/geo/check"
)

type profileJSON struct{ geo.Profile }

func showProfile(r geo.Record) any { return profileJSON{*r.(*geo.Profile)} }

// record refuses tiers and roles that the plan in force does not have; without
// one they are not known yet.
func (j *profileJSON) record(c *codes) (geo.Record, error) {
	p := j.Profile
	if p.Rules == nil {
		p.Rules = map[geo.RuleID]geo.RuleSetting{}
	}
	return &p, firstError(p.Validate(), c.known(&p))
}

// builtIn is the profile of the service itself, a record of no territory.
type builtIn struct {
	Code   string                         `json:"code"`
	Name   geo.Name                       `json:"name"`
	Source string                         `json:"source,omitempty"`
	Rules  map[geo.RuleID]geo.RuleSetting `json:"rules"`
}

// getDefaultProfile handles GET /v1/profiles/county-default: the limits that
// hold where no profile states others.
func (s *Server) getDefaultProfile(w http.ResponseWriter, _ *http.Request) error {
	p := check.CountyDefault()
	return writeJSON(w, http.StatusOK, builtIn{p.Code, p.Name, p.Source, p.Rules})
}
