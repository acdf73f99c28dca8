package geo

import (
	"fmt"
	"math"
)

// A Position says as what a keeper answers for a unit. The list is open: a
// territory may name others.
type Position string

// The positions of the chains that are built in, from the county down.
const (
	CountyLeader   Position = "county_leader"   // 县级领导
	TownshipLeader Position = "township_leader" // 乡镇（街道）领导
	VillageCadre   Position = "village_cadre"   // 村干部
	CommunityCadre Position = "community_cadre" // 社区干部
	GroupHead      Position = "group_head"      // 村民小组长
	BuildingHead   Position = "building_head"   // 楼栋长
	// HouseholdHead is 中心户长: one of a group's households answers for those
	// around. It says nothing of who is the head of which household.
	HouseholdHead Position = "household_head"
)

// A Responsibility is 包联: somebody answers for a unit. Several may answer for
// one, in one position or in several.
type Responsibility struct {
	ID       ResponsibilityID `json:"id"`
	Unit     GridID           `json:"unit"` // a grid or a division
	Position Position         `json:"position"`
	// Keeper is who answers, a person or a body, by name; it may be empty where
	// Worker says it.
	Keeper string   `json:"keeper,omitempty"`
	Worker WorkerID `json:"worker,omitempty"` // the keeper's record, 0 for none
	Org    string   `json:"org,omitempty"`    // the keeper's employer
	Valid  Period   `json:"valid"`
}

// Validate returns an *[InvalidError] for the first field that cannot be.
// Whether the unit and the worker exist is for the store to say.
func (r *Responsibility) Validate() error {
	var c checker
	c.between("unit", int64(r.Unit), 1, math.MaxInt64)
	c.word("position", string(r.Position))
	if r.Keeper == "" && r.Worker == 0 {
		c.fail("keeper", "is empty, and no worker is named")
	}
	c.text("keeper", r.Keeper, maxWord)
	c.between("worker", int64(r.Worker), 0, math.MaxInt64)
	c.text("org", r.Org, maxWord)
	c.period("valid", r.Valid)
	return c.err()
}

// Keeping returns the responsibilities that hold on a day. One whose worker is
// not active then, or is not among the snapshot's, keeps nothing.
func (s *Snapshot) Keeping(day Date) []Responsibility {
	active := make(map[WorkerID]bool, len(s.Workers))
	for i := range s.Workers {
		active[s.Workers[i].ID] = s.Workers[i].Active.Holds(day)
	}
	var list []Responsibility
	for _, r := range s.Responsibilities {
		if r.Valid.Holds(day) && (r.Worker == 0 || active[r.Worker]) {
			list = append(list, r)
		}
	}
	return list
}

// A ChainLink asks that every unit of a tier have a keeper in a position
// (RES-1). The links of one setting are a chain, from the county down.
type ChainLink struct {
	Setting  Setting  `json:"setting,omitempty"` // of the units asked; empty: of any
	Tier     string   `json:"tier"`              // code of the units' tier
	Position Position `json:"position"`
}

// Asks reports whether the link asks a unit of a tier and a setting, which may
// be empty: such a unit is asked only by links of any setting.
func (l ChainLink) Asks(tier string, setting Setting) bool {
	return l.Tier == tier && (l.Setting == "" || l.Setting == setting)
}

// maxChain is how many links a chain may have: far more than there are tiers.
const maxChain = 100

// validChain tests the links of a setting, none of which may stand twice.
func (c *checker) validChain(field string, chain []ChainLink) {
	if len(chain) > maxChain {
		c.fail(field, "has %d links, at most %d", len(chain), maxChain)
		return
	}
	seen := make(map[ChainLink]bool, len(chain))
	for i, l := range chain {
		at := fmt.Sprintf("%s[%d]", field, i)
		if l.Setting != "" && l.Setting != Urban && l.Setting != Rural {
			c.fail(at+".setting", "no setting %q; there are urban and rural", l.Setting)
		}
		c.word(at+".tier", l.Tier)
		c.word(at+".position", string(l.Position))
		if seen[l] {
			c.fail(at, "stands twice")
		}
		seen[l] = true
	}
}
