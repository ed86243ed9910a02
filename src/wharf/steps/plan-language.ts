import { changeTexts } from '../../model/spec-texts.ts';
import type { PlanLanguage } from '../../secrets/stored-plan.ts';
import { wharfKinds } from './wharf-kinds.ts';

/** What `.wharf-ci.yml` says about the steps of a stored plan. */
export const planLanguage: PlanLanguage = {
  // The file calls commands `cmds`.
  fieldName: (path) =>
    path
      .map((key, i) => {
        if (typeof key === 'number') return `[${key + 1}]`;
        return i === 0 ? (key === 'commands' ? 'cmds' : key) : `.${key}`;
      })
      .join(''),
  mayUse(spec, name) {
    // The variables in files that a step substitutes are unknown.
    if (wharfKinds.of(spec).fillsFiles?.(spec) === true) return true;
    let found = false;
    const text = (written: unknown) => {
      found ||= typeof written === 'string' && written.includes('${') && written.includes(name);
      return written;
    };
    const flag = (variable: string) => {
      found ||= variable === name;
      return variable;
    };
    changeTexts(spec, { text, flag });
    return found;
  },
};
