import type {Finding, GridRef, Severity, Tier} from '../api/types';
import type {Lang} from '../i18n/dictionary';
import type {Method} from './measure/classes';
import type {Measure} from './measure/measures';

export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export const TABS = ['grid', 'list', 'findings', 'staffing', 'redraw', 'compare', 'notes', 'files'] as const;
export type Tab = (typeof TABS)[number];

/** Tabs that stay open when a grid is picked on the map: their rows are grids, or what was said there would be lost. */
export const LINKED: readonly Tab[] = ['list', 'staffing', 'files'];

/** Severities from worst to least; lists and filters keep this order. */
export const SEVERITIES = ['error', 'warning', 'info'] as const satisfies readonly Severity[];

/** What can be taken off the map and put on it again. */
export const LAYERS = ['names', 'dedicated', 'findings'] as const;
export type Layer = (typeof LAYERS)[number];

/** Where the map looks; null means the whole territory. */
export interface View {
  readonly lon: number;
  readonly lat: number;
  readonly zoom: number;
}

/** All that the person at the screen has chosen. Nothing that the service knows is kept here. */
export interface Session {
  readonly lang: Lang;
  readonly theme: Theme;
  readonly plan: number | null;
  /** Code of the tier drawn on the map; null until a plan is open. */
  readonly tier: string | null;
  /** The selected grid. */
  readonly grid: number | null;
  /** The finding shown on the map. */
  readonly finding: string | null;
  readonly tab: Tab;
  /** Severities left out of the findings list. */
  readonly hidden: readonly Severity[];
  readonly filter: string;
  readonly view: View | null;
  /** What the grids of the tier are coloured by; null leaves them in the patches of their parents. */
  readonly measure: Measure | null;
  readonly method: Method;
  /** The only class shown in full, counted from 0. */
  readonly klass: number | null;
  /** The day that staff, figures and findings are asked of; null is today. */
  readonly day: string | null;
  /** Layers taken off the map. */
  readonly off: readonly Layer[];
  /** The basemap under the grids, by its id; null is none. */
  readonly basemap: string | null;
}

export type Action =
  | {do: 'language'; lang: Lang}
  | {do: 'theme'; theme: Theme}
  | {do: 'open'; plan: number}
  /** Another plan of the same territory: the look at it stays. */
  | {do: 'turn'; plan: number}
  | {do: 'tiers'; tiers: readonly Tier[]}
  | {do: 'tier'; tier: string}
  | {do: 'select'; grid: GridRef | null; tiers: readonly Tier[]}
  | {do: 'measure'; measure: Measure | null}
  | {do: 'method'; method: Method}
  | {do: 'class'; klass: number}
  | {do: 'day'; day: string | null}
  | {do: 'layer'; layer: Layer}
  | {do: 'basemap'; id: string | null}
  | {do: 'finding'; finding: Pick<Finding, 'id' | 'tier'> | null; subject?: GridRef | null; tiers: readonly Tier[]}
  | {do: 'tab'; tab: Tab}
  | {do: 'severity'; severity: Severity}
  | {do: 'filter'; text: string}
  | {do: 'look'; view: View}
  | {do: 'restore'; session: Session};

export const START: Session = {
  lang: 'zh-CN',
  theme: 'light',
  plan: null,
  tier: null,
  grid: null,
  finding: null,
  tab: 'grid',
  hidden: [],
  filter: '',
  view: null,
  measure: null,
  method: 'quantile',
  klass: null,
  day: null,
  off: [],
  basemap: null,
};

/** What the session becomes when the person does something. Pure. */
export function step(s: Session, action: Action): Session {
  switch (action.do) {
    case 'language':
      return {...s, lang: action.lang};
    case 'theme':
      return {...s, theme: action.theme};
    case 'open':
      if (s.plan === null || s.plan === action.plan) return {...s, plan: action.plan};
      return {...s, plan: action.plan, tier: null, grid: null, finding: null, view: null, klass: null};
    case 'turn':
      return {...s, plan: action.plan, grid: null, finding: null};
    case 'tiers':
      return {...s, tier: startingTier(s.tier, action.tiers)};
    case 'tier':
      return {...s, tier: action.tier, klass: null};
    case 'measure':
      return {...s, measure: action.measure, klass: null};
    case 'method':
      return {...s, method: action.method, klass: null};
    case 'class':
      return {...s, klass: s.klass === action.klass ? null : action.klass};
    case 'day':
      return {...s, day: action.day, klass: null};
    case 'layer':
      return {...s, off: toggled(s.off, action.layer)};
    case 'basemap':
      return {...s, basemap: action.id};
    case 'select':
      return select(s, action.grid, action.tiers);
    case 'finding':
      return showFinding(s, action.finding, action.subject ?? null, action.tiers);
    case 'tab':
      return {...s, tab: action.tab};
    case 'severity':
      return {...s, hidden: toggled(s.hidden, action.severity)};
    case 'filter':
      return {...s, filter: action.text};
    case 'look':
      return {...s, view: action.view};
    case 'restore':
      return action.session;
  }
}

/** Keeps a tier the plan has; else takes its first grid tier, the one people are staffed by. */
function startingTier(tier: string | null, tiers: readonly Tier[]): string | null {
  if (tiers.some((t) => t.code === tier)) return tier;
  const drawn = tiers.filter((t) => t.rank > 0 && t.count > 0);
  return (drawn.find((t) => t.class === 'grid') ?? drawn.at(-1) ?? tiers[0])?.code ?? null;
}

/** A selected grid must be visible: a grid of a finer tier brings its tier to the map. In the list it is a row of it. */
function select(s: Session, grid: GridRef | null, tiers: readonly Tier[]): Session {
  if (!grid) return {...s, grid: null};
  const rank = (code: string | null) => tiers.find((t) => t.code === code)?.rank ?? -1;
  const tier = grid.kind === 'general' && rank(grid.tier) > rank(s.tier) ? grid.tier : s.tier;
  return {...s, grid: grid.id, tier, tab: LINKED.includes(s.tab) ? s.tab : 'grid', klass: tier === s.tier ? s.klass : null};
}

/** A finding is shown on the tier it was made in and with the grid it is about; the list stays open. */
function showFinding(
  s: Session,
  finding: Pick<Finding, 'id' | 'tier'> | null,
  subject: GridRef | null,
  tiers: readonly Tier[],
): Session {
  if (!finding) return {...s, finding: null};
  const tier = tiers.find((t) => t.code === finding.tier)?.code ?? s.tier;
  return {...(subject ? select({...s, tier}, subject, tiers) : {...s, tier}), finding: finding.id, tab: 'findings'};
}

function toggled<T>(list: readonly T[], one: T): readonly T[] {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
}

/** The grid a click means: that of the drawn tier, or the finest above it where the tree ends sooner. */
export function gridAtTier(chain: readonly GridRef[], tier: string | null, tiers: readonly Tier[]): GridRef | null {
  const rank = (code: string | null) => tiers.find((t) => t.code === code)?.rank ?? Number.POSITIVE_INFINITY;
  return chain.filter((g) => rank(g.tier) <= rank(tier)).at(-1) ?? null;
}
