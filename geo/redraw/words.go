package redraw

import (
	"errors"
	"fmt"

	"gridmap/geo/check"
)

// reasons are why edits cannot be done, in Chinese.
var reasons = map[string]string{
	"would be left without ground: merge it":            "将没有剩余地块，请改用合并",
	"would leave its parent without ground: merge that": "将使上级没有剩余地块，请合并上级",
	"is not drawn":                                     "尚未绘制边界",
	"is not a general grid":                            "不是普通网格",
	"is no general grid below the territory":           "不是辖区之下的普通网格",
	"is the territory":                                 "就是整个辖区",
	"is not a sibling":                                 "不是同级相邻网格（上级不同）",
	"is not a sibling of the others":                   "与其他网格上级不同",
	"is not a sibling of the grid that takes":          "与接收网格上级不同",
	"is of another kind than the first":                "与第一个网格的类型不同",
	"is of another kind or tier than the first":        "与第一个网格的类型或层级不同",
	"does not lie over others, as the first does":      "不是叠加网格，与第一个不同",
	"is no other drawn grid that lies over others":     "不是另一个已绘制的叠加网格",
	"cannot go under a grid that lies over others":     "不能归入叠加网格之下",
	"has no grids under it yet: create one":            "之下还没有网格，请先新建",
	"does not begin and end on one border of the grid": "起点和终点不在该网格的同一条边界上",
	noNumber: "该编号序列已无可用号码",
	"has fewer free numbers than grids to number: no code is given twice": "可用号码少于待编号的网格：编码不得重复使用",
	"has a grid whose new code was used before":                           "之下有网格的新编码曾被使用过",
	"has no grids to number":                                              "之下没有可编号的网格",
	"is one of divisions, whose codes are as they were supplied":          "是行政区划层级，其编码以下发的为准",
	"of the territory is that of its grids: draw these":                   "是辖区的，由其网格得出，请绘制各网格",
	"of a divided grid is that of its grids: draw these":                  "是已划分网格的，由其下级网格得出，请绘制各下级网格",
	"reaches outside the territory":                                       "超出辖区范围",
	"reaches outside the parent":                                          "超出上级范围",
	"leaves the parent":                                                   "越出上级范围",
	"of a general grid changes with its siblings': transfer ground to it": "是普通网格的，须与相邻网格一同变动，请改用划转",
	noSuchGrid:                   "没有这个网格",
	"names fewer than two grids": "所列网格不足两个",
	"must be named: no sibling has a border with the grid":       "须指定接收网格：没有同级网格与其相邻",
	"meets more ground than one edit may change":                 "涉及的地块超过一次编辑的上限",
	"lies under the grid that takes already":                     "已在接收网格之下",
	"lies under the grid itself":                                 "位于该网格自身之下",
	"lies under none of those who give":                          "不在所列让出网格之下",
	"lies under no sibling of the grid that takes: move it":      "不在接收网格的同级网格之下，请改用移动",
	"leaves ground that no sibling has a border with":            "让出的地块没有同级网格与其相邻",
	"leaves all grids with the larger share on one side":         "使所有网格的大部分都落在同一侧",
	"its children do not cover it, so its outline cannot follow": "下级没有铺满它，其边界无法随之变动",
	"is the parent already":                                      "已是其上级",
	"is not between 0 and 100":                                   "不在 0 到 100 之间",
	"is not below that of the parent":                            "不低于上级的层级",
	"is not among the grids":                                     "不在所列网格之中",
	"is not a tier of the plan":                                  "不是该方案的层级",
	"is missing: name a region, compounds or atoms":              "缺失：须给出区域、小区或下级网格",
	"lies in no gap among the grids of the parent":               "不在上级各网格之间的空白处",
	"means a gap whose border meets an overlap: mend that first": "所指空白的边界与重叠处相接，请先处理重叠",
	"holds no ground":                                            "之内没有可取的地块",
	"holds no ground of those who could give it":                 "之内没有可让出的地块",
	"has no stretch of border with the sibling beside it: both ways run along the parent's border or another grid": "没有与相邻同级网格的公共边界段：两个方向都沿上级边界或另一网格",
	"has no grid with a border to the ground it would take":                                                        "之下没有与所取地块相邻的网格",
	"has no border with the others":                                "与其他网格没有公共边界",
	"has a border that would come within a centimetre of another":  "的边界将与另一边界相距不足一厘米",
	"crosses ground of a grid that does not lie along the stretch": "穿过不沿该段边界的网格",
	"cannot go under a grid that is not of a higher tier":          "不能归入层级不更高的网格之下",
	"cannot be cut here":                                           "在此不能为 cut",
	"cannot be larger_share here":                                  "在此不能为 larger_share",
	"cannot be absorb here":                                        "在此不能为 absorb",
	"names another grid of the list already":                       "已是本次编辑中另一网格的代称",
	"is the code of a grid":                                        "与已有网格的编码相同",
	"names nothing: the edit makes no grid":                        "没有所指：该编辑不产生新网格",
}

// fields are the members of edits, in Chinese.
var fields = map[string]string{
	"grid": "网格", "grids": "网格", "keep": "保留网格", "line": "线", "with": "相邻网格", "to": "接收网格", "from": "让出网格",
	"region": "区域", "compounds": "小区", "atoms": "下级网格或小区", "boundary": "边界", "parent": "上级", "tier": "层级",
	"code": "编码", "tolerance_m": "吸附距离", "straddling": "跨界处理", "as": "代称",
}

// Message says in both languages why the edit cannot be done.
func (e *EditError) Message() check.Message {
	reason, known := reasons[e.Reason]
	if !known {
		reason = check.ReasonMessage(e.Reason).ZH
	}
	zh := fields[e.Field] + "（" + e.Field + "）" + reason
	if e.Name != "" {
		zh += "：" + e.Name
	}
	if e.Grid != 0 {
		zh += fmt.Sprintf("（网格 %d）", e.Grid)
	}
	if e.At != nil {
		lon, lat := e.At.LonLat()
		zh += fmt.Sprintf("，位于 %.7f, %.7f", lon, lat)
	}
	return check.Message{ZH: zh, EN: e.Error()}
}

// Message says in both languages what would no longer fit.
func (e *TopologyError) Message() check.Message {
	m := check.Message{ZH: "网格之间将不再密合", EN: e.Error()}
	if len(e.Faults) > 0 {
		lon, lat := e.Faults[0].At.LonLat()
		m.ZH += fmt.Sprintf("：共 %d 处，第一处%s，位于 %.7f, %.7f", len(e.Faults), check.FaultMessage(e.Faults[0]).ZH, lon, lat)
	}
	return m
}

// Message says in both languages that the grid is not there.
func (e *missingError) Message() check.Message {
	return (&EditError{Field: e.field, Reason: noSuchGrid, Grid: e.grid}).Message()
}

// MessageOf returns what an error of an edit, or one that wraps it, says in
// both languages; false for errors of another kind.
func MessageOf(err error) (check.Message, bool) {
	var told interface{ Message() check.Message }
	if !errors.As(err, &told) {
		return check.Message{}, false
	}
	return told.Message(), true
}
