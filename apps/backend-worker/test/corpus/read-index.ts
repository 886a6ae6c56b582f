import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One file of a corpus and its expected result. */
export interface CorpusFile {
  name: string;
  path: string;
  /** `ok`: must render; `refused`: must fail with `image_corrupt`; `any`: must render or fail with another code of a job. */
  expected: 'ok' | 'refused' | 'any';
}

/** Reads the `INDEX.tsv` of a folder: a line of column names with `file` and `result`, then one line per file. */
export function readIndex(folder: string): CorpusFile[] {
  const [head = '', ...lines] = readFileSync(join(folder, 'INDEX.tsv'), 'utf8').split(/\r?\n/);
  const columns = head.split('\t');
  const [file, result] = [columns.indexOf('file'), columns.indexOf('result')];
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const cells = line.split('\t');
      const name = cells[file] ?? '';
      return { name, path: join(folder, name), expected: toExpected(cells[result] ?? '') };
    });
}

function toExpected(result: string): CorpusFile['expected'] {
  if (result === 'ok') return 'ok';
  return result.startsWith('refused') ? 'refused' : 'any';
}
