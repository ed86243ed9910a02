import type { DockerStepSpec } from '../../specs/specs.ts';

/** The folder for trusted certificates in most images, and the bundle of all of them. */
const folder = '/usr/local/share/ca-certificates/slipway';
const bundle = '/etc/ssl/certs/ca-certificates.crt';

/** The folder in the build context that holds the certificates. */
export const certificatesFolder = '.slipway-certificates';

/**
 * Returns a Dockerfile whose last layers append the certificates beside it to the bundle of the image. Wharf's first
 * implementation did the same; the second one never wrote the Dockerfile (docs/design/wharf.md, "Step types").
 * @param lastUser the user of the last stage, if it sets one. Root owns the bundle, so the user is restored afterwards
 */
export function withCertificates(dockerfile: string, lastUser: string | undefined): string {
  // Not with the image's own SHELL: that may be any program.
  const append = JSON.stringify([
    '/bin/sh',
    '-c',
    `mkdir -p /etc/ssl/certs && for file in ${folder}/*; do cat "$file"; echo; done >> ${bundle}`,
  ]);
  const lines = [`COPY ${certificatesFolder}/ ${folder}/`, `RUN ${append}`];
  // Numeric: an image may have no file of users.
  const asRoot = lastUser === undefined ? lines : ['USER 0:0', ...lines, `USER ${lastUser}`];
  return `${dockerfile}${dockerfile.endsWith('\n') ? '' : '\n'}${asRoot.join('\n')}\n`;
}

/** Reports whether the image gets the operator's certificates. Default: only images of a group called `default…`. */
export function appendsCertificates({
  appendCert,
  repository,
}: Pick<DockerStepSpec, 'appendCert' | 'repository'>): boolean {
  if (appendCert !== undefined) return appendCert === true;
  return /^default/i.test(repository?.group ?? '');
}
