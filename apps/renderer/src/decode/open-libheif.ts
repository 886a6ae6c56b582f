import type { Libheif } from 'libheif-js/libheif-wasm/libheif.js';

const wasmName = 'libheif-js/libheif-wasm/libheif.wasm';

let compiled: WebAssembly.Module | null = null;

/**
 * Creates an instance of libheif with its own memory, which is freed with the instance.
 *
 * All instances share the compiled code. To compile it again for each image, and to optimise it again while it runs, costs
 * more than the decoding of most images.
 */
export async function openLibheif(): Promise<Libheif> {
  const { default: createLibheif } = await import('libheif-js/libheif-wasm/libheif.js');
  const code = compiled ?? (await WebAssembly.compile(await Bun.file(new URL(import.meta.resolve(wasmName))).bytes()));
  compiled = code;
  return createLibheif({ instantiateWasm: (imports, receive) => receive(new WebAssembly.Instance(code, imports)) });
}
