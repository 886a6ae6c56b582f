import { createLogger } from '@thumbnail-api/telemetry';
import { rendererCommand } from '../../src/pool/renderer-command.ts';
import { openRendererPool } from '../../src/pool/renderer-pool.ts';
import { readIndex } from './read-index.ts';
import { renderFile } from './render-file.ts';

// Renders every file of a folder with an INDEX.tsv in a real renderer: CORPUS=../images bun run test:corpus
const folder = process.env.CORPUS;
const print = (line: string) => process.stdout.write(`${line}\n`);
if (!folder) {
  print('Skipped: set CORPUS to a folder with an INDEX.tsv.');
  process.exit(0);
}

const pool = openRendererPool({
  size: 1,
  sharing: 'all',
  ...rendererCommand(),
  renderTimeoutMs: 30_000,
  renderMemoryBytes: 512 * 1024 ** 2,
  onReplace: () => undefined,
  onStarted: () => undefined,
  log: createLogger('corpus', 'silent'),
});
let [faults, slowest, largest] = [0, 0, 0];
const files = readIndex(folder);
for (const file of files) {
  const { outcome, asExpected, detail, milliseconds, peakBytes } = await renderFile(pool, file);
  faults += asExpected ? 0 : 1;
  slowest = Math.max(slowest, milliseconds);
  largest = Math.max(largest, peakBytes);
  const figures = `${milliseconds.toFixed(0).padStart(6)} ms ${(peakBytes / 1024 ** 2).toFixed(0).padStart(4)} MiB`;
  print(`${asExpected ? 'ok   ' : 'FAULT'} ${figures}  ${outcome.padEnd(22)} ${file.name}  ${detail}`);
}
await pool.close();
print(
  `${files.length} files, ${faults} faults, slowest ${slowest.toFixed(0)} ms, most ${(largest / 1024 ** 2).toFixed(0)} MiB`,
);
process.exit(faults === 0 ? 0 : 1);
