import type { FrameStyle } from '../../diagnostics/code-frame.ts';
import type { Look } from './look.ts';

/** The width outside terminals. */
const widthElsewhere = 160;

/**
 * Returns the style of diagnostics for a look.
 * @param columns of the terminal, if it is one
 */
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
