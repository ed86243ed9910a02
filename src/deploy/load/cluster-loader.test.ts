import { describe, expect, test } from 'vitest';
import { loadCommands, loaderOf, type ClusterLoader } from './cluster-loader.ts';

describe('loaderOf', () => {
  test.each<[string, ClusterLoader | undefined]>([
    ['kind-dev', { tool: 'kind', cluster: 'dev' }],
    ['kind-my-team', { tool: 'kind', cluster: 'my-team' }],
    ['k3d-dev', { tool: 'k3d', cluster: 'dev' }],
    ['minikube', { tool: 'minikube', cluster: 'minikube' }],
    ['kind-', undefined],
    ['kind', undefined],
    ['docker-desktop', undefined],
    ['prod', undefined],
    ['my-kind-dev', undefined],
  ])('the context %s', (context, loader) => {
    expect(loaderOf(context)).toEqual(loader);
  });
});

describe('loadCommands', () => {
  const references = ['shop/web:v1', 'shop/cart:v1'];
  test.each<[ClusterLoader, readonly string[]]>([
    [{ tool: 'kind', cluster: 'dev' }, ['kind load docker-image shop/web:v1 shop/cart:v1 --name dev']],
    [{ tool: 'k3d', cluster: 'dev' }, ['k3d image import shop/web:v1 shop/cart:v1 --cluster dev']],
    [
      { tool: 'minikube', cluster: 'minikube' },
      [
        'minikube image load shop/web:v1 --daemon=true --profile minikube',
        'minikube image load shop/cart:v1 --daemon=true --profile minikube',
      ],
    ],
  ])('%j', (loader, commands) => {
    expect(loadCommands(loader, references).map((argv) => argv.join(' '))).toEqual(commands);
    expect(loadCommands(loader, [])).toEqual([]);
  });
});
