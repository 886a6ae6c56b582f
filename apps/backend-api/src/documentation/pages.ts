import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context } from 'hono';
import type { ApiEnv } from '../http/api-env.ts';
import { isCached } from '../http/is-cached.ts';

/** Links depend on the host that a client names, so the number of pages must be bounded. */
const pagesMax = 32;

interface Page {
  bytes: Uint8Array<ArrayBuffer>;
  /** Compressed when a client first asks for that. */
  gzipped?: Promise<Uint8Array<ArrayBuffer>>;
  hash: string;
}

/** Pages that never change while the process runs: each is rendered, hashed and compressed once. */
export class Pages {
  readonly #type: string;
  readonly #cacheControl: string;
  /** By key, in the order of their last use. */
  readonly #pages = new Map<string, Promise<Page>>();

  /** The media type of the pages, and how long a client may keep them; by default, it asks each time. */
  constructor(type: string, cacheControl = 'no-cache') {
    this.#type = type;
    this.#cacheControl = cacheControl;
  }

  /** Sends the page with this key, with a strong ETag, and compressed if the client accepts gzip; 304 if the client has it. */
  async send(context: Context<ApiEnv>, key: string, render: () => string | Promise<Uint8Array>): Promise<Response> {
    const page = await this.#find(key, render);
    const isPacked = acceptsGzip(context.req.header('accept-encoding'));
    const etag = isPacked ? `"${page.hash}-gzip"` : `"${page.hash}"`;
    context.header('vary', 'Accept-Encoding', { append: true });
    context.header('cache-control', this.#cacheControl);
    context.header('etag', etag);
    if (isCached(context.req.header('if-none-match'), etag)) return context.body(null, 304);
    context.header('content-type', this.#type);
    if (isPacked) context.header('content-encoding', 'gzip');
    return context.body(isPacked ? await compressed(page) : page.bytes, 200);
  }

  #find(key: string, render: () => string | Promise<Uint8Array>): Promise<Page> {
    const page = this.#pages.get(key) ?? renderPage(render);
    this.#pages.delete(key);
    this.#pages.set(key, page);
    page.catch(() => this.#pages.delete(key));
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= pagesMax) break;
      this.#pages.delete(oldest);
    }
    return page;
  }
}

const compress = promisify(gzip);

async function renderPage(render: () => string | Promise<Uint8Array>): Promise<Page> {
  const bytes = new Uint8Array(Buffer.from(await render()));
  const hash = new Bun.CryptoHasher('sha256').update(bytes).digest('hex').slice(0, 32);
  return { bytes, hash };
}

function compressed(page: Page): Promise<Uint8Array<ArrayBuffer>> {
  page.gzipped ??= compress(page.bytes).then((packed) => new Uint8Array(packed));
  return page.gzipped;
}

/** RFC 9110, 12.5.3: gzip is acceptable if it, or `*`, is listed with a weight above 0. */
function acceptsGzip(header = ''): boolean {
  const codings = header.split(',').map((entry) => entry.replaceAll(/\s/g, '').toLowerCase());
  const listed = (name: string) => codings.find((entry) => entry === name || entry.startsWith(`${name};`));
  const entry = listed('gzip') ?? listed('*');
  return entry !== undefined && !/;q=0(?:\.0*)?$/.test(entry);
}
