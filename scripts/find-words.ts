import { join } from 'node:path';
import { findBannedWords } from './banned-words.ts';

// Lists banned words in the files below the given paths (default: the whole repository).
const root = join(import.meta.dirname, '..');
const found = await findBannedWords(root, process.argv.slice(2));
for (const { path, line, word, text } of found) process.stdout.write(`${path}:${line}: ${word}: ${text}\n`);
process.stdout.write(`${found.length} found\n`);
