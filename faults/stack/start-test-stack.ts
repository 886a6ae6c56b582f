import { inject, onTestFinished } from 'vitest';
import { type Backend, type Stack, startStack } from './start-stack.ts';

/** Starts a stack on the servers of this test run, and closes it when the test has finished. */
export async function startTestStack(backend: Backend, environment: Record<string, string> = {}): Promise<Stack> {
  const stack = await startStack(backend, inject('services'), environment);
  onTestFinished(() => stack.close());
  return stack;
}
