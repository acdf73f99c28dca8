package api

import (
	"errors"
	"fmt"
	"strings"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/postgis"
)

// stateNames are the states of a plan in Chinese, as the pages call them.
var stateNames = map[geo.PlanState]string{geo.Draft: "草案", geo.Reviewed: "已审核", geo.Filed: "已备案",
	geo.InForce: "生效中", geo.Retired: "已停用", geo.Discarded: "已废弃"}

// fieldNames are the fields of a grid in Chinese.
var fieldNames = map[string]string{"grid": "网格的增减", "boundary": "边界", "parent": "上级", "tier": "层级", "code": "编码",
	"name": "名称", "kind": "类型", "setting": "城乡属性", "text_bounds": "四至", "owner": "责任单位", "valid": "有效期",
	"predecessors": "沿革", "rest": "剩余部分", "hole": "挖空"}

// planMessage says in both languages why a plan cannot go where it was asked
// to; nil for other refusals.
func planMessage(err error) *check.Message {
	var clash *postgis.ClashError
	var state *postgis.StateError
	var matter *geo.MatterError
	switch {
	case errors.As(err, &matter):
		return matterMessage(matter)
	case errors.As(err, &clash):
		return &check.Message{
			ZH: fmt.Sprintf("方案 %d 有 %d 处修改与现行方案 %d 的修改相冲突", clash.Plan, len(clash.Clashes), clash.Onto),
			EN: fmt.Sprintf("%d changes of plan %d clash with what plan %d in force changed", len(clash.Clashes), clash.Plan, clash.Onto)}
	case errors.As(err, &state):
		return &check.Message{ZH: fmt.Sprintf("方案 %d 的状态为“%s”，不能进行此操作", state.Plan, stateNames[state.State]), EN: state.Error()}
	}
	return nil
}

// clashMessage says in both languages what both changed.
func clashMessage(c *postgis.Clash) check.Message {
	names := make([]string, len(c.Fields))
	for i, f := range c.Fields {
		names[i] = fieldNames[f]
	}
	m := check.Message{
		ZH: fmt.Sprintf("网格 %s：草案与现行方案都改动了%s", c.Code, strings.Join(names, "、")),
		EN: fmt.Sprintf("grid %s: draft and plan in force both changed %s", c.Code, strings.Join(c.Fields, ", ")),
	}
	if c.Reason != "" {
		m = check.Message{ZH: fmt.Sprintf("网格 %s：草案的修改不能用于现行方案（%s）", c.Code, strings.Join(names, "、")), EN: fmt.Sprintf("grid %s: %s", c.Code, c.Reason)}
	}
	return m
}
