import type { FrameStyle } from '../../diagnostics/code-frame.ts';
import type { Look } from './look.ts';

/** For text that goes to no terminal, where lines may be long and whoever reads them folds them. */
const widthElsewhere = 160;

/** How diagnostics are drawn where this look applies. @param columns of the terminal, if it is one */
export function frameStyle(look: Look, columns: number | undefined): FrameStyle {
  return {
    width: columns ?? widthElsewhere,
    unicode: look.unicode,
    styler: {
      error: (text) => look.paint('bold', look.paint('red', text)),
      warning: (text) => look.paint('bold', look.paint('yellow', text)),
      place: (text) => look.paint('cyan', text),
      faint: (text) => look.paint('dim', text),
      mark: (text) => look.paint('red', text),
    },
  };
}
