import type { DockerStepSpec } from '../../specs/specs.ts';

/** Where certificates that are to be trusted lie in most images, and the file that holds all of them. */
const folder = '/usr/local/share/ca-certificates/slipway';
const bundle = '/etc/ssl/certs/ca-certificates.crt';

/** The folder of the context that certificates are sent in. */
export const certificatesFolder = '.slipway-certificates';

/**
 * A Dockerfile whose image trusts the certificates beside it: as its last layers, they are copied and appended to the
 * bundle of the image. That is what Wharf's first implementation did; its second one wrote the Dockerfile nowhere
 * (docs/design/wharf.md, "Step types").
 * @param lastUser who the image's commands run as, if its last stage says so: the bundle is root's, and afterwards it
 *   is them again
 */
export function withCertificates(dockerfile: string, lastUser: string | undefined): string {
  // Not by the image's own SHELL, which may be any program.
  const append = JSON.stringify([
    '/bin/sh',
    '-c',
    `mkdir -p /etc/ssl/certs && for file in ${folder}/*; do cat "$file"; echo; done >> ${bundle}`,
  ]);
  const lines = [`COPY ${certificatesFolder}/ ${folder}/`, `RUN ${append}`];
  // In numbers, both of them: an image need not have a file of users.
  const asRoot = lastUser === undefined ? lines : ['USER 0:0', ...lines, `USER ${lastUser}`];
  return `${dockerfile}${dockerfile.endsWith('\n') ? '' : '\n'}${asRoot.join('\n')}\n`;
}

/**
 * Whether the operator's certificates are to be in the image; where the file does not say: in those of groups called
 * `default…`.
 */
export function appendsCertificates({
  appendCert,
  repository,
}: Pick<DockerStepSpec, 'appendCert' | 'repository'>): boolean {
  if (appendCert !== undefined) return appendCert === true;
  return /^default/i.test(repository?.group ?? '');
}
