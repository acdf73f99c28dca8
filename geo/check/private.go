package check

import (
	"fmt"

	"gridmap/geo"
)

// checkPrivate asks PRV-1 of what is kept: heads and flags of households where
// the territory's switch does not let them in. Columns of files are asked when
// they are imported.
func (k *inquiry) checkPrivate() {
	if k.Unkept == 0 {
		if !k.Territory.Keeps.Personal.On() {
			k.skip[geo.RulePrivate] = "nothing personal is kept; columns of files are asked when they are imported, and dropped there"
		}
		return
	}
	k.add(Finding{Rule: geo.RulePrivate, Subject: k.subject(0),
		Measure: &Measure{Value: float64(k.Unkept), Unit: "households", Op: "=", Limit: 0},
		Message: Message{
			fmt.Sprintf("%d 户存有本地区未开启保存的户主或标签", k.Unkept),
			fmt.Sprintf("Of %s households heads or flags are kept that the territory does not let in", thousands(k.Unkept)),
		}})
}
