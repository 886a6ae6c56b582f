// `bun apps/admin/src/main.ts migrate` under the name that 0.1.0 gave it, for deployments that still use it.
process.argv.splice(2, 0, 'migrate');
await import('../../admin/src/main.ts');
