import { expect, test } from 'vitest';
import { podNames } from './local-hook-containers.ts';

test.each([
  ['apps/v1 Deployment default web', 'shop-web', ['web', 'web-0', 'web-0-0']],
  ['batch/v1 Job default load', 'shop-load-job', ['load', 'load-0', 'load-0-0']],
  ['apps/v1 StatefulSet default db', 'shop-db-1', ['db-1']],
  ['apps/v1 StatefulSet cart db', 'shop-cart.db-1', ['db-1']],
  ['v1 Pod default tool', 'shop-tool-pod', ['tool']],
])('the pod of %s could have the names', (object, name, names) => {
  expect(podNames({ object, name }, 'shop')).toEqual(names);
});
