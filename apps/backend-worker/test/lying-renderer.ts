// A compromised renderer: it answers every task with its first argument.
const [, , answer = '{}'] = process.argv;
process.on('message', () => process.send?.(JSON.parse(answer)));
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });
