import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Terminal } from '../../../test/rigs/terminal.ts';
import { LiveArea } from './live-area.ts';

const columns = 20;

it('shows exactly the lines that scrolled away and those of the last frame, whatever came before', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: columns - 1 });
  const frame = fc.record({ above: fc.array(line, { maxLength: 3 }), lines: fc.array(line, { maxLength: 6 }) });
  fc.assert(
    fc.property(fc.array(frame), (frames) => {
      const terminal = new Terminal(columns, 12);
      const area = new LiveArea();
      const scrolled: string[] = [];
      for (const { above, lines } of frames) {
        scrolled.push(...above);
        terminal.write(area.paint(above.map((one) => `${one}\n`).join(''), lines, columns));
        expect(terminal.screen).toEqual(trimmed([...scrolled, ...lines]));
      }
      terminal.write(area.close('end\n', columns));
      expect(terminal.screen).toEqual([...scrolled, 'end']);
      expect(terminal.cursorHidden).toBe(false);
      expect(terminal.overflows).toBe(0);
    }),
  );
});

it('writes nothing while nothing changes, and only what does', () => {
  const area = new LiveArea();
  area.paint('', ['one', 'two', 'three'], columns);
  expect(area.paint('', ['one', 'two', 'three'], columns)).toBe('');
  const change = area.paint('', ['one', 'TWO', 'three'], columns);
  expect(change).toContain('TWO');
  expect(change).not.toMatch(/one|three/);
});

it('finds its first line again after the window got narrower', () => {
  const area = new LiveArea();
  area.paint('', ['123456789', 'short'], 10);
  // Both rows of the first line and the row of the second.
  expect(area.paint('', ['1234', 'short'], 5)).toContain('\x1b[3A');
});

it('leaves the cursor alone if nothing was ever drawn', () =>
  expect(new LiveArea().close('summary\n', columns)).toBe('summary\n'));

function trimmed(lines: readonly string[]): string[] {
  const out = [...lines];
  while (out.at(-1) === '') out.pop();
  return out;
}
