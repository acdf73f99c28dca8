package check

// ringReasons are the reasons of package topo in Chinese.
var ringReasons = map[string]string{
	"has no rings":                             "没有环",
	"is not closed":                            "未闭合",
	"has fewer than three different points":    "不同的点少于三个",
	"has a coordinate out of range":            "坐标超出范围",
	"repeats a point":                          "有重复的点",
	"turns back on itself in a spike":          "原路折返成尖刺",
	"crosses itself":                           "自相交",
	"touches itself":                           "自相接触",
	"crosses another ring":                     "与另一环相交",
	"runs along another ring":                  "与另一环重合",
	"cuts the ground in two where rings touch": "在环相接处把地块切成两块",
	"winds the wrong way":                      "环的方向不对",
	"is a hole outside its outer ring":         "内环位于外环之外",
	"too many of its edges lie across or beside others' to tell more": "与其他边相交或贴近的边过多，无法判断",
	"starts on the ground of another polygon of the shape":            "位于同一图形的另一多边形之内",
	"has more points than an edit may have":                           "点数超过一次编辑的上限",
	"has no length":                                                   "没有长度",
	"is closed: draw it as a region":                                  "首尾闭合，请画成区域",
	"does not meet the ground":                                        "未与地块相交",
	"only touches the ground":                                         "仅与地块相接",
	"leaves the ground in one piece":                                  "没有把地块分开",
	"comes back so that one piece lies on both its sides":             "折回，使同一块地位于线的两侧",
	"meets ground where shapes overlap":                               "经过地块重叠处",
	"winds around the old border":                                     "绕着原边界缠绕",
	"is the border as it stands":                                      "就是现有边界",
	"runs along ground too narrow to have a border beside it":         "贴着过窄的地块，旁边容不下边界",
}

// ReasonMessage returns why a line or ring cannot be, as package topo says it,
// in both languages.
func ReasonMessage(reason string) Message {
	zh, known := ringReasons[reason]
	if !known {
		zh = reason
	}
	return Message{ZH: zh, EN: reason}
}
