import {expect, test} from 'vitest';
import {address, refusal} from '../../src/api/client';

test('a query is encoded and leaves out what is not given', () => {
  expect(address('/v1/plans/7/grids', {q: '东 & 西', limit: 12, tier: undefined})).toBe(
    '/v1/plans/7/grids?q=%E4%B8%9C+%26+%E8%A5%BF&limit=12',
  );
  expect(address('/v1/territories')).toBe('/v1/territories');
});

test('a problem document tells what was refused and why', async () => {
  const body = {type: '/problems/not-found', title: 'Not found', status: 404, detail: 'no plan 9'};
  const error = await refusal(Response.json(body, {status: 404}));
  expect(error).toMatchObject({status: 404, title: 'Not found', detail: 'no plan 9', message: 'Not found: no plan 9'});
});

test.each([
  ['an HTML page of a proxy', '<html>', 'Bad Gateway', 'Bad Gateway'],
  ['nothing', '', '', 'HTTP 502'],
  ['a body of another shape', '{"title": 3}', '', 'HTTP 502'],
  ['null', 'null', '', 'HTTP 502'],
])('%s is still an error with its status', async (_, body, statusText, title) => {
  const error = await refusal(new Response(body, {status: 502, statusText}));
  expect(error).toMatchObject({status: 502, title, detail: ''});
});
