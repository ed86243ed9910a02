import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { median, medianRatio, percentile, type Measured } from './rounds.ts';

/** Prints the machine that the figures are from. */
export function printMachine(): void {
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  console.log(
    `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${gigabytes} GB, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}`,
  );
}

/**
 * Prints median, minimum and maximum of each, and the median of its ratios to the peer within each round.
 * @param all the first one is the peer
 */
export function printComparison(title: string, all: readonly Measured[], unit = 'ms'): void {
  const peer = all[0]!;
  const rows = all.map((one) => [
    one.name,
    figure(median(one.values)),
    figure(Math.min(...one.values)),
    figure(Math.max(...one.values)),
    one === peer ? '1' : medianRatio(one.values, peer.values).toFixed(2),
    one.goal === undefined ? '' : String(one.goal),
  ]);
  printTable(`${title}; ${peer.values.length} rounds, ${unit}`, ['', 'median', 'min', 'max', 'ratio', 'goal'], rows);
}

/** Prints a table. The first column is left-aligned, the others right-aligned. */
export function printTable(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd();
  console.log(['', title, '', ...[head, ...rows].map((row) => `  ${line(row)}`), ''].join('\n'));
}

/** Formats a number with three significant digits. */
export function figure(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3);
}

/**
 * Prints median, 95th percentile and minimum of each, and the median difference to the peer within each round.
 * @param all the first one is the peer
 */
export function printDifferences(title: string, all: readonly Measured[], unit = 'ms'): void {
  const peer = all[0]!;
  const rows = all.map((one) => [
    one.name,
    figure(median(one.values)),
    figure(percentile(one.values, 0.95)),
    figure(Math.min(...one.values)),
    one === peer ? '' : figure(median(one.values.map((value, i) => value - peer.values[i]!))),
    one === peer ? '1' : medianRatio(one.values, peer.values).toFixed(2),
    one.goal === undefined ? '' : String(one.goal),
  ]);
  printTable(
    `${title}; ${peer.values.length} rounds, ${unit}, load ${loadavg()[0]?.toFixed(1)}`,
    ['', 'median', 'p95', 'min', 'more', 'ratio', 'goal'],
    rows,
  );
}
