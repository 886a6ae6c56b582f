// Stands in for npx or `bun run`: starts what it is told and passes no signal on.
Bun.spawn(process.argv.slice(2), { stdio: ['ignore', 'inherit', 'inherit'] });
setTimeout(() => undefined, 600_000);
