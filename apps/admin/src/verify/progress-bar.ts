const widthColumns = 30;

/** Returns a function that draws a progress bar on a terminal, and nothing elsewhere. */
export function drawProgress(terminal: { isTTY?: boolean; write: (text: string) => unknown }) {
  return (done: number, total: number): void => {
    if (!terminal.isTTY) return;
    const part = Math.min(1, done / Math.max(1, total));
    const bar = '#'.repeat(Math.round(part * widthColumns)).padEnd(widthColumns, '.');
    terminal.write(`\r[${bar}] ${Math.floor(part * 100)} % (${done})${part === 1 ? '\n' : ''}`);
  };
}
