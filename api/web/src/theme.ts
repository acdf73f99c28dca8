import {useEffect, useState} from 'preact/hooks';
import type {Theme} from './planner/session';

/** Whether a media query holds, followed as it changes. */
export function useMatch(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const follow = () => setMatches(list.matches);
    list.addEventListener('change', follow);
    return () => list.removeEventListener('change', follow);
  }, [query]);
  return matches;
}

/** The theme that the system asks for, put on the page, and followed when it changes at dusk. */
export function useSystemTheme(): Theme {
  const theme = useMatch('(prefers-color-scheme: dark)') ? 'dark' : 'light';
  useEffect(() => void (document.documentElement.dataset['theme'] = theme), [theme]);
  return theme;
}
