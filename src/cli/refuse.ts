import { renderDiagnostics } from '../diagnostics/render.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { exitCodes } from './host.ts';
import type { Invocation } from './invocation.ts';
import { frameStyle } from './text/frame-style.ts';

/** Reports why a command does not start. @returns the exit code */
export async function refuse(invocation: Invocation, diagnostics: readonly Diagnostic[]): Promise<number> {
  const { stderr } = invocation.host;
  await stderr.write(
    renderDiagnostics(diagnostics, frameStyle(invocation.look(stderr), stderr.isTerminal ? stderr.columns : undefined)),
  );
  return exitCodes.usage;
}
