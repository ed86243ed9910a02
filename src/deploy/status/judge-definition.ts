import { inProgress, notReady, ready, type Standing } from './standing.ts';
import { trueCondition, type Condition, type WatchedObject } from './watched-object.ts';

/** The fields of a CustomResourceDefinition that are used (apiextensions.k8s.io/v1). */
export interface Definition extends WatchedObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export function judgeDefinition({ status = {} }: Definition): Standing {
  const refused = status.conditions?.find(({ type, status: state }) => type === 'NamesAccepted' && state === 'False');
  if (refused) return notReady(`its names are not accepted: ${refused.message ?? refused.reason ?? ''}`);
  return trueCondition(status.conditions, 'Established') ? ready('is established') : inProgress('is not established');
}
