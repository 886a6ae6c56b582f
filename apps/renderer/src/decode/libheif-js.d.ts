// The part of libheif-js that is used here. Its own declarations have no types for handles.
declare module 'libheif-js/libheif-wasm/libheif.js' {
  /** An object of libheif, with its address. */
  type Opaque<Name extends string> = { readonly __of: Name; readonly $$: { ptr: number } };
  type Enumerated = { readonly value: number };
  interface LibheifError {
    code: Enumerated;
    subcode: Enumerated;
    message: string;
  }
  interface DecodedImage {
    image: Opaque<'image'>;
    /** An interleaved image has one entry; `data` is a view of the memory of the instance. */
    channels: { id: Enumerated; width: number; height: number; stride: number; data: Uint8Array }[];
  }
  export interface Libheif {
    heif_error_code: { heif_error_Ok: Enumerated };
    heif_colorspace: { heif_colorspace_RGB: Enumerated };
    heif_chroma: { heif_chroma_interleaved_RGB: Enumerated; heif_chroma_interleaved_RGBA: Enumerated };
    heif_context_alloc(): Opaque<'context'>;
    heif_context_read_from_memory(context: Opaque<'context'>, bytes: Uint8Array): LibheifError;
    heif_js_context_get_primary_image_handle(context: Opaque<'context'>): Opaque<'handle'> | LibheifError;
    heif_js_context_get_image_handle(context: Opaque<'context'>, id: number): Opaque<'handle'> | LibheifError;
    HEAPU32: Uint32Array;
    _malloc(bytes: number): number;
    _heif_image_handle_get_number_of_thumbnails(handle: number): number;
    _heif_image_handle_get_list_of_thumbnail_IDs(handle: number, ids: number, count: number): number;
    heif_image_handle_get_width(handle: Opaque<'handle'>): number;
    heif_image_handle_get_height(handle: Opaque<'handle'>): number;
    heif_image_handle_has_alpha_channel(handle: Opaque<'handle'>): number;
    heif_js_decode_image2(
      handle: Opaque<'handle'>,
      space: Enumerated,
      chroma: Enumerated,
    ): DecodedImage | LibheifError | Promise<DecodedImage | LibheifError>;
  }
  interface Options {
    /** Instantiates the code, and returns what `receive` returns. */
    instantiateWasm: (imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => object) => object;
  }
  /** Creates an instance with its own memory, which is freed with the instance. */
  const createLibheif: (options: Options) => Libheif;
  // biome-ignore lint/style/noDefaultExport: the package has no named export.
  export default createLibheif;
}
