import assert from 'node:assert/strict';
import {openScreen} from './screen.mjs';

/**
 * A story on a fresh page of its own, closed whatever happens in it. The page must not have complained, but for what
 * `expected` matches: the browser's console calls every refusal an error. `ms` is how long it may take.
 */
export const storyOn = (name, tell, {expected = null, ms, ...size} = {}) => ({
  name,
  ms,
  play: async (facts) => {
    const screen = await openScreen(facts.browser, facts.base, size);
    try {
      await tell(screen, facts);
      assert.deepEqual(screen.faults.filter((f) => !expected?.test(f)), []);
    } finally {
      await screen.close();
    }
  },
});

/** A refusal, or an answer that was cut off, as the browser's console tells of it. */
export const REFUSALS = /Failed to load resource/;
