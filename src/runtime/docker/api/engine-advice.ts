import type { EngineAddress } from './engine-address.ts';
import { deniedText } from './engine-error.ts';
import type { EnginePlace, EnginePlaces } from './engine-search.ts';

/** The searched places, with one result for each. */
export interface SearchResults extends EnginePlaces {
  readonly results: readonly string[];
}

/** Returns what the user can do if no engine was found, as commands or sentences, the most likely first. */
export function adviceFor({ chosen, places, results }: SearchResults): readonly string[] {
  const found = places.map((place, i) => ({ place, result: results[i] ?? '' }));
  if (chosen) return found.flatMap(({ place, result }) => [...adviceAbout(place, result), ...undoing(place)]);
  const denied = found.find(({ place, result }) => result === deniedText && !isPodman(place.where));
  return [
    ...(denied === undefined ? [] : adviceAbout(denied.place, denied.result)),
    'sudo systemctl start docker',
    startPodman,
    'podman machine start',
  ];
}

const startPodman = 'systemctl --user start podman.socket';

function undoing({ undo }: EnginePlace): readonly string[] {
  return undo === undefined ? [] : [undo];
}

/** Returns advice for the result of one place. Returns nothing if the engine is not at fault. */
function adviceAbout({ at, where }: EnginePlace, result: string): readonly string[] {
  // Starting an engine does not repair an invalid address.
  if ('problem' in at) return [];
  const { address } = at;
  switch (address.kind) {
    case 'unix':
      return result === deniedText ? [mayNotUse(address.path)] : [startOf(where)];
    case 'ssh':
      return isDenied(result)
        ? [`allow this command to log in without a password: ${sshCommand(address)}`]
        : [startOf(where)];
    case 'tcp':
      return isAboutTls(result) ? [tlsAdvice(address)] : [startOf(where)];
  }
}

function startOf(where: string): string {
  return `start the engine that ${where} names`;
}

/** Podman's system socket belongs to root. Each user has another socket. */
function mayNotUse(path: string): string {
  return isPodman(path)
    ? `no permission for ${path}: start your own Podman socket with \`${startPodman}\``
    : `no permission for ${path}: run sudo usermod -aG docker "$USER", then log in again`;
}

function isPodman(path: string): boolean {
  return path.includes('podman');
}

function isDenied(result: string): boolean {
  return /permission denied|host key verification failed/i.test(result);
}

function sshCommand({ destination, port }: Extract<EngineAddress, { kind: 'ssh' }>): string {
  return `ssh ${port === undefined ? '' : `-p ${port} `}${destination} docker version`;
}

function isAboutTls(result: string): boolean {
  return /HTTP request to an HTTPS server|certificate|wrong version number|EPROTO|\bTLS\b|\bSSL\b/i.test(result);
}

function tlsAdvice({ tls }: Extract<EngineAddress, { kind: 'tcp' }>): string {
  return tls === undefined
    ? 'this engine requires TLS: set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder with its certificates'
    : 'check that this engine uses TLS, and check ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH or the context';
}
