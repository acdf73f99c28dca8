import {describe, expect, test} from 'vitest';
import type {ImportReport, ImportRow} from '../../src/api/imports';
import {exportsOf, joined, nextOf} from '../../src/planner/exports/exports';
import {EMPTY_INTAKE, foreign, formOf, guessPart, lacking, manifestOf, withFiles, withManifest, type Intake} from '../../src/planner/wizard/intake';
import {inWords} from '../../src/planner/wizard/reasons';
import {findingsOf, placeOf, viewOf} from '../../src/planner/wizard/rows';

const file = (name: string) => new File(['{}'], name);
const tierName = (code: string) => ({zh: code});

describe('files of an import', () => {
  test('what a file holds is read from its name, and asked where that says nothing', () => {
    const tiers = ['county', 'township', 'primary'];
    expect(guessPart('tier-1-township.geojson', tiers)).toBe('tier:township');
    expect(guessPart('Primary.GeoJSON', tiers)).toBe('tier:primary');
    expect(guessPart('households.csv', tiers)).toBe('households');
    expect(guessPart('net_members.csv', tiers)).toBe('net-members');
    expect(guessPart('岚县workers2025.csv', tiers)).toBe('workers');
    expect(guessPart('dedicated.geojson', tiers)).toBe('dedicated');
    expect(guessPart('网格.geojson', tiers)).toBeNull();
  });

  test('what cannot be read is left out, a file of the same name is replaced', () => {
    expect(foreign('a.SHP')).toBe('shapefile');
    expect(foreign('a.zip')).toBe('shapefile');
    expect(foreign('a.xlsx')).toBe('sheet');
    expect(foreign('a.dwg')).toBe('drawing');
    expect(foreign('a.geojson')).toBeNull();
    const one = withFiles(EMPTY_INTAKE as Intake, [file('primary.geojson'), file('x.shp')]);
    expect(one.files.map((s) => s.part)).toEqual(['tier:primary']);
    const again = withFiles(one, [file('primary.geojson')]);
    expect(again.files).toHaveLength(1);
    expect(again.files[0]?.file).not.toBe(one.files[0]?.file);
  });

  test('one thing after another is asked for; a system is never guessed', () => {
    let intake: Intake = EMPTY_INTAKE;
    expect(lacking(intake)).toBe('files');
    intake = withFiles(intake, [file('odd.geojson')]);
    expect(lacking(intake)).toBe('parts');
    intake = {...intake, files: intake.files.map((s) => ({...s, part: 'households'}))};
    expect(lacking(intake)).toBe('grids');
    intake = {...intake, files: intake.files.map((s) => ({...s, part: 'tier:primary'}))};
    expect(lacking(intake)).toBe('territory');
    intake = {...intake, code: '1', name: '县'};
    expect(lacking(intake)).toBe('crs');
    expect(lacking({...intake, crs: 'EPSG:4490'})).toBeNull();
  });

  test('the usual tiers stand from the top, the territory first, ranks without a hole', () => {
    const intake: Intake = {...withFiles(EMPTY_INTAKE as Intake, [file('micro.geojson'), file('village.geojson')]), code: ' 1 ', name: '县', state: 'in_force'};
    expect(manifestOf(intake, tierName)).toMatchObject({
      territory: {code: '1', name: {zh: '县'}}, plan: {name: '县', state: 'in_force'},
      tiers: [{rank: 0, code: 'county', class: 'administrative'}, {rank: 1, code: 'village', class: 'administrative'}, {rank: 2, code: 'micro', class: 'grid'}],
    });
  });

  test('territory.json says what the files divide, but for what was changed since', () => {
    const manifest = {territory: {code: '9', name: {zh: '甲县', en: 'Jia'}}, plan: {name: '方案', state: 'in_force'}, tiers: [{code: 'net', rank: 0, name: {zh: '网'}, class: 'grid' as const, complete: true}], roles: []};
    const intake = withManifest(withFiles(EMPTY_INTAKE as Intake, [file('tier-0-net.geojson')]), manifest);
    expect(intake.files[0]?.part).toBe('tier:net');
    expect(manifestOf({...intake, name: '乙县'}, tierName)).toMatchObject({territory: {code: '9', name: {zh: '乙县', en: 'Jia'}}, plan: {name: '方案', state: 'draft'}, tiers: manifest.tiers, roles: []});
  });

  test('the form names every part; without cleaning it says no distances', () => {
    const intake: Intake = {...withFiles(EMPTY_INTAKE as Intake, [file('primary.geojson')]), code: '1', name: '县', crs: 'gcj02'};
    expect([...formOf(intake, tierName).keys()].sort()).toEqual(['crs', 'manifest', 'straddle', 'tier:primary']);
    expect(formOf({...intake, clean: true}, tierName).get('snap_m')).toBe('1.5');
  });
});

describe('rows of the report', () => {
  const row = (more: Partial<ImportRow>): ImportRow => ({fate: 'refused', what: 'GEO-4', bounds: null, geometry: null, ...more});
  test('a row stands at its ground, else in the middle of its box, else nowhere', () => {
    expect(placeOf(row({bounds: [1, 2, 3, 4]}))).toEqual({type: 'Point', coordinates: [2, 3]});
    expect(placeOf(row({}))).toBeNull();
  });
  test('rows on the map keep the number they have in the report', () => {
    const report = {rows: [row({}), row({bounds: [1, 1, 1, 1], fate: 'kept'}), row({bounds: [2, 2, 2, 2], fate: 'repaired'})]} as ImportReport;
    expect(findingsOf(report, ['kept']).map((f) => [f.id, f.severity])).toEqual([['row-2', 'warning']]);
    expect(findingsOf(report, [])).toHaveLength(2);
  });
  test('a point is seen with ground around it', () => {
    const view = viewOf({bounds: [110, 37, 110, 37]});
    expect(view?.[0]).toBeLessThan(110);
    expect(view?.[2]).toBeGreaterThan(110);
    expect(viewOf({bounds: [110, 37, 111, 38]})).toEqual([110, 37, 111, 38]);
  });
  test('reasons are told in Chinese where there are words for them', () => {
    expect(inWords('"many" is no whole number', 'zh-CN')).toBe('“many”不是整数');
    expect(inWords('"many" is no whole number', 'en')).toBe('"many" is no whole number');
    expect(inWords('something new', 'zh-CN')).toBe('something new');
  });
});

describe('exports', () => {
  test('figures and grids are those of the tier, the report speaks the language', () => {
    const list = exportsOf(3, 'village', 'zh-CN');
    expect(list.map((e) => e.href)).toContain('/v1/plans/3/figures?f=csv&tier=village');
    expect(list.find((e) => e.form === 'HTML')?.href).toBe('/v1/plans/3/report?f=html&lang=zh');
    expect(new Set(list.map((e) => e.file)).size).toBe(list.length);
    expect(exportsOf(3, null, 'en').some((e) => e.group === 'grids')).toBe(false);
  });
  test('pages follow each other to the last and become one', () => {
    expect(nextOf('</v1/x?cursor=5>; rel="next"')).toBe('/v1/x?cursor=5');
    expect(nextOf('</v1/x>; rel="prev"')).toBeNull();
    expect(nextOf(null)).toBeNull();
    const page = (n: number): GeoJSON.FeatureCollection => ({type: 'FeatureCollection', features: [{type: 'Feature', properties: {n}, geometry: null as unknown as GeoJSON.Geometry}]});
    expect(joined([page(1), page(2)]).features.map((f) => f.properties?.['n'])).toEqual([1, 2]);
  });
});
