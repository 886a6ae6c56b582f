// `bun apps/admin/src/main.ts keys` under the name that 0.1.0 gave it, for deployments that still use it.
process.argv.splice(2, 0, 'keys');
await import('../../admin/src/main.ts');
