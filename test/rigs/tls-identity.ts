import { execFileSync } from 'node:child_process';

/** Makes a key and a certificate for this machine that no one trusts. `skip` if `openssl` is missing. */
export function tlsIdentity(): { readonly key: string; readonly cert: string } | { readonly skip: string } {
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', '-', '-out', '-'];
  try {
    const both = execFileSync('openssl', ['req', '-x509', '-days', '2', ...names, ...key], {
      stdio: 'pipe',
    }).toString();
    const part = (name: string) =>
      new RegExp(`-----BEGIN ${name}-----[^]*?-----END ${name}-----\\n`).exec(both)?.[0] ?? '';
    return { key: part('PRIVATE KEY'), cert: part('CERTIFICATE') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { skip: 'no openssl on the PATH' };
    throw error;
  }
}
