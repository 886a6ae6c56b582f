/** A change that breaks a guarantee, and the test that must notice it. */
export interface Mutant {
  /** What the change breaks. */
  name: string;
  file: string;
  /** The text to replace. It occurs once in the file. */
  from: string;
  to: string;
  /** The file of the test that must fail. */
  test: string;
  /** A part of its title. */
  title: string;
  /** The text before it in one case of a table, where the other cases would wait for their deadlines. */
  only?: string;
}

/** The sources of the API. */
export const api = 'apps/backend-api/src';

/** An integration test of the API. */
export const apiTest = (name: string) => `apps/backend-api/test/${name}.integration.test.ts`;
