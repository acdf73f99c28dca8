package check

import (
	"fmt"
	"strconv"
	"strings"

	"gridmap/geo"
)

// standardMessage says what a unit has and should have by a standard.
func standardMessage(u *UnitReport, s *geo.Standard, r *reckoning) Message {
	switch {
	case s.Kind() == geo.ReachForm:
		return reachMessage(u, s, r)
	case s.Kind() == geo.FloorForm:
		return floorMessage(s, r)
	case s.Rule == geo.RuleReach:
		return eachFacilityMessage(u, s)
	case s.Kind() == geo.RatioForm:
		return ratioMessage(u, s, r)
	case s.Kind() == geo.StepsForm:
		return Message{
			fmt.Sprintf("%d 人按阶梯标准应配 %d 名，实有 %d 名，缺 %d 名", r.people.Value, u.Required, u.Actual, u.Short),
			fmt.Sprintf("%s residents ask for %d workers by the step quota; %d serve, %d short", thousands(r.people.Value), u.Required, u.Actual, u.Short),
		}
	case s.Kind() == geo.ShareForm:
		return Message{
			fmt.Sprintf("%s应占 %s，需 %d 名，实有 %d 名，缺 %d 名", whoText(s, true), permilleText(s.Permille), u.Required, u.Actual, u.Short),
			fmt.Sprintf("%s should be %s: %d needed; %d serve, %d short", whoText(s, false), permilleText(s.Permille), u.Required, u.Actual, u.Short),
		}
	}
	return bandMessage(u, s)
}

func ratioMessage(u *UnitReport, s *geo.Standard, r *reckoning) Message {
	return Message{
		fmt.Sprintf("%d 人按每 %d 人配 %d 名应配 %d 名，实有 %d 名，缺 %d 名", r.people.Value, s.Residents, s.Workers, u.Required, u.Actual, u.Short),
		fmt.Sprintf("%s residents at %d per %s need %d workers; %d serve, %d short",
			thousands(r.people.Value), s.Workers, thousands(s.Residents), u.Required, u.Actual, u.Short),
	}
}

// bandMessage is of a band of posts, or of one of a role a unit.
func bandMessage(u *UnitReport, s *geo.Standard) Message {
	if u.Over > 0 {
		return Message{
			fmt.Sprintf("%s最多 %d 名，实有 %d 名，多 %d 名", whoText(s, true), s.Max, u.Actual, u.Over),
			fmt.Sprintf("%s: at most %d; %d serve, %d over", whoText(s, false), s.Max, u.Actual, u.Over),
		}
	}
	return Message{
		fmt.Sprintf("%s至少 %d 名，实有 %d 名，缺 %d 名", whoText(s, true), u.Required, u.Actual, u.Short),
		fmt.Sprintf("%s: at least %d; %d serve, %d short", whoText(s, false), u.Required, u.Actual, u.Short),
	}
}

// whoText names whom a standard counts, by role codes.
func whoText(s *geo.Standard, zh bool) string {
	who, employed := "Posts", map[geo.Employment]string{geo.FullTime: "full-time", geo.PartTime: "part-time", geo.Volunteer: "volunteer"}[s.Employment]
	if zh {
		who, employed = "岗位", map[geo.Employment]string{geo.FullTime: "专职", geo.PartTime: "兼职", geo.Volunteer: "志愿"}[s.Employment]
	}
	if len(s.Roles) > 0 {
		who = strings.Join(s.Roles, ", ")
	}
	switch {
	case employed == "":
		return who
	case zh:
		return employed + who
	}
	return strings.TrimSpace(who + " (" + employed + ")")
}

func permilleText(permille int64) string {
	return strconv.FormatFloat(float64(permille)/10, 'f', -1, 64) + " %"
}

func eachFacilityMessage(u *UnitReport, s *geo.Standard) Message {
	if u.Over > 0 {
		return Message{
			fmt.Sprintf("%s 最多 %d 处，实有 %d 处", s.Facility, s.Max, u.Actual),
			fmt.Sprintf("At most %d of %s; there are %d", s.Max, s.Facility, u.Actual),
		}
	}
	if u.Actual == 0 {
		return Message{"没有 " + s.Facility, "Has no " + s.Facility}
	}
	return Message{
		fmt.Sprintf("%s 至少 %d 处，实有 %d 处", s.Facility, u.Required, u.Actual),
		fmt.Sprintf("At least %d of %s; there are %d", u.Required, s.Facility, u.Actual),
	}
}

func floorMessage(s *geo.Standard, r *reckoning) Message {
	names := strings.Join(r.names, "、")
	return Message{
		fmt.Sprintf("%s 面积应不少于 %d 平方米，不足或未填：%s", s.Facility, s.Min, names),
		fmt.Sprintf("%s: at least %s m² of floor; smaller or not stated: %s", s.Facility, thousands(s.Min), strings.Join(r.names, ", ")),
	}
}

// reachMessage says that the walk is an estimate, and of what.
func reachMessage(u *UnitReport, s *geo.Standard, r *reckoning) Message {
	beyond := r.people.Value - u.Actual
	detour := strconv.FormatFloat(float64(s.Detour())/1000, 'f', -1, 64)
	return Message{
		fmt.Sprintf("%d 人中有 %d 人到最近的 %s 估算步行超过 %d 米，最远 %d 米（大地线距离×%s）", r.people.Value, beyond, s.Facility, s.Max, int64(r.value), detour),
		fmt.Sprintf("%s of %s residents walk more than %s m to the nearest %s, up to %s m (an estimate: geodesic × %s)",
			thousands(beyond), thousands(r.people.Value), thousands(s.Max), s.Facility, thousands(int64(r.value)), detour),
	}
}
