import type {ComponentChildren} from 'preact';
import {ApiError} from '../api/client';
import type {Severity} from '../api/types';
import {useWords} from '../i18n/context';
import {SHAPES} from '../map/shapes';
import type {Remote} from './remote';

/** A severity's mark: colour and shape, with its word for those who see neither. */
export function SeverityMark({severity, silent = false}: {severity: Severity; silent?: boolean}) {
  const {t} = useWords();
  const label = silent ? {'aria-hidden': true} : ({role: 'img', 'aria-label': t(`severity.${severity}`, {n: 1})} as const);
  return (
    <svg class={`mark mark-${severity}`} viewBox="0 0 16 16" {...label}>
      <path d={SHAPES[severity]} />
    </svg>
  );
}

/** A number with its name under it. */
export function Figure({name, children}: {name: string; children: ComponentChildren}) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Notice({title, children}: {title: string; children?: ComponentChildren}) {
  return (
    <div class="notice">
      <p class="notice-title">{title}</p>
      {children && <p>{children}</p>}
    </div>
  );
}

/** Shows what was asked for, or that it is on its way, or why it did not come and how to ask again. */
export function Awaited<T>({remote, children}: {remote: Remote<T>; children: (value: T) => ComponentChildren}) {
  const {t} = useWords();
  if (remote.value !== null) return <>{children(remote.value)}</>;
  if (!remote.error) return <p class="waiting" role="status">{t('load.wait')}</p>;
  return (
    <div class="notice" role="alert">
      <p class="notice-title">{t('load.failed')}</p>
      <p>{unreachable(remote.error) ? t('load.unreachable') : remote.error.message}</p>
      <button type="button" class="button" onClick={remote.retry}>{t('load.retry')}</button>
    </div>
  );
}

export const unreachable = (error: Error | null) => error instanceof ApiError && error.status === 0;

const ICONS = {
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  whole: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  close: 'M4 4l8 8M12 4l-8 8',
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z',
  sun: 'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M13 3l-1.2 1.2M4.2 11.8 3 13',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.4 10.4 14 14',
} as const;

export function Icon({name}: {name: keyof typeof ICONS}) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={ICONS[name]} />
    </svg>
  );
}

export function IconButton({icon, label, onClick}: {icon: keyof typeof ICONS; label: string; onClick: () => void}) {
  return (
    <button type="button" class="icon-button" title={label} aria-label={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
