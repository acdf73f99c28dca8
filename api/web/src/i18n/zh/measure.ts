/** Thematic maps, layers and the list of grids. */
export const measure = {
  'tab.list': '列表',
  'list.shown': '显示 {n} 个网格，共 {total} 个',

  'measure.layers': '图层与专题',
  'measure.close': '收起',
  'measure.shown': '显示的图层',
  'measure.by': '着色依据',
  'measure.breaks': '分级方法',
  'measure.none': '不分级着色',
  'measure.imported': '导入的指标',
  'measure.blank': '无数据',
  'measure.empty': '此层级没有该项数据',
  'measure.histogram': '{measure}分布图，共 {n} 个网格',
  'measure.households': '户数',
  'measure.residents': '常住人口',
  'measure.per10k': '每万人配备人数',
  'measure.vacancy': '空岗率',
  'measure.load': '人均负荷（户）',
  'measure.compactness': '紧凑度',
  'measure.density': '每平方公里人口',
  'measure.findings': '问题数',

  'breaks.quantile': '等数量分级',
  'breaks.jenks': '自然断点',
  'breaks.equal': '等间距',

  'basemap.label': '底图',
  'basemap.none': '不用底图',
  'layer.names': '名称',
  'layer.dedicated': '专属网格',
  'layer.findings': '问题标记',
} as const;
