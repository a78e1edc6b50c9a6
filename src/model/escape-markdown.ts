// Words of a file or a spec inside Markdown: a bar would open a cell, an angle bracket a tag, a line end a paragraph.

export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`|]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/\s+/g, ' ');
}
