import type { IngressHost, IngressRoutes } from '../../model/ingress-routes.ts';
import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { Forward } from '../../runtime/container-io.ts';
import { loopback } from '../../runtime/loopback-forward.ts';
import { aborted, onAbort } from '../../util/abort.ts';
import { forwardWarning } from '../forward/observe-forward.ts';
import { openListener } from '../forward/open-listener.ts';
import { httpProxy, type FindBackend } from './http-proxy.ts';
import { matchRoute } from './match-route.ts';
import { ServiceAddresses, type LocalDeploy } from './service-addresses.ts';
import { whatToOpen } from './what-to-open.ts';

/** The port of this machine that is tried first. */
const usualPort = 8080;
/** The port that an Ingress has for HTTP. */
const ingressPort = 80;

/**
 * Serves the Ingress objects of a deploy to an engine, on one port of this machine and to its own programs only, until
 * the signal. That is success. If no port can be opened, that is a warning.
 */
export async function serveIngress(deploy: LocalDeploy, routes: IngressRoutes, work: Work): Promise<Outcome> {
  const ending = new AbortController();
  using _stopped = onAbort(work.signal, () => ending.abort());
  const addresses = new ServiceAddresses(deploy, ending.signal);
  const following = addresses.follow();
  let opened: Forward | undefined;
  try {
    opened = await open(routes, addresses, work);
    await Promise.race([aborted(work.signal), following]);
    return succeeded(undefined);
  } finally {
    ending.abort();
    await opened?.[Symbol.asyncDispose]();
    await following;
  }
}

async function open(routes: IngressRoutes, addresses: ServiceAddresses, work: Work): Promise<Forward | undefined> {
  const { accept } = httpProxy(backendOf(routes, addresses));
  try {
    const { forward, instead } = await openListener(loopback, usualPort, accept);
    forward.onRefused(({ message }) => forwardWarning(work, `the Ingress takes no more connections: ${message}`));
    for (const name of routes.ingresses)
      work.output.observe({
        ...{ type: 'port.forwarded', resource: `ingress/${name}`, port: ingressPort },
        ...{ address: forward.host, localPort: forward.port, scheme: 'http' as const },
        ...(instead && { instead: { of: usualPort, because: instead } }),
      });
    for (const message of whatToOpen(routes, forward.port))
      work.output.observe({ type: 'noted', level: 'info', message });
    return forward;
  } catch (error) {
    forwardWarning(work, `the Ingress is not served: ${(error as Error).message}`);
    return undefined;
  }
}

function backendOf(routes: IngressRoutes, addresses: ServiceAddresses): FindBackend {
  return async (target, refused) => {
    const backend = matchRoute(routes, target);
    if (backend === undefined) return { status: 404, text: notFound(routes.hosts) };
    if ('missing' in backend) return badGateway(backend.missing);
    if (refused) addresses.forget();
    try {
      const { service, port } = backend;
      const address = await addresses.of(backend);
      return address ?? badGateway(`no container has port ${port} of service/${service}`);
    } catch (error) {
      return badGateway((error as Error).message);
    }
  };
}

function badGateway(why: string) {
  return { status: 502 as const, text: `${why}\n` };
}

/** The page that answers unknown hosts names no paths: a page of another site may read it (DNS rebinding). */
function notFound(hosts: readonly IngressHost[]): string {
  const names = hosts.map(({ host }) => `  ${host ?? '(any other host)'}\n`);
  return `No Ingress has a rule for this host and path. Hosts with rules:\n${names.join('')}`;
}
