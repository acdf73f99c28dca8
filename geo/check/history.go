package check

import (
	"fmt"

	"gridmap/geo"
)

// checkHistory asks VER-1: was a plan that is in force reviewed and filed, and
// not after it took effect? A plan that came from a file has no history, which
// is what the rule finds. So has a draft whose day has come.
func (k *inquiry) checkHistory() {
	p := &k.Plan
	unfiled := p.State == geo.Draft || p.State == geo.Reviewed
	due := unfiled && p.Effective != 0 && p.Effective <= k.AsOf
	if p.State != geo.InForce && p.State != geo.Retired && !due {
		k.skip[geo.RuleUnfiled] = "the plan is not in force"
		return
	}
	var m Message
	switch {
	case due:
		m = Message{
			fmt.Sprintf("方案定于 %s 生效，但尚未完成审核和备案", p.Effective),
			fmt.Sprintf("The plan is to hold from %s and is not reviewed and filed yet", p.Effective),
		}
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
