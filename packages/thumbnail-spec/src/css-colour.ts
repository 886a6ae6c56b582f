const forms = /^(?:[a-z]{1,32}|#[0-9a-f]{3,4}|#[0-9a-f]{6}|#[0-9a-f]{8}|rgba?\([0-9a-z.,%/ +-]{1,64}\))$/;

/**
 * A CSS colour as `#rrggbb`, or `#rrggbbaa` where it is not opaque; null when it is none.
 *
 * Names, `#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa`, `rgb()` and `rgba()` are known (CSS Color 4), in any case. The parser is
 * Bun's own; colours that depend on a place or a theme (`currentColor`, `ButtonText`, `var()`) are no colours here.
 */
export function findCssColour(text: string): string | null {
  const colour = text.trim().toLowerCase();
  const channels = forms.test(colour) ? Bun.color(colour, '[rgba]') : null;
  if (!Array.isArray(channels)) return null;
  const [red, green, blue, alpha] = channels;
  const visible = alpha === 255 ? [red, green, blue] : [red, green, blue, alpha];
  return `#${visible.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
