import type {ComponentType} from 'preact';
import {Later} from './Later';

/** A component that is fetched when it is first shown. */
export function lazily<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const fetched = () => load().then((component) => ({default: component}));
  return function Lazy(props: P) {
    return <Later load={fetched} props={props} />;
  };
}
