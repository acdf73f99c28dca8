package exchange

import (
	"maps"
	"slices"
	"strings"

	"gridmap/geo"
)

// What users' ledgers write for the closed sets of the domain.
var (
	kinds = map[string]geo.Kind{"general": geo.General, "普通": geo.General, "综合": geo.General, "普通网格": geo.General,
		"综合网格": geo.General, "dedicated": geo.Dedicated, "专属": geo.Dedicated, "专属网格": geo.Dedicated,
		"task": geo.Task, "任务": geo.Task, "任务网格": geo.Task}
	settings = map[string]geo.Setting{"urban": geo.Urban, "城市": geo.Urban, "城镇": geo.Urban, "社区": geo.Urban,
		"rural": geo.Rural, "农村": geo.Rural, "乡村": geo.Rural}
	employments = map[string]geo.Employment{"full_time": geo.FullTime, "专职": geo.FullTime, "全职": geo.FullTime,
		"part_time": geo.PartTime, "兼职": geo.PartTime, "volunteer": geo.Volunteer, "志愿者": geo.Volunteer, "志愿": geo.Volunteer}
	propertyStates = map[string]geo.PropertyState{"serviced": geo.Serviced, "有物业": geo.Serviced, "物业": geo.Serviced,
		"self_managed": geo.SelfManaged, "自管": geo.SelfManaged, "自治": geo.SelfManaged,
		"unserviced": geo.Unserviced, "三无": geo.Unserviced, "无物业": geo.Unserviced}
	bases = map[string]geo.Basis{"resident": geo.Resident, "常住": geo.Resident, "常住人口": geo.Resident,
		"registered": geo.Registered, "户籍": geo.Registered, "户籍人口": geo.Registered,
		"urban_resident": geo.UrbanResident, "城镇常住": geo.UrbanResident, "城镇常住人口": geo.UrbanResident}
	forms = map[string]geo.Form{"ratio": geo.RatioForm, "比例": geo.RatioForm, "steps": geo.StepsForm, "阶梯": geo.StepsForm,
		"band": geo.BandForm, "区间": geo.BandForm, "one_each": geo.OneEachForm, "每处一个": geo.OneEachForm,
		"share": geo.ShareForm, "占比": geo.ShareForm, "floor": geo.FloorForm, "面积": geo.FloorForm, "reach": geo.ReachForm, "步行": geo.ReachForm}
)

// listed names the values of a set, each once.
func listed[T ~string](words map[string]T) string {
	values := slices.Sorted(maps.Values(words))
	names := make([]string, 0, len(values))
	for _, v := range slices.Compact(values) {
		names = append(names, string(v))
	}
	return strings.Join(names, ", ")
}
