const forms = /^(?:[a-z]{1,32}|#[0-9a-f]{3,4}|#[0-9a-f]{6}|#[0-9a-f]{8}|rgba?\([0-9a-z.,%/ +-]{1,64}\))$/;

/**
 * Returns a CSS colour as `#rrggbb`, or as `#rrggbbaa` if it is not opaque; null for any other text.
 *
 * Accepts names, `#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa`, `rgb()` and `rgba()` (CSS Color 4) in any case. Rejects colours
 * that depend on an element or a theme, such as `currentColor`, `ButtonText` and `var()`.
 */
export function findCssColour(text: string): string | null {
  const colour = text.trim().toLowerCase();
  const channels = forms.test(colour) ? Bun.color(colour, '[rgba]') : null;
  if (!Array.isArray(channels)) return null;
  const [red, green, blue, alpha] = channels;
  const visible = alpha === 255 ? [red, green, blue] : [red, green, blue, alpha];
  return `#${visible.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
