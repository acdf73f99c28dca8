import type {Name, Tier} from '../../api/types';

/** Tiers every reader knows by code, from the top; the county is the territory itself. */
export const USUAL_TIERS = ['county', 'township', 'village', 'group', 'primary', 'secondary', 'micro'] as const;

/** Files of records, by the names the service gives their parts. */
export const RECORDS = [
  'households', 'workers', 'assignments', 'populations', 'facilities', 'compounds', 'buildings', 'matters', 'metrics',
  'standards', 'profiles', 'waivers', 'responsibilities', 'nets', 'net-members',
] as const;

/** One file and what it holds: tier:CODE, dedicated, or a sort of records; null while nobody has said. */
export interface Sent<F = File> {
  readonly file: F;
  readonly part: string | null;
}

export interface Intake<F = File> {
  readonly files: readonly Sent<F>[];
  /** The text of a territory.json among the files; it says all that is asked for otherwise. */
  readonly manifest: Manifest | null;
  readonly code: string;
  readonly name: string;
  readonly plan: string;
  readonly state: 'draft' | 'in_force';
  readonly crs: string;
  readonly straddle: 'refuse' | 'cut' | 'whole';
  readonly clean: boolean;
  readonly snap: string;
  readonly fill: string;
}

export interface Manifest {
  territory: {code: string; name: Name};
  plan: {name: string; state?: string; effective?: string};
  tiers: Pick<Tier, 'code' | 'rank' | 'name' | 'class' | 'complete'>[];
}

export const EMPTY_INTAKE: Intake<never> = {
  files: [], manifest: null, code: '', name: '', plan: '', state: 'draft', crs: '', straddle: 'refuse', clean: false, snap: '1.5', fill: '0.5',
};

/** Why a file cannot be taken at all, by its ending; null where it can be tried. */
export function foreign(name: string): 'shapefile' | 'sheet' | 'drawing' | null {
  const ending = name.toLowerCase().split('.').at(-1) ?? '';
  if (['shp', 'shx', 'dbf', 'prj', 'cpg', 'zip', 'gpkg', 'kml', 'kmz', 'gdb'].includes(ending)) return 'shapefile';
  if (['xls', 'xlsx', 'et', 'ods'].includes(ending)) return 'sheet';
  if (['dwg', 'dxf', 'pdf', 'png', 'jpg', 'jpeg'].includes(ending)) return 'drawing';
  return null;
}

/** What a file holds, by its name: a file of an export says it in full, others by the tier or record they name. */
export function guessPart(name: string, tiers: readonly string[]): string | null {
  const stem = name.toLowerCase().replace(/\.[a-z]+$/, '');
  if (stem === 'dedicated' || stem === 'overlays') return 'dedicated';
  const record = RECORDS.find((r) => stem === r || stem === r.replace('-', '_'));
  if (record) return record;
  const tier = tiers.find((t) => stem === t || stem.split(/[^a-z0-9]+/).includes(t));
  if (tier) return `tier:${tier}`;
  return RECORDS.find((r) => stem.includes(r)) ?? null;
}

/** The tiers that files can be said to hold. */
export const tiersOf = ({manifest}: Pick<Intake<unknown>, 'manifest'>): readonly string[] => manifest?.tiers.map((t) => t.code) ?? USUAL_TIERS;

/** Adds files; one that is foreign is left out, one of the same name takes the place of the older. */
export function withFiles<F extends {name: string}>(intake: Intake<F>, files: readonly F[]): Intake<F> {
  const taken = files.filter((f) => !foreign(f.name));
  const kept = intake.files.filter((s) => !taken.some((f) => f.name === s.file.name));
  return {...intake, files: [...kept, ...taken.map((file) => ({file, part: guessPart(file.name, tiersOf(intake))}))]};
}

/** Takes what a territory.json says, and asks again what each file holds. */
export function withManifest<F extends {name: string}>(intake: Intake<F>, manifest: Manifest): Intake<F> {
  const next: Intake<F> = {...intake, manifest, code: manifest.territory.code, name: manifest.territory.name.zh, plan: manifest.plan.name};
  return {...next, files: next.files.map((s) => ({...s, part: s.part ?? guessPart(s.file.name, tiersOf(next))}))};
}

/** What is still lacking before the service can be asked; null when nothing is. */
export function lacking(intake: Intake<unknown>): 'files' | 'parts' | 'grids' | 'territory' | 'crs' | null {
  if (intake.files.length === 0) return 'files';
  if (intake.files.some((s) => s.part === null)) return 'parts';
  if (!intake.files.some((s) => s.part?.startsWith('tier:'))) return 'grids';
  if (!intake.code.trim() || !intake.name.trim()) return 'territory';
  return intake.crs ? null : 'crs';
}

/** What the files divide: as their territory.json says, else the usual tiers that files are of, the territory on top. */
export function manifestOf(intake: Intake<unknown>, tierName: (code: string) => Name): unknown {
  const territory = {code: intake.code.trim(), name: {...(intake.manifest?.territory.name ?? {}), zh: intake.name.trim()}};
  const plan = {...(intake.manifest?.plan ?? {}), name: intake.plan.trim() || intake.name.trim(), state: intake.state};
  if (intake.manifest) return {...intake.manifest, territory: {...intake.manifest.territory, ...territory}, plan};
  const given = intake.files.flatMap((s) => (s.part?.startsWith('tier:') ? [s.part.slice(5)] : []));
  const codes = USUAL_TIERS.filter((code) => code === 'county' || given.includes(code));
  const grids = ['primary', 'secondary', 'micro'];
  const tiers = codes.map((code, rank) => ({
    rank, code, name: tierName(code), complete: true, class: grids.includes(code) ? 'grid' : 'administrative', needs_worker: code === 'primary' || code === 'secondary',
  }));
  return {territory, plan, tiers};
}

/** The form the service reads. */
export function formOf(intake: Intake, tierName: (code: string) => Name): FormData {
  const form = new FormData();
  form.set('manifest', JSON.stringify(manifestOf(intake, tierName)));
  form.set('crs', intake.crs);
  form.set('straddle', intake.straddle);
  if (intake.clean) {
    form.set('snap_m', intake.snap);
    form.set('fill_width_m', intake.fill);
  }
  for (const {file, part} of intake.files) if (part) form.append(part, file, file.name);
  return form;
}
