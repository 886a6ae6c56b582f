/** An SVG that takes half a minute and little memory to render: 10 000 noise filters of a few milliseconds each. */
export function slowSvg(): Buffer {
  const filter = '<filter id="f"><feTurbulence baseFrequency="0.5" numOctaves="100"/></filter>';
  const cloud = '<rect width="400" height="400" filter="url(#f)"/>';
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400">${filter}${cloud.repeat(10_000)}</svg>`,
  );
}
