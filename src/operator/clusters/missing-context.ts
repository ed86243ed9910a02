import { problem } from '../../diagnostics/problem.ts';
import type { Span } from '../../diagnostics/source-text.ts';
import { oneOf } from '../../util/visible.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { mergeKubeconfigs, type KubeconfigFile } from '../../clusters/access/kubeconfig.ts';

/** Who asks for a context, and where. */
export interface ContextAsked {
  /** Who names it, for people. */
  readonly from: string;
  /** The kubeconfigs, for people. */
  readonly files: string;
  /** Where the operator's file names it. */
  readonly at?: Span | undefined;
}

/** What is wrong with the context that is asked for. @param wanted absent: the current one */
export function missingContext(
  files: readonly KubeconfigFile[],
  wanted: string | undefined,
  { at, ...asked }: ContextAsked,
): Diagnostic | undefined {
  const { contexts, currentContext } = mergeKubeconfigs(files);
  const name = wanted ?? currentContext;
  const known = [...contexts.keys()];
  if (name === undefined)
    return problem('W065', at, {
      detail: `${asked.from}: ${asked.files} has no current context`,
      ...(known.length > 0 && { help: `name one with --kube-context: ${oneOf(known)}` }),
    });
  return contexts.has(name) ? undefined : problem('W080', at, { ...asked, name, known });
}
