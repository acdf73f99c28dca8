package check

import (
	"fmt"
	"strconv"
	"strings"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// Messages that carry no figures.
var (
	undrawnMessage    = Message{"网格未绘制边界", "The grid has no boundary"}
	unplacedMessage   = Message{"住户不在任何网格内", "The household lies in no grid"}
	twiceMessage      = Message{"住户同时位于多个网格内", "The household lies in more than one grid of a tier"}
	misplacedMessage  = Message{"住户坐标不在所填区划内", "The household's point lies outside the division it states"}
	pointlessMessage  = Message{"住户没有坐标", "The household has no point"}
	unstaffedMessage  = Message{"网格没有网格员", "The grid has no worker"}
	dedicatedMessage  = Message{"专属网格缺少专属网格员或主管单位", "The dedicated grid lacks a worker of its own or an owner"}
	expiredMessage    = Message{"人员当日没有有效定岗", "The worker holds no post on the day"}
	duplicateBoundary = Message{"边界与另一网格完全相同", "The boundary is the same as another grid's"}
)

func duplicateMessage(code string) Message {
	return Message{"编码 " + code + " 重复使用", "The code " + code + " is used twice"}
}

func wrongParentMessage(stated, actual string) Message {
	return Message{
		fmt.Sprintf("所填上级为 %s，实际位于 %s 内", stated, actual),
		fmt.Sprintf("States %s as its parent but lies in %s", stated, actual),
	}
}

func faultMessage(f topo.Fault, e *Evidence) Message {
	area := areaText(f.AreaM2)
	switch f.Kind {
	case topo.Gap:
		m := narrow(f, Message{"存在未覆盖区域（空白）" + area + " 平方米", "Uncovered area of " + area + " m²"})
		if e.Households > 0 {
			m.ZH += fmt.Sprintf("，内有 %d 户", e.Households)
			m.EN += fmt.Sprintf(" holding %d %s", e.Households, plural(e.Households, "household"))
		}
		return m
	case topo.Overlap:
		return narrow(f, Message{"网格重叠 " + area + " 平方米", "Grids overlap by " + area + " m²"})
	case topo.Outside:
		return Message{"超出上级范围 " + area + " 平方米", "Reaches " + area + " m² outside its parent"}
	case topo.Duplicate:
		return duplicateBoundary
	}
	return Message{"边界不合法：" + ReasonMessage(f.Reason).ZH, "The boundary is not valid: " + f.Reason}
}

// strayMessage is of an overlay that reaches out of the territory by m2.
func strayMessage(m2 float64) Message {
	area := areaText(m2)
	return Message{"超出本辖区范围 " + area + " 平方米", "Reaches " + area + " m² outside the territory"}
}

// FaultMessage says in both languages what is wrong at a fault among siblings.
func FaultMessage(f topo.Fault) Message { return faultMessage(f, &Evidence{}) }

// sliverM is the mean width in metres under which a message tells it: a strip
// that narrow is a slip of the drawing hand and not ground forgotten.
const sliverM = 10

// narrow adds the mean width of a sliver to m.
func narrow(f topo.Fault, m Message) Message {
	if f.WidthM >= sliverM {
		return m
	}
	width := strconv.FormatFloat(f.WidthM, 'g', 2, 64)
	return Message{m.ZH + "，平均宽 " + width + " 米", m.EN + ", " + width + " m wide on average"}
}

func datumMessage(own geo.Owned, crs string, back int) Message {
	m := Message{
		fmt.Sprintf("%d 户中有 %d 户落在所填区划之外，坐标系可疑", own.Located, own.Elsewhere),
		fmt.Sprintf("%d of %d households lie outside the division they state: suspect coordinate system", own.Elsewhere, own.Located),
	}
	if crs != "" {
		m.ZH += fmt.Sprintf("；按 %s 还原后有 %d 户落回", crs, back)
		m.EN += fmt.Sprintf("; undone as %s, %d lie inside", crs, back)
	}
	return m
}

func countMessage(value int64, unit, op string, limit int64) Message {
	zhUnit := map[string]string{"households": "户", "persons": "人"}[unit]
	zh, en := "超过上限", "more than"
	if op == ">=" {
		zh, en = "低于下限", "fewer than"
	}
	return Message{
		fmt.Sprintf("%d %s，%s %d %s", value, zhUnit, zh, limit, zhUnit),
		fmt.Sprintf("%s %s, %s %s", thousands(value), unit, en, thousands(limit)),
	}
}

func loadMessage(households, workers, limit int64) Message {
	return Message{
		fmt.Sprintf("%d 名网格员服务 %d 户，人均超过 %d 户", workers, households, limit),
		fmt.Sprintf("%d %s for %s households, more than %d each", workers, plural(int(workers), "worker"), thousands(households), limit),
	}
}

func ratioMessage(u UnitReport, s geo.Standard) Message {
	return Message{
		fmt.Sprintf("%d 人按每 %d 人配 %d 名应配 %d 名，实有 %d 名，缺 %d 名", u.Population, s.Residents, s.Workers, u.Required, u.Workers, u.Short),
		fmt.Sprintf("%s residents at %d per %s need %d workers; %d serve, %d short",
			thousands(u.Population), s.Workers, thousands(s.Residents), u.Required, u.Workers, u.Short),
	}
}

// areaText writes square metres for people: whole numbers from 10 up.
func areaText(m2 float64) string {
	if m2 >= 10 {
		return thousands(int64(m2 + 0.5))
	}
	return strconv.FormatFloat(m2, 'g', 2, 64)
}

func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	var b strings.Builder
	for i, d := range s {
		if i > 0 && s[i-1] != '-' && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}
