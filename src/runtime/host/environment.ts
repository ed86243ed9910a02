/**
 * What a process of the host runtime sees of the environment that Slipway was started in. An allow-list, so that a
 * script finds the same on every machine and a token of the user's shell is not handed to whatever the repository runs:
 *
 * - who and where: what tools need to run at all as this user, with his language and time zone;
 * - XDG folders: with HOME handed down but these not, tools would look for the user's configuration and caches
 *   elsewhere than he does;
 * - proxies and certificates: without them nothing can be fetched in many offices, and a container engine hands them
 *   on, too.
 *
 * Left out on purpose: agents and buses (SSH_AUTH_SOCK, GPG_AGENT_INFO, DBUS_SESSION_BUS_ADDRESS), displays, TERM
 * (there is no terminal), CI variables of an outer CI, everything that is named like a token, DOCKER_HOST and
 * KUBECONFIG (a file in a repository does not choose the cluster; the step's `env` may).
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

/** Where no PATH was handed down: what login programs set. */
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The allowed part of an environment; `LC_*` is part of it. */
export function allowedEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = { PATH: defaultPath };
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && (allowed.has(name) || name.startsWith('LC_'))) kept[name] = value;
  }
  return kept;
}
