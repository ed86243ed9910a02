import type { Failure } from '../../../model/outcome.ts';

/**
 * Returns why the files could not be transferred to a pod.
 * @param said the output of `fillCommand`, or the platform's message about a missing shell
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
    detail: `cannot transfer files to the pod: ${why.split('\n').slice(-3).join('\n')}`,
  };
}

/**
 * Returns what to do about an image that cannot receive files.
 * @param lacks `tar` or `/bin/sh`
 */
export function noHelper(lacks: string, helperImage: string | undefined): string {
  if (helperImage !== undefined)
    return `the helper image ${helperImage} has no ${lacks}: set \`kubernetes.helperImage\` of the operator's file to an image with \`sh\` and \`tar\``;
  return `the image has no ${lacks}, which is needed to transfer files to the pod: set \`kubernetes.helperImage\` of the operator's file to an image with \`sh\` and \`tar\``;
}
