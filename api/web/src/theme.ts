import {useEffect, useState} from 'preact/hooks';
import type {Theme} from './planner/session';

const DARK = '(prefers-color-scheme: dark)';

/** The theme that the system asks for, put on the page, and followed when it changes at dusk. */
export function useSystemTheme(): Theme {
  const [theme, setTheme] = useState<Theme>(() => (matchMedia(DARK).matches ? 'dark' : 'light'));
  useEffect(() => {
    const list = matchMedia(DARK);
    const follow = () => setTheme(list.matches ? 'dark' : 'light');
    list.addEventListener('change', follow);
    return () => list.removeEventListener('change', follow);
  }, []);
  useEffect(() => void (document.documentElement.dataset['theme'] = theme), [theme]);
  return theme;
}
