/**
 * The environment variables that commands of the host runtime inherit. An allow-list, so that a script sees the same on
 * every machine, and a repository's commands do not receive the tokens of the user's shell:
 *
 * - identity and locale: what tools need to run as this user, with language and time zone;
 * - XDG folders: with only HOME, tools would look for the user's configuration and caches elsewhere;
 * - proxies and certificates: many offices need them to download anything, and container engines pass them on too.
 *
 * Excluded on purpose: agents and buses (SSH_AUTH_SOCK, GPG_AGENT_INFO, DBUS_SESSION_BUS_ADDRESS), displays, TERM
 * (there is no terminal), variables of an outer CI, tokens, DOCKER_HOST and KUBECONFIG. A file in a repository does not
 * choose the cluster; the step's `env` may.
 */
const allowed = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR'],
  ...['XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR'],
  ...[
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'FTP_PROXY',
    'ALL_PROXY',
    'NO_PROXY',
    'http_proxy',
    'https_proxy',
    'ftp_proxy',
    'all_proxy',
    'no_proxy',
  ],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS'],
]);

/** The usual PATH of login programs, if none is inherited. */
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Returns the allowed part of an environment, `LC_*` included. */
export function allowedEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = { PATH: defaultPath };
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && (allowed.has(name) || name.startsWith('LC_'))) kept[name] = value;
  }
  return kept;
}
