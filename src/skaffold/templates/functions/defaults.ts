import { FunctionFailed } from '../function-stop.ts';
import { any, bool, takes, takesMore, text, type FunctionTable } from '../template-function.ts';
import { kindOf, typeOf } from '../values.ts';
import { isEmpty } from './lists.ts';
import { isSame } from './same.ts';

/** Functions that choose between values, tell their types, or fail. */
export const defaultFunctions: FunctionTable = {
  default: takesMore([any], any, (fallback, [given]) => (isEmpty(given) ? fallback : given)),
  empty: takes([any], isEmpty),
  coalesce: takesMore([], any, (values) => values.find((value) => !isEmpty(value))),
  all: takesMore([], any, (values) => !values.some(isEmpty)),
  any: takesMore([], any, (values) => values.some((value) => !isEmpty(value))),
  ternary: takes([any, any, bool], (yes, no, condition) => (condition ? yes : no)),
  typeOf: takes([any], typeOf),
  typeIs: takes([text, any], (type, value) => typeOf(value) === type),
  typeIsLike: takes([text, any], (type, value) => typeOf(value) === type || typeOf(value) === `*${type}`),
  kindOf: takes([any], kindOf),
  kindIs: takes([text, any], (kind, value) => kindOf(value) === kind),
  deepEqual: takes([any, any], (a, b, { budget }) => isSame(a, b, budget)),
  fail: takes([text], (why) => {
    throw new FunctionFailed(why);
  }),
};
