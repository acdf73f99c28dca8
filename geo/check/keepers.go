package check

import "gridmap/geo"

// usualChain is 包联 as counties write it down, from the county's leaders to the
// heads of households, each in his group: who from the level above answers for
// each unit, and who in the smallest. A plan without groups has primary and
// micro grids in their place.
func usualChain() []geo.ChainLink {
	return []geo.ChainLink{
		{Tier: "township", Position: geo.CountyLeader},
		{Tier: "village", Position: geo.TownshipLeader},
		{Setting: geo.Rural, Tier: "group", Position: geo.VillageCadre},
		{Setting: geo.Rural, Tier: "group", Position: geo.GroupHead},
		{Setting: geo.Rural, Tier: "group", Position: geo.HouseholdHead},
		{Setting: geo.Rural, Tier: "primary", Position: geo.VillageCadre},
		{Setting: geo.Rural, Tier: "micro", Position: geo.GroupHead},
		{Setting: geo.Urban, Tier: "group", Position: geo.CommunityCadre},
		{Setting: geo.Urban, Tier: "group", Position: geo.BuildingHead},
		{Setting: geo.Urban, Tier: "primary", Position: geo.CommunityCadre},
		{Setting: geo.Urban, Tier: "micro", Position: geo.BuildingHead},
	}
}

// A keeping is a unit that is kept in a position.
type keeping struct {
	unit     geo.GridID
	position geo.Position
}

// checkKeepers asks RES-1: has every unit that the chain names a keeper?
func (k *inquiry) checkKeepers() {
	chain := k.setting(geo.RuleKeeper).Chain
	switch {
	case len(k.Responsibilities) == 0:
		k.skip[geo.RuleKeeper] = "no responsibilities"
		return
	case len(chain) == 0:
		k.skip[geo.RuleKeeper] = "no chain is set"
		return
	}
	kept := map[keeping]bool{}
	for _, r := range k.Keeping(k.AsOf) {
		kept[keeping{r.Unit, r.Position}] = true
	}
	asked, unknown := 0, 0
	settings := k.settings()
	for i := range k.Grids {
		g := &k.Grids[i]
		if g.Kind != geo.General || g.Rest || !k.asks(geo.RuleKeeper, i) {
			continue
		}
		for _, l := range chain {
			switch {
			case l.Asks(k.tierCode(g.Tier), settings[i]):
				asked++
				if !kept[keeping{g.ID, l.Position}] {
					k.addKeeperless(i, l.Position)
				}
			case settings[i] == "" && l.Tier == k.tierCode(g.Tier):
				unknown++
			}
		}
	}
	if unknown > 0 {
		k.skip[geo.RuleKeeper] = "units are neither urban nor rural, so that no chain is theirs"
	} else if asked == 0 {
		k.skip[geo.RuleKeeper] = "the chain names no unit that is asked about"
	}
}

func (k *inquiry) addKeeperless(i int, position geo.Position) {
	g := &k.Grids[i]
	k.add(Finding{
		Rule: geo.RuleKeeper, Tier: k.tierCode(g.Tier), Subject: k.subject(i),
		Measure:  &Measure{Value: 0, Unit: "keepers", Op: ">=", Limit: 1},
		Evidence: &Evidence{Position: position},
		Message:  keeperMessage(position),
		Fixes:    []Fix{{Do: "assign_keeper", Grid: g.Code, Position: position}},
	})
}

// settings returns the setting of each grid: its own, else that of the nearest
// grid above that has one.
func (k *inquiry) settings() []geo.Setting {
	if k.inherited != nil {
		return k.inherited
	}
	list := make([]geo.Setting, len(k.Grids))
	for _, i := range k.Tree.Preorder() {
		list[i] = k.Grids[i].Setting
		if up := k.Tree.Parent(int(i)); list[i] == "" && up >= 0 {
			list[i] = list[up]
		}
	}
	k.inherited = list
	return list
}

// positionNames are the built-in positions as messages say them; others are
// shown as they are written.
var positionNames = map[geo.Position]Message{
	geo.CountyLeader:   {"县级领导", "county leader"},
	geo.TownshipLeader: {"乡镇（街道）领导", "township leader"},
	geo.VillageCadre:   {"村干部", "village cadre"},
	geo.CommunityCadre: {"社区干部", "community cadre"},
	geo.GroupHead:      {"村民小组长", "group head"},
	geo.BuildingHead:   {"楼栋长", "building head"},
	geo.HouseholdHead:  {"中心户长", "household head"},
}

func keeperMessage(p geo.Position) Message {
	name, known := positionNames[p]
	if !known {
		name = Message{string(p), string(p)}
	}
	return Message{"没有包联责任人（" + name.ZH + "）", "Nobody is responsible as " + name.EN}
}
