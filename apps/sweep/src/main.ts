// Runs `bun apps/admin/src/main.ts sweep`. Deployments of 0.1.0 still start it at this path.
process.argv.splice(2, 0, 'sweep');
await import('../../admin/src/main.ts');
