/** An SVG that takes minutes to draw and little memory: cloud upon cloud, about a tenth of a second each. */
export function slowSvg(clouds = 2_000): Buffer {
  const filter = '<filter id="f"><feTurbulence baseFrequency="0.5" numOctaves="100"/></filter>';
  const cloud = '<rect width="400" height="400" filter="url(#f)"/>';
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400">${filter}${cloud.repeat(clouds)}</svg>`,
  );
}
