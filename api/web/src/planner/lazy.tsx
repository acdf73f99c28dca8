import type {ComponentType} from 'preact';
import {useEffect, useState} from 'preact/hooks';
import {useWords} from '../i18n/context';

/** A component that is fetched when it is first shown, so that the first load of the page stays small. */
export function lazily<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | null = null;
  return function Lazy(props: P) {
    const {t} = useWords();
    const [failed, setFailed] = useState(false);
    const [, setReady] = useState(loaded !== null);
    const [asked, setAsked] = useState(0);
    useEffect(() => {
      let gone = false;
      if (loaded) return;
      load().then(
        (component) => {
          loaded = component;
          if (!gone) setReady(true);
        },
        () => !gone && setFailed(true),
      );
      return () => {
        gone = true;
      };
    }, [asked]);
    if (loaded) {
      const Loaded = loaded;
      return <Loaded {...props} />;
    }
    if (!failed) return <p class="waiting" role="status">{t('load.wait')}</p>;
    const again = () => {
      setFailed(false);
      setAsked(asked + 1);
    };
    return (
      <div class="notice" role="alert">
        <p class="notice-title">{t('load.failed')}</p>
        <button type="button" class="button" onClick={again}>{t('load.retry')}</button>
      </div>
    );
  };
}
