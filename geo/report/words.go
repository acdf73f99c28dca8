package report

import (
	"gridmap/geo"
	"gridmap/geo/check"
)

// words are all that a report says in one language.
type words struct {
	lang                  string
	title, subtitle       string
	stamps                map[Stamp]string
	pass, fail, failPlain string
	facts                 factWords
	heads                 headWords
	titles                titleWords
	severities            map[geo.Severity]string
	bases                 map[geo.Basis]string
	counted               map[string]string // what a standard counts
	notes                 noteWords
	rules                 map[geo.RuleID]string
	otherwise             string // of a rule without a title
}

type factWords struct {
	area, covered, gaps, overlaps                                           string
	grids, undrawn, dedicated, task                                         string
	households, residents, total, inOne, inNone, inMany, pointless, outside string
	population, workers, vacant, errors, warnings, infos, sheet             string
}

type headWords struct {
	code, name, tier, grids, households, residents, workers, perWorker, per10k, vacant, area, errors, warnings string
	rule, basis, population, required, actual, short, status, what, severity, count, waived, subject, message  string
	because, before, after, change, appeared, gone, stayed, label, met, counted                                string
}

type titleWords struct {
	parts, inner, standards, findings, list, changes, unchecked string
	load, loadNote, staff, staffNote, byRule, sizes, sizesNote  string
	mapTitle, mapNote, listLead, findingLead, publicLead        string
	changeLead, incomplete                                      string
	more, first, none, shortBy, undrawn, noFinding              string
	groups, groupLead                                           string
	sheets                                                      [9]string
}

type noteWords struct{ run, profile, cut, counts, hidden, ownProfile string }

// name is a name in the language, else in the other, else the code.
func (w *words) name(n geo.Name, code string) string {
	first, second := n.ZH, n.EN
	if w.lang == "en" {
		first, second = second, first
	}
	switch {
	case first != "":
		return first
	case second != "":
		return second
	}
	return code
}

// message is what a finding says in the language.
func (w *words) message(m check.Message) string {
	if w.lang == "en" {
		return m.EN
	}
	return m.ZH
}

// rule is the title of a rule.
func (w *words) rule(id geo.RuleID) string {
	if title, known := w.rules[id]; known {
		return title
	}
	return w.otherwise
}

var chinese = words{
	lang:     "zh",
	title:    "%s网格覆盖与人员配备核查报告",
	subtitle: "编码 %s　·　截至 %s　·　%s　·　版本 %d",
	stamps:   map[Stamp]string{Internal: "内部资料", Public: "公开"},
	pass:     "核查通过：没有错误级问题。", fail: "核查未通过：有 %s 项错误级问题待处理。", failPlain: "核查未通过。",
	facts: factWords{
		area: "面积（平方千米）", covered: "网格覆盖率（%）", gaps: "未覆盖区域", overlaps: "重叠区域",
		grids: "%s数", undrawn: "未绘制边界", dedicated: "专属网格", task: "任务网格",
		households: "网格内住户", residents: "常住人口", total: "住户总数", inOne: "恰在一个网格内", inNone: "不在任何网格内",
		inMany: "同时在多个网格内", pointless: "没有坐标", outside: "坐标不在所填区划内",
		population: "人口（%s）", workers: "%s", vacant: "无人网格", errors: "错误", warnings: "警告", infos: "提示", sheet: "概要",
	},
	heads: headWords{
		code: "编码", name: "名称", tier: "层级", grids: "网格数", households: "住户", residents: "常住人口", workers: "人员",
		perWorker: "户／网格员", per10k: "每万人人员", vacant: "无人网格", area: "面积（平方千米）", errors: "错误", warnings: "警告",
		rule: "规则", basis: "口径", population: "人口", required: "应配", actual: "实有", short: "缺", status: "结论", what: "内容",
		severity: "级别", count: "数量", waived: "其中已豁免", subject: "对象", message: "说明", because: "原因",
		before: "此前", after: "现在", change: "变化", appeared: "新增", gone: "已消除", stayed: "仍存在", label: "项目", met: "达标", counted: "计数",
	},
	titles: titleWords{
		parts: "各%s情况", inner: "各%s情况", standards: "人员配备达标情况", findings: "问题汇总", list: "主要问题清单", changes: "与前次核查比较", unchecked: "未核查的规则",
		load: "每名网格员服务户数", loadNote: "超过 %d 户以红色表示", staff: "应配与实有人员", staffNote: "竖线为应配人数，红色为不足",
		byRule: "各规则问题数", sizes: "网格规模分布（%s）", sizesNote: "按网格内住户数，每组 50 户",
		mapTitle: "每名网格员服务户数分布图", mapNote: "颜色按户／网格员分级，红色为超过 %d 户；灰色为没有网格员或不公开",
		listLead: "只列网格、区划和小区的错误与警告；涉及住户和人员的只计数量，不列名单。", findingLead: "数量不含已豁免的问题。",
		publicLead: "公开版本不列住户类问题，也不列单项问题。", changeLead: "此前：%s（截至 %s）；现在：截至 %s。",
		incomplete: "问题过多，前后名单不全，增减仅供参考。",
		groups:     "群体人数", groupLead: "住户中各类人员的人数，只计数量，不列名单。",
		more: "另有 %d 行未列出", first: "（前 %d 个）", none: "无", shortBy: "缺 %s", undrawn: "未绘制", noFinding: "没有发现问题。",
		sheets: [9]string{"各单位", "配备", "问题汇总", "问题清单", "比较", "下级单位", "未核查", "说明", "群体"},
	},
	severities: map[geo.Severity]string{geo.Error: "错误", geo.Warning: "警告", geo.Info: "提示"},
	bases:      map[geo.Basis]string{geo.Resident: "常住", geo.Registered: "户籍", geo.UrbanResident: "城镇常住"},
	counted:    map[string]string{"workers": "人员", "full_posts": "全职岗位", "facilities": "阵地", "residents": "居民"},
	notes: noteWords{
		run: "核查编号 %s：同一版本、同一日期、同一标准，结果相同。", profile: "限值取自“%s”。", ownProfile: "县级默认标准",
		cut:    "比率一律截取两位小数，不四舍五入；覆盖率 100 表示没有任何缺口。",
		counts: "本报告只含数量，不含任何住户名单或个人评分。",
		hidden: "＊为保护隐私不公开的小数值（小于 %d）及为防止推算而一并隐去的数值。",
	},
	otherwise: "其他规则",
	rules: map[geo.RuleID]string{
		geo.RuleValid: "边界合法", geo.RuleInside: "位于上级之内", geo.RuleOverlap: "网格重叠", geo.RuleGap: "未覆盖区域（空白）",
		geo.RuleSliver: "碎片", geo.RuleExclave: "飞地", geo.RuleWrongParent: "与所填上级不符", geo.RuleVillageless: "不属于任何村（社区）",
		geo.RuleCut: "边界切开小区", geo.RuleUndrawn: "未绘制边界", geo.RuleDatum: "坐标系可疑", geo.RuleHouseholds: "户数超出范围",
		geo.RulePersons: "人口超上限", geo.RuleUnitArea: "单元网格面积", geo.RuleUneven: "规模不均衡", geo.RuleUnplaced: "住户不在任何网格内",
		geo.RuleTwice: "住户在多个网格内", geo.RuleMisplaced: "坐标不在所填区划内", geo.RulePointless: "住户没有坐标",
		geo.RuleSettlement: "居民点没有网格", geo.RuleEmptyCell: "有建筑无住户", geo.RuleReach: "阵地过远或不足", geo.RuleUnstaffed: "网格没有人员",
		geo.RuleOneWorker: "一格一员", geo.RuleRatio: "人员配备比例", geo.RuleSteps: "按人口分档配备", geo.RulePosts: "岗位数超出范围",
		geo.RuleExpired: "定岗过期或无岗人员", geo.RuleLoad: "每名网格员户数", geo.RuleSpread: "一人多格", geo.RuleDedicated: "专属网格缺人或缺主管",
		geo.RuleBoard: "公示牌信息不全", geo.RuleUntrained: "未培训", geo.RuleKeeper: "包联责任缺人", geo.RuleCode: "编码格式",
		geo.RuleDuplicate: "编码重复", geo.RuleOrder: "编号次序", geo.RuleStated: "申报数与实数不符", geo.RuleUnfiled: "未经审核备案即生效",
		geo.RulePrivate: "导入含敏感列",
	},
}

var english = words{
	lang:     "en",
	title:    "%s: coverage and staffing of its grids",
	subtitle: "Code %s · as of %s · %s · revision %d",
	stamps:   map[Stamp]string{Internal: "Internal", Public: "Public"},
	pass:     "The check passes: no error finding stands.", fail: "The check fails: error findings to deal with: %s.", failPlain: "The check fails.",
	facts: factWords{
		area: "Area (km²)", covered: "Covered by grids (%)", gaps: "Uncovered places", overlaps: "Overlaps",
		grids: "Units: %s", undrawn: "Not drawn", dedicated: "Dedicated grids", task: "Task grids",
		households: "Households in grids", residents: "Residents", total: "Households in all", inOne: "In exactly one grid", inNone: "In no grid",
		inMany: "In several grids", pointless: "Without a point", outside: "Outside the stated division",
		population: "Population (%s)", workers: "%s", vacant: "Grids without a worker", errors: "Errors", warnings: "Warnings", infos: "Notices", sheet: "Summary",
	},
	heads: headWords{
		code: "Code", name: "Name", tier: "Tier", grids: "Grids", households: "Households", residents: "Residents", workers: "Workers",
		perWorker: "Households per worker", per10k: "Workers per 10,000", vacant: "Grids without worker", area: "Area (km²)", errors: "Errors", warnings: "Warnings",
		rule: "Rule", basis: "Basis", population: "Population", required: "Required", actual: "Actual", short: "Short", status: "Result", what: "What it asks",
		severity: "Severity", count: "Findings", waived: "Waived besides", subject: "Subject", message: "Finding", because: "Because",
		before: "Before", after: "Now", change: "Change", appeared: "New", gone: "Gone", stayed: "Stayed", label: "Figure", met: "met", counted: "Counts",
	},
	titles: titleWords{
		parts: "By %s", inner: "By %s", standards: "Staffing against the standards", findings: "Findings by rule", list: "Findings to deal with", changes: "Compared with before", unchecked: "Rules not checked",
		load: "Households per grid worker", loadNote: "Red: more than %d", staff: "Workers required and serving", staffNote: "The mark is what is required; red falls short",
		byRule: "Findings by rule", sizes: "Size of grids (%s)", sizesNote: "By households in a grid, in steps of 50",
		mapTitle: "Map: households per grid worker", mapNote: "Shaded by households per worker, red above %d; grey: no worker, or not shown",
		listLead: "Errors and warnings of grids, divisions and compounds; what is about households and persons is counted and never listed.", findingLead: "Waived findings are not counted.",
		publicLead: "A public report leaves out findings about households, and lists no single findings.", changeLead: "Before: %s (as of %s); now: as of %s.",
		incomplete: "There are too many findings to keep them all: what looks new or gone may not be.",
		groups:     "Residents by group", groupLead: "Members of groups are counted and never listed.",
		more: "%d more rows are left out", first: " (the first %d)", none: "none", shortBy: "short %s", undrawn: "not drawn", noFinding: "There are no findings.",
		sheets: [9]string{"Units", "Standards", "Findings", "Finding list", "Compared", "Lower units", "Not checked", "Notes", "Groups"},
	},
	severities: map[geo.Severity]string{geo.Error: "error", geo.Warning: "warning", geo.Info: "notice"},
	bases:      map[geo.Basis]string{geo.Resident: "resident", geo.Registered: "registered", geo.UrbanResident: "urban resident"},
	counted:    map[string]string{"workers": "workers", "full_posts": "full-time posts", "facilities": "facilities", "residents": "residents"},
	notes: noteWords{
		run: "Check %s: the same revision, day and limits give the same result.", profile: "Limits of the profile “%s”.", ownProfile: "county default",
		cut:    "Ratios are cut to two decimals and never rounded up; 100 % covered means that nothing is missing.",
		counts: "This report holds counts only: no list of households and no score of a person.",
		hidden: "＊ marks counts under %d, which are not published, and others that would give them away.",
	},
	otherwise: "another rule",
	rules: map[geo.RuleID]string{
		geo.RuleValid: "valid boundary", geo.RuleInside: "inside its parent", geo.RuleOverlap: "grids overlap", geo.RuleGap: "ground that no grid covers",
		geo.RuleSliver: "sliver", geo.RuleExclave: "exclave", geo.RuleWrongParent: "not in the stated parent", geo.RuleVillageless: "in no village or community",
		geo.RuleCut: "border cuts a compound", geo.RuleUndrawn: "no boundary drawn", geo.RuleDatum: "suspect coordinate system", geo.RuleHouseholds: "households out of band",
		geo.RulePersons: "people over the cap", geo.RuleUnitArea: "unit grid too large", geo.RuleUneven: "uneven sizes", geo.RuleUnplaced: "household in no grid",
		geo.RuleTwice: "household in several grids", geo.RuleMisplaced: "point outside the stated division", geo.RulePointless: "household without a point",
		geo.RuleSettlement: "settlement without a grid", geo.RuleEmptyCell: "buildings without households", geo.RuleReach: "facilities too far or missing", geo.RuleUnstaffed: "grid without a worker",
		geo.RuleOneWorker: "one full-timer a grid", geo.RuleRatio: "workers per population", geo.RuleSteps: "quota by population", geo.RulePosts: "posts out of band",
		geo.RuleExpired: "post expired, or a worker without one", geo.RuleLoad: "households per worker", geo.RuleSpread: "one worker, many grids", geo.RuleDedicated: "dedicated grid without worker or owner",
		geo.RuleBoard: "notice board incomplete", geo.RuleUntrained: "not trained", geo.RuleKeeper: "responsibility without keeper", geo.RuleCode: "form of codes",
		geo.RuleDuplicate: "code used twice", geo.RuleOrder: "order of numbers", geo.RuleStated: "stated and counted differ", geo.RuleUnfiled: "in force without review or filing",
		geo.RulePrivate: "sensitive column in an import",
	},
}
