// A stand-in for npx or `bun run`: starts the given command and forwards no signals.
Bun.spawn(process.argv.slice(2), { stdio: ['ignore', 'inherit', 'inherit'] });
setTimeout(() => undefined, 600_000);
