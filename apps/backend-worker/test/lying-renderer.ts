import { writeSync } from 'node:fs';

// A compromised renderer: it answers every task with the line of its first argument and the bytes of its second, in base64.
const [, , line = '{}', content = ''] = process.argv;
const say = (text: string) => writeSync(1, `${text}\n`);
say('{"ready":true}');
for await (const _ of Bun.stdin.stream()) {
  say(line);
  writeSync(1, Buffer.from(content, 'base64'));
}
