import { accessDefences } from './defences/access-defences.ts';
import { deliveryDefences } from './defences/delivery-defences.ts';
import { imageDefences } from './defences/image-defences.ts';
import { keyDefences } from './defences/key-defences.ts';
import { pageDefences } from './defences/page-defences.ts';
import { rendererDefences } from './defences/renderer-defences.ts';
import { requestDefences } from './defences/request-defences.ts';
import type { Mutant } from './mutant.ts';
import { mutants } from './mutants.ts';

/** All mutants: those of guarantees, and those that remove a defence against a threat of `docs/security.md`. */
export const mutantLists: Record<string, Mutant[]> = {
  guarantees: mutants,
  defences: [
    ...keyDefences,
    ...accessDefences,
    ...pageDefences,
    ...requestDefences,
    ...imageDefences,
    ...rendererDefences,
    ...deliveryDefences,
  ],
};
