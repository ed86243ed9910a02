import { expect, it } from 'vitest';
import type { Diagnostic } from '../model/diagnostic.ts';
import { displayWidth } from './display-width.ts';
import { renderDiagnostics } from './render.ts';

const style = { width: 80, unicode: true };

const unknown: Diagnostic = {
  code: 'W012',
  severity: 'error',
  message: 'unknown field `imgae` in a container step, did you mean `image`?',
  place: {
    file: '.wharf-ci.yml',
    line: 7,
    column: 7,
    length: 5,
    frame: { from: 6, lines: ['    container:', '      imgae: node:22'] },
  },
};
const twice: Diagnostic = {
  code: 'W010',
  severity: 'error',
  message: 'duplicate key `y`',
  place: { file: '.wharf-ci.yml', line: 9, column: 1, length: 1 },
  related: [{ message: 'first given', place: { file: '.wharf-ci.yml', line: 2, column: 3 } }],
  help: 'remove one',
};

it('renders all of them, sorted, with the count and what to read', () => {
  expect(renderDiagnostics([twice, unknown], style)).toBe(
    [
      'error W012 unknown field `imgae` in a container step, did you mean `image`?',
      '  .wharf-ci.yml:7:7',
      '   6 │     container:',
      '   7 │       imgae: node:22',
      '     │       ~~~~~',
      'error W010 duplicate key `y`',
      '  .wharf-ci.yml:9:1',
      '  first given at .wharf-ci.yml:2:3',
      '  help  remove one',
      '',
      '2 errors   slipway explain W012   exit 2',
      '',
    ].join('\n'),
  );
});

it('says one thing once, though several uses of an anchor reported it', () => {
  expect(renderDiagnostics([unknown, { ...unknown }], style)).toContain('1 error   slipway');
});

it('does not promise an exit code for warnings alone', () => {
  expect(renderDiagnostics([{ ...twice, severity: 'warning' }], style)).toContain('1 warning   slipway explain W010\n');
});

it('counts what is only good to know by itself, and explains the worst', () => {
  const info: Diagnostic = {
    ...twice,
    code: 'W039',
    severity: 'info',
    place: { file: '.wharf-ci.yml', line: 1, column: 1 },
  };
  const warning: Diagnostic = { ...twice, code: 'W042', severity: 'warning' };
  expect(renderDiagnostics([info, warning], style)).toContain('1 warning, 1 info   slipway explain W042\n');
  expect(renderDiagnostics([info, warning, unknown], style)).toContain(
    '1 error, 1 warning, 1 info   slipway explain W012   exit 2\n',
  );
  expect(renderDiagnostics([info, { ...info, message: 'another' }], style)).toMatch(
    /^info W039 [^]*\n2 infos   slipway explain W039\n$/,
  );
});

it('is nothing for nothing', () => {
  expect(renderDiagnostics([], style)).toBe('');
});

it('colours through the styler that it is handed', () => {
  const mark = (name: string) => (text: string) => `<${name}>${text}</${name}>`;
  const styler = { error: mark('e'), warning: mark('w'), place: mark('p'), faint: mark('f'), mark: mark('m') };
  const text = renderDiagnostics([unknown], { ...style, styler });
  expect(text).toContain('<e>error W012</e> unknown field');
  expect(renderDiagnostics([{ ...unknown, severity: 'info' }], { ...style, styler })).toContain(
    '<f>info W012</f> unknown field',
  );
  expect(text).toContain('<p>.wharf-ci.yml:7:7</p>');
  expect(text).toContain('<m>~~~~~</m>');
});

it.each([40, 60, 200])('stays within %i columns, paths apart', (width) => {
  const long: Diagnostic = { ...unknown, help: 'known fields: '.repeat(20), message: 'word '.repeat(40).trim() };
  for (const line of renderDiagnostics([long], { ...style, width }).split('\n'))
    expect(displayWidth(line)).toBeLessThanOrEqual(width);
});

it('lets no control character of the file through', () => {
  const nasty: Diagnostic = {
    ...unknown,
    message: 'a \u001b[2Jb',
    help: '\u0007',
    place: { file: 'x\u001by', line: 1, column: 1 },
  };
  expect(renderDiagnostics([nasty], style)).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});
