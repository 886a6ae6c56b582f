/** An SVG that takes half a minute to draw and little memory: cloud upon cloud, a few milliseconds each. */
export function slowSvg(): Buffer {
  const filter = '<filter id="f"><feTurbulence baseFrequency="0.5" numOctaves="100"/></filter>';
  const cloud = '<rect width="400" height="400" filter="url(#f)"/>';
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400">${filter}${cloud.repeat(10_000)}</svg>`,
  );
}
