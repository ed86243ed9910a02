/** `docs/coming-from-skaffold.md` says of every field and of every flag of Skaffold what Slipway does with it. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { skaffoldCodes } from '../problem.ts';
import { fieldPaths } from './field-paths.ts';
import { newestTypes } from './newest-types.ts';

const page = readFileSync(new URL('../../../docs/coming-from-skaffold.md', import.meta.url), 'utf8');
const sectionOf = (name: string) => new RegExp(`\n## ${name}\n[^]*?(?=\n## )`).exec(`${page}\n## `)?.[0] ?? '';

/** The flags of Skaffold that are declared once for several commands. */
const sharedFlags = [
  'filename module user profile namespace default-repo cache-artifacts cache-file remote-cache-dir sync-remote-cache',
  'insecure-registry enable-rpc wait-for-connection event-log-file last-log-file rpc-port rpc-http-port label toot tail',
  'force skip-tests cleanup no-prune no-prune-children port-forward status-check status-check-selectors',
  'iterative-status-check tolerate-failures-until-deadline fast-fail-status-check render-only render-output config',
  'kube-context kubeconfig tag platform minikube-profile profile-auto-activation auto propagate-profiles trigger',
  'auto-build auto-sync auto-deploy watch-image watch-poll-interval mute-logs wait-for-deletions wait-for-deletions-max',
  'wait-for-deletions-delay env-file build-image detect-minikube build-artifacts images auto-create-config assume-yes',
  'build-concurrency digest-source load-images hydration-dir resource-selector-rules-file docker-network',
  'enable-platform-node-affinity enable-gke-arm-node-toleration disable-multi-platform-build',
  'check-cluster-node-platforms cloud-run-project cloud-run-location keep-running-on-failure set set-value-file',
].flatMap((line) => line.split(' '));

it('has every flag', () => {
  const flags = sectionOf('Flags');
  expect(sharedFlags).toHaveLength(74);
  expect(sharedFlags.filter((flag) => !flags.includes(`\`--${flag}\``))).toEqual([]);
});

it.each(['Flags', 'Fields'])('judges every row of %s by one of its words', (name) => {
  const words = rowsOf(page.slice(0, page.indexOf('\n## '))).map(([word]) => word);
  expect(words.length).toBeGreaterThan(5);
  const column = name === 'Flags' ? 2 : 1;
  const verdicts = rowsOf(sectionOf(name)).map((cells) => cells[column] ?? '');
  expect(verdicts.filter((verdict) => !words.includes(verdict))).toEqual([]);
});

it('has every field once, in a row of its own, and no other', () => {
  const rows = rowsOf(sectionOf('Fields')).map(([field = '']) => field.replaceAll('`', ''));
  const fields = fieldPaths(newestTypes).map(({ path }) => path);
  expect(fields.length).toBeGreaterThan(400);
  expect([...rows].sort()).toEqual([...fields].sort());
});

it('names codes that exist', () => {
  const named = new Set(page.match(/\b[SDW]\d{3}\b/g));
  expect(named.size).toBeGreaterThan(10);
  expect([...named].filter((code) => !(code in skaffoldCodes))).toEqual([]);
});

/** Returns the cells of the rows of all tables, without their heads. */
function rowsOf(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(/^\|-.*\n((?:\|.*\n)+)/gm)].flatMap(([, rows = '']) =>
    rows
      .trim()
      .split('\n')
      .map((row) =>
        row
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      ),
  );
}
