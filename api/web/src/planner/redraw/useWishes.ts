import {useEffect, useState} from 'preact/hooks';
import {fate, withMore, type Now, type Wish} from '../model/wishes';

/** What was asked for and has not come to its turn, and how to ask for more. */
interface Wishes {
  readonly wishes: readonly Wish[];
  readonly wish: (what: Wish['what'], times?: number) => void;
}

/** Does what is asked for in its order, each once, as soon as the page is ready for it. */
export function useWishes(now: () => Now, grant: (what: Wish['what']) => void): Wishes {
  const [wishes, setWishes] = useState<readonly Wish[]>([]);
  useEffect(() => {
    const [first] = wishes;
    const becomes = first ? fate(first, now()) : 'wait';
    if (!first || becomes === 'wait') return;
    setWishes((all) => all.slice(1));
    if (becomes === 'do') grant(first.what);
  });
  const wish = (what: Wish['what'], times = 1) => {
    const asked = now();
    setWishes((all) => withMore(all, what, asked, times));
  };
  return {wishes, wish};
}
