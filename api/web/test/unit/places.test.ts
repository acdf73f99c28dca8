import {expect, test} from 'vitest';
import type {Bounds} from '../../src/api/types';
import {placeIn} from '../../src/planner/places';

const county: Bounds = [110, 37, 111, 38];

test.each([
  ['110.5, 37.25', [110.5, 37.25]],
  ['110.5 37.25', [110.5, 37.25]],
  ['110.5，37.25', [110.5, 37.25]],
  ['37.25, 110.5', [110.5, 37.25]],
  ['37.25N 110.5E', [110.5, 37.25]],
  ['110.5°E, 37.25°N', [110.5, 37.25]],
  ['北纬37.25 东经110.5', [110.5, 37.25]],
  ['10.5S, 20.25W', [-20.25, -10.5]],
  ['-70.5, -33.25', [-70.5, -33.25]],
])('%s is a place', (text, at) => {
  expect(placeIn(text, county)).toEqual(at);
});

test.each(['990199100201001', '平川村第1网格', '110.5', '1 2 3', '200, 100', 'W1, W2', '37.25-110.5', 'No 5 and 6', ''])('%s is none', (text) => {
  expect(placeIn(text, county)).toBeNull();
});

test('without a territory the first is the longitude wherever that can be', () => {
  expect(placeIn('37.25, 80', null)).toEqual([37.25, 80]);
  expect(placeIn('37.25, 110.5', null)).toEqual([110.5, 37.25]);
});
