import type { Failure } from '../../../model/outcome.ts';

/**
 * Why files could not be handed to a pod. @param said by `fillCommand`, or by the platform of a shell that is not there
 */
export function fillFailure(said: string, errors: string, helperImage: string | undefined): Failure {
  const [word = ''] = said.trim().split(/\s/);
  if (/no space left on device|disk quota exceeded/i.test(errors))
    return { code: 'disk-full', where: 'the node', detail: errors.trim() };
  if (word === 'no-tar' || /executable file|no such file/i.test(said))
    return { code: 'start-failed', detail: noHelper('`tar`', helperImage) };
  const why = errors.trim() === '' ? said.trim() : errors.trim();
  return {
    code: 'start-failed',
    detail: `files could not be brought into the pod: ${why.split('\n').slice(-3).join('\n')}`,
  };
}

/** What to do about an image that cannot take files. @param lacks `tar`, `/bin/sh` */
export function noHelper(lacks: string, helperImage: string | undefined): string {
  if (helperImage !== undefined)
    return `the image ${helperImage}, which \`kubernetes.helperImage\` of the operator's file names, has no ${lacks}`;
  return `the image has no ${lacks}, which files need to come into the pod: set \`kubernetes.helperImage\` of the operator's file to one that has \`sh\` and \`tar\``;
}
