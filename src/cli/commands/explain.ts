import type { Command } from 'commander';
import { docsAnchor } from '../../diagnostics/codes.ts';
import { didYouMean } from '../../diagnostics/code-entry.ts';
import { quoted } from '../../util/visible.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { wrapText } from '../text/wrap-text.ts';
import { UsageError } from '../usage-error.ts';

export function define(command: Command, invocation: Invocation): void {
  command
    .argument('[code]', 'such as W012; without one, lists all')
    .action(invocation.action(async (code: string | undefined) => await explain(invocation, code)));
}

async function explain(invocation: Invocation, written: string | undefined): Promise<number> {
  const codes = await (await invocation.services()).codes();
  if (written === undefined) {
    const all = Object.entries(codes).map(([code, { severity, title }]) => ({ code, severity, title }));
    if (invocation.json) await invocation.printJson({ codes: all });
    else await invocation.print(all.map(({ code, severity, title }) => `${code}  ${severity.padEnd(7)}  ${title}`));
    return exitCodes.succeeded;
  }
  const code = written.toUpperCase();
  const texts = codes[code];
  if (texts === undefined)
    throw new UsageError(`unknown code ${quoted(written)}${didYouMean(code, Object.keys(codes))}`, [
      'to list all codes: slipway explain',
    ]);
  const { severity, title, explanation } = texts;
  if (invocation.json) await invocation.printJson({ code, severity, title, explanation, docs: docsAnchor(code) });
  else
    await invocation.print([
      `${severity} ${code}  ${title}`,
      '',
      ...explanation.split('\n').flatMap((line) => wrapText(line, Math.min(invocation.columns ?? 100, 100))),
    ]);
  return exitCodes.succeeded;
}
