import type {Dictionary} from './dictionary';
import {common} from './en/common';
import {compare} from './en/compare';
import {desk} from './en/desk';
import {measure} from './en/measure';
import {planner} from './en/planner';
import {phone} from './en/phone';
import {publicPage} from './en/public';
import {wall} from './en/wall';

/** English. A word for one thing stands before the bar, for several after it. */
export const en: Dictionary = {
  ...common,
  ...planner,
  ...desk,
  ...measure,
  ...compare,
  ...wall,
  ...publicPage,
  ...phone,
};
