import { problem } from '../problem.ts';
import type { Span } from '../../diagnostics/source-text.ts';
import { oneOf } from '../../util/visible.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { mergeKubeconfigs, type KubeconfigFile } from '../../clusters/access/kubeconfig.ts';

/** A requested context and its source. */
export interface RequestedContext {
  /** What names the context, for messages. */
  readonly from: string;
  /** The kubeconfigs, for messages. */
  readonly files: string;
  /** The position of the name in the operator's file. */
  readonly at?: Span | undefined;
}

/**
 * Reports a missing context.
 * @param wanted absent: the current context
 */
export function missingContext(
  files: readonly KubeconfigFile[],
  wanted: string | undefined,
  { at, ...asked }: RequestedContext,
): Diagnostic | undefined {
  const { contexts, currentContext } = mergeKubeconfigs(files);
  const name = wanted ?? currentContext;
  const known = [...contexts.keys()];
  if (name === undefined)
    return problem('W065', at, {
      detail: `${asked.from}: ${asked.files} has no current context`,
      ...(known.length > 0 && { help: `choose one with --kube-context: ${oneOf(known)}` }),
    });
  return contexts.has(name) ? undefined : problem('W080', at, { ...asked, name, known });
}
