import { expect, it } from 'vitest';
import { parsePortForward, withPortForwardValue } from './port-forward-flag.ts';

it.each([
  ['true', ['user', 'services']],
  ['off', []],
  ['false', []],
  ['pods', ['pods']],
  ['debug, user', ['user', 'debug']],
])('%s means %j', (text, classes) => {
  expect(parsePortForward(text, '--port-forward')).toEqual(classes);
});

it.each([
  ['', '--port-forward=: "" must be one of user, services, pods, debug, off'],
  ['service', '--port-forward=service: "service" must be one of user, services, pods, debug, off'],
  ['user,off', '--port-forward=user,off: off excludes other words'],
])('refuses %j', (text, message) => {
  expect(() => parsePortForward(text, '--port-forward')).toThrow(message);
});

it('takes no word after it as its value', () => {
  expect(withPortForwardValue(['run', '--port-forward', 'app', '--', '--port-forward'])).toEqual([
    ...['run', '--port-forward=user,services', 'app', '--', '--port-forward'],
  ]);
  expect(withPortForwardValue(['run', '--port-forward=off'])).toEqual(['run', '--port-forward=off']);
});
