package redraw

import (
	"slices"

	"gridmap/geo"
)

// keptReferences tells what publishing makes of responsibilities for grids that are
// gone and of members of nets: the former go on for an heir of the same tier,
// the latter where it has all of the ground. add notes one reference.
func keptReferences(before, after *geo.Counted, add func(geo.Entity, int64, int, geo.GridID, func(*inheritance) Becoming)) {
	for _, r := range after.Keeping(after.AsOf) {
		add(geo.ResponsibilityEntity, int64(r.ID), 1, r.Unit, func(h *inheritance) Becoming {
			if sameTier(before, after, r.Unit, h.heir) {
				return Follows
			}
			return Ends
		})
	}
	for i := range after.NetMembers {
		m := &after.NetMembers[i]
		add(geo.NetMemberEntity, int64(m.ID), 1, m.Grid, func(h *inheritance) Becoming {
			switch {
			case !h.all || !sameTier(before, after, m.Grid, h.heir):
				return Attention
			case inNet(after.NetMembers, h.heir, m):
				return AddsUp
			}
			return Follows
		})
	}
}

// sameTier reports whether an heir is of the tier of the grid that is gone.
func sameTier(before, after *geo.Counted, gone, heir geo.GridID) bool {
	i, was := before.Tree.Index(gone)
	k, is := after.Tree.Index(heir)
	return was && is && before.Grids[i].Tier == after.Grids[k].Tier
}

// inNet reports whether a unit is in the net of a member with its measure.
func inNet(list []geo.NetMember, unit geo.GridID, m *geo.NetMember) bool {
	return slices.ContainsFunc(list, func(o geo.NetMember) bool { return o.Grid == unit && o.Net == m.Net && o.Measure == m.Measure })
}
