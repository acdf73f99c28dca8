import type {measure as zh} from '../zh/measure';

export const measure: Record<keyof typeof zh, string> = {
  'tab.list': 'List',
  'list.shown': '{n} of {total} grids',

  'measure.layers': 'Layers and themes',
  'measure.close': 'Fold away',
  'measure.shown': 'Layers shown',
  'measure.by': 'Colour by',
  'measure.breaks': 'Class breaks',
  'measure.none': 'Not coloured by a figure',
  'measure.imported': 'Imported metrics',
  'measure.blank': 'No value',
  'measure.empty': 'This tier has no such figure',
  'measure.histogram': 'Distribution of {measure} over {n} grids',
  'measure.households': 'Households',
  'measure.residents': 'Residents',
  'measure.per10k': 'Workers per 10,000',
  'measure.vacancy': 'Vacant posts',
  'measure.load': 'Households per worker',
  'measure.compactness': 'Compactness',
  'measure.density': 'Residents per km²',
  'measure.findings': 'Findings',

  'breaks.quantile': 'Equal numbers',
  'breaks.jenks': 'Natural breaks',
  'breaks.equal': 'Equal intervals',

  'basemap.label': 'Basemap',
  'basemap.none': 'No basemap',
  'layer.names': 'Names',
  'layer.dedicated': 'Dedicated grids',
  'layer.findings': 'Marks of findings',
};
