import type {ComponentType} from 'preact';
import {useEffect, useState} from 'preact/hooks';
import {useWords} from '../i18n/context';

interface Props<P> {
  load: () => Promise<{default: ComponentType<P>}>;
  props: P;
}

/**
 * A part of the page that is fetched when it is first shown, so that the first load stays small. Two that take each
 * other's place need keys: what one has fetched would be shown with the props of the other.
 */
export function Later<P extends object>({load, props}: Props<P>) {
  const {t} = useWords();
  const [part, setPart] = useState<{shows: ComponentType<P>} | null>(null);
  const [failed, setFailed] = useState(false);
  const fetch = () => {
    setFailed(false);
    load().then((module) => setPart({shows: module.default}), () => setFailed(true));
  };
  useEffect(fetch, []);
  if (part) return <part.shows {...props} />;
  if (!failed) return <p class="waiting" role="status">{t('load.wait')}</p>;
  return (
    <div class="notice" role="alert">
      <p class="notice-title">{t('load.failed')}</p>
      <button type="button" class="button" onClick={fetch}>{t('load.retry')}</button>
    </div>
  );
}
