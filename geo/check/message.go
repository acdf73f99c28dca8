package check

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
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
	boardMessage      = Message{"网格没有可公示的联系电话", "No worker of the grid has a phone for the notice board"}
	superviseMessage  = Message{"网格公示牌没有监督电话", "Nobody who supervises the grid has a phone for the notice board"}
	untrainedMessage  = Message{"人员没有培训记录", "The worker was never trained"}
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

// skipMessage is of a grid whose ground, with so many households, lies in none
// of a tier that should cover it.
func skipMessage(code string, tier geo.Tier, m2 float64, households int) Message {
	area := areaText(m2)
	m := Message{
		fmt.Sprintf("%s 的 %s 平方米不在“%s”层级的任何网格内，而该层级须全覆盖", code, area, cmp.Or(tier.Name.ZH, tier.Code)),
		fmt.Sprintf("The %s m² of %s lie in no grid of the tier %s, which must cover them", area, code, tier.Code),
	}
	if households > 0 {
		m.ZH += fmt.Sprintf("，涉及 %d 户", households)
		m.EN += fmt.Sprintf("; they hold %d %s", households, plural(households, "household"))
	}
	return m
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

func datumMessage(own geo.Owned, other Message, back int) Message {
	m := Message{
		fmt.Sprintf("%d 户中有 %d 户落在所填区划之外，坐标系可疑", own.Located, own.Elsewhere),
		fmt.Sprintf("%d of %d households lie outside the division they state: suspect coordinate system", own.Elsewhere, own.Located),
	}
	if other.EN != "" {
		m.ZH += fmt.Sprintf("；按 %s 还原后有 %d 户落回", other.ZH, back)
		m.EN += fmt.Sprintf("; undone as %s, %d lie inside", other.EN, back)
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

func sliverMessage(m2, widthM float64) Message {
	width := strconv.FormatFloat(widthM, 'g', 2, 64)
	return Message{
		fmt.Sprintf("有一块碎片：%s 平方米，平均宽 %s 米", areaText(m2), width),
		fmt.Sprintf("One part is a sliver: %s m², %s m wide on average", areaText(m2), width),
	}
}

func partsMessage(parts int) Message {
	return Message{fmt.Sprintf("网格由 %d 块组成（飞地）", parts), fmt.Sprintf("The grid lies in %d parts", parts)}
}

func enclaveMessage(around string) Message {
	return Message{"网格完全位于 " + around + " 之内（飞地）", "The grid lies wholly within " + around}
}

func unitAreaMessage(m2 float64, limit int64) Message {
	return Message{
		fmt.Sprintf("单元网格 %s 平方米，超过 %d 平方米", areaText(m2), limit),
		fmt.Sprintf("The unit grid has %s m², more than %s", areaText(m2), thousands(limit)),
	}
}

func unevenMessage(code string, most, sum, n int64) Message {
	return Message{
		fmt.Sprintf("%s 有 %d 户，%d 个网格平均 %d 户", code, most, n, sum/n),
		fmt.Sprintf("%s holds %s households, the %d grids here %s on average", code, thousands(most), n, thousands(sum/n)),
	}
}

func villagelessMessage(parent string) Message {
	return Message{"网格直接隶属 " + parent + "，不属于任何村（社区）", "Stands right under " + parent + ", in no village or community"}
}

// cutMessage names the grids that share a compound, and how many of its
// buildings stand in each.
func cutMessage(c *geo.Compound, codes []string, buildings map[string]int) Message {
	m := Message{
		fmt.Sprintf("网格边界切开小区“%s”，分属 %s", c.Name.ZH, strings.Join(codes, "、")),
		fmt.Sprintf("Borders cut the compound %s among %s", cmp.Or(c.Name.EN, c.Name.ZH), strings.Join(codes, ", ")),
	}
	var zh, en []string
	for _, code := range slices.Sorted(maps.Keys(buildings)) {
		zh = append(zh, fmt.Sprintf("%s %d 栋", code, buildings[code]))
		en = append(en, fmt.Sprintf("%d in %s", buildings[code], code))
	}
	if len(zh) > 0 {
		m.ZH += "；楼栋：" + strings.Join(zh, "、")
		m.EN += "; of its buildings " + strings.Join(en, ", ")
	}
	return m
}

func codeMessage(code, want string) Message {
	return Message{"编码 " + code + " 不符合 " + want, "The code " + code + " is not of the form " + want}
}

func orderMessage(before, after string) Message {
	return Message{
		fmt.Sprintf("编号未按自西向东、自北向南：%s 排在 %s 之前", before, after),
		fmt.Sprintf("Not numbered from west to east in rows from north to south: %s comes before %s", before, after),
	}
}

func spreadMessage(grids int, limit int64) Message {
	return Message{
		fmt.Sprintf("一人负责 %d 个网格，超过 %d 个", grids, limit),
		fmt.Sprintf("The worker serves %d grids, more than %d", grids, limit),
	}
}

func trainedLongAgoMessage(on geo.Date, months int64) Message {
	return Message{
		fmt.Sprintf("最近一次培训在 %s，超过 %d 个月", on, months),
		fmt.Sprintf("Last trained on %s, more than %d months ago", on, months),
	}
}

func oneWorkerMessage(fullTime int64) Message {
	return Message{
		fmt.Sprintf("网格有 %d 名专职网格员，应为 1 名（一格一员）", fullTime),
		fmt.Sprintf("The grid has %d full-time %s; it should have one", fullTime, plural(int(fullTime), "worker")),
	}
}

func statedMessage(stated, sum int64, basis geo.Basis, day geo.Date) Message {
	zh := map[geo.Basis]string{geo.Resident: "常住", geo.Registered: "户籍", geo.UrbanResident: "城镇常住"}[basis]
	return Message{
		fmt.Sprintf("%s%s人口填报 %d 人，下级合计 %d 人", day, zh, stated, sum),
		fmt.Sprintf("%s persons (%s, %s) are stated, the parts add up to %s", thousands(stated), basis, day, thousands(sum)),
	}
}

func declaredMessage(s statement, stated, counted int64) Message {
	return Message{
		fmt.Sprintf("%s（%s）填报 %d，统计 %d（%s）", s.family, s.period, stated, counted, s.declares),
		fmt.Sprintf("%s (%s) states %s, and %s are counted (%s)", s.family, s.period, thousands(stated), thousands(counted), s.declares),
	}
}

func shareMessage(m *geo.Metric, own, total int64) Message {
	percent := strconv.FormatFloat(*m.Value, 'f', -1, 64)
	cut := strconv.FormatFloat(math.Floor(float64(own)*10_000/float64(total))/100, 'f', -1, 64)
	return Message{
		fmt.Sprintf("%s（%s）填报 %s%%，实为 %s%%（%d/%d）", m.Name, m.Period, percent, cut, own, total),
		fmt.Sprintf("%s (%s) states %s %%; it is %s %% (%d of %d)", m.Name, m.Period, percent, cut, own, total),
	}
}

func settlementMessage(people int64, households int) Message {
	return Message{
		fmt.Sprintf("居民点 %d 户 %d 人不在任何网格内", households, people),
		fmt.Sprintf("A settlement of %d %s with %s people lies in no grid", households, plural(households, "household"), thousands(people)),
	}
}
