package check

import (
	"fmt"

	"gridmap/geo"
)

// checkHistory asks VER-1: was a plan that is in force reviewed and filed, and
// not after it took effect? A plan that came from a file has no history, which
// is what the rule finds.
func (k *inquiry) checkHistory() {
	p := &k.Plan
	if p.State != geo.InForce && p.State != geo.Retired {
		k.skip[geo.RuleUnfiled] = "the plan is not in force"
		return
	}
	var m Message
	switch {
	case p.Reviewed == 0 && p.Filed == 0:
		m = Message{"方案已生效，但没有审核和备案记录", "The plan is in force without review or filing"}
	case p.Reviewed == 0:
		m = Message{"方案已生效，但没有审核记录", "The plan is in force without review"}
	case p.Filed == 0:
		m = Message{"方案已生效，但没有备案记录", "The plan is in force without filing"}
	case p.Effective != 0 && p.Filed > p.Effective:
		m = Message{
			fmt.Sprintf("方案自 %s 生效，至 %s 才备案", p.Effective, p.Filed),
			fmt.Sprintf("The plan took effect on %s and was filed on %s only", p.Effective, p.Filed),
		}
	default:
		return
	}
	k.add(Finding{Rule: geo.RuleUnfiled, Subject: Subject{Type: "plan", ID: int64(p.ID), Name: p.Name}, Message: m})
}
