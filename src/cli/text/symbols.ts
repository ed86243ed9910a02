import type { RunStatus, StepStatus } from '../../model/status.ts';
import type { Colour, Look } from './look.ts';

interface Mark {
  readonly unicode: string;
  readonly ascii: string;
  readonly colour: Colour;
  /** The status as a word: no meaning depends on a symbol alone. */
  readonly word: string;
}

const marks: Record<StepStatus | RunStatus, Mark> = {
  succeeded: { unicode: '✓', ascii: '+', colour: 'green', word: 'succeeded' },
  failed: { unicode: '✗', ascii: 'x', colour: 'red', word: 'failed' },
  cancelled: { unicode: '⊘', ascii: '/', colour: 'yellow', word: 'cancelled' },
  skipped: { unicode: '–', ascii: '-', colour: 'dim', word: 'skipped' },
  inProgress: { unicode: '●', ascii: '*', colour: 'blue', word: 'running' },
  queued: { unicode: '○', ascii: 'o', colour: 'dim', word: 'queued' },
  notStarted: { unicode: '○', ascii: 'o', colour: 'dim', word: 'waiting' },
  interrupted: { unicode: '!', ascii: '!', colour: 'yellow', word: 'interrupted' },
};

export function statusMark(look: Look, status: StepStatus | RunStatus): string {
  const mark = marks[status];
  return look.paint(mark.colour, look.unicode ? mark.unicode : mark.ascii);
}

export function statusWord(status: StepStatus | RunStatus): string {
  return marks[status].word;
}

export function statusColour(status: StepStatus | RunStatus): Colour {
  return marks[status].colour;
}

/**
 * Returns the text between a prefix and a step's output (docs/design/terminal.md). Outside of a terminal, it is ASCII, so
 * that other programs can split lines at it.
 */
export function separator(look: Look, toTerminal: boolean): string {
  return toTerminal ? ` ${look.paint('dim', bar(look))} ` : `  ${look.paint('dim', '|')} `;
}

/** The bar before the newest output of a running step. */
export function bar(look: Look): string {
  return look.unicode ? '▏' : '|';
}

/** The arrow from a stage to its step. */
export function arrow(look: Look): string {
  return look.unicode ? '▸' : '>';
}

export function ellipsis(look: Look): string {
  return look.unicode ? '…' : '...';
}

/**
 * Returns the picture of the spinner.
 * @param turn any integer; each next one is the next picture
 */
export function spinner(look: Look, turn: number): string {
  const pictures = look.unicode ? '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏' : '|/-\\';
  return pictures.charAt(turn % pictures.length);
}
