package report

import (
	"strings"

	"gridmap/geo"
)

// profile is what the profile of the check is called.
func (m *maker) profile() string {
	if m.o.Profile == "" || m.o.Profile == geo.DefaultProfile {
		return m.w.notes.ownProfile
	}
	for i := range m.c.Profiles {
		if p := &m.c.Profiles[i]; p.Code == m.o.Profile && p.Valid.Holds(m.c.AsOf) {
			return m.w.name(p.Name, p.Code)
		}
	}
	return m.o.Profile
}

// ofNoType begins a reason that ends with a type of facilities.
const ofNoType = "no facility of the type "

// reason says in the language why a rule was not asked; one that has no words
// here stands as it is.
func (w *words) reason(because string) string {
	if w.lang == "zh" {
		if zh, known := reasonsZH[because]; known {
			return zh
		}
		if kind, is := strings.CutPrefix(because, ofNoType); is {
			return "没有该类型的阵地：" + kind
		}
	}
	return because
}

// reasonsZH are the reasons of package check in Chinese.
var reasonsZH = map[string]string{
	"switched off by the question": "本次提问中已关闭",
	"switched off by the profile":  "标准中已关闭",
	"no households":                "没有住户数据",
	"no workers":                   "没有人员数据",
	"no compounds with a boundary": "没有已绘制边界的小区",
	"no responsibilities":          "没有包联数据",
	"no chain is set":              "标准中没有设定包联链",
	"units are neither urban nor rural, so that no chain is theirs":                                  "单位未标明城乡，没有适用的包联链",
	"the chain names no unit that is asked about":                                                    "包联链不涉及所查单位",
	"the territory's code is not one of 12 digits":                                                   "辖区编码不是12位数字",
	"no training is recorded":                                                                        "没有培训记录",
	"no tier is said to be of unit grids":                                                            "没有指明单元网格层级",
	"no tier of villages or communities":                                                             "没有村（社区）层级",
	"no staffing standard holds on the day":                                                          "当日没有有效的配备标准",
	"no population on the basis of the standard":                                                     "没有标准所用口径的人口数",
	"no totals are stated for a unit and all its parts":                                              "没有单位及其全部下级的申报数",
	"no limits for types of facilities hold on the day":                                              "当日没有有效的阵地标准",
	"no step quota holds on the day":                                                                 "当日没有有效的分档配备标准",
	"no band of posts holds on the day":                                                              "当日没有有效的岗位数标准",
	"no unit is of the tier and setting of the standard":                                             "没有标准所指层级和城乡类型的单位",
	"no history of the plan":                                                                         "没有方案过程记录",
	"no buildings and no drawn compounds":                                                            "没有楼栋，也没有已绘制边界的小区",
	"no cells are known here":                                                                        "此处没有空间单元",
	"the plan is not in force":                                                                       "方案尚未生效",
	"the supervision telephone: no role is named that supervises":                                    "监督电话：没有指明负责监督的岗位",
	"nothing personal is kept; columns of files are asked when they are imported, and dropped there": "未保存个人信息；敏感列在导入文件时核查并当场剔除",
}
