/** The images under test. */
export interface Images {
  api: string;
  worker: string;
}

/** The names that the compose file gives to the images it builds. */
export const builtImages: Images = {
  api: 'localhost/thumbnail-api/backend-api',
  worker: 'localhost/thumbnail-api/backend-worker',
};

/**
 * Returns the images that the environment names, or null if it names none and they must be built.
 *
 * @throws Error if it names only one
 */
export function givenImages({
  API_IMAGE: api,
  WORKER_IMAGE: worker,
}: Record<string, string | undefined>): Images | null {
  if (!api && !worker) return null;
  if (api && worker) return { api, worker };
  throw new Error('API_IMAGE and WORKER_IMAGE must be set together.');
}
